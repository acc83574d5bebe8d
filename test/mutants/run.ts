/**
 * `npm run mutants`: writes faults into the command/ rooms, one at a time, and counts how many the unit tests of the
 * wing notice. Exit code 1 where fewer do than must.
 *
 *   npm run mutants                              100 faults of every wing, always the same ones
 *   npm run mutants -- --seed 7 --count 20       others
 *   npm run mutants -- --wing roll               of one wing
 *   npm run mutants -- --list                    shows them and runs nothing
 */
import { spawn } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { wings } from '../house/rooms.ts';
import { checkout } from '../runner/files.ts';
import { chosen, type Mutation, mutationsIn } from './mutations.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '14' },
    count: { type: 'string', default: '100' },
    wing: { type: 'string' },
    list: { type: 'boolean', default: false },
  },
});

/** Of a hundred. */
const mustDie = 80;

/** Milliseconds after which the tests of a wing count as hanging: a fault that hangs them is noticed. */
const longest = 300_000;

const all = (values.wing === undefined ? wings() : [values.wing]).flatMap((wing) =>
  globSync(`src/${wing}/command/*.ts`, { cwd: checkout })
    .sort()
    .flatMap((file) => mutationsIn(file, readFileSync(join(checkout, file), 'utf8'))),
);
const some = chosen(all, Number(values.count), Number(values.seed));

if (values.list) for (const mutation of some) process.stdout.write(`${described(mutation)}\n`);
else process.exitCode = await count();

async function count(): Promise<number> {
  const begun = performance.now();
  for (const wing of new Set(some.map(wingOf))) {
    if (await pass(wing, undefined)) continue;
    process.stdout.write(`error: the tests of ${wing} fail without any fault: npm test -- test/${wing}\n`);
    return 1;
  }
  const waiting = [...some];
  const survivors: Mutation[] = [];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      if (await pass(wingOf(next), next)) survivors.push(next);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  for (const survivor of survivors.sort((a, b) => (described(a) < described(b) ? -1 : 1))) {
    process.stdout.write(`not noticed: ${described(survivor)}\n`);
  }
  const dead = some.length - survivors.length;
  const seconds = Math.round((performance.now() - begun) / 1_000);
  process.stdout.write(
    `${dead} of ${some.length} faults were noticed, of ${all.length} that can be made (${seconds} s)\n`,
  );
  return dead >= (some.length * mustDie) / 100 ? 0 : 1;
}

function wingOf({ file }: Mutation): string {
  return file.split('/')[1] ?? '';
}

function described({ file, line, kind, from, to }: Mutation): string {
  const short = (text: string) => text.replace(/\s+/g, ' ').slice(0, 60);
  return `${file}:${line}: ${kind}: ${short(from)} → ${short(to)}`;
}

/** Whether all unit tests of a wing's commands pass, with the fault. */
function pass(wing: string, mutation: Mutation | undefined): Promise<boolean> {
  const all = globSync(`test/${wing}/command/**/*.test.ts`, { cwd: checkout }).sort();
  // Most faults are noticed by the tests of their own file, and the first test that notices one ends the run.
  const own = mutation?.file.replace(/^src(.*)\.ts$/, 'test$1.test.ts');
  const files = [...all.filter((file) => file === own), ...all.filter((file) => file !== own)];
  const hook = mutation ? ['--import', join(import.meta.dirname, 'hook.ts')] : [];
  const mocha = join(checkout, 'node_modules', 'mocha', 'bin', 'mocha.js');
  const env = { ...process.env, ...(mutation && { KUBECTL_STS_MUTATION: JSON.stringify(mutation) }) };
  // mocha's own process loads the tests, as long as no flag of Node's makes it start another one.
  const args = [...hook, mocha, '--no-config', '--bail', '--exit', '--timeout', '60000', '--reporter', 'dot', ...files];
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: checkout, env, stdio: 'ignore' });
    const timer = setTimeout(() => child.kill('SIGKILL'), longest);
    child.once('exit', (code) => {
      clearTimeout(timer);
      resolve(code === 0);
    });
  });
}

/** The examples of the help of each command, as people type them into a shell. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Expected, expected, type SceneName } from '../docs/helpexamples.ts';
import { type Going, watched } from './going.ts';
import { type Shell, scenes, shellIn } from './helpexamples/scenes.ts';
import { ownNamespaces } from './namespace.ts';
import { endRolls } from './roll/rolls.ts';

/** In these, an example finds what the ones before it have done. In the others, all run side by side. */
const inTurn: readonly SceneName[] = ['pins', 'shell'];

describe('an example of the help does what it says', function () {
  this.timeout(90_000);
  const names = Object.keys(scenes) as SceneName[];
  const own = ownNamespaces(names.map((name) => `examples-${name}`));
  const namespaces = Object.fromEntries(names.map((name, nth) => [name, own[nth]]));
  const done = new Map<string, Promise<void>>();

  before(() => {
    for (const name of names) begin(name);
  });
  after(endRolls);

  /** Begins to prepare a scene, and then to run its examples, whose tests tell of what fails. */
  function begin(name: SceneName): void {
    const namespace = namespaces[name] ?? '';
    const shell = shellIn(namespace, namespaces['staging'] ?? '');
    const prepared = scenes[name].prepare(namespace);
    let last: Promise<unknown> = prepared;
    for (const [example, each] of Object.entries(expected)) {
      if (each.scene !== name) continue;
      const before = last;
      const one = prepared.then(() => before.catch(() => {})).then(() => runOne(example, each, shell));
      one.catch(() => {});
      done.set(example, one);
      if (inTurn.includes(name)) last = one;
    }
  }

  async function runOne(example: string, { scene, prints, isWatch }: Expected, shell: Shell): Promise<void> {
    const namespace = namespaces[scene] ?? '';
    // Other tests of this run have a namespace of that name.
    const line = example.replace(/(?<= -n )shop\b/, namespace);
    const going = typed(line, shell);
    try {
      if (isWatch) for (const what of prints) await going.line(what);
    } finally {
      if (isWatch) going.ctrlC();
    }
    const { code } = await going.end();
    const [, file] = / > (\S+)$/.exec(line) ?? [];
    const written = file === undefined ? [] : [readFileSync(join(shell.cwd, file), 'utf8')];
    const printed = [...going.lines(), going.stderr(), ...written].join('\n');
    assert.equal(code, isWatch ? 130 : 0, printed);
    for (const what of prints) assert.match(printed, what);
    // Other tests of this run have objects of these names, too.
    if (line.includes(' -A')) assert.ok(printed.includes(namespace), printed);
    scenes[scene].judge?.();
  }

  for (const example of Object.keys(expected)) it(example, () => done.get(example));
});

function typed(line: string, { cwd, env }: Shell): Going & { ctrlC(): void } {
  const child = spawn('bash', ['-o', 'pipefail', '-c', line], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  return {
    ...watched(child),
    ctrlC() {
      // A terminal sends it to the whole group, if there is still one.
      if (child.exitCode === null && child.signalCode === null) process.kill(-(child.pid ?? 0), 'SIGINT');
    },
  };
}

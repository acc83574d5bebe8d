/**
 * `npm run trial`: a replicated database whose set is restarted while clients write to it and read from it, by the plugin
 * and by what people use today, and judged by a checker that is no part of the plugin. Linux, as root.
 *
 *   npm run trial                               each scenario ten times; a history takes 20 s to a minute
 *   npm run trial -- --times 2 --seed 7         fewer, or with the seeds of an earlier run
 *   npm run trial -- --scenario kill,api        these
 *   npm run trial -- --history kill-7           one history again
 *   npm run trial -- --runbook                  none: runs docs/runbooks/replicated-database.md, and writes it anew
 *
 * Makes a stand of its own, unless KUBECTL_STS_STAND names one. Keeps what failed in dist/trial. Exit code 1 when
 * something was not as it should be.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { reportTo } from '../../../packaging/progress.ts';
import { checkout } from '../../runner/files.ts';
import { prepareRealNodes } from '../../runner/on-stand.ts';
import { pluginToTest } from '../../runner/plugin.ts';
import { standVariables } from '../../runner/stand-variables.ts';
import { entering } from '../../stand/real/namespaces.ts';
import { down, type Stand, up } from '../../stand/stand.ts';
import type { Chosen } from './inside.ts';
import { scenarioOf, scenarios } from './scenarios.ts';

const { values } = parseArgs({
  options: {
    times: { type: 'string', default: '10' },
    seed: { type: 'string', default: `${Math.floor(Math.random() * 100_000)}` },
    scenario: { type: 'string', default: Object.keys(scenarios).join() },
    history: { type: 'string' },
    runbook: { type: 'boolean', default: false },
  },
});
const report = reportTo(process.stderr);
const chosen = choice();
if (typeof chosen === 'string') {
  console.error(`error: ${chosen}`);
  process.exitCode = 2;
} else if (await prepareRealNodes()) process.exitCode = 1;
else process.exitCode = await withStand((stand) => run(stand, chosen));

/** Which histories are played, or what is wrong with the flags. */
function choice(): Chosen[] | string {
  if (values.runbook) return [];
  const [times, seed] = [Number(values.times), Number(values.seed)];
  if (!Number.isInteger(times) || times < 1) return `--times ${values.times} is no number of histories`;
  if (!Number.isInteger(seed)) return `--seed ${values.seed} is no whole number`;
  const known = Object.keys(scenarios).join(', ');
  if (values.history !== undefined) {
    const [, name = '', number] = /^([a-z]+)-(\d+)$/.exec(values.history) ?? [];
    return scenarioOf(name)
      ? [{ name, seed: Number(number) }]
      : `--history ${values.history}: there is NAME-N of ${known}`;
  }
  const names = values.scenario.split(',');
  const unknown = names.find((name) => scenarioOf(name) === undefined);
  if (unknown !== undefined) return `--scenario ${unknown}: there is ${known}`;
  return names.flatMap((name) => Array.from({ length: times }, (_, nth) => ({ name, seed: seed + nth })));
}

async function withStand<T>(work: (stand: Stand) => Promise<T>): Promise<T> {
  const named = process.env['KUBECTL_STS_STAND'];
  if (named) return work(await up({ name: named, real: true }, report));
  const name = `trial-${process.pid}`;
  try {
    return await work(await up({ name, real: true, owner: process.pid }, report));
  } finally {
    await down(name, report);
  }
}

/** @returns the exit code */
async function run(stand: Stand, histories: readonly Chosen[]): Promise<number> {
  const plugin = await pluginToTest(report);
  if (typeof plugin !== 'string') throw new Error(plugin.error);
  if (stand.first === undefined) throw new Error('the stand has no real nodes');
  const command = [process.execPath, join(import.meta.dirname, 'inside.ts'), JSON.stringify(histories)];
  const [program = '', ...words] = [...entering(stand.first, checkout), ...command];
  const env = { ...process.env, ...standVariables(stand, plugin) };
  const child = spawn(program, words, { env, stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}

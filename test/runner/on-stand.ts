import { duration, reportTo } from '../stand/progress.ts';
import { down, type Stand, status, sweep, up } from '../stand/stand.ts';
import { runPhase } from './child.ts';
import { type Counts, nothing } from './counts.ts';
import { pluginToTest } from './plugin.ts';
import { standVariables } from './stand-variables.ts';

const report = reportTo(process.stderr);

/** Runs `files` on a stand: the one that is named by KUBECTL_STS_STAND, else one made for this run alone. */
export async function runOnStand(files: readonly string[], signal: AbortSignal): Promise<Counts> {
  const plugin = await pluginToTest(report);
  if (typeof plugin !== 'string') return failedBefore(`no executable: ${plugin.error}`);
  if (signal.aborted) return nothing;

  const named = process.env['KUBECTL_STS_STAND'];
  if (named) {
    const { stand } = (await status()).find(({ name }) => name === named) ?? {};
    if (!stand) return failedBefore(`the stand ${named} is not up: npm run stand -- up --name ${named}`);
    return runPhase(files, { ...process.env, ...standVariables(stand, plugin) }, signal);
  }

  await sweep(report);
  const name = `test-${process.pid}`;
  try {
    const started = Date.now();
    const stand = await broughtUp(name);
    if ('error' in stand) return signal.aborted ? nothing : failedBefore(`no stand: ${stand.error}`);
    process.stdout.write(`\nOn a stand of Kubernetes (up after ${duration(Date.now() - started)}), with ${plugin}:\n`);
    if (signal.aborted) return nothing;
    return await runPhase(files, { ...process.env, ...standVariables(stand, plugin) }, signal);
  } finally {
    await down(name, report);
  }
}

async function broughtUp(name: string): Promise<Stand | { error: string }> {
  try {
    return await up({ name, owner: process.pid }, report);
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

function failedBefore(reason: string): Counts {
  process.stdout.write(`Not run: the tests that need a stand: ${reason}\n`);
  return { ...nothing, failed: 1 };
}

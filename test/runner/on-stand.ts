import { duration, reportTo } from '../../packaging/progress.ts';
import { build } from '../stand/build.ts';
import { realModules, standModules } from '../stand/modules.ts';
import { images } from '../stand/real/images.ts';
import { entering } from '../stand/real/namespaces.ts';
import { installPackages, missingPackages, whyNot } from '../stand/real/packages.ts';
import { down, type Stand, status, sweep, up } from '../stand/stand.ts';
import { runPhase } from './child.ts';
import { type Counts, nothing } from './counts.ts';
import { checkout } from './files.ts';
import { pluginToTest } from './plugin.ts';
import { standVariables } from './stand-variables.ts';

const report = reportTo(process.stderr);

export interface OnStand {
  /** With real nodes. */
  real: boolean;
}

/** Runs `files` on a stand: the one that is named by KUBECTL_STS_STAND, else one made for this run alone. */
export async function runOnStand(files: readonly string[], signal: AbortSignal, { real }: OnStand): Promise<Counts> {
  const plugin = await pluginToTest(report);
  if (typeof plugin !== 'string') return failedBefore(`no executable: ${plugin.error}`);
  if (signal.aborted) return nothing;

  const named = process.env['KUBECTL_STS_STAND'];
  if (named) {
    const { stand } = (await status()).find(({ name }) => name === named) ?? {};
    if (!stand) return failedBefore(`the stand ${named} is not up: npm run stand -- up --name ${named}`);
    if (real !== (stand.first !== undefined)) return failedBefore(`the stand ${named} has other nodes`);
    return runOn(stand, files, plugin, signal);
  }

  await sweep(report);
  const name = `${real ? 'real' : 'test'}-${process.pid}`;
  try {
    const started = Date.now();
    const stand = await broughtUp(name, real);
    if ('error' in stand) return signal.aborted ? nothing : failedBefore(`no stand: ${stand.error}`);
    process.stdout.write(`\nOn a stand of Kubernetes (up after ${duration(Date.now() - started)}), with ${plugin}:\n`);
    if (signal.aborted) return nothing;
    return await runOn(stand, files, plugin, signal);
  } finally {
    await down(name, report);
  }
}

function runOn(stand: Stand, files: readonly string[], plugin: string, signal: AbortSignal): Promise<Counts> {
  const before = stand.first === undefined ? [] : entering(stand.first, checkout);
  return runPhase(files, { ...process.env, ...standVariables(stand, plugin) }, signal, before);
}

/**
 * Installs, builds and makes what real nodes need, so that no test waits for that.
 *
 * @returns why there can be none, as counts
 */
export async function prepareRealNodes(): Promise<Counts | undefined> {
  const unable = whyNot();
  if (unable !== undefined) return failedBefore(unable);
  const missing = missingPackages();
  if (missing.length > 0) await installPackages(missing, report);
  await images(await build([...standModules, ...realModules], report), report);
  return undefined;
}

async function broughtUp(name: string, real: boolean): Promise<Stand | { error: string }> {
  try {
    return await up({ name, real, owner: process.pid }, report);
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

function failedBefore(reason: string): Counts {
  process.stdout.write(`Not run: the tests that need a stand: ${reason}\n`);
  return { ...nothing, failed: 1 };
}

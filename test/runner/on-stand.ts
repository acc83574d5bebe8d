import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { buildExecutables } from '../../packaging/executable.ts';
import { duration, reportTo } from '../../packaging/progress.ts';
import { fetchRuntimes } from '../../packaging/runtimes.ts';
import { emulated, emulators, whyNoEmulators } from '../platforms/emulators.ts';
import { build } from '../stand/build.ts';
import { installPackages, missingOf } from '../stand/debian.ts';
import { type KubernetesMinor, releases } from '../stand/kubernetes.ts';
import { realModules, standModules } from '../stand/modules.ts';
import { images } from '../stand/real/images.ts';
import { entering } from '../stand/real/namespaces.ts';
import { missingPackages, whyNot } from '../stand/real/packages.ts';
import { down, type Stand, status, sweep, type UpOptions, up } from '../stand/stand.ts';
import {
  failedPhase,
  joined,
  type Phase,
  type PhaseOptions,
  runPhase,
  runSideBySide,
  type SideBySideOptions,
} from './child.ts';
import { placeIn, undocumentedIn } from './documented.ts';
import { checkout, shifts } from './files.ts';
import { pluginToTest } from './plugin.ts';
import { standVariables } from './stand-variables.ts';

const report = reportTo(process.stderr);

export interface OnStand {
  /** With real nodes. */
  real: boolean;
  /** The newest unless given. */
  kubernetes?: KubernetesMinor | undefined;
}

/** Runs `files` on a stand: the one that is named by KUBECTL_STS_STAND, else one made for this run alone. */
export async function runOnStand(
  files: readonly string[],
  options: PhaseOptions,
  { real, kubernetes }: OnStand,
): Promise<Phase> {
  const { signal } = options;
  const plugin = await pluginToTest(report);
  if (typeof plugin !== 'string') return failedBefore(`no executable: ${plugin.error}`);
  if (signal.aborted) return joined([]);

  const named = process.env['KUBECTL_STS_STAND'];
  if (named) {
    const { stand } = (await status()).find(({ name }) => name === named) ?? {};
    if (!stand) return failedBefore(`the stand ${named} is not up: npm run stand -- up --name ${named}`);
    if (real !== (stand.first !== undefined)) return failedBefore(`the stand ${named} has other nodes`);
    if (kubernetes !== undefined && kubernetes !== stand.kubernetes) {
      return failedBefore(`the stand ${named} is of Kubernetes ${stand.kubernetes}`);
    }
    return runOn(stand, files, plugin, options);
  }

  await sweep(report);
  const name = `${real ? 'real' : 'test'}-${process.pid}`;
  try {
    const started = Date.now();
    const stand = await broughtUp({ name, real, owner: process.pid, ...(kubernetes && { kubernetes }) });
    if ('error' in stand) return signal.aborted ? joined([]) : failedBefore(`no stand: ${stand.error}`);
    const version = releases[stand.kubernetes];
    process.stdout.write(
      `\nOn a stand of Kubernetes ${version} (up after ${duration(Date.now() - started)}), with ${plugin}:\n`,
    );
    if (signal.aborted) return joined([]);
    return await runOn(stand, files, plugin, options);
  } finally {
    await down(name, report);
    // A test that was interrupted may have left a stand of its own.
    await sweep(report);
  }
}

/** How many processes keep a processor busy: tests on a stand wait for it much of the time. */
const perProcessor = 1.5;

async function runOn(stand: Stand, files: readonly string[], plugin: string, options: PhaseOptions): Promise<Phase> {
  const before = stand.first === undefined ? [] : entering(stand.first, checkout);
  const own = { ...options, env: { ...options.env, ...standVariables(stand, plugin) }, before };
  const place = placeIn(stand.auditLog);
  const { together, alone } = shifts(files);
  // The output of a single file is printed as it comes.
  if (together.length === 1) alone.unshift(...together.splice(0).flat());
  const atATime = Math.ceil(availableParallelism() * perProcessor);
  const phases = [
    await runSideBySide(together, { ...own, atATime, ...(process.stderr.isTTY && lineOf(together.length)) }),
  ];
  for (const file of alone) {
    if (options.signal.aborted) break;
    phases.push(await runPhase([file], own));
  }
  const undocumented = place === undefined ? [] : await undocumentedIn(place);
  const faults = undocumented.map((request) => `The plugin asked for what no role of docs/rbac/ allows: ${request}`);
  process.stdout.write(faults.map((line) => `${line}\n`).join(''));
  return joined([...phases, ...faults.map(failedPhase)]);
}

/** A line below the output, for a terminal, that says which files are running. */
function lineOf(all: number): Pick<SideBySideOptions, 'progress' | 'print'> {
  const show = (text: string): void => report({ kind: 'progress', text });
  return {
    progress(running, done) {
      const names = running.flat().map((file) => basename(file, '.test.ts'));
      show(done === all ? '' : `${done} of ${all} done, running: ${names.join(', ')}`);
    },
    print(output) {
      show('');
      process.stdout.write(output);
    },
  };
}

/**
 * Installs, builds and makes what real nodes need, so that no test waits for that.
 *
 * @returns why there can be none, as counts
 */
export async function prepareRealNodes(): Promise<Phase | undefined> {
  const unable = whyNot();
  if (unable !== undefined) return failedBefore(unable);
  const missing = missingPackages();
  if (missing.length > 0) await installPackages(missing, report);
  await images(await build([...standModules, ...realModules], report), report);
  return undefined;
}

/**
 * Installs what runs executables of other platforms, and builds these executables, so that no test waits for that.
 *
 * @returns why there can be none, as counts
 */
export async function prepareEmulators(): Promise<Phase | undefined> {
  const unable = whyNoEmulators();
  if (unable !== undefined) return failedBefore(unable);
  const missing = missingOf(emulators);
  if (missing.length > 0) await installPackages(missing, report);
  await fetchRuntimes(emulated, report);
  await buildExecutables(emulated, report);
  return undefined;
}

async function broughtUp(options: UpOptions): Promise<Stand | { error: string }> {
  try {
    return await up(options, report);
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

function failedBefore(reason: string): Phase {
  const fault = `Not run: the tests that need a stand: ${reason}`;
  process.stdout.write(`${fault}\n`);
  return failedPhase(fault);
}

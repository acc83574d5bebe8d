import { existsSync } from 'node:fs';
import { readdir, readFile, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Report } from '../../packaging/progress.ts';
import { connect } from './api.ts';
import { build } from './build.ts';
import { namePattern, type StandExecutables } from './control-plane.ts';
import { standFolder, stateFolder } from './folders.ts';
import { type KubernetesMinor, newest } from './kubernetes.ts';
import { alone } from './lock.ts';
import { olderModule, realModules, standModules } from './modules.ts';
import { mostNodes } from './nodes.ts';
import { belongsTo } from './ownership.ts';
import { type Component, componentsOf, endComponents, lives } from './processes.ts';
import { endNamespaces } from './real/namespaces.ts';
import { missingPackages, whyNot } from './real/packages.ts';
import { startReal } from './real/start.ts';
import { expectedComponents, readyFile, type Stand, start, type UpOptions } from './start.ts';

export type { Stand, UpOptions } from './start.ts';

export type StandStatus = {
  readonly name: string;
  readonly dir: string;
  /** `ready`: it can be used. `broken`: half made, or a process of it has ended. */
  readonly state: 'ready' | 'broken';
  readonly components: readonly Component[];
  readonly stand: Stand | undefined;
};

/** Starts the stand of this name, or returns it when it is up. Builds the executables that are not there yet. */
export async function up(options: UpOptions, report: Report): Promise<Stand> {
  const { name, nodes, real = false } = options;
  const wrong = wrongName(name) ?? wrongNodes(nodes) ?? (real ? whyNotReal(options) : undefined);
  if (wrong) throw new Error(wrong);
  return alone(lockOf(name), waitingFor(name, report), async () => {
    const { stand } = await statusOf(name);
    if (!stand) return started(options, report);
    const other = whatDiffers(stand, options);
    if (other) throw new Error(`the stand ${name} is up with ${other}: take it down first`);
    report({ kind: 'done', text: `stand ${name}: is up already` });
    return stand;
  });
}

async function started(options: UpOptions, report: Report): Promise<Stand> {
  const { name, real, kubernetes = newest } = options;
  const executables = await standExecutables(kubernetes, report);
  await remove(name);
  if (!real) return start(options, standFolder(name), executables, report);
  const programs = await build(realModules, report);
  return startReal(options, standFolder(name), { ...executables, ...programs }, report);
}

/** The executables of an older control plane replace those of the newest; kubectl is always the newest. */
async function standExecutables(kubernetes: KubernetesMinor, report: Report): Promise<StandExecutables> {
  const executables = await build(standModules, report);
  const older = olderModule(kubernetes);
  return older ? { ...executables, ...(await build([older], report)) } : executables;
}

/** How the running stand differs from the options. An option that is not given fits any stand. */
function whatDiffers(stand: Stand, { real = false, nodes, kubernetes, gates }: UpOptions): string | undefined {
  if (real !== (stand.first !== undefined)) return `${real ? 'fake' : 'real'} nodes`;
  if (nodes !== undefined && nodes !== stand.nodes) return `${stand.nodes} nodes`;
  if (kubernetes !== undefined && kubernetes !== stand.kubernetes) return `Kubernetes ${stand.kubernetes}`;
  if (gates !== undefined && !isDeepStrictEqual(gates, stand.gates)) return 'other feature gates';
  return undefined;
}

function whyNotReal({ nodes, kubernetes }: UpOptions): string | undefined {
  const missing = missingPackages();
  if (kubernetes !== undefined && kubernetes !== newest) return `real nodes run only Kubernetes ${newest}`;
  if (nodes !== undefined) return 'there are two real nodes: --nodes goes without --real';
  return whyNot() ?? (missing.length > 0 ? `real nodes need: apt-get install ${missing.join(' ')}` : undefined);
}

/** Ends all processes of the stand and removes its folder. Nothing happens when there is none. */
export async function down(name: string, report: Report): Promise<void> {
  const wrong = wrongName(name);
  if (wrong) throw new Error(wrong);
  await alone(lockOf(name), waitingFor(name, report), async () => {
    const existed = existsSync(standFolder(name));
    await remove(name);
    report({ kind: 'done', text: existed ? `stand ${name}: is down` : `stand ${name}: was not up` });
  });
}

/** All stands of this user, those that are half made or broken included. */
export async function status(): Promise<StandStatus[]> {
  const folders = existsSync(stateFolder()) ? await readdir(stateFolder(), { withFileTypes: true }) : [];
  const names = folders.filter((entry) => entry.isDirectory() && namePattern.test(entry.name)).map(({ name }) => name);
  return Promise.all(names.sort().map(statusOf));
}

/** Takes down the stands whose owner, or whose half-way maker, has ended. Returns their names. */
export async function sweep(report: Report): Promise<string[]> {
  const swept: string[] = [];
  for (const { name, state } of await status()) {
    const belongs = await belongsTo(standFolder(name));
    const holder = belongs?.owner ?? (state === 'broken' ? belongs?.maker : undefined);
    if (!holder || (await lives(holder))) continue;
    await down(name, report);
    swept.push(name);
  }
  return swept;
}

async function statusOf(name: string): Promise<StandStatus> {
  const dir = standFolder(name);
  const components = await componentsOf(dir);
  const file = readyFile(dir);
  // Another run may take it down meanwhile.
  const text = await readFile(file, 'utf8').catch(() => undefined);
  const made = text === undefined ? undefined : (JSON.parse(text) as Stand);
  const runs = (name: string) => components.some((component) => component.name === name);
  const stand = made && expectedComponents(made).every(runs) ? made : undefined;
  return { name, dir, state: stand ? 'ready' : 'broken', components, stand };
}

async function remove(name: string): Promise<void> {
  const folder = standFolder(name);
  const volumes = await hostPathVolumes(name);
  await endNamespaces(folder);
  await endComponents(folder);
  await rm(folder, { recursive: true, force: true });
  // The controller manager makes these folders and only removes those whose volumes were deleted.
  await Promise.all(volumes.map((volume) => rmdir(volume).catch(() => undefined)));
}

/** The empty folders behind the volumes of a stand that still answers. */
async function hostPathVolumes(name: string): Promise<string[]> {
  const { stand } = await statusOf(name);
  // Those of real nodes go with their namespaces.
  if (!stand || stand.first !== undefined) return [];
  const api = await connect(stand.server, stand);
  try {
    type Volumes = { items: { spec: { hostPath?: { path: string } } }[] };
    const { items } = (await api.get('/api/v1/persistentvolumes')) as Volumes;
    return items.map(({ spec }) => spec.hostPath?.path ?? '').filter((path) => path.startsWith('/tmp/hostpath_pv/'));
  } catch {
    // A stand whose API server does not answer is taken down all the same.
    return [];
  } finally {
    api.close();
  }
}

/** What is wrong with a name for a stand, if anything. */
export function wrongName(name: string): string | undefined {
  if (namePattern.test(name)) return undefined;
  return `not a name for a stand: ${JSON.stringify(name)} (up to 40 of a-z, 0-9 and -)`;
}

/** What is wrong with a number of nodes, if anything. */
export function wrongNodes(nodes: number | undefined): string | undefined {
  if (nodes === undefined || (Number.isInteger(nodes) && nodes >= 1 && nodes <= mostNodes)) return undefined;
  return `a stand has 1 to ${mostNodes} nodes`;
}

function lockOf(name: string): string {
  return join(stateFolder(), `.${name}.lock`);
}

function waitingFor(name: string, report: Report): () => void {
  return () =>
    report({ kind: 'begin', text: `stand ${name}: waiting for another process that builds, starts or stops it` });
}

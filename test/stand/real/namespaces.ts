/** The namespaces of a real stand, from outside: how to enter them, and how to leave nothing of them. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { lives, type ProcessIdentity } from '../processes.ts';

interface Kept {
  keeper: ProcessIdentity;
  /** The first process in the namespaces: all others end with it. */
  first: ProcessIdentity;
}

export function keeperFile(folder: string): string {
  return join(folder, 'keeper.json');
}

export async function keptBy(folder: string): Promise<Kept | undefined> {
  const text = await readFile(keeperFile(folder), 'utf8').catch(() => '');
  return text === '' ? undefined : (JSON.parse(text) as Kept);
}

/** The words before a command that run it in the namespaces, in the folder where it would run outside. */
export function entering(first: number, cwd: string): string[] {
  const namespaces = ['nsenter', `--target=${first}`, '--net', '--mount', '--pid'];
  return [...namespaces, 'sh', '-c', 'cd "$0" && exec "$@"', cwd];
}

/** Milliseconds for a stand to be cleared away by its keeper. */
const patience = 20_000;

/** Ends a real stand, whatever of it there is. */
export async function endNamespaces(folder: string): Promise<void> {
  const kept = await keptBy(folder);
  if (kept === undefined) return;
  await end(kept.keeper, 'SIGTERM');
  await end(kept.first, 'SIGKILL');
  await clearAway(folder, { keepFolder: false });
}

async function end(one: ProcessIdentity, signal: NodeJS.Signals): Promise<void> {
  const deadline = Date.now() + patience;
  if (await lives(one)) process.kill(one.pid, signal);
  while (await lives(one)) {
    if (Date.now() > deadline) throw new Error(`process ${one.pid} of the stand does not end`);
    await delay(50);
  }
}

/** Removes what outlives the processes. Nothing happens where nothing is left. */
export async function clearAway(folder: string, { keepFolder }: { keepFolder: boolean }): Promise<void> {
  for (const group of await cgroupsOf(basename(folder))) await removeCgroup(group, Date.now() + patience);
  if (!keepFolder) await rm(folder, { recursive: true, force: true });
}

const cgroupRoot = '/sys/fs/cgroup';

/** The control group of a node, as the kubelet is told it. */
export function cgroupOf(stand: string, node: string): string {
  return `/kubectl-sts-${stand}.${node}`;
}

/** Makes the control group of a node in each hierarchy. */
export async function makeCgroups(group: string): Promise<void> {
  for (const hierarchy of await hierarchies()) {
    const folder = join(hierarchy, group);
    await mkdir(folder, { recursive: true });
    // A group without processors and memory takes no process.
    for (const file of ['cpuset.cpus', 'cpuset.mems']) {
      if (!existsSync(join(folder, file)) || !existsSync(join(hierarchy, file))) continue;
      await writeFile(join(folder, file), await readFile(join(hierarchy, file)));
    }
  }
}

/** Of version 1 there is one for each resource, of version 2 one in all. */
async function hierarchies(): Promise<string[]> {
  if (existsSync(join(cgroupRoot, 'cgroup.controllers'))) return [cgroupRoot];
  const entries = await readdir(cgroupRoot, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(cgroupRoot, name));
}

async function cgroupsOf(stand: string): Promise<string[]> {
  const prefix = cgroupOf(stand, '').slice(1);
  const groups = (await hierarchies()).map(async (hierarchy) =>
    (await readdir(hierarchy)).filter((name) => name.startsWith(prefix)).map((name) => join(hierarchy, name)),
  );
  return (await Promise.all(groups)).flat();
}

/** From the innermost on; a process that has just been killed holds its group for a moment. */
async function removeCgroup(group: string, deadline: number): Promise<void> {
  const inner = await readdir(group, { withFileTypes: true }).catch(() => []);
  for (const entry of inner) if (entry.isDirectory()) await removeCgroup(join(group, entry.name), deadline);
  for (;;) {
    try {
      return await rmdir(group);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === 'ENOENT') return;
      if (code !== 'EBUSY' || Date.now() > deadline) throw error;
    }
    await delay(20);
  }
}

/** Components that are down for a while: only ever those of a stand of the test's own. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { clusterFiles } from '../../stand/control-plane.ts';
import { componentsOf } from '../../stand/processes.ts';
import type { Stand } from '../../stand/stand.ts';
import { crashApiServer, startAgain } from '../../stand/trouble.ts';

const sleepers = new Set(['kube-controller-manager', 'kwok', 'kwok-controller']);
const scheduler = 'kube-scheduler';

/** Lets the controllers sleep while `work` goes on. */
export async function withoutControllers({ dir }: Stand, work: () => Promise<void>): Promise<void> {
  const asleep = (await componentsOf(dir)).filter(({ name }) => name === 'kube-controller-manager');
  for (const { pid } of asleep) process.kill(pid, 'SIGSTOP');
  try {
    await work();
  } finally {
    for (const { pid } of asleep) process.kill(pid, 'SIGCONT');
  }
}

/**
 * Crashes the API server, and starts it again when `work` is done. Whoever makes and plays pods sleeps meanwhile: awake,
 * they would come back up to a minute after it (`backoff` of client-go's reflector). The scheduler starts anew, as it
 * does by itself in a cluster: it ends when it finds a pod of a known name on another node (`UpdatePod` of its cache).
 */
export async function withoutApiServer(stand: Stand, work: () => Promise<void>): Promise<void> {
  const { pids } = clusterFiles(stand.dir, stand.name);
  const running = await componentsOf(stand.dir);
  const asleep = running.filter(({ name }) => sleepers.has(name));
  for (const { pid } of asleep) process.kill(pid, 'SIGSTOP');
  for (const { pid } of running.filter(({ name }) => name === scheduler)) process.kill(pid, 'SIGKILL');
  await rm(join(pids, `${scheduler}.pid`));
  await crashApiServer(stand);
  await work();
  await startAgain(stand);
  for (const { pid } of asleep) process.kill(pid, 'SIGCONT');
}

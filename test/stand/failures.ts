import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { clusterFiles } from './control-plane.ts';
import { corednsFiles } from './coredns.ts';
import { tail } from './log-tail.ts';
import { identityOf } from './processes.ts';

/** Rejects as soon as a component that was started has ended; the message shows the end of its log. */
export async function componentCrash(folder: string, name: string, signal: AbortSignal): Promise<never> {
  for (;;) {
    await delay(500, undefined, { signal });
    const ended = await endedComponents(folder, name);
    const first = ended[0];
    if (first) throw new Error(`${ended.join(', ')} ended while starting; ${await endOfLog(folder, name, first)}`);
  }
}

/** Turns a wait that failed into one message: what was awaited, which component for, and the end of its log. */
export async function explainWait(folder: string, name: string, component: string, error: Error): Promise<never> {
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
  throw new Error(`${error.message}${cause}; ${await endOfLog(folder, name, component)}`);
}

/** Components whose pid was written down and that do not run any more. */
async function endedComponents(folder: string, name: string): Promise<string[]> {
  const { pids } = clusterFiles(folder, name);
  const files = existsSync(pids) ? (await readdir(pids)).map((file) => join(pids, file)) : [];
  const coredns = corednsFiles(folder).pid;
  if (existsSync(coredns)) files.push(coredns);
  const started = await Promise.all(
    files.map(async (file) => ({ name: basename(file, '.pid'), pid: Number(await readFile(file, 'utf8')) })),
  );
  // Not by their names: nsenter, which starts those of another machine, has not become them at once. A file just being
  // written is still empty: 0.
  const lives = await Promise.all(started.map(async ({ pid }) => pid === 0 || (await identityOf(pid)) !== undefined));
  return started.filter((_, at) => !lives[at]).map((component) => component.name);
}

async function endOfLog(folder: string, name: string, component: string): Promise<string> {
  const logs = clusterFiles(folder, name).logs;
  const log = component === 'coredns' ? corednsFiles(folder).log : join(logs, `${component}.log`);
  return `the end of ${log}:\n${await tail(log)}`;
}

/** Starts a stand with real nodes: the plan, and the keeper that carries it out. */
import { fork } from 'node:child_process';
import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { duration, type Report } from '../../../packaging/progress.ts';
import type { StandExecutables } from '../control-plane.ts';
import { recordOwner } from '../ownership.ts';
import { complete, describe, type Stand, type UpOptions } from '../start.ts';
import { images } from './images.ts';
import type { KeeperMessage } from './keeper.ts';
import type { RealExecutables } from './machine.ts';
import { keptBy } from './namespaces.ts';
import { machines } from './network.ts';

/** What is to be started. */
export interface Plan {
  stand: Stand;
  executables: StandExecutables & RealExecutables;
  /** The archive of the images. */
  images: string;
}

function planFile(folder: string): string {
  return join(folder, 'plan.json');
}

export async function readPlan(folder: string): Promise<Plan> {
  return JSON.parse(await readFile(planFile(folder), 'utf8')) as Plan;
}

/** Makes a stand with real nodes in an empty place. What is started is cleared away again when that fails. */
export async function startReal(
  options: UpOptions,
  folder: string,
  executables: Plan['executables'],
  report: Report,
): Promise<Stand> {
  const { name, owner } = options;
  const archive = await images(executables, report);
  const began = Date.now();
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await recordOwner(folder, owner);
  const loopback = await describe({ ...options, nodes: machines.length }, folder, executables);
  const server = `https://${machines[0].address}:${loopback.ports.apiServer}`;
  const planned = { ...loopback, server, coredns: { host: '10.96.0.10', port: 53 } };
  const plan: Plan = { stand: planned, executables, images: archive };
  await writeFile(planFile(folder), JSON.stringify(plan));
  await keep(folder, (text) => report({ kind: 'progress', text: `stand ${name}: ${text}` }));
  const kept = await keptBy(folder);
  if (!kept) throw new Error('the keeper of the stand has not said where it is');
  report({
    kind: 'done',
    text: `stand ${name}: ready in ${duration(Date.now() - began)}, ${machines.length} real nodes`,
  });
  return complete({ ...planned, first: kept.first.pid });
}

/** Starts the keeper, which goes on when this process ends, and returns when all is ready. */
async function keep(folder: string, tell: (text: string) => void): Promise<void> {
  const log = await open(join(folder, 'keeper.log'), 'a');
  const keeper = fork(join(import.meta.dirname, 'keeper.ts'), [folder], {
    cwd: folder,
    detached: true,
    stdio: ['ignore', log.fd, log.fd, 'ipc'],
  });
  try {
    await new Promise<void>((resolve, reject) => {
      keeper.on('message', (message) => {
        const said = message as KeeperMessage;
        if (said.kind === 'ready') resolve();
        else if (said.kind === 'failed') reject(new Error(said.text));
        else tell(said.text);
      });
      keeper.once('error', reject);
      keeper.once('exit', (code, signal) =>
        reject(new Error(`the keeper of the stand has ended (${signal ?? code}): see ${join(folder, 'keeper.log')}`)),
      );
    });
    keeper.disconnect();
    keeper.unref();
  } finally {
    await log.close();
  }
}

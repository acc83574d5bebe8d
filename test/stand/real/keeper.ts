/**
 * The process that holds a stand with real nodes: `node keeper.ts FOLDER`. It makes the namespaces, has everything
 * started in them, and clears all of it away when it is asked to end, when whoever starts the stand ends before it is
 * ready, or whoever the stand is for ends. When it is killed itself, the namespaces end with it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { belongsTo } from '../ownership.ts';
import { identityOf, lives } from '../processes.ts';
import { clearAway, keeperFile } from './namespaces.ts';

/** What is told of the start. */
export type KeeperMessage =
  | { readonly kind: 'progress'; readonly text: string }
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly text: string };

/** Milliseconds between two looks at the owner. */
const lookInterval = 500;

const [, , folder = ''] = process.argv;

const child = spawn(
  'setpriv',
  [
    // One that is killed cannot end it.
    ...['--pdeathsig', 'KILL', 'unshare'],
    ...['--net', '--mount', '--propagation', 'private', '--pid', '--fork', '--mount-proc', '--kill-child=SIGKILL'],
    // The first process of the namespaces stays, and takes in what others leave behind.
    ...['sh', '-c', '"$@" || exit; sleep infinity & wait', 'sh'],
    ...[process.execPath, join(import.meta.dirname, 'inside.ts'), folder],
  ],
  { cwd: folder, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
);
const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
let isReady = false;
let isEnding = false;

child.on('message', (message) => {
  const said = message as KeeperMessage;
  if (said.kind === 'ready') isReady = true;
  if (process.connected) process.send?.(said, () => {});
  // Whoever reads why wants to read the logs.
  if (said.kind === 'failed') void end({ keepFolder: true });
});
void ended.then(() => end({ keepFolder: true }));
process.on('disconnect', () => {
  if (!isReady) void end({ keepFolder: false });
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => void end({ keepFolder: false }));
}

const kept = { keeper: await identityOf(process.pid), first: await identityOf(await firstOf(child)) };
await writeFile(keeperFile(folder), JSON.stringify(kept));
const owner = (await belongsTo(folder))?.owner;
while (owner && (await lives(owner))) await delay(lookInterval);
if (owner) await end({ keepFolder: false });

async function end({ keepFolder }: { keepFolder: boolean }): Promise<void> {
  if (isEnding) return;
  isEnding = true;
  child.kill('SIGKILL');
  await ended;
  await clearAway(folder, { keepFolder });
  process.exit(keepFolder ? 1 : 0);
}

/** The first process of the namespaces, as it is known out here. */
async function firstOf({ pid }: ChildProcess): Promise<number> {
  for (;;) {
    const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
    const first = Number(children.trim().split(' ')[0]);
    if (first > 0) return first;
    await delay(10);
  }
}

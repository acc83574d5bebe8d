/** What waits for a rollout, and how it ended. */
import { spawn } from 'node:child_process';
import { Worker } from 'node:worker_threads';
import type { Line, Stall } from '../../histories/judgement.ts';

export interface Gate {
  startedAt: number;
  /** What it has written, on either stream, as it came. */
  lines: readonly Line[];
  /** How it ended; a code of null is a signal. */
  ended: Promise<{ code: number | null; at: number }>;
  /** Interrupts it. */
  stop(): void;
}

export type StartGate = (args: readonly string[]) => Gate;

/** Gates as people run them. */
export function processGates(program: string, env: Record<string, string>): StartGate {
  return (args) => {
    const lines: Line[] = [];
    const startedAt = Date.now();
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => lines.push({ at: Date.now(), text }));
    }
    let at = 0;
    child.on('exit', () => {
      at = Date.now();
    });
    const ended = new Promise<{ code: number | null; at: number }>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => resolve({ code, at }));
    });
    return { startedAt, lines, ended, stop: () => void child.kill('SIGKILL') };
  };
}

/** To the thread. */
export type Order = { start: number; args: readonly string[]; kubeconfig: string } | { stop: number };

/** From the thread. */
export type News = ({ id: number; at: number } & ({ text: string } | { code: number })) | { stall: Stall };

type NewsOfOne = Exclude<News, { stall: Stall }>;

export interface ThreadGates {
  start: StartGate;
  /** When the thread was kept from its work. */
  stalls: readonly Stall[];
  /** For which share of the time it was at work. */
  load(): number;
  close(): Promise<void>;
}

/**
 * The plugin's own, many at a time: a thousand processes would take longer to start than to wait. They run in a thread of
 * their own, so that they do not keep from looking whoever judges them.
 */
export async function threadGates(kubeconfig: string): Promise<ThreadGates> {
  const worker = new Worker(new URL('./gate-thread.ts', import.meta.url));
  const tell = (order: Order): void => worker.postMessage(order);
  const running = new Map<number, (news: NewsOfOne) => void>();
  const stalls: Stall[] = [];
  let count = 0;
  worker.on('message', (news: News) => {
    if ('stall' in news) stalls.push(news.stall);
    else running.get(news.id)?.(news);
  });
  worker.on('error', (error) => {
    throw error;
  });

  const start: StartGate = (args) => {
    const id = count++;
    const lines: Line[] = [];
    const startedAt = Date.now();
    const ended = new Promise<{ code: number; at: number }>((resolve) => {
      running.set(id, (news) => {
        if ('text' in news) lines.push(news);
        else {
          running.delete(id);
          resolve(news);
        }
      });
    });
    tell({ start: id, args, kubeconfig });
    return { startedAt, lines, ended, stop: () => tell({ stop: id }) };
  };
  // The first one would load all modules meanwhile.
  await start(['status', '--wait', '-l', 'app=nothing']).ended;
  const { performance } = worker;
  const begun = performance.eventLoopUtilization();
  return {
    start,
    stalls,
    load: () => performance.eventLoopUtilization(begun).utilization,
    async close() {
      await worker.terminate();
    },
  };
}

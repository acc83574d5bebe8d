/** Runs commands of the plugin from its sources, side by side, as the thread that gates.ts starts. */
import { Writable } from 'node:stream';
import { parentPort } from 'node:worker_threads';
import { processDeps } from '#src/cli/deps.ts';
import { main } from '#src/main.ts';
import { type MemoryHost, memoryHost } from '../../memory/host.ts';
import type { News, Order } from './gates.ts';

const hosts = new Map<number, MemoryHost>();
const tell = (news: News): void => parentPort?.postMessage(news);

parentPort?.on('message', (order: Order) => {
  if ('stop' in order) hosts.get(order.stop)?.signal('SIGINT');
  else void start(order);
});

async function start({ start: id, args, kubeconfig }: Extract<Order, { start: number }>): Promise<void> {
  const memory = memoryHost({ env: { KUBECONFIG: kubeconfig } });
  const stream = () =>
    new Writable({
      decodeStrings: false,
      write(chunk: string | Buffer, _encoding, done) {
        tell({ id, at: Date.now(), text: String(chunk) });
        done();
      },
    });
  const host = Object.assign(memory.host, { stdout: stream(), stderr: stream() });
  hosts.set(id, memory);
  const code = await main(args, { ...processDeps(process, '1.2.3'), host });
  hosts.delete(id);
  tell({ id, at: Date.now(), code });
}

/** Milliseconds between two looks at the clock, and by how much one must be late to count. */
const interval = 20;
const noticeable = 10;

let last = Date.now();
setInterval(() => {
  const at = Date.now();
  const late = at - last - interval;
  if (late > noticeable) tell({ stall: { at, late } });
  last = at;
}, interval);

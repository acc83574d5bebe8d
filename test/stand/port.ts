import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Ports that this process has handed out: their owners may not listen yet. */
const given = new Set<number>();

/**
 * A free TCP port on loopback, below the ranges from which the kernel takes ports for outgoing connections and Kubernetes
 * those of Services. It is drawn at random among 10,000, so that two processes hardly draw the same one.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 1000; tries += 1) {
    const port = randomInt(20_000, 30_000);
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
  throw new Error('no free port found between 20000 and 30000');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

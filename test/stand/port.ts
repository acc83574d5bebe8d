import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * A free TCP port on loopback, below the range from which the kernel takes ports for outgoing connections.
 * It is drawn at random among 12,000, so that two that are drawn before either is used hardly meet.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 1000; tries += 1) {
    const port = randomInt(20_000, 32_000);
    if (await isFree(port)) return port;
  }
  throw new Error('no free port found between 20000 and 32000');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

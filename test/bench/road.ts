/**
 * A far road on loopback: each byte takes so long, a new connection one round trip more, and TCP begins slowly. It shows
 * what people see whose API server is far away.
 *
 *     node test/bench/road.ts https://127.0.0.1:6443 [MILLISECONDS]
 */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Road {
  /** Of the server behind it. */
  url: string;
  close(): void;
}

/** Milliseconds that a byte takes, each way. */
const usual = 25;

/** Bytes that TCP sends before it waits for the other side (RFC 6928). */
const firstWindow = 14_600;

/** @param oneWay milliseconds that a byte takes */
export async function openRoad(to: URL, oneWay = usual): Promise<Road> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ host: to.hostname, port: Number(to.port), allowHalfOpen: true });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.setNoDelay(true);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        setTimeout(() => other.destroy(), oneWay);
      });
    }
    // The round trip in which TCP opens a connection.
    setTimeout(() => carry(near, far, oneWay), 2 * oneWay);
    carry(far, near, oneWay);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `${to.protocol}//127.0.0.1:${port}`,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** Carries what one side says to the other, by the slow start of TCP: the window doubles with each round trip. */
function carry(from: Socket, to: Socket, oneWay: number): void {
  const waiting: Buffer[] = [];
  let ended = false;
  let window = firstWindow;
  let underWay = 0;

  function send(): void {
    while (waiting.length > 0 && underWay < window) {
      const [next = Buffer.alloc(0)] = waiting;
      const piece = next.subarray(0, window - underWay);
      if (piece.length === next.length) waiting.shift();
      else waiting[0] = next.subarray(piece.length);
      underWay += piece.length;
      setTimeout(() => to.write(piece), oneWay);
      setTimeout(() => {
        underWay -= piece.length;
        window += piece.length;
        send();
      }, 2 * oneWay);
    }
    if (ended && waiting.length === 0) setTimeout(() => to.end(), oneWay);
  }

  from.on('data', (chunk: Buffer) => {
    waiting.push(chunk);
    send();
  });
  from.on('end', () => {
    ended = true;
    send();
  });
}

if (import.meta.main) {
  const [to = '', oneWay] = process.argv.slice(2);
  const { url } = await openRoad(new URL(to), oneWay === undefined ? usual : Number(oneWay));
  process.stdout.write(`${url}\n`);
}

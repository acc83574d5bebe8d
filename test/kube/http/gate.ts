import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A way to a server on loopback that takes connections, and carries what they say when it is opened. */
export interface Gate {
  /** Of the server behind it. */
  url: string;
  /** Connections that were taken before it was opened. */
  held(): number;
  /** Lets what is said on the first connection through. */
  openFirst(): void;
  /** The same for all connections, those to come too. */
  open(): void;
  /** From now on, cuts new connections. */
  refuseMore(): void;
  refused(): number;
  close(): void;
}

export async function gateTo({ url }: { url: string }): Promise<Gate> {
  const to = new URL(url);
  const sockets = new Set<Socket>();
  const held: Socket[] = [];
  let isOpen = false;
  let refuses = false;
  let refused = 0;
  let carried = 0;

  function carry(near: Socket): void {
    const far = connect(Number(to.port), to.hostname);
    sockets.add(far);
    near.pipe(far).pipe(near);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on('close', () => other.destroy());
      one.on('error', () => other.destroy());
    }
  }

  const server = createServer((near) => {
    sockets.add(near);
    near.on('error', () => {});
    if (refuses) {
      refused++;
      near.destroy();
    } else if (isOpen) carry(near);
    else held.push(near);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `${to.protocol}//127.0.0.1:${port}`,
    held: () => held.length,
    openFirst: () => held.slice(carried, ++carried).forEach(carry),
    open() {
      isOpen = true;
      held.slice(carried).forEach(carry);
    },
    refuseMore() {
      refuses = true;
    },
    refused: () => refused,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

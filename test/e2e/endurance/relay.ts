/** A way to a server of loopback that can be cut and closed: it passes bytes on and understands none of them. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Relay {
  url: string;
  /** Cuts all connections in the middle of whatever they carry. */
  cut(): void;
  /** Cuts them and refuses new ones. */
  close(): Promise<void>;
  /** Takes connections again, at the same port. */
  open(): Promise<void>;
}

/** @param server its URL */
export async function relayTo(server: string): Promise<Relay> {
  const { hostname, port: target } = new URL(server);
  const sockets = new Set<Socket>();
  const listener = createServer((near) => {
    const far = connect(Number(target), hostname);
    near.pipe(far).pipe(near);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      // That it has ended is all that matters.
      one.on('error', () => {});
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  const listen = async (port: number) => {
    listener.listen(port, '127.0.0.1');
    await once(listener, 'listening');
  };
  await listen(0);
  const { port } = listener.address() as AddressInfo;
  const cut = () => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    url: `https://127.0.0.1:${port}`,
    cut,
    async close() {
      if (!listener.listening) return;
      const closed = once(listener, 'close');
      listener.close();
      cut();
      await closed;
    },
    open: () => listen(port),
  };
}

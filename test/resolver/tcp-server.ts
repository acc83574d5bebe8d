import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A DNS server of a test's own on loopback. */
export interface TcpServer {
  port: number;
  open(signal: AbortSignal): Promise<Socket>;
  /** How many connections were made. */
  connections(): number;
  /** Those that are open. */
  sockets: Set<Socket>;
  close(): Promise<void>;
}

/** What became of one query: `nth` of its connection, from 0. */
type OnQuery = (query: Buffer, socket: Socket, nth: number) => void;

export async function tcpServer(onQuery: OnQuery, onConnection: (socket: Socket, nth: number) => void = () => {}) {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    onConnection(socket, connections++);
    let received = Buffer.alloc(0);
    let nth = 0;
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
        const end = 2 + received.readUInt16BE(0);
        const query = received.subarray(2, end);
        received = received.subarray(end);
        if (!socket.destroyed && socket.writable) onQuery(query, socket, nth++);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const made: TcpServer = {
    port,
    async open() {
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'connect');
      return socket;
    },
    connections: () => connections,
    sockets,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  return made;
}

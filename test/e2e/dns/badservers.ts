/** DNS servers on loopback, over TCP, that are not well. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { decode, encode, type Packet } from 'dns-packet';

export interface BadServer {
  port: number;
  end(): void;
}

/** Takes questions and never says a thing. */
export function silentServer(): Promise<BadServer> {
  return serving(() => []);
}

/** Answers each question with these packets instead of an answer of its own. */
export function lyingServer(lies: (asked: Packet) => Packet[]): Promise<BadServer> {
  return serving((asked) => lies(asked).map((packet) => framed(encode(packet))));
}

/** Answers each question with these bytes. */
export function babblingServer(bytes: (asked: Packet) => Buffer[]): Promise<BadServer> {
  return serving(bytes);
}

/** A message as it is sent over TCP, behind its length (RFC 1035, 4.2.2). */
export function framed(message: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
}

async function serving(answer: (asked: Packet) => Buffer[]): Promise<BadServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    let received = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
        const end = 2 + received.readUInt16BE(0);
        const asked = decode(received.subarray(2, end));
        received = received.subarray(end);
        for (const bytes of answer(asked)) socket.write(bytes);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    end() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/**
 * A server of HTTP/2 by its frames (RFC 9113), for what Node's own server never does. Who comes by HTTP/1.1 is always
 * answered the same.
 */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import { certificate, key } from '../certificate.ts';

export const frameTypes = { data: 0, headers: 1, reset: 3, settings: 4, ping: 6, goaway: 7, windowUpdate: 8 } as const;

interface Frame {
  type: number;
  flags: number;
  /** 0 for the connection. */
  stream: number;
  payload: Buffer;
}

export interface FrameServer {
  url: string;
  connections(): number;
  /** Those that clients have sent. */
  frames: Frame[];
  close(): void;
}

/** `:status: 200`, by the static table of HPACK. */
export const ok = Buffer.from([0x88]);

/** `content-length: 100` */
export const hundredBytes = Buffer.from([0x0f, 0x0d, 3, ...Buffer.from('100')]);

/** A frame on its way. */
export function frame(type: number, stream: number, payload: Buffer = Buffer.alloc(0), flags = 0): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

export function numbers(...values: number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [at, value] of values.entries()) bytes.writeUInt32BE(value, 4 * at);
  return bytes;
}

/** The bytes with which a client begins. */
const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'.length;
export const acknowledged = 1;

/**
 * @param onRequest is told of each request by its stream, and how many came before it; nothing is answered by itself
 * @param isAlive whether pings are answered
 */
export async function serveFrames(
  onRequest: (socket: TLSSocket, stream: number, before: number) => void,
  isAlive = true,
): Promise<FrameServer> {
  const frames: Frame[] = [];
  const sockets = new Set<TLSSocket>();
  let connections = 0;
  let requests = 0;

  function meet(socket: TLSSocket, { type, flags, stream, payload }: Frame): void {
    if (type === frameTypes.settings && flags !== acknowledged) {
      socket.write(frame(frameTypes.settings, 0, Buffer.alloc(0), acknowledged));
    }
    if (type === frameTypes.ping && flags !== acknowledged && isAlive) {
      socket.write(frame(frameTypes.ping, 0, payload, acknowledged));
      // Whoever answers that has seen the answer before.
      socket.write(frame(frameTypes.ping, 0, payload));
    }
    if (type === frameTypes.headers) onRequest(socket, stream, requests++);
  }

  const server = createServer({ cert: certificate, key, ALPNProtocols: ['h2', 'http/1.1'] }, (socket) => {
    connections++;
    sockets.add(socket);
    socket.on('error', () => {});
    if (socket.alpnProtocol !== 'h2') {
      socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\nHTTP/1.1'));
      return;
    }
    socket.write(frame(frameTypes.settings, 0));
    let rest: Buffer = Buffer.alloc(0);
    let begun = false;
    socket.on('data', (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk]);
      if (!begun && rest.length >= preface) {
        begun = true;
        rest = rest.subarray(preface);
      }
      while (begun && rest.length >= 9 && rest.length >= 9 + rest.readUIntBE(0, 3)) {
        const end = 9 + rest.readUIntBE(0, 3);
        const one = {
          type: rest.readUInt8(3),
          flags: rest.readUInt8(4),
          stream: rest.readUInt32BE(5),
          payload: rest.subarray(9, end),
        };
        rest = rest.subarray(end);
        frames.push(one);
        meet(socket, one);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}`,
    connections: () => connections,
    frames,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

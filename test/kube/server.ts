import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createSecureServer } from 'node:http2';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { certificate, key } from './certificate.ts';

/** What a server speaks: plain HTTP/1.1, the same over TLS, or HTTP/2. */
export type Protocol = 'http' | 'https' | 'h2';

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** An API server of the test's own, on loopback. */
export interface LoopbackServer {
  url: string;
  /** How many connections were opened so far. */
  connections(): number;
  /** The method and path of each request so far. */
  requests: string[];
  /** Takes connections that are to change over to another protocol. */
  upgrades(take: Upgrade): void;
  /** Cuts all connections. */
  cut(): void;
  close(): void;
}

/**
 * @param tls of a server of TLS, which is `localhost` and its own authority unless given
 * @param host as it stands in the URL
 */
export async function serve(
  protocol: Protocol,
  answer: Answer,
  tls: { cert: string; key: string } = { cert: certificate, key },
  host: '127.0.0.1' | '[::1]' = '127.0.0.1',
): Promise<LoopbackServer> {
  const requests: string[] = [];
  const listener: Answer = (request, response) => {
    requests.push(`${request.method} ${request.url}`);
    answer(request, response);
  };
  const server = serverOf(protocol, tls, listener);
  let connections = 0;
  server.on(protocol === 'http' ? 'connection' : 'secureConnection', () => connections++);
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, host.replace(/[[\]]/g, ''));
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `${protocol === 'http' ? 'http' : 'https'}://${host}:${port}`,
    connections: () => connections,
    requests,
    upgrades: (take) => void server.on('upgrade', take),
    cut() {
      // bun's server of HTTP/2 hands on what is written at the end of the turn.
      setImmediate(() => {
        for (const socket of sockets) socket.destroySoon();
      });
    },
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

function serverOf(protocol: Protocol, tls: { cert: string; key: string }, listener: Answer): Server {
  if (protocol === 'http') return createServer(listener);
  if (protocol === 'https') return createTlsServer(tls, listener);
  const server = createSecureServer({ ...tls, allowHTTP1: true, maxSessionMemory: 1_000 });
  // Requests and answers that look as those of HTTP/1.1.
  server.on('request', listener as never);
  return server as never;
}

export function sendJson(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

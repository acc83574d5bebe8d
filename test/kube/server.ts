import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { certificate, key } from './certificate.ts';

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
  close(): void;
}

/** @param tls of an https server, which is `localhost` and its own authority unless given */
export async function serve(
  protocol: 'http' | 'https',
  answer: Answer,
  tls: { cert: string; key: string } = { cert: certificate, key },
): Promise<LoopbackServer> {
  const requests: string[] = [];
  const listener: Answer = (request, response) => {
    requests.push(`${request.method} ${request.url}`);
    answer(request, response);
  };
  const server: Server = protocol === 'https' ? createTlsServer(tls, listener) : createServer(listener);
  let connections = 0;
  server.on(protocol === 'https' ? 'secureConnection' : 'connection', () => connections++);
  // Those in the middle of a TLS handshake are not among the server's own.
  const sockets = new Set<Duplex>();
  server.on('connection', (socket: Duplex) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `${protocol}://127.0.0.1:${port}`,
    connections: () => connections,
    requests,
    upgrades: (take) => void server.on('upgrade', take),
    close() {
      server.closeAllConnections();
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

export function sendJson(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

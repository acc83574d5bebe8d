/** A server on loopback that passes requests on to the stand as the administrator, but for what a test wants otherwise. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createSecureServer } from 'node:http2';
import { Agent, createServer as createTlsServer, request as requestByTls } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { sharedStand } from '../../runner/stand-variables.ts';
import { authority, localhost, localhostKey } from './certificates.ts';

/** Answers by itself and returns true, or leaves the request to the stand. */
export type Own = (request: IncomingMessage, response: ServerResponse, path: string) => boolean;

export interface ProxyOptions {
  /** Without it the server speaks plain HTTP. Default: the certificate `localhost`. */
  tls?: { cert: string; key: string } | undefined;
  /** Whether it speaks HTTP/2 too, over TLS. */
  http2?: boolean;
  /** Default: 127.0.0.1. */
  address?: string;
  /** What stands before the paths of the API. */
  prefix?: string;
  own?: Own;
}

/** One request, as a loopback server has met it. */
interface Met {
  path: string;
  /** `1.1` */
  version: string;
  gzip: boolean;
  who: Record<string, string>;
}

export interface StandProxy {
  url: string;
  port: number;
  /** The requests since the last call. */
  met(): Met[];
  close(): void;
}

/** The paths that list StatefulSets, of one namespace or of all. */
export const listOfSets = /\/apis\/apps\/v1\/(namespaces\/[^/?]+\/)?statefulsets(\?|$)/;

interface Admin {
  agent: Agent;
  hostname: string;
  port: string;
}

let admin: Admin | undefined;

/** The way to the stand as its administrator. */
export function standAdmin(): Admin {
  if (admin) return admin;
  const { server, ca, kubeconfig } = sharedStand();
  const { users } = JSON.parse(readFileSync(kubeconfig, 'utf8')) as {
    users: [{ user: { 'client-certificate-data': string; 'client-key-data': string } }];
  };
  const { user } = users[0];
  const agent = new Agent({
    keepAlive: true,
    ca: readFileSync(ca),
    cert: Buffer.from(user['client-certificate-data'], 'base64'),
    key: Buffer.from(user['client-key-data'], 'base64'),
  });
  const { hostname, port } = new URL(server);
  admin = { agent, hostname, port };
  return admin;
}

export async function standProxy(options: ProxyOptions = {}): Promise<StandProxy> {
  const { address = '127.0.0.1', prefix = '', own } = options;
  const tls = 'tls' in options ? options.tls : { cert: localhost, key: localhostKey };
  let met: Met[] = [];
  const listener: RequestListener = (request, response) => {
    const path = request.url ?? '';
    met.push({
      path: path.split('?')[0] ?? '',
      version: request.httpVersion,
      gzip: /gzip/.test(`${request.headers['accept-encoding']}`),
      who: whoAsks(request),
    });
    if (own?.(request, response, path)) return;
    if (!path.startsWith(prefix)) response.writeHead(404).end();
    else passOn(request, response, path.slice(prefix.length));
  };
  const server = serverOf(options.http2 === true, tls, listener);
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, address);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const host = address.includes(':') ? `[${address}]` : address;
  return {
    url: `${tls ? 'https' : 'http'}://${host}:${port}${prefix}`,
    port,
    met() {
      const all = met;
      met = [];
      return all;
    },
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

function serverOf(http2: boolean, tls: ProxyOptions['tls'], listener: RequestListener): Server {
  if (tls === undefined) return createServer(listener);
  const options = { ...tls, ca: authority, requestCert: true, rejectUnauthorized: false };
  if (!http2) return createTlsServer(options, listener);
  // Its requests and answers look as those of HTTP/1.1.
  return createSecureServer({ ...options, allowHTTP1: true }).on('request', listener as never) as never;
}

function whoAsks({ headers, socket }: IncomingMessage): Record<string, string> {
  const who: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers).sort()) {
    if (name === 'authorization' || name.startsWith('impersonate-')) who[name] = String(value);
  }
  const { CN } = (socket as Partial<TLSSocket>).getPeerCertificate?.()?.subject ?? {};
  if (CN !== undefined) who['certificate'] = String(CN);
  return who;
}

function passOn(request: IncomingMessage, response: ServerResponse, path: string): void {
  const { agent, hostname, port } = standAdmin();
  const { accept, 'accept-encoding': encoding } = request.headers;
  const headers = { ...(accept && { accept }), ...(encoding && { 'accept-encoding': encoding }) };
  const onward = requestByTls({ agent, hostname, port, path, method: request.method, headers }, (answer) => {
    // Those of the connection do not go on.
    const { connection: _, 'keep-alive': __, 'transfer-encoding': ___, ...passed } = answer.headers;
    response.writeHead(answer.statusCode ?? 500, passed);
    answer.pipe(response);
  });
  onward.on('error', () => response.destroy());
  response.on('close', () => onward.destroy());
  request.pipe(onward);
}

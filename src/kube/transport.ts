/** HTTP to one API server, over connections that are kept and shared. */
import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { arch, platform } from 'node:os';
import { pipeline, type Readable } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { createGunzip, gunzip } from 'node:zlib';
import { connectionError } from './errors.ts';
import type { Connection } from './kubeconfig.ts';
import { takeTurns } from './turns.ts';

export interface Answer {
  status: number;
  body: string;
}

/** An answer whose body is taken as it arrives. */
export interface StreamedAnswer {
  status: number;
  /** Throws a ConnectionError when it breaks off, by `signal` too. */
  body: AsyncIterable<Buffer>;
}

export interface Transport {
  /**
   * @param path with its query, below the server's URL
   * @param signal ends it
   * @throws {ConnectionError} when no whole answer came
   */
  get(path: string, signal?: AbortSignal): Promise<Answer>;
  /**
   * An answer that may go on for minutes, over a connection that no other request waits for.
   *
   * @param signal ends it
   * @throws {ConnectionError} when no answer began
   */
  stream(path: string, signal: AbortSignal): Promise<StreamedAnswer>;
  /** Ends the connections, so that the process can end. */
  close(): void;
}

/** client-go names itself by program, version and platform; audit logs are searched by it. */
function userAgent(version: string): string {
  return `kubectl-sts/${version} (${platform()}/${arch()})`;
}

export function openTransport({ server, tls, headers, proxy }: Connection, version: string): Transport {
  const { request, Agent } = server.protocol === 'http:' ? http : https;
  const agent = proxy ?? new Agent({ ...tls, keepAlive: true });
  const inTurn = takeTurns(4);
  const streams = proxy ?? new Agent({ ...tls, keepAlive: true });
  const options = {
    agent,
    host: bare(server.hostname),
    port: server.port || (server.protocol === 'http:' ? 80 : 443),
    headers: { ...headers, accept: 'application/json', 'accept-encoding': 'gzip', 'user-agent': userAgent(version) },
  };
  const prefix = server.pathname.replace(/\/$/, '');

  return {
    get(path, signal) {
      return inTurn(async () => {
        const asked = { ...options, path: prefix + path, ...(signal && { signal }) };
        const { status, zipped, body } = await wholeAnswer(request, asked, server);
        return { status, body: (zipped ? await unzip(body, server) : body).toString('utf8') };
      });
    },

    stream(path, signal) {
      return new Promise((resolve, reject) => {
        const fail = (error: NodeJS.ErrnoException): void => reject(connectionError(error, server));
        // Compressed, an event would wait in the server for more of them.
        const asked = { ...options, headers: { ...options.headers, 'accept-encoding': 'identity' }, agent: streams };
        const sent = request({ ...asked, path: prefix + path, signal }, (response) => {
          resolve({ status: response.statusCode ?? 0, body: bytesOf(unzipped(response), server) });
        });
        sent.on('error', fail);
        sent.on('socket', (socket) => {
          // A peer that is gone without a word is noticed by this alone while nothing is sent.
          socket.setKeepAlive(true, keepAliveDelay);
          limitConnecting(socket);
        });
        sent.end();
      });
    },

    close() {
      agent.destroy();
      streams.destroy();
    },
  };
}

/** Milliseconds, as in client-go's dialer (k8s.io/client-go/transport/cache.go). */
const keepAliveDelay = 30_000;

function wholeAnswer(
  request: typeof https.request,
  options: https.RequestOptions,
  server: URL,
): Promise<{ status: number; zipped: boolean; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void => reject(connectionError(error, server));
    const sent = request(options, (response) => {
      const chunks: Buffer[] = [];
      const zipped = response.headers['content-encoding'] === 'gzip';
      response.on('error', fail);
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, zipped, body: Buffer.concat(chunks) }));
    });
    sent.on('error', fail);
    sent.on('socket', limitConnecting);
    sent.end();
  });
}

/** Milliseconds, as in client-go: `Dialer.Timeout`, and `TLSHandshakeTimeout` (k8s.io/client-go/transport/cache.go). */
const dialTimeout = 30_000;
const handshakeTimeout = 10_000;

/** Gives up on a server that does not let itself be reached. How long an answer may take is not limited here. */
function limitConnecting(socket: Socket): void {
  if (!socket.connecting) return;
  const giveUp = (code: string) => () => void socket.destroy(Object.assign(new Error(code), { code }));
  let timer = setTimeout(giveUp('ETIMEDOUT'), dialTimeout);
  socket.once('connect', () => {
    clearTimeout(timer);
    if (socket instanceof TLSSocket) timer = setTimeout(giveUp('ERR_TLS_HANDSHAKE_TIMEOUT'), handshakeTimeout);
  });
  for (const end of ['secureConnect', 'close']) socket.once(end, () => clearTimeout(timer));
}

/** In one go: as it arrives it would come in pieces of 16 KiB, each copied once more. */
async function unzip(body: Buffer, server: URL): Promise<Buffer> {
  try {
    return await promisify(gunzip)(body);
  } catch (error) {
    throw error instanceof Error ? connectionError(error, server) : error;
  }
}

function unzipped(response: http.IncomingMessage): Readable {
  if (response.headers['content-encoding'] !== 'gzip') return response;
  // What goes wrong in one of them meets whoever reads the last.
  return pipeline(response, createGunzip(), () => {});
}

async function* bytesOf(body: Readable, server: URL): AsyncGenerator<Buffer> {
  try {
    yield* body;
  } catch (error) {
    throw error instanceof Error ? connectionError(error, server) : error;
  }
}

/** A host as sockets take it: an IPv6 address without the brackets of a URL. */
function bare(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}

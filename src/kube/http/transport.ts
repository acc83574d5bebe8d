/** HTTP to one API server, over connections that are kept and shared. */
import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { arch, platform } from 'node:os';
import type { Readable } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Clock } from '#src/objects/clock.ts';
import type { Connection } from '../config/connection.ts';
import { BrokenOff, bodyError, ConnectionError, connectionError, type Phase, timeoutError } from '../errors.ts';
import type { Proof } from '../login/credentials.ts';
import { systemAuthorities } from './authorities.ts';
import { checkServerIdentity, handshakeFault } from './handshakefault.ts';
import { proxyFor } from './proxy.ts';
import { proxiedRequest, proxyAgent } from './proxyagent.ts';
import type { Headers, RequestLog } from './requestlog.ts';
import { persistently, type Reply } from './retry.ts';
import { takeTurns } from './turns.ts';
import { warningsIn } from './warnings.ts';
import { openWebSocket, type WebSocket, type WebSocketOptions } from './websocket.ts';

export interface Request {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With its query, below the server's URL. */
  path: string;
  /** JSON. */
  body?: string;
  /** Of the body; `application/json` unless given. */
  contentType?: string;
  /** Ends it. */
  signal?: AbortSignal | undefined;
  /** Whether to leave it to the caller to ask again when the connection is cut. */
  once?: boolean;
  /** Whether the answer is to be handed on even if it asks to come again later: the caller looks around before. */
  unrepeated?: boolean;
}

export interface Answer {
  status: number;
  /** Its media type without parameters; undefined where it has none. */
  contentType: string | undefined;
  body: string;
}

/** An answer whose body is taken as it arrives. */
export interface StreamedAnswer extends Omit<Answer, 'body'> {
  /** Throws a ConnectionError when it breaks off, by the signal too. */
  body: AsyncIterable<Buffer>;
}

export interface Transport {
  /** @throws {ConnectionError} when no whole answer came, after as many tries as pay off */
  ask(request: Request): Promise<Answer>;
  /**
   * An answer that may go on for minutes, over a connection that no other request waits for.
   *
   * @returns the refusal where there is no such answer
   * @throws {ConnectionError} when no answer began
   */
  stream(path: string, signal: AbortSignal): Promise<StreamedAnswer | Answer>;
  /**
   * A WebSocket, open.
   *
   * @returns the refusal where the server does not change over to it
   * @throws {ConnectionError} when no answer came
   */
  webSocket(
    path: string,
    protocols: readonly string[],
    signal: AbortSignal,
    onMessage: (data: Buffer, socket: WebSocket) => void,
  ): Promise<WebSocket | Answer>;
  /** Ends the connections, so that the process can end. */
  close(): void;
}

/** What is said beside the answers, for standard error. */
export interface Remarks {
  /** The server wants the person to know. */
  warning(text: string): void;
  /** The server lets wait. */
  waits(seconds: number, why: string): void;
  log: RequestLog;
}

export interface TransportMeans {
  /** The plugin's. */
  version: string;
  clock: Clock;
  remarks: Remarks;
  env: NodeJS.ProcessEnv;
}

/** client-go names itself by program, version and platform; audit logs are searched by it. */
function userAgent(version: string): string {
  return `kubectl-sts/${version} (${platform()}/${arch()})`;
}

interface WebSocketRequest extends Pick<WebSocketOptions, 'onMessage'> {
  path: string;
  protocols: readonly string[];
}

interface LoggedRequest {
  method: string;
  url: string;
  headers: Headers;
  body?: string | undefined;
}

/** How one request is made, and how far it has come. */
interface Course {
  /** Whether its answer goes on, for which no other request waits. */
  streamed: boolean;
  signal: AbortSignal;
  reach(phase: Phase): void;
}

export function openTransport(connection: Connection, { version, clock, remarks, env }: TransportMeans): Transport {
  const { server, credentials, timeout } = connection;
  const { request } = server.protocol === 'http:' ? http : https;
  // As client-go joins them: decoded, without slashes at its end.
  const prefix = encodeURI(decodeURIComponent(server.pathname)).replace(/\/+$/, '');
  // As many as the widest round of a command asks side by side.
  const inTurn = takeTurns(5);
  const proxy = proxyFor(server, connection.proxyUrl, env);
  const pools = agentPools(connection, proxy, env);
  const proxied = proxy ? proxiedRequest(proxy, server) : { origin: '', headers: {} };
  const closed = new AbortController();

  async function optionsFor({ method, path, body, contentType }: Request, proof: Proof, streamed: boolean) {
    const agents = await pools.of(proof);
    const options = {
      agent: streamed ? agents.streams : agents.short,
      host: bare(server.hostname),
      port: server.port || (server.protocol === 'http:' ? 80 : 443),
      method,
      maxHeaderSize,
      path: proxied.origin + prefix + path,
      headers: {
        ...proxied.headers,
        ...(proof.authorization !== undefined && { authorization: proof.authorization }),
        ...connection.impersonation,
        accept: 'application/json',
        // Compressed, an event would wait in the server for more of them.
        'accept-encoding': connection.compression && !streamed ? 'gzip' : 'identity',
        'user-agent': userAgent(version),
        ...(body !== undefined && {
          'content-type': contentType ?? 'application/json',
          'content-length': Buffer.byteLength(body),
        }),
      },
    };
    return options;
  }

  /** One request, until its answer begins. */
  async function begin(
    asked: Request,
    proof: Proof,
    { streamed, signal, reach }: Course,
  ): Promise<http.IncomingMessage> {
    const options = await optionsFor(asked, proof, streamed);
    const { method, body } = asked;
    const answered = logged({ method, url: server.origin + prefix + asked.path, headers: options.headers, body });
    const response = await answerTo(request, { ...options, signal }, body, reach);
    answered(response);
    return response;
  }

  /** Writes down a request; what it returns is to be told of the answer. */
  function logged({ method, url, headers, body = '' }: LoggedRequest): (response: http.IncomingMessage) => void {
    remarks.log.sent({ method, url, headers, body });
    const started = clock.now();
    return ({ statusCode, statusMessage, headers: received, headersDistinct }) => {
      const milliseconds = clock.now() - started;
      remarks.log.answered({ method, url, status: `${statusCode} ${statusMessage}`, headers: received, milliseconds });
      for (const text of warningsIn(headersDistinct['warning'] ?? [])) remarks.warning(text);
    };
  }

  /** The same, and where the server sends it on to (`Client.do` of net/http). */
  async function beginFollowing(asked: Request, proof: Proof, course: Course): Promise<http.IncomingMessage> {
    let next = asked;
    for (let redirects = 0; redirects < mostRedirects; redirects++) {
      const response = await begin(next, proof, course);
      const path = asked.method === 'GET' ? pathOfRedirect(response, server) : undefined;
      if (path === undefined) return response;
      response.resume();
      next = { ...asked, path: path.startsWith(prefix) ? path.slice(prefix.length) : path };
    }
    throw new ConnectionError(`Unable to connect to the server: stopped after ${mostRedirects} redirects`);
  }

  /** Once more with new credentials where those at hand are no longer taken. */
  async function asSomebody<T extends { status: number }>(once: (proof: Proof) => Promise<T>): Promise<T> {
    const proof = await credentials.proof();
    const reply = await once(proof);
    if (reply.status !== 401 || !(await credentials.renew(proof))) return reply;
    return once(await credentials.proof());
  }

  async function changedOver(
    { path, protocols, onMessage }: WebSocketRequest,
    proof: Proof,
    { signal, reach }: Course,
  ) {
    const { agent, headers } = await optionsFor({ method: 'GET', path }, proof, true);
    const url = server.origin + prefix + path;
    const response = logged({ method: 'GET', url, headers });
    const opened = await openWebSocket(url, protocols, { agent, headers, signal, onAnswer: response, onMessage });
    reach('reading');
    if ('socket' in opened) return { status: 101, socket: opened.socket };
    return { ...headOf(opened.response), body: await wholeBody(opened.response, false) };
  }

  function insisting<T extends Reply>(
    once: () => Promise<T>,
    harmless: boolean,
    { signal, reach }: Course,
  ): Promise<T> {
    const waits = (seconds: number, why: string) => {
      reach('pausing');
      remarks.waits(seconds, why);
    };
    return persistently(once, { harmless, clock, signal, waits });
  }

  /** Runs `work` for as long as one request may take, other tries included. A stream goes on once it has begun. */
  async function limited<T>(signal: AbortSignal, work: (course: Course) => Promise<T>): Promise<T> {
    if (timeout === 0) return work({ streamed: false, signal, reach() {} });
    let phase: Phase = 'connecting';
    const reach = (next: Phase) => {
      phase = next;
    };
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), timeout);
    try {
      return await work({ streamed: false, signal: AbortSignal.any([signal, limit.signal]), reach });
    } catch (error) {
      throw limit.signal.aborted && !signal.aborted ? timeoutError(phase) : error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** What went wrong, in kubectl's words. */
  async function explained<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      throw (
        (await handshakeFault(error, server, { ...connection.tls, proxied: proxy !== undefined }, clock.now)) ??
        connectionError(error, server)
      );
    }
  }

  return {
    ask(asked) {
      const signal = asked.signal ? AbortSignal.any([asked.signal, closed.signal]) : closed.signal;
      const harmless = asked.method === 'GET' && !asked.once;
      const whole = async (proof: Proof, course: Course) => {
        const response = await beginFollowing(asked, proof, course);
        course.reach('reading');
        const body = await wholeBody(response, connection.compression);
        remarks.log.received(body);
        return { ...headOf(response), body };
      };
      return inTurn(() =>
        explained(() =>
          asSomebody((proof) =>
            limited(signal, (course) =>
              asked.unrepeated ? whole(proof, course) : insisting(() => whole(proof, course), harmless, course),
            ),
          ),
        ),
      );
    },

    stream(path, signal) {
      const begun = async (proof: Proof, course: Course) => {
        const response = await beginFollowing({ method: 'GET', path }, proof, { ...course, streamed: true });
        const head = headOf(response);
        if (head.status === 200) return { ...head, body: bytesOf(response, server) };
        return { ...head, body: await wholeBody(response, false) };
      };
      return explained(() =>
        asSomebody((proof) => limited(signal, (course) => insisting(() => begun(proof, course), false, course))),
      );
    },

    async webSocket(path, protocols, signal, onMessage) {
      const reply = await explained(() =>
        asSomebody((proof) => limited(signal, (course) => changedOver({ path, protocols, onMessage }, proof, course))),
      );
      return 'socket' in reply ? reply.socket : reply;
    },

    close() {
      closed.abort();
      pools.close();
    },
  };
}

/** Connections, by what they show of who makes them. */
function agentPools({ server, tls }: Connection, proxy: URL | undefined, env: NodeJS.ProcessEnv) {
  const pools = new Map<string, Promise<{ short: http.Agent; streams: http.Agent }>>();

  async function agent(options: https.AgentOptions): Promise<http.Agent> {
    if (proxy) return proxyAgent(proxy, server, options);
    return server.protocol === 'http:' ? new http.Agent({ keepAlive: true }) : new https.Agent(options);
  }

  async function pool({ cert, key }: Proof) {
    const ca = tls.ca ?? (server.protocol === 'https:' && tls.rejectUnauthorized ? systemAuthorities(env) : undefined);
    const options = {
      ...tls,
      checkServerIdentity,
      // As in Go, what the kubeconfig names is trusted, be it the server's own certificate.
      allowPartialTrustChain: true,
      ...(ca !== undefined && { ca }),
      ...(cert !== undefined && { cert, key }),
      keepAlive: true,
    };
    return { short: await agent(options), streams: await agent(options) };
  }

  return {
    of(proof: Proof) {
      const known = pools.get(proof.cert ?? '');
      if (known) return known;
      const made = pool(proof);
      pools.set(proof.cert ?? '', made);
      return made;
    },
    close() {
      for (const made of pools.values()) {
        made.then(
          ({ short, streams }) => {
            short.destroy();
            streams.destroy();
          },
          // Who asked for it was told.
          () => {},
        );
      }
    },
  };
}

/** Milliseconds, as in client-go's dialer (k8s.io/client-go/transport/cache.go). */
const keepAliveDelay = 30_000;

/** The answer as soon as its headers are there. */
function answerTo(
  request: typeof https.request,
  options: https.RequestOptions,
  body: string | undefined,
  reach: (phase: Phase) => void,
): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = request(options, resolve);
    sent.on('error', reject);
    sent.on('socket', (socket) => {
      // A peer that is gone without a word is noticed by this alone while nothing is sent.
      socket.setKeepAlive(true, keepAliveDelay);
      if (!socket.connecting) return reach('waiting');
      reach('connecting');
      socket.once(socket instanceof TLSSocket ? 'secureConnect' : 'connect', () => reach('waiting'));
      limitConnecting(socket);
    });
    sent.end(body);
  });
}

/** Milliseconds, as in client-go: `Dialer.Timeout`, and `TLSHandshakeTimeout` (k8s.io/client-go/transport/cache.go). */
const dialTimeout = 30_000;
const handshakeTimeout = 10_000;

/** Gives up on a server that does not let itself be reached. */
function limitConnecting(socket: Socket): void {
  const giveUp = (code: string) => () => void socket.destroy(Object.assign(new Error(code), { code }));
  let timer = setTimeout(giveUp('ETIMEDOUT'), dialTimeout);
  socket.once('connect', () => {
    clearTimeout(timer);
    if (socket instanceof TLSSocket) timer = setTimeout(giveUp('ERR_TLS_HANDSHAKE_TIMEOUT'), handshakeTimeout);
  });
  for (const end of ['secureConnect', 'close']) socket.once(end, () => clearTimeout(timer));
}

/** Bytes of an answer's headers. Go takes 10 MiB, Node by itself 16 KiB. */
const maxHeaderSize = 1024 * 1024;

/** Redirects of one request that are followed, as in net/http. */
const mostRedirects = 10;

/**
 * Where an answer sends its request on to, below the same server: what goes with a request is for nobody else
 * (docs/kubectl-differences.md, 'Redirects to another server').
 */
function pathOfRedirect({ statusCode = 0, headers }: http.IncomingMessage, server: URL): string | undefined {
  if (![301, 302, 303, 307, 308].includes(statusCode) || !headers.location) return undefined;
  const target = URL.canParse(headers.location, server) ? new URL(headers.location, server) : undefined;
  if (target?.origin === server.origin) return target.pathname + target.search;
  throw new ConnectionError(
    `Unable to connect to the server: it redirects to another one, where credentials do not belong: ${headers.location}`,
  );
}

function headOf({ statusCode = 0, headers }: http.IncomingMessage) {
  const [contentType] = headers['content-type']?.toLowerCase().split(';', 1) ?? [];
  return { status: statusCode, retryAfter: headers['retry-after'], contentType: contentType?.trim() };
}

/** Bytes of an answer, unpacked. A page holds 500 objects, most of a few KiB, and JavaScript's texts end there too. */
const largestAnswer = 512 * 1024 * 1024;

/** @param unzip whether it may be compressed, for it was asked for so */
async function wholeBody(response: http.IncomingMessage, unzip: boolean): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > largestAnswer) throw bodyError(`it is longer than ${largestAnswer / 1024 / 1024} MiB`);
    }
  } catch (error) {
    // Node gives a code, bun the word alone.
    const cut =
      error instanceof Error && (error.message === 'aborted' || ('code' in error && error.code === 'ECONNRESET'));
    throw cut ? new BrokenOff() : error;
  }
  const body = Buffer.concat(chunks);
  if (!unzip || response.headers['content-encoding'] !== 'gzip' || length === 0) return body.toString('utf8');
  try {
    // In one go: as it arrives it would come in pieces of 16 KiB, each copied once more.
    return (await promisify(gunzip)(body, { maxOutputLength: largestAnswer })).toString('utf8');
  } catch (error) {
    const cut = error instanceof Error && 'code' in error && error.code === 'Z_BUF_ERROR';
    throw bodyError(cut ? 'unexpected EOF' : 'gzip: invalid header');
  }
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

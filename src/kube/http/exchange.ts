/**
 * One request to the server: its headers, its entry in the log, and the redirects it follows, until the answer begins.
 */
import http, { type OutgoingHttpHeaders } from 'node:http';
import https from 'node:https';
import { arch, platform } from 'node:os';
import type { Connection } from '../config/connection.ts';
import { ConnectionError } from '../errors.ts';
import type { Proof } from '../login/credentials.ts';
import { connectLimits, watchSocket } from './connecting.ts';
import { agentPools } from './pools.ts';
import { addressOf } from './proxy.ts';
import { proxiedRequest } from './proxyagent.ts';
import type { Headers } from './requestlog.ts';
import type { ServerClock } from './serverclock.ts';
import type { Course } from './timelimit.ts';
import type { Request, TransportDeps, WebSocketRequest } from './transport.ts';
import { warningsIn } from './warnings.ts';
import { type Opened, openWebSocket } from './websocket.ts';

export interface Exchanges {
  /**
   * Makes a request, and follows redirects as `Client.do` of net/http does.
   *
   * @param streamed whether the answer is read as it arrives
   * @returns the answer as soon as its headers are there
   */
  begin(request: Request, proof: Proof, course: Course, streamed: boolean): Promise<http.IncomingMessage>;
  /** Opens a WebSocket. */
  upgrade(request: WebSocketRequest, proof: Proof, course: Course): Promise<Opened>;
  close(): void;
}

/** Bytes of an answer's headers. Go takes 10 MiB, Node by default 16 KiB. */
const maxHeaderSize = 1024 * 1024;

/** Redirects of one request that are followed, as in net/http. */
const mostRedirects = 10;

export function exchangesWith(
  connection: Connection,
  proxy: URL | undefined,
  deps: TransportDeps,
  time: Pick<ServerClock, 'heard'>,
): Exchanges {
  const { server } = connection;
  const pools = agentPools(connection, proxy, deps.env);
  const proxied = proxy ? proxiedRequest(proxy, server) : { origin: '', headers: {} };
  const log = loggingTo(deps, time);
  // As client-go joins them: decoded, without slashes at its end.
  const prefix = encodeURI(decodeURIComponent(server.pathname)).replace(/\/+$/, '');
  const urlOf = (path: string) => server.origin + prefix + path;
  const agentFor = async (proof: Proof, streamed: boolean) => {
    const { short, streams } = await pools.of(proof);
    return streamed ? streams : short;
  };
  const headersFor = (request: Request, proof: Proof, streamed: boolean) => ({
    ...proxied.headers,
    ...headersOf(request, proof, connection, streamed, deps.version),
  });

  async function beginAt(request: Request, proof: Proof, { signal, reach }: Course, streamed: boolean) {
    const { method, path, body } = request;
    const headers = headersFor(request, proof, streamed);
    const options = { method, headers, maxHeaderSize, path: proxied.origin + prefix + path, ...addressOf(server) };
    const agent = await agentFor(proof, streamed);
    const answered = log({ method, url: urlOf(path), headers, body });
    const response = await answerTo({ ...options, agent, signal }, server, body, reach);
    answered(response);
    return response;
  }

  return {
    async begin(request, proof, course, streamed) {
      let next = request;
      for (let redirects = 0; redirects < mostRedirects; redirects++) {
        const response = await beginAt(next, proof, course, streamed);
        const path = request.method === 'GET' ? pathOfRedirect(response, server) : undefined;
        if (path === undefined) return response;
        response.resume();
        next = { ...request, path: path.startsWith(prefix) ? path.slice(prefix.length) : path };
      }
      throw new ConnectionError(`Unable to connect to the server: stopped after ${mostRedirects} redirects`);
    },

    async upgrade({ path, protocols, onMessage }, proof, { signal }) {
      const agent = await agentFor(proof, true);
      const headers = headersFor({ method: 'GET', path }, proof, true);
      const url = urlOf(path);
      const onAnswer = log({ method: 'GET', url, headers });
      return openWebSocket(url, protocols, { agent, headers, signal, onAnswer, onMessage });
    },

    close: () => pools.close(),
  };
}

function headersOf(
  { body, contentType }: Request,
  { authorization }: Proof,
  { impersonation, compression }: Connection,
  streamed: boolean,
  version: string,
): OutgoingHttpHeaders {
  return {
    ...(authorization !== undefined && { authorization }),
    ...impersonation,
    accept: 'application/json',
    // The server would hold back an event until there is enough to compress.
    'accept-encoding': compression && !streamed ? 'gzip' : 'identity',
    'user-agent': userAgent(version),
    ...(body !== undefined && {
      'content-type': contentType ?? 'application/json',
      'content-length': Buffer.byteLength(body),
    }),
  };
}

/** In client-go's form, with program, version and platform: people search audit logs for it. */
function userAgent(version: string): string {
  return `kubectl-sts/${version} (${platform()}/${arch()})`;
}

/** The answer as soon as its headers are there. */
function answerTo(
  options: https.RequestOptions,
  { protocol }: URL,
  body: string | undefined,
  reach: Course['reach'],
): Promise<http.IncomingMessage> {
  const { request } = protocol === 'http:' ? http : https;
  return new Promise((resolve, reject) => {
    const sent = request(options, resolve);
    sent.on('error', reject);
    sent.on('socket', (socket) => watchSocket(socket, reach, connectLimits));
    sent.end(body);
  });
}

interface LoggedRequest {
  method: string;
  url: string;
  headers: Headers;
  body?: string | undefined;
}

/** Logs each request, and returns the function that logs its answer and hands on its time and the warnings in it. */
function loggingTo({ clock, remarks }: TransportDeps, time: Pick<ServerClock, 'heard'>) {
  return ({ method, url, headers, body = '' }: LoggedRequest): ((response: http.IncomingMessage) => void) => {
    remarks.log.sent({ method, url, headers, body });
    const started = clock.now();
    return ({ statusCode, statusMessage, headers: received, headersDistinct }) => {
      const milliseconds = clock.now() - started;
      time.heard(received.date);
      remarks.log.answered({ method, url, status: `${statusCode} ${statusMessage}`, headers: received, milliseconds });
      for (const text of warningsIn(headersDistinct['warning'] ?? [])) remarks.warning(text);
    };
  };
}

/**
 * The path that the answer redirects to; undefined when it does not redirect. Another server is refused, because the
 * request carries credentials (docs/kubectl-differences.md, 'Credentials stay with the server').
 */
function pathOfRedirect({ statusCode = 0, headers }: http.IncomingMessage, server: URL): string | undefined {
  if (![301, 302, 303, 307, 308].includes(statusCode) || !headers.location) return undefined;
  const target = URL.canParse(headers.location, server) ? new URL(headers.location, server) : undefined;
  if (target?.origin === server.origin) return target.pathname + target.search;
  throw new ConnectionError(
    `Unable to connect to the server: it redirects to another server, which must not get the credentials: ${headers.location}`,
  );
}

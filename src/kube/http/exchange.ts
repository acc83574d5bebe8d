/**
 * One request to the server: its headers, its entry in the log, and the redirects it follows, until the answer begins.
 */
import type { OutgoingHttpHeaders } from 'node:http';
import { arch, platform } from 'node:os';
import type { Connection } from '../config/connection.ts';
import { ConnectionError } from '../errors.ts';
import type { Proof } from '../login/credentials.ts';
import { eventsSeen } from '../turn.ts';
import { connectionPools, type Pool } from './pools.ts';
import type { ProxiedRequest } from './proxyagent.ts';
import type { Headers } from './requestlog.ts';
import type { Response, Sent } from './response.ts';
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
  begin(request: Request, proof: Proof, course: Course, streamed: boolean): Promise<Response>;
  /** Resolves when the first request is under way. */
  readonly asked: Promise<void>;
  /** Opens a WebSocket. */
  upgrade(request: WebSocketRequest, proof: Proof, course: Course): Promise<Opened>;
  close(): void;
}

/** Redirects of one request that are followed, as in net/http. */
const mostRedirects = 10;

/**
 * Begins to connect at once where that asks nobody anything: the code that makes the first request is loaded meanwhile.
 *
 * @param onShared is called with whether a connection takes many requests at once, when that is known and when it changes
 */
export function exchangesWith(
  connection: Connection,
  proxy: URL | undefined,
  deps: TransportDeps,
  time: Pick<ServerClock, 'heard'>,
  onShared: (isShared: boolean) => void,
): Exchanges {
  const { server, credentials } = connection;
  const pools = connectionPools(connection, proxy, deps.env, onShared);
  const log = loggingTo(deps, time);
  const first = Promise.withResolvers<void>();
  // What fails here fails for the first request too.
  if (credentials.isAtHand)
    credentials
      .proof()
      .then((proof) => pools.of(proof).begin())
      .catch(() => {});
  // As client-go joins them: decoded, without slashes at its end.
  const prefix = encodeURI(decodeURIComponent(server.pathname)).replace(/\/+$/, '');
  const urlOf = (path: string) => server.origin + prefix + path;
  const headersFor = (request: Request, proof: Proof, streamed: boolean, proxied: ProxiedRequest) => ({
    ...proxied.headers,
    ...headersOf(request, proof, connection, streamed, deps.version),
  });

  async function beginAt(request: Request, proof: Proof, course: Course, streamed: boolean): Promise<Response> {
    const { method, path, body } = request;
    const proxied = await proxiedBy(proxy, server);
    const headers = headersFor(request, proof, streamed, proxied);
    const sent = { method, headers, body, path: proxied.origin + prefix + path, signal: course.signal };
    const pool = pools.of(proof);
    const answered = log({ method, url: urlOf(path), headers, body });
    const response = streamed
      ? await byHttp1(pool, 'streams', sent, server, course)
      : await answerIn(pool, sent, server, course, first.resolve);
    answered(response);
    return response;
  }

  return {
    asked: first.promise.then(eventsSeen),

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
      const { streams: agent } = await pools.of(proof).agents();
      const headers = headersFor({ method: 'GET', path }, proof, true, await proxiedBy(proxy, server));
      const url = urlOf(path);
      const onAnswer = log({ method: 'GET', url, headers });
      return openWebSocket(url, protocols, { agent, headers, signal, onAnswer, onMessage });
    },

    close: () => pools.close(),
  };
}

/** The code for proxies is loaded when there is one. */
async function proxiedBy(proxy: URL | undefined, server: URL): Promise<ProxiedRequest> {
  if (proxy === undefined) return { origin: '', headers: {} };
  const { proxiedRequest } = await import('./proxyagent.ts');
  return proxiedRequest(proxy, server);
}

/**
 * Times that a request is made at once again when the server has refused it unseen: where both connections do, there are
 * two tries on new ones.
 */
const mostRefusals = 3;

/** The answer by HTTP/2 where the server speaks it, else by HTTP/1.1. */
async function answerIn(pool: Pool, sent: Sent, server: URL, course: Course, underWay: () => void): Promise<Response> {
  for (let refusals = 0; ; refusals++) {
    const shared = await pool.shared(course);
    underWay();
    if (shared === undefined) return byHttp1(pool, 'short', sent, server, course);
    try {
      return await shared.ask(sent);
    } catch (error) {
      const { Unprocessed } = await import('./http2.ts');
      if (!(error instanceof Unprocessed) || refusals === mostRefusals) throw error;
      if (error.wantsHttp1) pool.keepToHttp1();
    }
  }
}

async function byHttp1(pool: Pool, which: 'short' | 'streams', sent: Sent, server: URL, course: Course) {
  const { [which]: agent } = await pool.agents();
  const { answerBy } = await import('./http1.ts');
  return answerBy(agent, sent, server, course.reach);
}

function headersOf(
  { accept = 'application/json', body, contentType }: Request,
  { authorization }: Proof,
  { impersonation, compression }: Connection,
  streamed: boolean,
  version: string,
): OutgoingHttpHeaders {
  return {
    ...(authorization !== undefined && { authorization }),
    ...impersonation,
    accept,
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

interface LoggedRequest {
  method: string;
  url: string;
  headers: Headers;
  body?: string | undefined;
}

/** Logs each request, and returns the function that logs its answer and hands on its time and the warnings in it. */
function loggingTo({ clock, remarks }: TransportDeps, time: Pick<ServerClock, 'heard'>) {
  return ({ method, url, headers, body = '' }: LoggedRequest): ((response: Response) => void) => {
    remarks.log.sent({ method, url, headers, body });
    const started = clock.now();
    return (response) => {
      const { headers: received, headersDistinct } = response;
      const milliseconds = clock.now() - started;
      time.heard(received.date);
      const status = () => `${response.statusCode} ${response.statusMessage}`;
      remarks.log.answered({ method, url, status, headers: received, milliseconds });
      for (const text of warningsIn(headersDistinct['warning'] ?? [])) remarks.warning(text);
    };
  };
}

/**
 * The path that the answer redirects to; undefined when it does not redirect. Another server is refused, because the
 * request carries credentials (docs/kubectl-differences.md, 'Credentials stay with the server').
 */
function pathOfRedirect({ statusCode = 0, headers }: Response, server: URL): string | undefined {
  if (![301, 302, 303, 307, 308].includes(statusCode) || !headers.location) return undefined;
  const target = URL.canParse(headers.location, server) ? new URL(headers.location, server) : undefined;
  if (target?.origin === server.origin) return target.pathname + target.search;
  throw new ConnectionError(
    `Unable to connect to the server: it redirects to another server, which must not get the credentials: ${headers.location}`,
  );
}

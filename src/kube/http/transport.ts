/** HTTP to one API server, over connections that are kept and shared. */
import type { Clock } from '#src/objects/clock.ts';
import type { Connection } from '../config/connection.ts';
import type { Credentials, Proof } from '../login/credentials.ts';
import { bytesOf, headOf, wholeBody } from './body.ts';
import { exchangesWith } from './exchange.ts';
import { handshakeFault } from './handshakefault.ts';
import { connectionError } from './networkerror.ts';
import { proxyFor } from './proxy.ts';
import type { RequestLog } from './requestlog.ts';
import { persistently, type Reply } from './retry.ts';
import { serverClock } from './serverclock.ts';
import { type Course, limited } from './timelimit.ts';
import { takeTurns } from './turns.ts';
import type { WebSocket, WebSocketOptions } from './websocket.ts';

export interface Request {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the server's URL, with the query. */
  path: string;
  /** Media types; JSON by default. */
  accept?: string;
  /** JSON. */
  body?: string;
  /** Of the body; `application/json` by default. */
  contentType?: string;
  /** Ends the request. */
  signal?: AbortSignal | undefined;
  /** Whether a cut connection is reported at once, for a caller that tries again by itself. */
  once?: boolean;
  /** Whether the first answer is returned even if it asks for another try (Retry-After). */
  unrepeated?: boolean;
}

export interface WebSocketRequest extends Pick<WebSocketOptions, 'onMessage'> {
  path: string;
  protocols: readonly string[];
}

interface Answer {
  status: number;
  /** The media type without parameters; undefined when the answer has none. */
  contentType: string | undefined;
  body: string;
}

/** An answer whose body is read as it arrives. */
interface StreamedAnswer extends Omit<Answer, 'body'> {
  /** Throws a ConnectionError when the body breaks off, also when the signal ended it. */
  body: AsyncIterable<Buffer>;
}

export interface Transport {
  /**
   * The whole answer, after as many tries as client-go would make.
   *
   * @throws {ConnectionError} when there is none
   */
  ask(request: Request): Promise<Answer>;
  /**
   * An answer that may go on for minutes, on a connection of its own.
   *
   * @returns an answer with its whole body when the status is not 200
   * @throws {ConnectionError} when no answer began
   */
  stream(path: string, signal: AbortSignal): Promise<StreamedAnswer | Answer>;
  /**
   * An open WebSocket.
   *
   * @returns an answer when the server does not switch to the protocol
   * @throws {ConnectionError} when there is no answer
   */
  webSocket(
    path: string,
    protocols: readonly string[],
    signal: AbortSignal,
    onMessage: (data: Buffer, socket: WebSocket) => void,
  ): Promise<WebSocket | Answer>;
  /** Resolves when the first request is under way: there is time for something else. */
  readonly asked: Promise<void>;
  /** The server's time in milliseconds since the epoch, by its latest answer. */
  serverTime(): number;
  /** Ends the connections and the requests on them, so that the process can end. */
  close(): void;
}

/** Takes what a person may want to know besides the answers. */
interface Remarks {
  /** A warning of the server. */
  warning(text: string): void;
  /** A pause before the next try of a request. */
  waits(seconds: number, why: string): void;
  log: RequestLog;
}

export interface TransportDeps {
  /** The plugin's version. */
  version: string;
  clock: Clock;
  remarks: Remarks;
  env: NodeJS.ProcessEnv;
}

/** The largest number of requests that a command makes side by side by HTTP/1.1: each has a connection for itself. */
const mostAtOnce = 5;

/**
 * The same by HTTP/2, where they share one. API servers take 100. Until a server has said how many it takes, bun's
 * client sends more, and the server refuses them.
 */
const mostShared = 90;

/** @throws {ConfigError | ConnectionError} when the proxy cannot be used */
export function openTransport(connection: Connection, deps: TransportDeps): Transport {
  const { server, credentials, timeout, compression } = connection;
  const proxy = proxyFor(server, connection.proxyUrl, deps.env);
  const time = serverClock(deps.clock);
  const turns = takeTurns(mostAtOnce, mostShared);
  const exchanges = exchangesWith(connection, proxy, deps, time, turns.share);
  const closed = new AbortController();

  /** Makes a request with credentials and within the time limit; its failure has kubectl's message. */
  async function made<T extends { status: number }>(
    signal: AbortSignal,
    once: (proof: Proof, course: Course) => Promise<T>,
  ): Promise<T> {
    try {
      return await authenticated(credentials, (proof) => limited(timeout, signal, (course) => once(proof, course)));
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const looked = { ...connection.tls, proxied: proxy !== undefined };
      throw (await handshakeFault(error, server, looked, deps.clock.now)) ?? connectionError(error, server);
    }
  }

  async function whole(request: Request, proof: Proof, course: Course) {
    const response = await exchanges.begin(request, proof, course, false);
    course.reach('reading');
    const body = await wholeBody(response, compression);
    deps.remarks.log.received(body);
    return { ...headOf(response), body };
  }

  async function streamed(path: string, proof: Proof, course: Course) {
    const response = await exchanges.begin({ method: 'GET', path }, proof, course, true);
    const head = headOf(response);
    if (head.status === 200) return { ...head, body: bytesOf(response, server) };
    return { ...head, body: await wholeBody(response, false) };
  }

  async function upgraded(request: WebSocketRequest, proof: Proof, course: Course) {
    const opened = await exchanges.upgrade(request, proof, course);
    course.reach('reading');
    if ('socket' in opened) return { status: 101, socket: opened.socket };
    return { ...headOf(opened.response), body: await wholeBody(opened.response, false) };
  }

  return {
    asked: exchanges.asked,
    serverTime: time.now,

    ask(request) {
      const signal = request.signal ? AbortSignal.any([request.signal, closed.signal]) : closed.signal;
      const harmless = request.method === 'GET' && !request.once;
      return turns.take(() =>
        made(signal, (proof, course) => {
          const once = () => whole(request, proof, course);
          return request.unrepeated ? once() : repeated(once, harmless, course, deps);
        }),
      );
    },

    stream: (path, signal) =>
      made(signal, (proof, course) => repeated(() => streamed(path, proof, course), false, course, deps)),

    async webSocket(path, protocols, signal, onMessage) {
      const reply = await made(signal, (proof, course) => upgraded({ path, protocols, onMessage }, proof, course));
      return 'socket' in reply ? reply.socket : reply;
    },

    close() {
      closed.abort();
      exchanges.close();
    },
  };
}

/** Makes the request, and once more when the server refuses the credentials (401) and there are others now. */
async function authenticated<T extends { status: number }>(
  credentials: Credentials,
  once: (proof: Proof) => Promise<T>,
): Promise<T> {
  const proof = await credentials.proof();
  const reply = await once(proof);
  if (reply.status !== 401 || !(await credentials.renew(proof))) return reply;
  return once(await credentials.proof());
}

/** Makes the request as often as client-go would. The time limit counts the pauses too. */
function repeated<T extends Reply>(
  once: () => Promise<T>,
  harmless: boolean,
  { signal, reach }: Course,
  { clock, remarks }: TransportDeps,
): Promise<T> {
  const waits = (seconds: number, why: string) => {
    reach('pausing');
    remarks.waits(seconds, why);
  };
  return persistently(once, { harmless, clock, signal, waits });
}

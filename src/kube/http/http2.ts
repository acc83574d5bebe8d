/**
 * Requests that share one connection by HTTP/2. Node's and bun's clients behave alike but for what the comments say
 * (docs/decisions/0006-http2.md).
 */
import type { OutgoingHttpHeaders } from 'node:http';
import http2, { type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import { BrokenOff, ConnectionError, coded, codeOf } from '../errors.ts';
import { maxHeaderSize, type Response, type Sent } from './response.ts';

export interface SharedConnection {
  /** Whether it takes further requests. */
  isOpen(): boolean;
  /** Whether the server has vanished: it was silent for long, and gave no sign of life. */
  isLost(): boolean;
  /**
   * The answer as soon as its headers are there.
   *
   * @throws {Unprocessed} when the server has surely not looked at the request
   */
  ask(request: Sent): Promise<Response>;
}

/** The server refused the request before it did anything: it may be made again, whatever it changes. */
export class Unprocessed extends Error {
  // Where it goes on for ever, it is as good as a connection that is cut.
  readonly code = 'ECONNRESET';
  /** Whether the server wants this request by HTTP/1.1. */
  readonly wantsHttp1: boolean;

  constructor(wantsHttp1: boolean) {
    super('the server refused the stream');
    this.wantsHttp1 = wantsHttp1;
  }
}

/**
 * Bytes that the server may send before it is told to go on, on each stream and on the connection. With the protocol's
 * 64 KiB a long list over a far road would wait for a round trip every 64 KiB. Both must be the same: bun 1.4.5 tells the
 * server of no progress on a stream until half of the connection's window has come.
 */
const receiveWindow = 16 * 1024 * 1024;

/** Megabytes that Node may hold for a connection. Past its usual ten it refuses answers. */
const mostMemory = 2_048;

/** Lines of an answer's headers. */
const mostHeaders = 10_000;

/**
 * Milliseconds without a word from the server after which it is asked for a sign of life, and for how long. Source:
 * `readIdleTimeoutSeconds` and `pingTimeoutSeconds`, apimachinery/pkg/util/net/http.go.
 */
const silence = 30_000;
const pingTimeout = 15_000;

/**
 * @param socket after a handshake that chose h2
 * @param signal ends the connection, and the requests on it
 */
export function shareConnection(socket: Socket, server: URL, signal: AbortSignal): SharedConnection {
  const session = http2.connect(server.origin, {
    createConnection: () => socket,
    maxSessionMemory: mostMemory,
    maxHeaderListPairs: mostHeaders,
    settings: { enablePush: false, initialWindowSize: receiveWindow, maxHeaderListSize: maxHeaderSize },
  });
  session.setLocalWindowSize(receiveWindow);
  let fault: Error | undefined;
  let goesAway = false;
  session.on('error', (error) => {
    fault = error;
  });
  session.on('goaway', () => {
    goesAway = true;
  });
  // Without it, bun would wait for the server to close its end too.
  const end = () => {
    session.destroy();
    socket.destroy();
  };
  signal.addEventListener('abort', end);
  session.once('close', () => signal.removeEventListener('abort', end));
  const life = signsOfLife(session);

  return {
    isOpen: () => !goesAway && !session.closed && !session.destroyed,
    isLost: life.isLost,
    // Without it, Node leaves out the brackets of IPv6, and both runtimes add the usual port.
    ask: ({ headers, ...request }) =>
      answerOn(session, { ...request, headers: { ':authority': server.host, ...headers } }, life, () => fault),
  };
}

/** Notices a server that has vanished while it owes answers. */
function signsOfLife(session: ClientHttp2Session) {
  let isLost = false;
  let owed = 0;
  let timer: NodeJS.Timeout | undefined;

  function heard(): void {
    clearTimeout(timer);
    if (session.destroyed) return;
    timer = setTimeout(look, silence);
    timer.unref();
  }

  function look(): void {
    if (owed === 0 || session.destroyed) return;
    const late = setTimeout(() => {
      isLost = true;
      session.destroy(lost());
    }, pingTimeout);
    late.unref();
    session.ping(() => {
      clearTimeout(late);
      heard();
    });
  }

  session.once('close', () => clearTimeout(timer));
  return {
    heard,
    isLost: () => isLost,
    owes(stream: ClientHttp2Stream) {
      owed++;
      heard();
      stream.once('close', () => owed--);
    },
  };
}

function lost(): Error {
  return coded('ECONNRESET', 'http2: client connection lost');
}

function answerOn(
  session: ClientHttp2Session,
  { method, path, headers, body, signal }: Sent,
  life: ReturnType<typeof signsOfLife>,
  fault: () => Error | undefined,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const stream = streamOf(session, { ...headers, ':method': method, ':path': path }, body === undefined, signal);
    let failed: Error | undefined;
    life.owes(stream);
    stream.on('error', (error) => {
      failed = error;
    });
    stream.once('response', (_headers, _flags, raw: string[]) => {
      life.heard();
      resolve(responseOn(stream, raw, life.heard));
    });
    stream.once('close', () => reject(signal.aborted ? signal.reason : faultOf(stream, failed ?? fault())));
    if (body !== undefined) stream.end(body);
  });
}

/** bun throws where a connection takes no more streams, while Node makes one that fails. */
function streamOf(session: ClientHttp2Session, headers: OutgoingHttpHeaders, endStream: boolean, signal: AbortSignal) {
  try {
    return session.request(headers, { endStream, signal });
  } catch {
    throw new Unprocessed(false);
  }
}

/** Why there is no answer. Beyond a GOAWAY's last stream, both runtimes say that the stream was refused. */
function faultOf({ rstCode, id }: ClientHttp2Stream, error: Error | undefined): Error {
  if (rstCode === http2.constants.NGHTTP2_REFUSED_STREAM || id === undefined) return new Unprocessed(false);
  if (rstCode === http2.constants.NGHTTP2_HTTP_1_1_REQUIRED) return new Unprocessed(true);
  if (error === undefined) return coded('ECONNRESET');
  const reset = resetOf(id, error);
  return reset === undefined ? error : new ConnectionError(`Unable to connect to the server: ${reset}`);
}

/** The server's reset of the stream, in Go's words; undefined for any other error. */
function resetOf(id: number | undefined, error: unknown): string | undefined {
  if (!(error instanceof Error) || codeOf(error) !== 'ERR_HTTP2_STREAM_ERROR') return undefined;
  const [, name = 'unknown error'] = /NGHTTP2_(\w+)/.exec(error.message) ?? [];
  return `stream error: stream ID ${id}; ${name}; received from peer`;
}

function responseOn(stream: ClientHttp2Stream, raw: readonly string[], heard: () => void): Response {
  // A map: a server may call a header `constructor`.
  const distinct = new Map<string, string[]>();
  for (let at = 0; at < raw.length; at += 2) {
    const [name = '', value = ''] = raw.slice(at, at + 2);
    distinct.set(name, [...(distinct.get(name) ?? []), value]);
  }
  const statusCode = Number(distinct.get(':status')?.[0]);
  distinct.delete(':status');
  const own = [...distinct].map(([name, values]) => [name, name === 'set-cookie' ? values : values.join(', ')]);
  const hasBody = statusCode !== 204 && statusCode !== 304;
  const length = hasBody ? distinct.get('content-length')?.[0] : undefined;
  return {
    statusCode,
    get statusMessage() {
      return wordsOf(statusCode);
    },
    headers: Object.fromEntries(own),
    headersDistinct: Object.fromEntries(distinct),
    resume: () => stream.resume(),
    [Symbol.asyncIterator]: () => bodyOf(stream, length === undefined ? undefined : Number(length), heard),
  };
}

/** `Not Found`, for the log. Node has a list in `node:http`, which bun would have to load for that alone. */
function wordsOf(status: number): string {
  const named = Object.entries(http2.constants).find(
    ([name, value]) => value === status && name.startsWith('HTTP_STATUS_'),
  );
  const words = named?.[0].slice('HTTP_STATUS_'.length).split('_') ?? [];
  return words.map((word) => (word === 'OK' ? word : word[0] + word.slice(1).toLowerCase())).join(' ');
}

/** `transformResponse`, k8s.io/client-go/rest/request.go */
const resetInBody =
  'stream error when reading response body, may be caused by closed connection. Please retry. Original error:';

async function* bodyOf(
  stream: ClientHttp2Stream,
  length: number | undefined,
  heard: () => void,
): AsyncGenerator<Buffer> {
  let received = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      heard();
      received += chunk.length;
      yield chunk;
    }
  } catch (error) {
    if (codeOf(error) === 'ABORT_ERR') throw error;
    const reset = resetOf(stream.id, error);
    // With this code Node says that the answer is shorter than its length, whatever the server's own code was.
    const isShort = stream.rstCode === http2.constants.NGHTTP2_PROTOCOL_ERROR;
    throw new BrokenOff(reset === undefined || isShort ? undefined : `${resetInBody} ${reset}`);
  }
  // A connection that is closed ends the stream without an error, and bun does not compare lengths.
  if (stream.rstCode || (length !== undefined && received !== length)) throw new BrokenOff();
}

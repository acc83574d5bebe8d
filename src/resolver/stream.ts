/** DNS over TCP, or over any other stream of bytes (RFC 7766). */
import type { Duplex } from 'node:stream';
import { type Question, questionKey, type Reply } from '#src/objects/dns.ts';
import { type Asking, converse } from './conversation.ts';
import { askable, none, reasonOf, timeout } from './message.ts';
import { type AskOptions, openingPatience, wholePatience } from './patience.ts';

export interface StreamOptions extends AskOptions {
  /** Open at most this many connections at once. */
  connections?: number;
  /** Send at most this many questions on a connection before answers come. */
  window?: number;
}

/**
 * CoreDNS answers the questions of one connection one after the other, and 2,000 of them take a tenth of a second with
 * one, two or four connections: the second is there in case the first is cut.
 */
const usualConnections = 2;

/** An old CoreDNS answers this many before it closes the connection (`maxTCPQueries`, github.com/miekg/dns/server.go). */
const usualWindow = 128;

/** For fewer questions no further connection is opened. */
const worthAConnection = 200;

/** Bytes of all answers together. The answers to 2,000 questions have less than one million. */
const longestAnswers = 16 * 1024 * 1024;

/** A server is given up when this many connections, after some answers, left questions unanswered. */
const mostStuck = 3;

/** All connections of one call. */
interface Connections extends Asking {
  open: (signal: AbortSignal) => Promise<Duplex>;
  /** Whether a connection was ever open. */
  hasOpened: boolean;
}

/** Why a connection was given up while questions were left; `error` when it could not be opened. */
interface GivenUp {
  reply: Reply;
  error?: unknown;
}

/**
 * Asks all questions over a few connections at once. Whatever a server does, each question gets a reply: a connection
 * that ends after some answers is opened again, and one that gives no answer is given up.
 *
 * @returns the replies by `questionKey`
 * @throws the error of `open`, when no connection could be opened; the reason of `signal`
 */
export async function askOverStream(
  open: (signal: AbortSignal) => Promise<Duplex>,
  questions: readonly Question[],
  options: StreamOptions,
): Promise<Map<string, Reply>> {
  const { clock, patience, signal, connections = usualConnections, window = usualWindow } = options;
  signal.throwIfAborted();
  const { asked, replies } = askable(questions);
  const over = new AbortController();
  const all: Connections = {
    open,
    hasOpened: false,
    queue: asked,
    replies,
    limit: 0xffff,
    bytesLeft: longestAnswers,
    options: { ...options, window, signal: AbortSignal.any([signal, over.signal]) },
  };
  const count = Math.min(connections, Math.ceil(asked.length / worthAConnection));
  const allowed = wholePatience(patience, asked.length);
  void clock.sleep(allowed, all.options.signal).then(() => over.abort());
  const ends = await Promise.all(Array.from({ length: count }, () => keepAsking(all)));
  const isLate = over.signal.aborted;
  over.abort();
  signal.throwIfAborted();
  const givenUp = ends.filter((end) => end !== undefined);
  const refusal = givenUp.find(({ error }) => error !== undefined);
  if (!all.hasOpened && refusal !== undefined) throw refusal.error;
  const reply = isLate ? timeout(allowed, 0) : givenUp.at(-1)?.reply;
  for (const question of all.queue) replies.set(questionKey(question), reply ?? none('it was not asked'));
  return replies;
}

/** Opens one connection after the other until no question is left, or until that leads nowhere. */
async function keepAsking(all: Connections): Promise<GivenUp | undefined> {
  let stuck = 0;
  while (all.queue.length > 0 && !all.options.signal.aborted) {
    const stream = await opened(all);
    if (!('write' in stream)) return stream;
    all.hasOpened = true;
    const { answered, ended } = await converse(stream, all);
    if (ended === undefined) continue;
    if (ended.by === 'us') stuck++;
    else all.limit = Math.max(1, Math.min(all.limit, answered));
    if (answered === 0 || stuck === mostStuck) return { reply: ended.reply };
  }
  return undefined;
}

async function opened({ open, options: { clock, signal } }: Connections): Promise<Duplex | GivenUp> {
  const decided = new AbortController();
  const given = new AbortController();
  const late = clock.sleep(openingPatience, AbortSignal.any([signal, decided.signal])).then(() => undefined);
  try {
    const opening = open(AbortSignal.any([signal, given.signal]));
    const stream = await Promise.race([opening, late]);
    if (stream !== undefined) return stream;
    given.abort();
    opening.then(
      (unused) => unused.on('error', () => {}).destroy(),
      () => {},
    );
    return { reply: none(`no connection within ${openingPatience / 1000}s`, true) };
  } catch (error) {
    return { reply: none(reasonOf(error)), error };
  } finally {
    decided.abort();
  }
}

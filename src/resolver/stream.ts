/** DNS over TCP, or over whatever else carries bytes both ways (RFC 7766). */
import type { Duplex } from 'node:stream';
import type { Clock } from '#src/objects/clock.ts';
import { type Question, questionKey, type Reply } from '#src/objects/dns.ts';
import { askable, headerLength, none, type Query, queryFor, readMessage, timeout } from './message.ts';

export interface AskOptions {
  clock: Clock;
  /** Milliseconds for each question, from when it was sent. */
  patience: number;
  /** From 0 to less than 1. */
  random: () => number;
  signal: AbortSignal;
}

export interface StreamOptions extends AskOptions {
  /** How many are open at once, at most. */
  connections?: number;
  /** How many questions are under way on one of them. */
  window?: number;
}

/**
 * CoreDNS answers what comes over one connection one after the other. Through a port-forward 2,000 questions take a tenth
 * of a second with one connection, two or four: the second is there for the case that the first is cut.
 */
const usualConnections = 2;

/** As many as an old CoreDNS answers before it closes (`maxTCPQueries`, github.com/miekg/dns/server.go). */
const usualWindow = 128;

/** A connection for fewer is not opened. */
const worthAConnection = 200;

/** Milliseconds that a connection may take to open. */
const openingPatience = 10_000;

/** Bytes of all answers together: those to 2,000 questions have less than one million. */
const longestAnswers = 16 * 1024 * 1024;

/** How often a server may leave one connection's questions unanswered, after answering some, before it is given up. */
const mostStuck = 3;

/** Parts of the patience in which time is counted: the clock on the wall may be set while one waits. */
const ticks = 10;

/** What the connections of one call share. */
interface Asking {
  open: (signal: AbortSignal) => Promise<Duplex>;
  /** Still to be sent. */
  queue: Question[];
  replies: Map<string, Reply>;
  /** How many questions a connection is good for: the server may close each after some. */
  limit: number;
  bytesLeft: number;
  /** Whether a connection was ever open. */
  hasOpened: boolean;
  options: Required<StreamOptions>;
}

/** Why a connection was left while there was more to ask; `error` when it could not be opened. */
interface Failure {
  reply: Reply;
  error?: unknown;
}

/**
 * Asks all questions, side by side on few connections. Whatever a server does, each gets a reply: a connection that ends
 * after some answers is opened again, and one that gives none is given up.
 *
 * @returns by `questionKey`
 * @throws what `open` rejects with, when no connection could be opened; the reason of `signal`
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
  const asking: Asking = {
    open,
    queue: asked,
    replies,
    limit: 0xffff,
    bytesLeft: longestAnswers,
    hasOpened: false,
    options: { ...options, connections, window, signal: AbortSignal.any([signal, over.signal]) },
  };
  const count = Math.min(connections, Math.ceil(asked.length / worthAConnection));
  const allowed = wholePatience(patience, asked.length);
  void clock.sleep(allowed, asking.options.signal).then(() => over.abort());
  const failures = await Promise.all(Array.from({ length: count }, () => keepAsking(asking)));
  const isLate = over.signal.aborted;
  over.abort();
  signal.throwIfAborted();
  const failed = failures.filter((failure) => failure !== undefined);
  const refusal = failed.find(({ error }) => error !== undefined);
  if (!asking.hasOpened && refusal !== undefined) throw refusal.error;
  const reply = isLate ? timeout(allowed, 0) : failed.at(-1)?.reply;
  for (const question of asking.queue) replies.set(questionKey(question), reply ?? none('it was not asked'));
  return replies;
}

/** Milliseconds for so many questions together, however a server dawdles. */
export function wholePatience(patience: number, questions: number): number {
  return openingPatience + patience * (5 + questions / 100);
}

/** Opens connections one after the other until nothing is left to ask, or until it is of no use. */
async function keepAsking(asking: Asking): Promise<Failure | undefined> {
  let stuck = 0;
  while (asking.queue.length > 0 && !asking.options.signal.aborted) {
    const stream = await opened(asking);
    if (!('write' in stream)) return stream;
    asking.hasOpened = true;
    const { answered, ended } = await converse(stream, asking);
    if (ended === undefined) continue;
    if (ended.by === 'us') stuck++;
    else asking.limit = Math.max(1, Math.min(asking.limit, answered));
    if (answered === 0 || stuck === mostStuck) return { reply: ended.reply };
  }
  return undefined;
}

async function opened({ open, options: { clock, signal } }: Asking): Promise<Duplex | Failure> {
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
    return { reply: none(words(error)), error };
  } finally {
    decided.abort();
  }
}

/** One connection's life. `ended` is undefined when it came to its end with all that it was asked answered. */
interface Conversation {
  answered: number;
  ended: { by: 'server' | 'us'; reply: Reply } | undefined;
}

interface UnderWay {
  query: Query;
  /** How many were sent on this connection before it. */
  nth: number;
  /** Ticks since it was sent. */
  age: number;
}

function converse(stream: Duplex, asking: Asking): Promise<Conversation> {
  const { queue, replies, options } = asking;
  const { clock, patience, random, window, signal } = options;
  const underWay = new Map<number, UnderWay>();
  const usedIds = new Set<number>();
  let sent = 0;
  let answered = 0;
  let strays = 0;
  /** The last question of those that were answered. */
  let furthest = -1;
  let received = Buffer.alloc(0);
  const over = new AbortController();
  return new Promise((resolve) => {
    stream.on('data', take);
    stream.on('error', (error) => end('server', none(words(error))));
    stream.on('end', () => end('server', none('the server closed the connection')));
    stream.on('close', () => end('server', none('the connection was closed')));
    signal.addEventListener('abort', () => end('us', none('given up')), { signal: over.signal });
    if (signal.aborted) end('us', none('given up'));
    else if (stream.destroyed) end('server', none('the connection was closed'));
    else {
      send();
      void count();
    }

    /** What is not answered is asked again by who is left, before all else. */
    function end(by: 'server' | 'us', reply: Reply | undefined): void {
      if (over.signal.aborted) return;
      over.abort();
      stream.off('data', take);
      stream.destroy();
      queue.unshift(...[...underWay.values()].map(({ query }) => query.question));
      resolve({ answered, ended: reply && { by, reply } });
    }

    function send(): void {
      const frames: Buffer[] = [];
      while (underWay.size < window && sent < asking.limit) {
        const question = queue.shift();
        if (question === undefined) break;
        const query = queryFor(question, freshId(random, usedIds));
        underWay.set(query.id, { query, nth: sent++, age: 0 });
        const length = Buffer.alloc(2);
        length.writeUInt16BE(query.bytes.length);
        frames.push(length, query.bytes);
      }
      if (frames.length > 0) stream.write(Buffer.concat(frames));
      if (underWay.size === 0) end('us', undefined);
    }

    function take(chunk: Buffer): void {
      asking.bytesLeft -= chunk.length;
      if (asking.bytesLeft < 0) {
        end('us', none('the server sends more than all answers can be'));
        return;
      }
      received = Buffer.concat([received, chunk]);
      let at = 0;
      while (at + 2 <= received.length) {
        const next = at + 2 + received.readUInt16BE(at);
        if (next > received.length) break;
        hear(received.subarray(at + 2, next));
        at = next;
        // At most one late answer for each question is in order.
        if (strays > sent) {
          end('us', none('the server sends what it was not asked for'));
          return;
        }
      }
      received = received.subarray(at);
      send();
    }

    function hear(message: Buffer): void {
      const heard = message.length < headerLength ? undefined : underWay.get(message.readUInt16BE(0));
      if (heard === undefined) {
        strays++;
        return;
      }
      const reading = readMessage(message, heard.query);
      underWay.delete(heard.query.id);
      answered++;
      furthest = Math.max(furthest, heard.nth);
      replies.set(questionKey(heard.query.question), replyOf(reading));
    }

    async function count(): Promise<void> {
      while (!over.signal.aborted) {
        await clock.sleep(patience / ticks, over.signal);
        if (!over.signal.aborted) tick();
      }
    }

    function tick(): void {
      for (const one of underWay.values()) one.age++;
      for (const { age, nth, query } of underWay.values()) {
        if (age <= ticks) continue;
        const reply = timeout(patience, strays);
        underWay.delete(query.id);
        replies.set(questionKey(query.question), reply);
        // Nothing that was sent later was answered either: what waits behind it is not to blame.
        if (nth > furthest) {
          end('us', reply);
          return;
        }
      }
      send();
    }
  });
}

function replyOf(reading: ReturnType<typeof readMessage>): Reply {
  switch (reading.kind) {
    case 'answer':
      return reading;
    case 'truncated':
      return none('an answer that cannot be used: it was cut short');
    case 'unusable':
      return none(reading.why);
  }
}

/** None that this connection has had: an answer that comes too late meets no other question. */
function freshId(random: () => number, used: Set<number>): number {
  let id = Math.floor(random() * 0x1_0000);
  while (used.has(id)) id = (id + 1) & 0xffff;
  used.add(id);
  return id;
}

export function words(error: unknown): string {
  return error instanceof Error && error.message !== '' ? error.message : String(error);
}

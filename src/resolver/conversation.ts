/** One connection to a DNS server: questions go out, answers are matched with them, and silence is counted. */
import type { Duplex } from 'node:stream';
import { type Question, questionKey, type Reply } from '#src/objects/dns.ts';
import { headerLength, none, type Query, queryFor, type Reading, readMessage, reasonOf, timeout } from './message.ts';
import type { AskOptions } from './patience.ts';

/** What the connections of one call share. */
export interface Asking {
  /** Questions still to be sent. */
  queue: Question[];
  /** By `questionKey`. */
  replies: Map<string, Reply>;
  /** How many questions to send on one connection: the server may close each after some. */
  limit: number;
  /** How many bytes the server may still send. */
  bytesLeft: number;
  /** `window` is how many questions may be under way on one connection. */
  options: AskOptions & { window: number };
}

/** `ended` is undefined when every question that was sent got its answer. */
export interface Conversation {
  answered: number;
  ended: { by: 'server' | 'us'; reply: Reply } | undefined;
}

/** The patience is counted in this many ticks: somebody may set the clock of the machine meanwhile. */
const ticks = 10;

/** One connection, as far as it has come. */
interface Connection {
  stream: Duplex;
  asking: Asking;
  /** By message id. */
  underWay: Map<number, UnderWay>;
  usedIds: Set<number>;
  sent: number;
  answered: number;
  /** Messages that answer no question under way. */
  strays: number;
  /** The latest question, as `UnderWay.nth` counts them, that got an answer. */
  furthest: number;
  /** Bytes of a message that is not complete yet. */
  received: Buffer;
  over: AbortController;
  end(by: 'server' | 'us', reply: Reply | undefined): void;
}

/** A question without an answer. */
interface UnderWay {
  query: Query;
  /** How many questions were sent before it on this connection. */
  nth: number;
  /** Ticks since it was sent. */
  age: number;
}

/** Asks questions of the queue until none is left, or until the connection ends or is given up. */
export function converse(stream: Duplex, asking: Asking): Promise<Conversation> {
  const { signal } = asking.options;
  return new Promise((resolve) => {
    const connection: Connection = {
      stream,
      asking,
      underWay: new Map(),
      usedIds: new Set(),
      sent: 0,
      answered: 0,
      strays: 0,
      furthest: -1,
      received: Buffer.alloc(0),
      over: new AbortController(),
      end(by, reply) {
        const { over, underWay, answered } = connection;
        if (over.signal.aborted) return;
        over.abort();
        stream.off('data', take);
        stream.destroy();
        // Another connection asks them again, before all else.
        asking.queue.unshift(...[...underWay.values()].map(({ query }) => query.question));
        resolve({ answered, ended: reply && { by, reply } });
      },
    };
    const take = (chunk: Buffer) => receive(connection, chunk);
    stream.on('data', take);
    stream.on('error', (error) => connection.end('server', none(reasonOf(error))));
    stream.on('end', () => connection.end('server', none('the server closed the connection')));
    stream.on('close', () => connection.end('server', none('the connection was closed')));
    signal.addEventListener('abort', () => connection.end('us', none('given up')), { signal: connection.over.signal });
    if (signal.aborted) connection.end('us', none('given up'));
    else if (stream.destroyed) connection.end('server', none('the connection was closed'));
    else {
      send(connection);
      void countTicks(connection);
    }
  });
}

/** Fills the window with questions of the queue. Without any under way, the connection has done its work. */
function send(connection: Connection): void {
  const { stream, asking, underWay, usedIds } = connection;
  const { random, window } = asking.options;
  const frames: Buffer[] = [];
  while (underWay.size < window && connection.sent < asking.limit) {
    const question = asking.queue.shift();
    if (question === undefined) break;
    const query = queryFor(question, freshId(random, usedIds));
    underWay.set(query.id, { query, nth: connection.sent++, age: 0 });
    const length = Buffer.alloc(2);
    length.writeUInt16BE(query.bytes.length);
    frames.push(length, query.bytes);
  }
  if (frames.length > 0) stream.write(Buffer.concat(frames));
  if (underWay.size === 0) connection.end('us', undefined);
}

/** An id that this connection has not used: a late answer cannot meet another question. */
function freshId(random: () => number, used: Set<number>): number {
  let id = Math.floor(random() * 0x1_0000);
  while (used.has(id)) id = (id + 1) & 0xffff;
  used.add(id);
  return id;
}

function receive(connection: Connection, chunk: Buffer): void {
  const { asking } = connection;
  asking.bytesLeft -= chunk.length;
  if (asking.bytesLeft < 0) {
    connection.end('us', none('the server sends more than all answers can be'));
    return;
  }
  const received = Buffer.concat([connection.received, chunk]);
  let at = 0;
  while (at + 2 <= received.length) {
    const next = at + 2 + received.readUInt16BE(at);
    if (next > received.length) break;
    hear(connection, received.subarray(at + 2, next));
    at = next;
    // Each question may have one late answer.
    if (connection.strays > connection.sent) {
      connection.end('us', none('the server sends what it was not asked for'));
      return;
    }
  }
  connection.received = received.subarray(at);
  // Many questions in one piece: through a port-forward each piece is a message of its own, to be written and read.
  if (connection.underWay.size <= asking.options.window / 2) send(connection);
}

function hear(connection: Connection, message: Buffer): void {
  const { asking, underWay } = connection;
  const heard = message.length < headerLength ? undefined : underWay.get(message.readUInt16BE(0));
  if (heard === undefined) {
    connection.strays++;
    return;
  }
  const reading = readMessage(message, heard.query);
  underWay.delete(heard.query.id);
  connection.answered++;
  connection.furthest = Math.max(connection.furthest, heard.nth);
  asking.replies.set(questionKey(heard.query.question), replyOf(reading));
}

function replyOf(reading: Reading): Reply {
  switch (reading.kind) {
    case 'answer':
      return reading;
    case 'truncated':
      return none('an answer that cannot be used: it was cut short');
    case 'unusable':
      return none(reading.why);
  }
}

async function countTicks(connection: Connection): Promise<void> {
  const { clock, patience } = connection.asking.options;
  const { signal } = connection.over;
  while (!signal.aborted) {
    await clock.sleep(patience / ticks, signal);
    if (!signal.aborted) tick(connection);
  }
}

function tick(connection: Connection): void {
  const { asking, underWay, furthest, strays } = connection;
  for (const one of underWay.values()) one.age++;
  for (const { age, nth, query } of underWay.values()) {
    if (age <= ticks) continue;
    const reply = timeout(asking.options.patience, strays);
    underWay.delete(query.id);
    asking.replies.set(questionKey(query.question), reply);
    // No later question was answered either: the connection is stuck, and the questions behind this one are not to blame.
    if (nth > furthest) {
      connection.end('us', reply);
      return;
    }
  }
  send(connection);
}

/** DNS over UDP, and over TCP when an answer does not fit into a datagram (RFC 1035, 4.2.1; RFC 5452). */
import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { connect, type Socket } from 'node:net';
import { type Question, questionKey, type Reply } from '#src/objects/dns.ts';
import { askable, headerLength, none, type Query, queryFor, readMessage, reasonOf, timeout } from './message.ts';
import { type AskOptions, wholePatience } from './patience.ts';
import { askOverStream } from './stream.ts';

export interface DnsServer {
  /** An address, or a name that this machine resolves. */
  host: string;
  port: number;
}

/** A DnsServer whose address is known. */
export interface LocatedServer {
  address: string;
  /** 4 or 6. */
  family: number;
  port: number;
}

/** The address of a server, or why its name does not resolve. */
export async function locate({ host, port }: DnsServer): Promise<LocatedServer | { error: string }> {
  try {
    return { ...(await lookup(host)), port };
  } catch (error) {
    return { error: reasonOf(error) };
  }
}

/** How many questions are under way at once, each from a port of its own. */
const atOnce = 100;

/**
 * Asks all questions. Each has a random id and source port. It is sent once more after half its patience, and asked over
 * TCP if its answer was truncated.
 *
 * @returns the replies by `questionKey`
 * @throws the reason of `signal`
 */
export async function askOverUdp(
  server: LocatedServer,
  questions: readonly Question[],
  options: AskOptions,
): Promise<Map<string, Reply>> {
  const { clock, patience, signal } = options;
  signal.throwIfAborted();
  const { asked: queue, replies } = askable(questions);
  const truncated: Question[] = [];
  const over = new AbortController();
  const limits = AbortSignal.any([signal, over.signal]);
  void clock.sleep(wholePatience(patience, queue.length), limits).then(() => over.abort());
  let hasAnswered = false;
  let silences = 0;
  async function keepAsking(): Promise<void> {
    for (let question = queue.shift(); question !== undefined; question = queue.shift()) {
      const isGivenUp = limits.aborted || (!hasAnswered && silences >= atOnce);
      const reply = isGivenUp ? timeout(patience, 0) : await exchange(server, question, { ...options, signal: limits });
      if (reply.kind === 'none' && reply.timedOut) silences++;
      else hasAnswered = true;
      if (reply.kind === 'truncated') truncated.push(question);
      else replies.set(questionKey(question), reply);
    }
  }
  await Promise.all(Array.from({ length: atOnce }, keepAsking));
  over.abort();
  signal.throwIfAborted();
  for (const [key, reply] of await askOverTcp(server, truncated, options)) replies.set(key, reply);
  return replies;
}

async function askOverTcp(server: LocatedServer, questions: readonly Question[], options: AskOptions) {
  try {
    return await askOverStream((signal) => connected(server, signal), questions, options);
  } catch (error) {
    options.signal.throwIfAborted();
    const reply = none(`an answer that was cut short, and over TCP: ${reasonOf(error)}`);
    return new Map(questions.map((question) => [questionKey(question), reply]));
  }
}

function connected({ address, port }: LocatedServer, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port });
    const abandon = () => socket.destroy(new Error('given up'));
    signal.addEventListener('abort', abandon, { once: true });
    socket.once('error', reject);
    socket.once('close', () => signal.removeEventListener('abort', abandon));
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}

/** Asks one question; `truncated` when the answer did not fit into a datagram. */
function exchange(
  { address, family, port }: LocatedServer,
  question: Question,
  { clock, patience, random, signal }: AskOptions,
): Promise<Reply | { kind: 'truncated' }> {
  const query: Query = queryFor(question, Math.floor(random() * 0x1_0000));
  const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
  const over = new AbortController();
  let strays = 0;
  return new Promise((resolve) => {
    function end(reply: Reply | { kind: 'truncated' }): void {
      if (over.signal.aborted) return;
      over.abort();
      socket.close();
      resolve(reply);
    }

    socket.on('error', (error) =>
      end(none('code' in error && error.code === 'ECONNREFUSED' ? 'nobody listens there' : reasonOf(error))),
    );
    // The system gives a connected socket only datagrams from the address that it is connected to.
    socket.on('message', (message) => {
      const isAnswer = message.length >= headerLength && message.readUInt16BE(0) === query.id;
      const reading = isAnswer ? readMessage(message, query) : undefined;
      // Anybody can send a datagram: an unusable one may not be the server's.
      if (reading === undefined || reading.kind === 'unusable') strays++;
      else end(reading);
    });
    signal.addEventListener('abort', () => end(timeout(patience, strays)), { signal: over.signal });
    // A socket that is closed before it is connected never calls this.
    socket.connect(port, address, (error?: Error) => {
      if (error === undefined) void sendTwice();
      else end(none(reasonOf(error)));
    });

    async function sendTwice(): Promise<void> {
      for (let time = 0; time < 2 && !over.signal.aborted; time++) {
        socket.send(query.bytes);
        await clock.sleep(patience / 2, AbortSignal.any([signal, over.signal]));
      }
      end(timeout(patience, strays));
    }
  });
}

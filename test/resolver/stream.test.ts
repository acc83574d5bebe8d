import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import * as packet from 'dns-packet';
import fc from 'fast-check';
import { systemClock } from '#src/cli/clock.ts';
import type { Clock } from '#src/objects/clock.ts';
import { type Question, questionKey, type Reply } from '#src/objects/dns.ts';
import { askOverStream, type StreamOptions } from '#src/resolver/ask.ts';
import { quickClock } from '../kube/quick-clock.ts';
import { runs } from '../properties.ts';
import { answerTo, framed, idOf, withId } from './answers.ts';
import { type TcpServer, tcpServer } from './tcp-server.ts';

/** A clock whose sleeps of one length are over when the test says so; all others last until their signal. */
function handClock(length: number): Clock & { tick(times: number): Promise<void> } {
  const asleep: (() => void)[] = [];
  return {
    now: () => 0,
    sleep: (milliseconds, signal) =>
      new Promise((resolve) => {
        if (milliseconds === length) asleep.push(resolve);
        signal.addEventListener('abort', () => resolve(), { once: true });
      }),
    async tick(times) {
      for (let time = 0; time < times; time++) {
        asleep.shift()?.();
        await turn();
      }
    },
  };
}

describe('DNS over a stream', () => {
  const servers: TcpServer[] = [];

  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });

  async function serve(...server: Parameters<typeof tcpServer>): Promise<TcpServer> {
    const made = await tcpServer(...server);
    servers.push(made);
    return made;
  }

  function names(count: number): Question[] {
    return Array.from({ length: count }, (_, nth) => ({ name: `web-${nth}.web.shop.svc.cluster.local`, type: 'A' }));
  }

  /** Long enough not to matter where nothing is waited for. */
  const long = 20_000;
  const short = 200;

  function ask(
    open: (signal: AbortSignal) => Promise<Duplex>,
    questions: readonly Question[],
    changes: Partial<StreamOptions> = {},
  ) {
    const { signal } = new AbortController();
    return askOverStream(open, questions, {
      clock: systemClock,
      patience: long,
      random: Math.random,
      signal,
      ...changes,
    });
  }

  function good(query: Buffer, socket: Socket): void {
    socket.write(framed(answerTo(query)));
  }

  function outcome(reply: Reply | undefined): string {
    if (reply === undefined) return 'nothing';
    if (reply.kind === 'none') return reply.why;
    return [reply.rcode, ...reply.records.map((record) => ('address' in record ? record.address : record.target))].join(
      ' ',
    );
  }

  /** How often each outcome there is. */
  function tally(questions: readonly Question[], replies: Map<string, Reply>): Record<string, number> {
    assert.deepEqual(new Set(replies.keys()), new Set(questions.map(questionKey)));
    const counts: Record<string, number> = {};
    for (const reply of replies.values()) counts[outcome(reply)] = (counts[outcome(reply)] ?? 0) + 1;
    return counts;
  }

  it('gives every question its own answer, over two connections', async () => {
    const server = await serve((query, socket) => {
      const { questions: [question] = [] } = packet.decode(query);
      const [, ordinal = ''] = /^web-(\d+)\./.exec(question?.name ?? '') ?? [];
      const data = `10.0.${Math.floor(Number(ordinal) / 256)}.${Number(ordinal) % 256}`;
      const answers = [{ name: question?.name ?? '', type: 'A', ttl: 5, data } as const];
      socket.write(framed(answerTo(query, { answers })));
    });
    const questions = names(2_000);
    const replies = await ask(server.open, questions);
    questions.forEach((question, nth) => {
      assert.equal(outcome(replies.get(questionKey(question))), `NOERROR 10.0.${Math.floor(nth / 256)}.${nth % 256}`);
    });
    assert.equal(server.connections(), 2);
  });

  it('asks a question that is given twice once, and nobody when there is none', async () => {
    let queries = 0;
    const server = await serve((query, socket) => {
      queries++;
      good(query, socket);
    });
    const [question] = names(1);
    assert.ok(question);
    assert.equal((await ask(server.open, [question, question])).size, 1);
    assert.equal(queries, 1);
    assert.equal((await ask(server.open, [])).size, 0);
    assert.equal(server.connections(), 1);
  });

  it('takes answers in any order, and in any pieces', async () => {
    const held: Buffer[] = [];
    const server = await serve((query, socket) => {
      held.unshift(framed(answerTo(query)));
      if (held.length < 50) return;
      for (const byte of Buffer.concat(held)) socket.write(Buffer.from([byte]));
    });
    const questions = names(50);
    assert.deepEqual(tally(questions, await ask(server.open, questions)), { 'NOERROR 10.0.0.1': 50 });
  });

  it('leaves no connection open', async () => {
    const server = await serve(good);
    await ask(server.open, names(1_000));
    await Promise.all([...server.sockets].map((socket) => once(socket, 'close')));
  });

  it('believes no answer with the id of another question', async () => {
    const queries: Buffer[] = [];
    const server = await serve((query, socket) => {
      queries.push(query);
      const [first, second] = queries;
      if (first && second)
        socket.write(framed(withId(answerTo(first), idOf(second)), withId(answerTo(second), idOf(first))));
    });
    const questions = names(2);
    const why = 'an answer that cannot be used: it answers another question';
    assert.deepEqual(tally(questions, await ask(server.open, questions)), { [why]: 2 });
  });

  it('waits on when an answer has an id that was not asked for', async () => {
    const server = await serve((query, socket) => {
      socket.write(framed(withId(answerTo(query), idOf(query) ^ 0x5555), Buffer.alloc(0), answerTo(query)));
    });
    const [question] = names(1);
    assert.ok(question);
    assert.equal(
      outcome((await ask(server.open, [question])).get(questionKey(question))),
      'the server sends what it was not asked for',
    );
    const once = await serve((query, socket) => {
      socket.write(framed(withId(answerTo(query), idOf(query) ^ 0x5555), answerTo(query)));
    });
    assert.equal(outcome((await ask(once.open, [question])).get(questionKey(question))), 'NOERROR 10.0.0.1');
  });

  it('says what is wrong with an answer that cannot be used', async () => {
    const spoilt: [why: RegExp, spoil: (query: Buffer) => Buffer][] = [
      [/it is no answer/, (query) => query],
      [/cut short/, (query) => answerTo(query, { flags: packet.TRUNCATED_RESPONSE })],
      [/goes on after its end/, (query) => Buffer.concat([answerTo(query), Buffer.from('rubbish')])],
      [/cut off/, (query) => answerTo(query).subarray(0, -1)],
      [/another question/, (query) => answerTo(query, { questions: [{ name: 'other', type: 'A' }] })],
    ];
    for (const [why, spoil] of spoilt) {
      const server = await serve((query, socket) => void socket.write(framed(spoil(query))));
      const [question] = names(1);
      assert.ok(question);
      const reply = (await ask(server.open, [question])).get(questionKey(question));
      assert.equal(reply?.kind, 'none');
      assert.match(outcome(reply), why);
    }
  });

  it('goes on over new connections when the server closes each after some answers, and asks no more of them than that', async () => {
    let bytes = 0;
    const server = await serve(
      (query, socket, nth) => {
        if (nth === 19) socket.end(framed(answerTo(query)));
        else good(query, socket);
      },
      (socket) => {
        socket.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
        });
      },
    );
    const questions = names(2_000);
    assert.deepEqual(tally(questions, await ask(server.open, questions)), { 'NOERROR 10.0.0.1': 2_000 });
    assert.ok(server.connections() < 150, `${server.connections()} connections`);
    const needed = questions.reduce((sum, { name }) => sum + 2 + 12 + name.length + 2 + 4, 0);
    assert.ok(bytes < 1.5 * needed, `${bytes} bytes of ${needed}`);
  });

  it('goes on when the server closes after every answer', async () => {
    const server = await serve((query, socket) => void socket.end(framed(answerTo(query))));
    const questions = names(100);
    assert.deepEqual(tally(questions, await ask(server.open, questions)), { 'NOERROR 10.0.0.1': 100 });
  });

  it('lets the other connection do the work of one that is cut', async () => {
    const server = await serve(good, (socket, nth) => {
      if (nth === 0) socket.destroy();
    });
    const questions = names(2_000);
    assert.deepEqual(tally(questions, await ask(server.open, questions)), { 'NOERROR 10.0.0.1': 2_000 });
  });

  it('gives up a server that closes before it answers', async () => {
    const server = await serve((_query, socket) => void socket.end());
    const questions = names(1_000);
    assert.deepEqual(tally(questions, await ask(server.open, questions)), {
      'the server closed the connection': 1_000,
    });
    assert.equal(server.connections(), 2);
  });

  it('says why a connection broke', async () => {
    const open = async () =>
      new Duplex({
        read() {},
        write(_chunk, _encoding, done) {
          done(new Error('an error occurred forwarding 53 -> 53'));
        },
      });
    const questions = names(3);
    const replies = await ask(open, questions);
    assert.deepEqual(tally(questions, replies), { 'an error occurred forwarding 53 -> 53': 3 });
  });

  it('waits once for a server that never answers, however much there is to ask', async () => {
    const server = await serve(() => {});
    const questions = names(2_000);
    const clock = quickClock((milliseconds) => milliseconds === short / 10);
    const replies = await ask(server.open, questions, { clock, patience: short });
    assert.deepEqual(tally(questions, replies), { 'no answer within 0.2s': 2_000 });
    assert.ok([...replies.values()].every((reply) => reply.kind === 'none' && reply.timedOut));
    // Eleven ticks on each of two connections.
    assert.ok(clock.slept.length <= 22, `${clock.slept.length} ticks`);
  });

  it('blames the question that a server is stuck at, not those behind it', async () => {
    const stuck = new Set<Socket>();
    const server = await serve((query, socket) => {
      if (packet.decode(query).questions?.[0]?.name.startsWith('web-7.')) stuck.add(socket);
      if (!stuck.has(socket)) good(query, socket);
    });
    const questions = names(100);
    const counts = tally(questions, await ask(server.open, questions, { patience: short }));
    assert.deepEqual(counts, { 'NOERROR 10.0.0.1': 99, 'no answer within 0.2s': 1 });
  });

  it('leaves alone only the questions that a server drops', async () => {
    const server = await serve((query, socket, nth) => {
      if (nth % 10 !== 3) good(query, socket);
    });
    const questions = names(100);
    const counts = tally(questions, await ask(server.open, questions, { patience: short }));
    assert.deepEqual(counts, { 'NOERROR 10.0.0.1': 90, 'no answer within 0.2s': 10 });
  });

  it('does not take an answer that comes too late for that of another question', async () => {
    const queries: Buffer[] = [];
    const clock = handClock(short / 10);
    const server = await serve(async (query, socket, nth) => {
      queries.push(query);
      const [first, second, third] = queries;
      if (nth === 1) {
        await clock.tick(5);
        socket.write(framed(answerTo(query)));
      }
      // The first question's patience is over with the eleventh, and the third's is not.
      if (nth === 2) await clock.tick(6);
      if (nth === 3 && first && second && third)
        socket.write(framed(...[first, third, query].map((held) => answerTo(held))));
    });
    const questions = names(4);
    const replies = await ask(server.open, questions, { clock, patience: short, window: 2, random: () => 0.5 });
    assert.deepEqual(tally(questions, replies), { 'NOERROR 10.0.0.1': 3, 'no answer within 0.2s': 1 });
  });

  it('ends at some time, however a server dawdles', async () => {
    const whole = 10_000 + 3_000 * (5 + 100 / 100);
    const clock = quickClock((milliseconds) => milliseconds === whole);
    const server = await serve(() => {});
    const questions = names(100);
    const counts = tally(questions, await ask(server.open, questions, { clock, patience: 3_000 }));
    assert.deepEqual(counts, { 'no answer within 28s': 100 });
  });

  it('gives up a server that sends without end', async () => {
    const server = await serve(
      () => {},
      (socket) => {
        const flood = Buffer.alloc(65_536, framed(Buffer.alloc(1_000, 7)));
        const pour = () => {
          while (socket.writable && socket.write(flood));
        };
        socket.on('drain', pour);
        pour();
      },
    );
    const questions = names(1_000);
    // Ids among which that of the flood, 0x0707, is not.
    const random = () => 0.1 + 0.9 * Math.random();
    const counts = tally(questions, await ask(server.open, questions, { random }));
    assert.deepEqual(counts, { 'the server sends what it was not asked for': 1_000 });
  });

  it('keeps no more of answers than there can be', async () => {
    const filler = Buffer.alloc(60_000);
    const server = await serve((query, socket) => {
      const additionals = [{ name: 'x', type: 'NULL', ttl: 0, data: filler } as const];
      socket.write(framed(answerTo(query, { additionals })));
    });
    const questions = names(400);
    const counts = tally(questions, await ask(server.open, questions, { connections: 1 }));
    assert.ok((counts['NOERROR 10.0.0.1'] ?? 0) < 300);
    assert.ok((counts['the server sends more than all answers can be'] ?? 0) > 100);
  });

  it('throws what the first connection is refused with', async () => {
    const refusal = new Error('Error from server (Forbidden): pods "coredns-0" is forbidden');
    await assert.rejects(
      ask(() => Promise.reject(refusal), names(1_000)),
      refusal,
    );
  });

  it('gives what a later connection is refused with as the reply', async () => {
    const server = await serve((query, socket, nth) => {
      if (nth === 9) socket.end(framed(answerTo(query)));
      else good(query, socket);
    });
    let opened = 0;
    const open = (signal: AbortSignal) =>
      opened++ === 0 ? server.open(signal) : Promise.reject(new Error('pods "coredns-0" not found'));
    const questions = names(20);
    const counts = tally(questions, await ask(open, questions));
    assert.deepEqual(counts, { 'NOERROR 10.0.0.1': 10, 'pods "coredns-0" not found': 10 });
  });

  it('does not wait for ever for a connection', async () => {
    let given: AbortSignal | undefined;
    const open = (signal: AbortSignal) => {
      given = signal;
      return new Promise<Duplex>(() => {});
    };
    const questions = names(2);
    const clock = quickClock((milliseconds) => milliseconds === 10_000);
    const counts = tally(questions, await ask(open, questions, { clock }));
    assert.deepEqual(counts, { 'no connection within 10s': 2 });
    assert.equal(given?.aborted, true);
  });

  it('stops at once when its caller does', async () => {
    const stop = new AbortController();
    const server = await serve(() => stop.abort(new Error('interrupted')));
    await assert.rejects(ask(server.open, names(500), { signal: stop.signal }), /interrupted/);
    await Promise.all([...server.sockets].map((socket) => once(socket, 'close')));
    await assert.rejects(ask(server.open, names(1), { signal: stop.signal }), /interrupted/);
  });

  it('gives every question a reply, whatever bytes come back', async () => {
    const act = fc.oneof(
      fc.record({ kind: fc.constant('bytes' as const), bytes: fc.uint8Array({ maxLength: 200 }) }),
      fc.record({ kind: fc.constant('bent' as const), at: fc.nat(60), byte: fc.nat(255) }),
      fc.record({ kind: fc.constantFrom('good' as const, 'end' as const, 'reset' as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 1, maxLength: 12 }), async (acts) => {
        let nth = 0;
        const server = await tcpServer((query, socket) => {
          const next = acts[nth++ % acts.length];
          const answer = answerTo(query);
          if (next?.kind === 'bytes') socket.write(next.bytes);
          else if (next?.kind === 'bent') answer[next.at % answer.length] = next.byte;
          if (next?.kind === 'bent' || next?.kind === 'good') socket.write(framed(answer));
          if (next?.kind === 'end') socket.end();
          if (next?.kind === 'reset') socket.resetAndDestroy();
        });
        try {
          const questions = names(5);
          tally(questions, await ask(server.open, questions, { patience: 20 }));
        } finally {
          await server.close();
        }
      }),
      { numRuns: runs(150) },
    );
  });
});

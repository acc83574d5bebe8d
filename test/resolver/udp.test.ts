import assert from 'node:assert/strict';
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import * as packet from 'dns-packet';
import fc from 'fast-check';
import { systemClock } from '#src/cli/clock.ts';
import { type Question, questionKey, type Reply } from '#src/objects/dns.ts';
import { type AskOptions, askOverUdp, locate } from '#src/resolver/ask.ts';
import { quickClock } from '../kube/quick-clock.ts';
import { runs } from '../properties.ts';
import { answerTo, framed, idOf, withId } from './answers.ts';
import { type TcpServer, tcpServer } from './tcp-server.ts';

type OnQuery = (query: Buffer, from: RemoteInfo, socket: Socket, nth: number) => void;

describe('DNS over UDP', () => {
  const sockets: Socket[] = [];
  const servers: TcpServer[] = [];

  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.close();
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });

  async function serve(onQuery: OnQuery, port = 0, address = '127.0.0.1'): Promise<number> {
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
    let nth = 0;
    socket.on('message', (query, from) => onQuery(query, from, socket, nth++));
    socket.bind(port, address);
    await once(socket, 'listening');
    sockets.push(socket);
    return socket.address().port;
  }

  const long = 20_000;
  const short = 200;

  async function ask(
    port: number,
    questions: readonly Question[],
    changes: Partial<AskOptions> = {},
    host = '127.0.0.1',
  ) {
    const { signal } = new AbortController();
    const options = { clock: systemClock, patience: long, random: Math.random, signal, ...changes };
    const server = await locate({ host, port });
    assert.ok('address' in server);
    return askOverUdp(server, questions, options);
  }

  function names(count: number): Question[] {
    return Array.from({ length: count }, (_, nth) => ({ name: `web-${nth}.web.shop.svc.cluster.local`, type: 'A' }));
  }

  function good(query: Buffer, { port, address }: RemoteInfo, socket: Socket): void {
    socket.send(answerTo(query), port, address);
  }

  function tally(questions: readonly Question[], replies: Map<string, Reply>): Record<string, number> {
    assert.deepEqual(new Set(replies.keys()), new Set(questions.map(questionKey)));
    const counts: Record<string, number> = {};
    for (const reply of replies.values()) {
      const outcome = reply.kind === 'none' ? reply.why : `${reply.rcode} ${reply.records.length}`;
      counts[outcome] = (counts[outcome] ?? 0) + 1;
    }
    return counts;
  }

  it('gives every question its answer, each asked from a port of its own with an id of its own', async () => {
    const ports = new Set<number>();
    const ids = new Set<number>();
    const port = await serve((query, from, socket) => {
      ports.add(from.port);
      ids.add(idOf(query));
      good(query, from, socket);
    });
    const questions = names(500);
    assert.deepEqual(tally(questions, await ask(port, questions)), { 'NOERROR 1': 500 });
    assert.ok(ports.size > 200, `${ports.size} ports`);
    assert.ok(ids.size > 400, `${ids.size} ids`);
  });

  it('asks once more when a datagram is lost', async () => {
    let queries = 0;
    const port = await serve((query, from, socket, nth) => {
      queries++;
      if (nth > 0) good(query, from, socket);
    });
    const questions = names(1);
    assert.deepEqual(tally(questions, await ask(port, questions, { patience: 2 * short })), { 'NOERROR 1': 1 });
    assert.equal(queries, 2);
  });

  it('waits once for a server that never answers, however much there is to ask', async () => {
    const port = await serve(() => {});
    const questions = names(1_000);
    const clock = quickClock((milliseconds) => milliseconds === short / 2);
    assert.deepEqual(tally(questions, await ask(port, questions, { clock, patience: short })), {
      'no answer within 0.2s': 1_000,
    });
    // A hundred at once sleep twice, and some of them begin another question before all have given up.
    assert.ok(clock.slept.length <= 400, `${clock.slept.length} sleeps`);
  });

  it('says that nobody listens', async () => {
    const port = await serve(() => {});
    sockets.pop()?.close();
    const questions = names(2);
    const [reply] = (await ask(port, questions)).values();
    assert.ok(reply?.kind === 'none' && !reply.timedOut);
    assert.equal(reply.why, 'nobody listens there');
  });

  it('takes no answer from another port than it asked', async () => {
    const stranger = createSocket('udp4');
    sockets.push(stranger);
    stranger.bind(0, '127.0.0.1');
    await once(stranger, 'listening');
    const port = await serve((query, from, socket) => {
      const { questions: [question] = [] } = packet.decode(query);
      const forged = [{ name: question?.name ?? '', type: 'A', ttl: 5, data: '10.6.6.6' }] as const;
      stranger.send(answerTo(query, { answers: [...forged] }), from.port, from.address, () =>
        good(query, from, socket),
      );
    });
    for (const reply of (await ask(port, names(20))).values()) {
      assert.deepEqual(reply.kind === 'answer' && reply.records.map((one) => 'address' in one && one.address), [
        '10.0.0.1',
      ]);
    }
  });

  it('waits on for the right answer when a wrong one comes first', async () => {
    const port = await serve((query, { port, address }, socket) => {
      const answer = answerTo(query);
      const wrong = [
        withId(answer, idOf(query) ^ 1),
        answerTo(query, { questions: [{ name: 'other', type: 'A' }] }),
        answer.subarray(0, -2),
        query,
        Buffer.alloc(0),
        Buffer.alloc(5),
        Buffer.concat([answer, Buffer.alloc(1)]),
      ];
      for (const message of [...wrong, answer]) socket.send(message, port, address);
    });
    const questions = names(10);
    assert.deepEqual(tally(questions, await ask(port, questions)), { 'NOERROR 1': 10 });
  });

  it('says that only wrong answers came', async () => {
    const port = await serve((query, { port, address }, socket) => socket.send(query, port, address));
    const questions = names(1);
    const why = 'no answer within 0.2s, only messages that do not answer what was asked';
    assert.deepEqual(tally(questions, await ask(port, questions, { patience: short })), { [why]: 1 });
  });

  function truncating(port: number): Promise<number> {
    return serve((query, from, socket) => {
      socket.send(answerTo(query, { flags: packet.TRUNCATED_RESPONSE, answers: [] }), from.port, from.address);
    }, port);
  }

  it('asks over TCP what was truncated', async () => {
    const tcp = await tcpServer((query, socket) => void socket.write(framed(answerTo(query))));
    servers.push(tcp);
    const questions = names(30);
    const replies = await ask(await truncating(tcp.port), questions);
    assert.deepEqual(tally(questions, replies), { 'NOERROR 1': 30 });
    assert.equal(tcp.connections(), 1);
  });

  it('says that what was truncated cannot be asked over TCP', async () => {
    const questions = names(2);
    const [reply] = (await ask(await truncating(0), questions)).values();
    assert.ok(reply?.kind === 'none');
    assert.match(reply.why, /cut short, and over TCP: connect ECONNREFUSED/);
  });

  it('asks a server at an address of IPv6', async () => {
    const questions = names(3);
    const six = await serve(good, 0, '::1');
    assert.deepEqual(tally(questions, await ask(six, questions, {}, '::1')), { 'NOERROR 1': 3 });
  });

  it('finds a server by its name, or says why not', async () => {
    const questions = names(1);
    assert.deepEqual(tally(questions, await ask(await serve(good), questions, {}, 'localhost')), { 'NOERROR 1': 1 });
    const lost = await locate({ host: 'nowhere.invalid', port: 53 });
    assert.match('error' in lost ? lost.error : '', /nowhere\.invalid/);
  });

  it('stops at once when its caller does', async () => {
    const stop = new AbortController();
    const port = await serve(() => stop.abort(new Error('interrupted')));
    await assert.rejects(ask(port, names(300), { signal: stop.signal }), /interrupted/);
  });

  it('gives every question a reply, whatever bytes come back', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 100 }), { minLength: 1, maxLength: 5 }),
        async (messages) => {
          const port = await serve((query, from, socket, nth) => {
            const bytes = messages[nth % messages.length] ?? new Uint8Array();
            socket.send(nth % 2 === 0 ? bytes : Buffer.concat([query.subarray(0, 2), bytes]), from.port, from.address);
          });
          const questions = names(3);
          tally(questions, await ask(port, questions, { patience: 20 }));
        },
      ),
      { numRuns: runs(50) },
    );
  });
});

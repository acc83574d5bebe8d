import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { openRoad, type Road } from './road.ts';

describe('a far road', () => {
  const oneWay = 10;
  const roundTrip = 2 * oneWay;
  const long = Buffer.alloc(200_000, 'x');
  let server: Server;
  let road: Road;

  before(async () => {
    // Answers each byte with a long text.
    server = createServer((socket) => socket.on('data', () => socket.end(long)));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    road = await openRoad(new URL(`https://127.0.0.1:${(server.address() as AddressInfo).port}`), oneWay);
  });
  after(() => {
    road.close();
    server.close();
  });

  async function ask(): Promise<{ body: Buffer; first: number; all: number }> {
    const begun = performance.now();
    const socket = connect(Number(new URL(road.url).port), '127.0.0.1');
    socket.write('?');
    const chunks: Buffer[] = [];
    let first = 0;
    for await (const chunk of socket) {
      first ||= performance.now() - begun;
      chunks.push(chunk);
    }
    return { body: Buffer.concat(chunks), first, all: performance.now() - begun };
  }

  it('brings all that is said', async () => {
    const answers = await Promise.all([ask(), ask()]);
    for (const { body } of answers) assert.ok(body.equals(long));
  });

  // Timers may fire a millisecond early.
  it('takes a round trip to open a connection, one for an answer, and more for a long one', async () => {
    const { first, all } = await ask();
    assert.ok(first >= 2 * roundTrip - 4, `${first} ms`);
    // 14.6 kB, 29, 58, and 98 of the 117 that would go then.
    assert.ok(all >= 5 * roundTrip - 10, `${all} ms`);
  });
});

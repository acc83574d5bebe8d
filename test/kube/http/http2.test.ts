import assert from 'node:assert/strict';
import { constants, type Http2ServerRequest } from 'node:http2';
import { text } from 'node:stream/consumers';
import { mock } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import type { ServerTls } from '#src/kube/config/server.ts';
import { openTransport, type Request, type Transport } from '#src/kube/http/transport.ts';
import { bearer, type Credentials } from '#src/kube/login/credentials.ts';
import { localhost, localhostKey } from '../../e2e/servers/certificates.ts';
import { certificate } from '../certificate.ts';
import { clientDeps } from '../deps.ts';
import { secretToken } from '../kubeconfig-file.ts';
import { quickClock } from '../quick-clock.ts';
import { type Answer, type LoopbackServer, type Protocol, sendJson, serve } from '../server.ts';
import { errorOf } from './errorof.ts';
import { acknowledged, type FrameServer, frame, frameTypes, hundredBytes, numbers, ok, serveFrames } from './frames.ts';
import { type Gate, gateTo } from './gate.ts';

const get: Request = { method: 'GET', path: '/api' };
const post: Request = { method: 'POST', path: '/api', body: '{}' };

const verified: ServerTls = { ca: [certificate], rejectUnauthorized: true };

describe('a connection that requests share by HTTP/2', () => {
  const toClose: { close(): void }[] = [];
  // The time passes at a word: on a slow machine a near server would seem to be far away.
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
  afterEach(() => {
    mock.timers.reset();
    for (const one of toClose.splice(0)) one.close();
  });

  function openTo(
    server: { url: string; close(): void },
    env: Record<string, string> = {},
    timeout = 0,
    tls: ServerTls = verified,
    credentials: Credentials = bearer(secretToken),
  ): Transport {
    const transport = openTransport(
      {
        server: new URL(server.url),
        namespace: 'default',
        proxyUrl: undefined,
        compression: false,
        timeout,
        tls,
        credentials,
        impersonation: {},
      },
      clientDeps({ env, clock: quickClock() }),
    );
    toClose.push(transport, server);
    return transport;
  }

  async function open(
    answer: Answer,
    { protocol = 'h2', env = {} }: { protocol?: Protocol; env?: Record<string, string> } = {},
  ): Promise<Transport & { server: LoopbackServer }> {
    const server = await serve(protocol, answer);
    return { ...openTo(server, env), server };
  }

  async function openFrames(
    onRequest: (socket: TLSSocket, stream: number, before: number) => void,
    isAlive = true,
  ): Promise<Transport & { server: FrameServer }> {
    const server = await serveFrames(onRequest, isAlive);
    return { ...openTo(server), server };
  }

  const saysVersion: Answer = ({ httpVersion }, response) => sendJson(response, httpVersion);

  const choices: [when: string, protocol: Protocol, env: Record<string, string>, version: string][] = [
    ['where the server has both', 'h2', {}, '2.0'],
    ['unless DISABLE_HTTP2 says something', 'h2', { DISABLE_HTTP2: 'false' }, '1.1'],
    ['where DISABLE_HTTP2 is empty', 'h2', { DISABLE_HTTP2: '' }, '2.0'],
    ['unless the server has HTTP/1.1 alone', 'https', {}, '1.1'],
    ['unless there is no TLS', 'http', {}, '1.1'],
  ];
  for (const [when, protocol, env, version] of choices) {
    it(`is used ${when}`, async () => {
      const { ask, server } = await open(saysVersion, { protocol, env });
      for (let request = 0; request < 3; request++) assert.equal((await ask(get)).body, `"${version}"`);
      // That which showed what the server speaks is the first.
      assert.equal(server.connections(), 1);
    });
  }

  it('takes ninety at a time, and no more', async () => {
    let [now, most] = [0, 0];
    const { ask, server } = await open(async (_, response) => {
      most = Math.max(most, ++now);
      // Time for others to come, if they do.
      for (let turns = 0; turns < 20; turns++) await turn();
      now--;
      sendJson(response, {});
    });
    const all = await Promise.all(Array.from({ length: 300 }, () => ask(get)));
    assert.deepEqual(new Set(all.map(({ status }) => status)), new Set([200]));
    assert.equal(server.connections(), 1);
    assert.ok(most <= 90 && most > 10, `${most} at a time`);
  });

  describe('is begun before the first request', () => {
    it('where no credentials have to be got', async () => {
      const server = await serve('h2', saysVersion);
      openTo(server);
      await until(() => server.connections() === 1);
      assert.deepEqual(server.requests, []);
    });

    it('but not where a program may have to run for them, or a person be asked', async () => {
      let asked = 0;
      const credentials: Credentials = {
        proof: async () => ({ authorization: `Bearer ${++asked}` }),
        renew: async () => false,
      };
      const server = await serve('h2', saysVersion);
      const { ask } = openTo(server, {}, 0, verified, credentials);
      for (let turns = 0; turns < 20; turns++) await turn();
      assert.deepEqual([asked, server.connections()], [0, 0]);
      assert.equal((await ask(get)).status, 200);
    });

    it('and a fault is told to that request', async () => {
      const server = await serve('h2', saysVersion, { cert: localhost, key: localhostKey });
      const { ask } = openTo(server);
      for (let turns = 0; turns < 20; turns++) await turn();
      assert.match(await errorOf(ask(get)), /x509: certificate signed by unknown authority$/);
      assert.deepEqual(server.requests, []);
    });
  });

  it('tells when the first request is under way', async () => {
    let isAsked = false;
    const { ask, asked } = await open(saysVersion);
    asked.then(() => {
      isAsked = true;
    });
    for (let turns = 0; turns < 20; turns++) await turn();
    assert.equal(isAsked, false);
    await Promise.all([ask(get), asked]);
  });

  it('is not for watches, which have connections of their own', async () => {
    const { ask, stream, server } = await open(saysVersion);
    await ask(get);
    const answer = await stream('/api', new AbortController().signal);
    assert.equal(answer.status, 200);
    assert.ok(typeof answer.body !== 'string');
    assert.equal(await text(answer.body), '"1.1"');
    assert.equal(server.connections(), 2);
  });

  for (const host of ['127.0.0.1', '[::1]'] as const) {
    it(`names the server as its URL does: ${host}`, async () => {
      const server = await serve(
        'h2',
        (request, response) => sendJson(response, request.headers[':authority']),
        undefined,
        host,
      );
      // The certificate is not for ::1.
      const { ask } = openTo(server, {}, 0, { rejectUnauthorized: false });
      assert.equal((await ask(get)).body, JSON.stringify(new URL(server.url).host));
    });
  }

  it('is made once, however many wait for it', async () => {
    const { ask, server } = await open(saysVersion);
    const stopped = new AbortController();
    const given = ask({ ...get, signal: stopped.signal });
    const kept = ask(get);
    stopped.abort();
    await assert.rejects(given);
    assert.equal((await kept).body, '"2.0"');
    assert.equal(server.connections(), 1);
  });

  it('goes on when one request on it ends', async () => {
    const stop = new AbortController();
    const { ask, server } = await open((_, response) => {
      if (server.requests.length === 1) stop.abort();
      else sendJson(response, {});
    });
    await assert.rejects(ask({ ...get, signal: stop.signal }));
    assert.equal((await ask(get)).status, 200);
    assert.equal(server.connections(), 1);
  });

  it('is not used, and learns nothing, where the certificate is not the right one', async () => {
    const server = await serve('h2', saysVersion, { cert: localhost, key: localhostKey });
    const { ask } = openTo(server);
    assert.match(await errorOf(ask(get)), /x509: certificate signed by unknown authority$/);
    assert.deepEqual(server.requests, []);
  });

  it('brings long answers without waiting for the other side', async () => {
    const { ask, server } = await openFrames((socket, stream) => {
      socket.write(frame(frameTypes.headers, stream, ok, 4));
      socket.write(frame(frameTypes.data, stream, Buffer.from('{}'), 1));
    });
    assert.equal((await ask(get)).body, '{}');
    const window = 16 * 1024 * 1024;
    const [settings] = server.frames.filter(({ type }) => type === frameTypes.settings);
    const values = new Map<number, number>();
    for (let at = 0; at < (settings?.payload.length ?? 0); at += 6) {
      values.set(settings?.payload.readUInt16BE(at) ?? 0, settings?.payload.readUInt32BE(at + 2) ?? 0);
    }
    assert.equal(values.get(constants.NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE), window);
    const updates = server.frames.filter(({ type, stream }) => type === frameTypes.windowUpdate && stream === 0);
    assert.equal(updates[0]?.payload.readUInt32BE(0), window - 65_535);
  });

  it('brings several long answers at a time', async () => {
    const long = 'x'.repeat(20 * 1024 * 1024);
    const { ask } = await open((_, response) => void response.end(long));
    const all = await Promise.all([ask(get), ask(get), ask(get)]);
    assert.ok(all.every(({ body }) => body === long));
  });

  it('tells headers by any name, and each as often as it was sent', async () => {
    const { ask } = await open((_, response) => {
      response.setHeader('constructor', 'x');
      response.setHeader('__proto__', 'x');
      for (let line = 0; line < 200; line++) response.setHeader(`x-${line}`, 'x'.repeat(100));
      sendJson(response, {});
    });
    assert.equal((await ask(get)).status, 200);
  });

  describe('to a server that is far away', () => {
    const patience = 20;

    async function openFar(protocol: Protocol = 'h2'): Promise<Transport & { server: LoopbackServer; road: Gate }> {
      const server = await serve(protocol, (_, response) => sendJson(response, response.req.socket.remotePort));
      const road = await gateTo(server);
      toClose.push(server);
      return { ...openTo(road), server, road };
    }

    it('has another beside it, and the requests take turns', async () => {
      const { ask, server, road } = await openFar();
      const asked = [ask(get), ask(get), ask(get), ask(get)];
      await until(() => road.held() === 1);
      mock.timers.tick(patience);
      await until(() => road.held() === 2);
      road.open();
      const ports = (await Promise.all(asked)).map(({ body }) => body);
      assert.equal(server.connections(), 2);
      const [first, second] = ports;
      assert.notEqual(first, second);
      assert.deepEqual(ports, [first, second, first, second]);
    });

    it('has none beside it for a single request', async () => {
      const { ask, server, road } = await openFar();
      const asked = ask(get);
      await until(() => road.held() === 1);
      mock.timers.tick(patience);
      for (let turns = 0; turns < 20; turns++) await turn();
      road.open();
      assert.equal((await asked).status, 200);
      await ask(get);
      assert.equal(server.connections(), 1);
    });

    it('does not wait long for the other', async () => {
      const { ask, server, road } = await openFar();
      const asked = [ask(get), ask(get)];
      await until(() => road.held() === 1);
      mock.timers.tick(patience);
      await until(() => road.held() === 2);
      road.openFirst();
      await asked[0];
      assert.equal(server.requests.length, 1);
      mock.timers.tick(2 * patience);
      await asked[1];
      assert.equal(server.connections(), 1);
    });

    it('goes on alone where the other is refused', async () => {
      const { ask, server, road } = await openFar();
      const asked = [ask(get), ask(get)];
      await until(() => road.held() === 1);
      road.refuseMore();
      mock.timers.tick(patience);
      await until(() => road.refused() === 1);
      road.open();
      assert.deepEqual(await Promise.all(asked.map(async (one) => (await one).status)), [200, 200]);
      assert.equal(server.connections(), 1);
    });

    it('is dropped beside one of HTTP/1.1, and nothing waits for it', async () => {
      const { ask, server, road } = await openFar('https');
      const asked = [ask(get), ask(get)];
      await until(() => road.held() === 1);
      mock.timers.tick(patience);
      await until(() => road.held() === 2);
      road.openFirst();
      await asked[0];
      road.open();
      assert.equal((await asked[1])?.status, 200);
      // Over the connections that are open.
      await Promise.all([ask(get), ask(get)]);
      assert.ok(server.connections() <= 3, `${server.connections()} connections`);
    });
  });

  describe('whose server goes away', () => {
    it('brings the answers that are under way, and the next request has another', async () => {
      const { ask, server } = await open(({ url }, response, request = response.req as never as Http2ServerRequest) => {
        if (url === '/api') request.stream.session?.goaway(0);
        setImmediate(() => sendJson(response, {}));
      });
      assert.equal((await ask(get)).status, 200);
      assert.equal((await ask({ ...get, path: '/there' })).status, 200);
      assert.equal(server.connections(), 2);
    });

    for (const request of [get, post]) {
      it(`without a look at a request has it made again at once: ${request.method}`, async () => {
        const { ask, server } = await openFrames((socket, stream, before) => {
          if (before === 0) socket.write(frame(frameTypes.goaway, 0, numbers(0, 0)));
          else answer(socket, stream);
        });
        assert.equal((await ask(request)).status, 200);
        assert.equal(server.connections(), 2);
      });
    }

    it('with a fault fails what changes something', async () => {
      const { ask, server } = await openFrames((socket, stream) => {
        socket.end(frame(frameTypes.goaway, 0, numbers(stream, constants.NGHTTP2_ENHANCE_YOUR_CALM)));
      });
      await errorOf(ask(post));
      assert.equal(server.connections(), 1);
    });
  });

  describe('on which the server ends a request', () => {
    for (const request of [get, post]) {
      it(`unseen has it made again at once: ${request.method}`, async () => {
        const { ask, server } = await openFrames((socket, stream, before) => {
          if (before < 2) socket.write(reset(stream, constants.NGHTTP2_REFUSED_STREAM));
          else answer(socket, stream);
        });
        assert.equal((await ask(request)).status, 200);
        assert.equal(server.connections(), 1);
      });
    }

    it('unseen each time fails in the end', async () => {
      const { ask, server } = await openFrames((socket, stream) => {
        socket.write(reset(stream, constants.NGHTTP2_REFUSED_STREAM));
      });
      assert.equal(await errorOf(ask(post)), 'Unable to connect to the server: EOF');
      assert.equal(requestsOf(server), 4);
    });

    it('since it wants it by HTTP/1.1 makes all requests so', async () => {
      const { ask, server } = await openFrames((socket, stream) => {
        socket.write(reset(stream, constants.NGHTTP2_HTTP_1_1_REQUIRED));
      });
      assert.equal((await ask(post)).body, 'HTTP/1.1');
      assert.equal((await ask(get)).body, 'HTTP/1.1');
      assert.equal(requestsOf(server), 1);
    });

    it('for a fault of its own says so, and is not asked again', async () => {
      const { ask, server } = await openFrames((socket, stream) => {
        socket.write(reset(stream, constants.NGHTTP2_INTERNAL_ERROR));
      });
      const why = 'stream error: stream ID 1; INTERNAL_ERROR; received from peer';
      assert.equal(await errorOf(ask(get)), `Unable to connect to the server: ${why}`);
      assert.equal(requestsOf(server), 1);
    });

    const cut = 'unexpected error when reading response body. Please retry. Original error: unexpected EOF';
    const ends: [how: string, end: (socket: TLSSocket, stream: number) => void, words: string][] = [
      [
        'a reset',
        (socket, stream) => socket.write(reset(stream, constants.NGHTTP2_INTERNAL_ERROR)),
        'stream error when reading response body, may be caused by closed connection. Please retry. Original error: stream error: stream ID *; INTERNAL_ERROR; received from peer',
      ],
      ['the end of the connection', (socket) => socket.end(), cut],
      ['a goodbye and the end', (socket, stream) => socket.end(frame(frameTypes.goaway, 0, numbers(stream, 0))), cut],
    ];
    for (const [how, end, words] of ends) {
      it(`in the middle of the answer by ${how} is asked twice more`, async () => {
        const { ask, server } = await openFrames((socket, stream) => {
          // Without a length, Node at times takes what came before a goodbye for all.
          socket.write(frame(frameTypes.headers, stream, Buffer.concat([ok, hundredBytes]), 4));
          socket.write(frame(frameTypes.data, stream, Buffer.from('{')));
          end(socket, stream);
        });
        assert.equal((await errorOf(ask(get))).replace(/stream ID \d+/, 'stream ID *'), words);
        assert.equal(requestsOf(server), 3);
      });
    }

    it('before all of the answer is there, in whatever way, does not pass for a whole one', async () => {
      const { ask } = await open((_, response) => {
        response.writeHead(200, { 'content-length': '100' }).end('{}');
      });
      assert.equal(await errorOf(ask(get)), cut);
    });
  });

  describe('whose server says nothing for long', () => {
    it('and does not answer a ping either, is given up, and another one made', async () => {
      const { ask, server } = await openFrames((socket, stream, before) => before > 0 && answer(socket, stream), false);
      const asked = ask(get);
      await until(() => requestsOf(server) === 1);
      mock.timers.tick(30_000);
      await until(() => pingsIn(server, 0) === 1);
      mock.timers.tick(15_000);
      assert.equal((await asked).status, 200);
      assert.equal(server.connections(), 2);
    });

    it('and answers the ping, is waited for', async () => {
      let finish = () => {};
      const { ask, server } = await openFrames((socket, stream) => {
        finish = () => answer(socket, stream);
      });
      const asked = ask(get);
      await until(() => requestsOf(server) === 1);
      for (let times = 1; times <= 3; times++) {
        mock.timers.tick(30_000);
        await until(() => pingsIn(server, acknowledged) === times);
      }
      finish();
      assert.equal((await asked).status, 200);
      assert.equal(server.connections(), 1);
    });
  });
});

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await turn();
}

function answer(socket: TLSSocket, stream: number): void {
  socket.write(frame(frameTypes.headers, stream, ok, 4));
  socket.write(frame(frameTypes.data, stream, Buffer.from('{}'), 1));
}

function reset(stream: number, code: number): Buffer {
  return frame(frameTypes.reset, stream, numbers(code));
}

function pingsIn({ frames }: FrameServer, wanted: number): number {
  return frames.filter(({ type, flags }) => type === frameTypes.ping && flags === wanted).length;
}

function requestsOf({ frames }: FrameServer): number {
  return frames.filter(({ type }) => type === frameTypes.headers).length;
}

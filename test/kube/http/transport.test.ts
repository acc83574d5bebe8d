import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { mock } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { Connection } from '#src/kube/config/connection.ts';
import { impersonationOf } from '#src/kube/config/impersonation.ts';
import { requestLog } from '#src/kube/http/requestlog.ts';
import { openTransport, type Request, type Transport } from '#src/kube/http/transport.ts';
import { bearer, type Credentials, together } from '#src/kube/login/credentials.ts';
import { localhost, localhostKey } from '../../e2e/servers/certificates.ts';
import { certificate, key } from '../certificate.ts';
import { clientDeps } from '../deps.ts';
import { secretToken } from '../kubeconfig-file.ts';
import { type QuickClock, quickClock } from '../quick-clock.ts';
import { type Answer, type LoopbackServer, sendJson, serve } from '../server.ts';
import { errorOf } from './errorof.ts';

const get: Request = { method: 'GET', path: '/api' };
const post: Request = { method: 'POST', path: '/api', body: '{"größe":1}' };

interface Open extends Transport {
  server: LoopbackServer;
  warnings: string[];
  waits: string[];
  log(): string;
}

for (const protocol of ['http', 'https', 'h2'] as const) {
  describe(`requests over ${protocol.toUpperCase()}`, () => {
    const opened: Open[] = [];
    afterEach(() => {
      for (const one of opened.splice(0)) {
        one.close();
        one.server.close();
      }
    });

    async function open(
      answer: Answer,
      connection: Partial<Connection> = {},
      clock: QuickClock = quickClock(),
    ): Promise<Open> {
      const server = await serve(protocol, answer);
      return openTo(server, connection, clock);
    }

    function openTo(server: LoopbackServer, connection: Partial<Connection>, clock: QuickClock): Open {
      const [warnings, waits]: [string[], string[]] = [[], []];
      let log = '';
      const transport = openTransport(
        {
          server: new URL(server.url),
          namespace: 'default',
          proxyUrl: undefined,
          compression: true,
          timeout: 0,
          tls: { ca: [certificate], rejectUnauthorized: true },
          credentials: bearer(secretToken),
          impersonation: {},
          ...connection,
        },
        clientDeps({
          clock,
          remarks: {
            warning: (text) => warnings.push(text),
            waits: (seconds, why) => waits.push(`${why}: ${seconds}`),
            log: requestLog(
              10,
              (text) => (log += text),
              () => 0,
              1,
            ),
          },
        }),
      );
      const one = { ...transport, server, warnings, waits, log: () => log };
      opened.push(one);
      return one;
    }

    describe('that may take so long and no longer', () => {
      const unable = 'Unable to connect to the server: net/http: request canceled';
      // The time passes at a word, so that a slow machine does not use it up in another phase.
      beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
      afterEach(() => mock.timers.reset());

      async function timeIsUp(isReached: () => boolean): Promise<void> {
        while (!isReached()) await turn();
        await turn();
        mock.timers.tick(100);
      }

      const phases: [phase: string, answer: Answer, isReached: (one: Open) => boolean, error: string][] = [
        [
          'until an answer begins',
          () => {},
          ({ server }) => server.requests.length > 0,
          `${unable} (Client.Timeout exceeded while awaiting headers)`,
        ],
        [
          'while an answer arrives',
          (_, response) => void response.writeHead(200, { 'content-length': '9', warning: '299 - "x"' }).write('{'),
          ({ warnings }) => warnings.length > 0,
          'unexpected error when reading response body. Please retry. Original error: context deadline exceeded',
        ],
        [
          'before another try',
          (_, response) => void response.writeHead(429, { 'retry-after': '7' }).end(),
          ({ waits }) => waits.length > 0,
          'context deadline exceeded',
        ],
      ];
      for (const [phase, answer, isReached, error] of phases) {
        it(`are given up ${phase}`, async () => {
          const one = await open(
            answer,
            { timeout: 100 },
            quickClock(() => false),
          );
          const failure = errorOf(one.ask(get));
          await timeIsUp(() => isReached(one));
          assert.equal(await failure, error);
        });
      }

      it('are given up until an answer begins that is a stream', async () => {
        const silent = await open(() => {}, { timeout: 100 });
        const failure = errorOf(silent.stream('/api', new AbortController().signal));
        await timeIsUp(() => silent.server.requests.length > 0);
        assert.equal(await failure, `${unable} (Client.Timeout exceeded while awaiting headers)`);
      });

      it('leave a stream alone that has begun', async () => {
        const finish = Promise.withResolvers<void>();
        const slow = await open(
          async (_request, response) => {
            response.writeHead(200).write('a');
            await finish.promise;
            response.end('b');
          },
          { timeout: 100 },
        );
        const { body } = await slow.stream('/api', new AbortController().signal);
        assert.ok(typeof body !== 'string');
        await timeIsUp(() => true);
        finish.resolve();
        assert.equal(await text(body), 'ab');
      });

      it('are given up until the connection stands', async () => {
        const silent = createServer(() => {});
        silent.listen(0, '127.0.0.1');
        await once(silent, 'listening');
        const { port } = silent.address() as AddressInfo;
        const url = `https://127.0.0.1:${port}`;
        const close = () => void silent.close();
        const server = { url, connections: () => 0, requests: [], upgrades() {}, cut() {}, close };
        const { ask } = openTo(server, { timeout: 100 }, quickClock());
        const failure = errorOf(ask(get));
        await timeIsUp(() => true);
        assert.equal(
          await failure,
          `${unable} while waiting for connection (Client.Timeout exceeded while awaiting headers)`,
        );
      });

      it('are ended by who no longer wants them, in no other words', async () => {
        const stop = new AbortController();
        const { ask } = await open(() => stop.abort(), { timeout: 60_000 });
        await assert.rejects(ask({ ...get, signal: stop.signal }), (error: Error) => !/Timeout/.test(error.message));
      });
    });

    describe('that are refused with 401', () => {
      /** Tokens, each of which is there once the one before was refused. */
      function tokens(...all: string[]): Credentials & { refused: (string | undefined)[] } {
        const refused: (string | undefined)[] = [];
        return {
          refused,
          proof: async () => ({ authorization: all[0] ?? '' }),
          async renew({ authorization }) {
            refused.push(authorization);
            return all.length > 1 && all.shift() !== undefined;
          },
        };
      }

      const takes =
        (token: string): Answer =>
        ({ headers }, response) =>
          sendJson(response, {}, headers.authorization === token ? 200 : 401);

      it('are made again with what there is then', async () => {
        const credentials = tokens('old', 'new');
        const { ask, server } = await open(takes('new'), { credentials });
        assert.equal((await ask(get)).status, 200);
        assert.equal((await ask(get)).status, 200);
        assert.deepEqual(credentials.refused, ['old']);
        assert.equal(server.requests.length, 3);
      });

      it('are made again whatever they change: nothing was done yet', async () => {
        const { ask } = await open(takes('new'), { credentials: tokens('old', 'new') });
        assert.equal((await ask(post)).status, 200);
      });

      it('are made again as streams', async () => {
        const { stream } = await open(takes('new'), { credentials: tokens('old', 'new') });
        assert.equal((await stream('/api', new AbortController().signal)).status, 200);
      });

      it('are made again no more than once', async () => {
        const credentials = tokens('one', 'two', 'three');
        const { ask, server } = await open(takes('three'), { credentials });
        assert.equal((await ask(get)).status, 401);
        assert.equal(server.requests.length, 2);
      });

      it('are refused where there is nothing else', async () => {
        const { ask, server } = await open(takes('new'), { credentials: tokens('old') });
        assert.equal((await ask(get)).status, 401);
        assert.equal(server.requests.length, 1);
      });
    });

    describe('whose server asks to come again', () => {
      for (const asked of [get, post]) {
        it(`are made again after as many seconds: ${asked.method}`, async () => {
          const clock = quickClock();
          const bodies: string[] = [];
          const { ask, waits } = await open(
            async (request, response) => {
              bodies.push(await text(request));
              if (bodies.length < 3) response.writeHead(429, { 'retry-after': '2' }).end('busy');
              else sendJson(response, {});
            },
            {},
            clock,
          );
          assert.equal((await ask(asked)).status, 200);
          assert.deepEqual(clock.slept, [2_000, 2_000]);
          assert.deepEqual(waits, ['the server answers 429: 2', 'the server answers 429: 2']);
          assert.deepEqual(new Set(bodies), new Set([asked.body ?? '']));
        });
      }
    });

    describe('whose connection is cut', () => {
      const cuts: [when: string, cut: (server: LoopbackServer, response: ServerResponse) => void][] = [
        ['before the answer', (server) => server.cut()],
        [
          'in the middle of it',
          (server, response) => {
            response.writeHead(200, { 'content-length': '100' });
            response.write('{', () => server.cut());
          },
        ],
      ];
      for (const [when, cut] of cuts) {
        async function once(asked: Request): Promise<{ outcome: unknown; requests: number }> {
          const { ask, server } = await open((_, response) => {
            if (server.requests.length === 1) cut(server, response);
            else sendJson(response, {});
          });
          const outcome = await ask(asked).catch(() => 'cut');
          return { outcome, requests: server.requests.length };
        }

        it(`${when} are made again`, async () => {
          const { outcome, requests } = await once(get);
          assert.deepEqual(outcome, {
            status: 200,
            retryAfter: undefined,
            contentType: 'application/json',
            body: '{}',
          });
          assert.equal(requests, 2);
        });

        for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'] as const) {
          it(`${when} are never made again where they change something: ${method}`, async () => {
            assert.deepEqual(await once({ ...post, method }), { outcome: 'cut', requests: 1 });
          });
        }

        it(`${when} are not made again where the caller does it`, async () => {
          assert.deepEqual(await once({ ...get, once: true }), { outcome: 'cut', requests: 1 });
        });
      }

      it('in the middle of a stream tell so where it breaks off', async () => {
        const { stream, server } = await open((_, response) => {
          response.write('{"a":1}\n', () => server.cut());
        });
        const { body } = await stream('/api', new AbortController().signal);
        assert.ok(typeof body !== 'string');
        assert.match(await errorOf(text(body)), /^Unable to connect to the server: /);
      });
    });

    describe('whose answers are compressed', () => {
      for (const compression of [true, false]) {
        it(`ask for that ${compression ? 'by themselves' : 'never where it is not wanted'}`, async () => {
          const { ask, stream } = await open(({ headers }, response) => void response.end(headers['accept-encoding']), {
            compression,
          });
          assert.equal((await ask(get)).body, compression ? 'gzip' : 'identity');
          const { body } = await stream('/api', new AbortController().signal);
          assert.ok(typeof body !== 'string');
          assert.equal(await text(body), 'identity');
        });
      }

      it('are unpacked', async () => {
        const { ask } = await open((_, response) => {
          response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('größe'));
        });
        assert.equal((await ask(get)).body, 'größe');
      });

      it('are unpacked whole where their last bytes tell of a part alone', async () => {
        const { ask } = await open((_, response) => {
          const body = Buffer.concat([gzipSync('a'.repeat(200_000)), gzipSync('b')]);
          response.writeHead(200, { 'content-encoding': 'gzip' }).end(body);
        });
        assert.equal((await ask(get)).body, `${'a'.repeat(200_000)}b`);
      });

      const broken: [what: string, body: Buffer, why: string][] = [
        ['no compressed text', Buffer.from('{}'), 'gzip: invalid header'],
        ['half of one', gzipSync('x'.repeat(100)).subarray(0, 15), 'unexpected EOF'],
      ];
      for (const [what, body, why] of broken) {
        it(`and are ${what}: that is said`, async () => {
          const { ask } = await open((_, response) => {
            response.writeHead(200, { 'content-encoding': 'gzip' }).end(body);
          });
          assert.equal(
            await errorOf(ask(get)),
            `unexpected error when reading response body. Please retry. Original error: ${why}`,
          );
        });
      }
    });

    describe('that are sent on', () => {
      for (const status of [301, 302, 303, 307, 308]) {
        it(`go where they are sent on the same server: ${status}`, async () => {
          const { ask, server } = await open(({ url }, response) => {
            if (url === '/there?a=b') sendJson(response, {});
            else response.writeHead(status, { location: '/there?a=b' }).end();
          });
          assert.equal((await ask(get)).status, 200);
          assert.deepEqual(server.requests, ['GET /api', 'GET /there?a=b']);
        });
      }

      it('go there below the path that the server lives at', async () => {
        const far = await serve(protocol, ({ url }, response) => {
          if (url === '/k8s/c-1/there') sendJson(response, {});
          else response.writeHead(302, { location: '/k8s/c-1/there' }).end();
        });
        const { ask } = openTo(far, { server: new URL(`${far.url}/k8s/c-1/`) }, quickClock());
        assert.equal((await ask(get)).status, 200);
        assert.deepEqual(far.requests, ['GET /k8s/c-1/api', 'GET /k8s/c-1/there']);
      });

      it('do not go to another server, which learns nothing', async () => {
        const other = await serve(protocol, (_, response) => sendJson(response, {}));
        const { ask } = await open((_, response) => void response.writeHead(302, { location: other.url }).end());
        assert.match(
          await errorOf(ask(get)),
          /^Unable to connect to the server: it redirects to another server, which must not get the credentials: http/,
        );
        assert.equal(other.connections(), 0);
        other.close();
      });

      for (const location of ['ftp://a.test', 'javascript:0', 'http://[', '//user:word@other.test/']) {
        it(`do not go to ${location}`, async () => {
          const { ask } = await open((_, response) => void response.writeHead(302, { location }).end());
          assert.match(await errorOf(ask(get)), /it redirects to another server, which must not get the credentials/);
        });
      }

      it('go on no more than ten times', async () => {
        const { ask, server } = await open((_, response) => void response.writeHead(302, { location: '/api' }).end());
        assert.equal(await errorOf(ask(get)), 'Unable to connect to the server: stopped after 10 redirects');
        assert.equal(server.requests.length, 10);
      });

      it('do not go on where they change something', async () => {
        const { ask, server } = await open((_, response) => void response.writeHead(307, { location: '/there' }).end());
        assert.equal((await ask(post)).status, 307);
        assert.equal(server.requests.length, 1);
      });
    });

    it('say as whom they are made, beside who makes them', async () => {
      const raw: string[][] = [];
      const { ask } = await open(
        ({ rawHeaders }, response) => {
          raw.push(rawHeaders);
          sendJson(response, {});
        },
        {
          impersonation: impersonationOf({
            as: 'jürgen',
            'as-groups': ['a', 'b,c'],
            'as-user-extra': { k: ['1', '2'] },
          }),
        },
      );
      await ask(get);
      const [all = []] = raw;
      const values = (name: string) =>
        all.filter((_, position) => position % 2 === 1 && all[position - 1]?.toLowerCase() === name);
      assert.deepEqual(values('authorization'), [`Bearer ${secretToken}`]);
      assert.deepEqual(values('impersonate-user'), [Buffer.from('jürgen').toString('latin1')]);
      assert.deepEqual(values('impersonate-group'), ['a', 'b,c']);
      assert.deepEqual(values('impersonate-extra-k'), ['1', '2']);
    });

    it('carry their body as JSON, with its length in bytes', async () => {
      const { ask } = await open(async (request, response) => {
        const { 'content-type': type, 'content-length': length } = request.headers;
        sendJson(response, { type, length, body: await text(request) });
      });
      assert.deepEqual(JSON.parse((await ask(post)).body), {
        type: 'application/json',
        length: '13',
        body: '{"größe":1}',
      });
    });

    it('hand on what the server warns of, each time', async () => {
      const { ask, warnings } = await open((_, response) => {
        response.setHeader('warning', ['299 - "one"', Buffer.from('299 - "zwölf", 199 - "x"').toString('latin1')]);
        sendJson(response, {});
      });
      await ask(get);
      await ask(get);
      assert.deepEqual(warnings, ['one', 'zwölf', 'one', 'zwölf']);
    });

    it('are told in the log, without a token of either side', async () => {
      const { ask, server, log } = await open((_, response) => {
        response.setHeader('set-cookie', [secretToken]);
        response.setHeader('www-authenticate', secretToken);
        sendJson(response, { a: 1 });
      });
      await ask(post);
      assert.match(log(), /"Request Body" body="\{\\"größe\\":1\}"\n/);
      assert.ok(
        log().includes(`"Request" verb="POST" url="${server.url}/api" headers=<\n\tAccept: application/json\n`),
      );
      assert.match(log(), /\tAuthorization: Bearer <masked>\n/);
      assert.match(log(), /"Response" verb="POST" url=".*" status="200 OK" headers=<\n/);
      assert.match(log(), /"Response Body" body="\{\\"a\\":1\}"\n/);
      assert.ok(!log().includes(secretToken));
    });

    it('end when the transport is closed', async () => {
      const { ask, close } = await open(() => close());
      await assert.rejects(ask(get));
    });

    it('are not made again when the transport is closed while they wait', async () => {
      const { ask, close, server, waits } = await open(
        (_, response) => void response.writeHead(429, { 'retry-after': '7' }).end(),
        {},
        quickClock(() => false),
      );
      const asked = assert.rejects(ask(get));
      while (waits.length === 0) await turn();
      close();
      await asked;
      assert.equal(server.requests.length, 1);
    });

    it('whose answer always breaks off are made three times', async () => {
      const { ask, server } = await open((_, response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('{', () => server.cut());
      });
      assert.equal(
        await errorOf(ask(get)),
        'unexpected error when reading response body. Please retry. Original error: unexpected EOF',
      );
      assert.equal(server.requests.length, 3);
    });

    it('with another certificate have another connection', async () => {
      const pairs = [
        { cert: certificate, key },
        { cert: localhost, key: localhostKey },
        { cert: certificate, key },
      ];
      const credentials: Credentials = { proof: async () => pairs.shift() ?? {}, renew: async () => false };
      const { ask, server } = await open((_, response) => sendJson(response, {}), { credentials });
      for (let request = 0; request < 3; request++) await ask(get);
      assert.equal(server.connections(), 2);
    });

    it('have nothing to show where nobody logs in', async () => {
      const { ask } = await open(({ headers }, response) => sendJson(response, { who: headers.authorization ?? '' }), {
        credentials: together([]),
      });
      assert.deepEqual(JSON.parse((await ask(get)).body), { who: '' });
    });
  });
}

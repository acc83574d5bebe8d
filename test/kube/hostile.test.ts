import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { type Client, openClient } from '#src/kube/client.ts';
import { ConnectionError, StatusError } from '#src/kube/errors.ts';
import { resources } from '#src/kube/resources.ts';
import { printable } from '#src/terminal/escape.ts';
import { anyText, runs } from '../properties.ts';
import { hostileValue } from '../tree/fuzz/hostile.ts';
import { clientDeps } from './deps.ts';
import { kubeconfigFor, secretToken, temporaryFiles } from './kubeconfig-file.ts';
import { optionsWith } from './options.ts';
import { quickClock } from './quick-clock.ts';
import { type LoopbackServer, serve } from './server.ts';

interface Sent {
  status: number;
  contentType: string | undefined;
  body: Buffer;
}

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value) ?? '');

const text = fc.oneof(
  anyText({ maxLength: 20 }),
  fc.constantFrom('\u001b[2J\u001b]0;owned\u0007', 'a\r\nb', '\u009b31m\u202e', '', 'NotFound', 'Expired', secretToken),
);

const status = fc
  .record(
    {
      apiVersion: fc.constantFrom<unknown>('v1', 'v2', 7),
      kind: fc.constantFrom<unknown>('Status', 'Pod', null),
      status: fc.constantFrom<unknown>('Failure', 'Success', {}),
      code: fc.oneof(hostileValue, fc.integer()),
      reason: fc.oneof(text, hostileValue),
      message: fc.oneof(text, hostileValue),
    },
    { requiredKeys: ['apiVersion', 'kind', 'status'] },
  )
  .map(json);

const list = fc
  .record({ items: fc.oneof(hostileValue, fc.array(hostileValue)), metadata: hostileValue }, { requiredKeys: [] })
  .map(json);

const body = fc.oneof(
  status,
  list,
  hostileValue.map(json),
  text.map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  fc.constantFrom('{\n}', '[\n]', '"a"', '\ufeff{}', '{"a":1}{', '[['.repeat(50_000)).map((text) => Buffer.from(text)),
);

const sent: fc.Arbitrary<Sent> = fc.record({
  status: fc.oneof(
    fc.constantFrom(200, 200, 200, 201, 204, 304, 400, 401, 403, 404, 409, 410, 429, 500, 503, 504),
    fc.integer({ min: 200, max: 999 }),
  ),
  contentType: fc.constantFrom(
    undefined,
    'application/json',
    'Application/JSON ; charset=utf-8',
    'text/html',
    'text/plain',
    'application/vnd.kubernetes.protobuf',
    '\u009b2J',
    ';',
  ),
  body,
});

describe('what a server sends', () => {
  const files = temporaryFiles();
  let server: LoopbackServer;
  let client: Client;
  let next: Sent;
  let packed = false;
  before(async () => {
    server = await serve('http', (request, response) => {
      // A client that begins anew would else do so for ever.
      const { status, contentType, body } = next;
      const gzip = packed && request.headers['accept-encoding'] === 'gzip';
      response.writeHead(status, {
        ...(contentType !== undefined && { 'content-type': contentType }),
        ...(gzip && { 'content-encoding': 'gzip' }),
      });
      response.end(status === 204 || status === 304 ? '' : gzip ? gzipSync(body) : body);
    });
    const cluster = { 'certificate-authority-data': undefined };
    const kubeconfig = files.write('config', kubeconfigFor(server.url, cluster));
    client = await openClient(optionsWith({ kubeconfig }), clientDeps({ clock: quickClock() }));
  });
  after(() => {
    client.close();
    server.close();
    files.remove();
  });

  const from = { resourceVersion: '1', timeoutSeconds: 1 };
  const ways: [what: string, ask: () => Promise<unknown>][] = [
    ['an object', () => client.get(resources.pods, 'shop', 'web-0')],
    ['a list', () => client.list(resources.statefulSets, 'shop')],
    ['a list to watch from', () => client.listAt(resources.events, undefined)],
    ['its version', () => client.version()],
    ['what became of an object', () => client.create(resources.accessReviews, undefined, {})],
    ['a node’s answer', () => client.askNode('node', 'stats/summary')],
    [
      'events',
      async () => {
        const events = await client.watch(resources.pods, 'shop', from, new AbortController().signal);
        if (events instanceof Error) return events;
        const all: unknown[] = [];
        for await (const some of events) all.push(...some);
        return all.find((one) => one instanceof Error) ?? all;
      },
    ],
  ];
  for (const [what, ask] of ways) {
    it(`as ${what} is taken, or refused in kubectl’s words, whatever it is`, async function () {
      this.timeout(20_000);
      let [taken, refused] = [0, 0];
      await fc.assert(
        fc.asyncProperty(sent, fc.boolean(), async (answer, gzip) => {
          next = answer;
          packed = gzip;
          const outcome: unknown = await ask().catch((error: unknown) => error);
          if (!(outcome instanceof Error)) {
            taken++;
            return;
          }
          refused++;
          assert.ok(outcome instanceof StatusError || outcome instanceof ConnectionError, String(outcome.stack));
          // As main.ts prints it.
          const lines = outcome instanceof StatusError ? [outcome.message] : outcome.message.split('\n');
          // An empty object is shown as it came, as by kubectl: it may have lines, with nothing on them.
          for (const line of lines.slice(1)) assert.match(line, /^[\s}\]]*'?$/, JSON.stringify(outcome.message));
          for (const line of lines) assert.doesNotMatch(printable(line), /[\p{Cc}\u2028\u2029\u202a-\u202e]/u);
          assert.ok(outcome.message.length < 30_000, `${outcome.message.length} characters`);
        }),
        { numRuns: runs(150) },
      );
      assert.ok(refused > 0, `${taken} taken, ${refused} refused`);
    });
  }
});

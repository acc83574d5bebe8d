/** Servers that say what they serve, and then misbehave where StatefulSets are listed. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { listOfSets, type Own } from '../servers/stand-proxy.ts';
import { type Case, differs } from './compare.ts';
import { config, loopback } from './configs.ts';

type Misbehaviour = (response: ServerResponse, time: number, request: IncomingMessage) => unknown;

/**
 * A case by what becomes of the lists of StatefulSets; `false` leaves one to the stand. How often it is asked is
 * compared unless a connection is lost: Go's HTTP asks once more by itself when it had used that connection before.
 */
export function trouble(name: string, misbehave: Misbehaviour, args: readonly string[] = [], counted = true): Case {
  return {
    name,
    make: async (at) => {
      let time = 0;
      const own: Own = (request, response, path) =>
        listOfSets.test(path) && misbehave(response, ++time, request) !== false;
      const server = await at.serve('loopback', { own });
      return {
        kubeconfig: await config({ namespace: at.namespace, cluster: loopback(server), user: { token: 'secret' } }),
        args,
        found() {
          const times = time;
          time = 0;
          return counted ? { times } : {};
        },
      };
    },
  };
}

/** Each line break of a server’s text is shown by its number. */
function escaped(one: Case): Case {
  return differs(one, 'Control characters', (lines) => [lines.join('\\u000a')]);
}

function stays(name: string, location: string): Case {
  return differs(trouble(name, answers(302, '', { location })), 'Credentials stay with the server', [
    `Unable to connect to the server: it redirects to another server, which must not get the credentials: ${location}`,
  ]);
}

/** Of lines and chunks, which HTTP/2 does not have. */
function http1(one: Case): Case {
  return { ...one, http1: true };
}

/** An answer that has begun is asked for twice more. */
export function again(one: Case): Case {
  return { ...one, differs: { heading: 'A list that breaks off', plugin: () => ({ found: { times: 3 } }) } };
}

function noHttp(why: string, one: Case): Case {
  return differs(http1(one), 'An answer that is no HTTP', [
    `Unable to connect to the server: net/http: HTTP/1.x transport connection broken: ${why}`,
  ]);
}

type Headers = Record<string, string | string[]>;

export const json = { 'content-type': 'application/json' };
const html = { 'content-type': 'text/html' };

/** One answer, always the same. */
function answers(code: number, body: string | Buffer | object, headers: Headers = {}): Misbehaviour {
  return (response) => {
    if (typeof body === 'string' || Buffer.isBuffer(body)) response.writeHead(code, headers).end(body);
    else response.writeHead(code, { ...json, ...headers }).end(JSON.stringify(body));
  };
}

/** That answer as many times, and then the stand's. */
export function first(times: number, misbehave: Misbehaviour): Misbehaviour {
  return (response, time, request) => time <= times && misbehave(response, time, request);
}

function status(code: number, reason: string | undefined, message: string | undefined, more: object = {}): object {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code, ...more };
}

const page = '<html><head><title>Sign in</title></head>\n<body>Please sign in</body></html>\n';
const list = { kind: 'StatefulSetList', apiVersion: 'apps/v1', metadata: { resourceVersion: '1' }, items: [] };

/** An answer of the stand with these headers. */
function adds(headers: Headers): Misbehaviour {
  return (response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    return false;
  };
}

/** The connection below TLS. */
function tcpOf({ socket }: ServerResponse): Socket | undefined {
  return (socket as (Socket & { _parent?: Socket }) | null)?._parent;
}

/** Cuts the connection, whatever else is on it. */
export function cut(response: ServerResponse): void {
  (tcpOf(response) ?? response.socket)?.destroy();
}

export const troubleCases: Case[] = [
  // Tried ten times, a second apart
  // For HTTP/2 kubectl has now these words and now those. Cut once, further below, is the same for both.
  http1(trouble('cut before the headers', cut, [], false)),
  differs(
    http1(trouble('reset before the headers', (response) => tcpOf(response)?.resetAndDestroy(), [], false)),
    'A list that breaks off',
    (lines) =>
      lines.map((line) =>
        line.replace(/^Get .*->([\d.:]+)(: read: .*)$/, 'Unable to connect to the server: read tcp $1$2'),
      ),
  ),
  trouble(
    '429 with Retry-After without end',
    answers(429, status(429, 'TooManyRequests', 'later'), { 'retry-after': '1' }),
  ),

  // Statuses
  ...(
    [
      [400, 'BadRequest'],
      [401, 'Unauthorized'],
      [403, 'Forbidden'],
      [404, 'NotFound'],
      [405, 'MethodNotAllowed'],
      [406, 'NotAcceptable'],
      [409, 'Conflict'],
      [410, 'Expired'],
      [413, 'RequestEntityTooLarge'],
      [415, 'UnsupportedMediaType'],
      [422, 'Invalid'],
      [429, 'TooManyRequests'],
      [500, 'InternalError'],
      [503, 'ServiceUnavailable'],
      [504, 'Timeout'],
    ] as const
  ).map(([code, reason]) => trouble(`${code} with a Status`, answers(code, status(code, reason, `it is ${reason}`)))),
  trouble('a Status without a reason', answers(403, status(403, undefined, 'no'))),
  trouble('a Status without a message', answers(403, status(403, 'Forbidden', undefined))),
  trouble('a Status with an empty message', answers(403, status(403, 'Forbidden', ''))),
  trouble('a Status without anything', answers(403, { kind: 'Status', apiVersion: 'v1' })),
  trouble('a Status without an apiVersion', answers(403, { ...status(403, 'Forbidden', 'no'), apiVersion: undefined })),
  trouble('a Status with an unknown reason', answers(418, status(418, 'Teapot', 'I am a teapot'))),
  trouble('a Status whose code is another', answers(403, status(404, 'NotFound', 'not here'))),
  trouble('a Status whose code is a string', answers(403, { ...status(403, 'Forbidden', 'no'), code: '403' })),
  trouble('a Status whose message is a number', answers(403, { ...status(403, 'Forbidden', 'no'), message: 1 })),
  escaped(trouble('a Status of many lines', answers(403, status(403, 'Forbidden', 'one\ntwo')))),
  trouble(
    'a Status with causes',
    answers(
      422,
      status(422, 'Invalid', 'bad', {
        details: {
          name: 'x',
          kind: 'statefulsets',
          causes: [{ reason: 'FieldValueInvalid', message: 'wrong', field: 'spec.x' }, { message: 'also' }],
        },
      }),
    ),
  ),
  trouble(
    'a Status with causes but no name',
    answers(422, status(422, 'Invalid', 'bad', { details: { causes: [{ message: 'a' }] } })),
  ),
  trouble(
    'a Status with details of retrying',
    answers(429, status(429, 'TooManyRequests', 'slow', { details: { retryAfterSeconds: 1 } })),
  ),
  trouble('a Status that says Success, with 500', answers(500, status(500, '', 'odd', { status: 'Success' }))),
  trouble('a Status that says Failure, with 200', answers(200, status(403, 'Forbidden', 'no'))),
  trouble(
    'a Status with text/plain',
    answers(403, JSON.stringify(status(403, 'Forbidden', 'no')), { 'content-type': 'text/plain' }),
  ),
  trouble('a Status without a content type', answers(403, JSON.stringify(status(403, 'Forbidden', 'no')))),
  trouble('a Status of another kind', answers(403, { kind: 'Pod', apiVersion: 'v1', metadata: { name: 'x' } })),
  trouble(
    'a Status compressed',
    answers(403, gzipSync(JSON.stringify(status(403, 'Forbidden', 'compressed'))), {
      ...json,
      'content-encoding': 'gzip',
    }),
  ),

  // No Status
  ...[400, 401, 403, 404, 409, 418, 422, 429, 500, 502, 503, 504].flatMap((code) => [
    trouble(`${code} with nothing`, answers(code, '')),
    // Its text is shown for this code alone.
    ...[trouble(`${code} with a page`, answers(code, page, html))].map((one) => (code === 403 ? escaped(one) : one)),
  ]),
  trouble('403 with text', answers(403, 'Access denied\n', { 'content-type': 'text/plain' })),
  escaped(
    trouble('403 with text of several lines', answers(403, 'Access\ndenied\nhere', { 'content-type': 'text/plain' })),
  ),
  trouble('403 with JSON that is no Status', answers(403, { error: 'denied' })),
  trouble('403 with broken JSON', answers(403, '{"kind":', json)),
  trouble('500 with text', answers(500, 'panic: oops\n', { 'content-type': 'text/plain; charset=utf-8' })),
  trouble('500 with a body that is long', answers(500, 'x'.repeat(5000), { 'content-type': 'text/plain' })),
  trouble(
    '404 with text, as of an old server',
    answers(404, '404 page not found\n', { 'content-type': 'text/plain; charset=utf-8' }),
  ),
  trouble('401 with a challenge', answers(401, page, { ...html, 'www-authenticate': 'Basic realm="x"' })),

  // 200, and yet no list
  trouble('200 with a page', answers(200, page, html)),
  trouble('200 with nothing', answers(200, '', json)),
  trouble('200 with nothing and no content type', answers(200, '')),
  trouble('200 with text', answers(200, 'hello\n', { 'content-type': 'text/plain' })),
  trouble('200 with rubbish for JSON', answers(200, 'rubbish', json)),
  trouble('200 with half of JSON', answers(200, JSON.stringify(list).slice(0, -4), json)),
  trouble('200 with null', answers(200, 'null', json)),
  trouble('200 with []', answers(200, '[]', json)),
  trouble('200 with {}', answers(200, '{}', json)),
  trouble('200 with another kind', answers(200, { kind: 'PodList', apiVersion: 'v1', items: [] })),
  trouble('200 with an empty list', answers(200, list)),
  trouble('200 with a list whose items are null', answers(200, { ...list, items: null })),
  trouble('200 with an empty list by text/plain', answers(200, JSON.stringify(list), { 'content-type': 'text/plain' })),
  trouble('200 with an empty list without a content type', answers(200, JSON.stringify(list))),
  trouble('200 with protobuf', answers(200, 'k8s\u0000\n', { 'content-type': 'application/vnd.kubernetes.protobuf' })),
  trouble('201 with an empty list', answers(201, list)),
  trouble('204', answers(204, '')),
  trouble('206 with an empty list', answers(206, list)),
  trouble('304', answers(304, '')),

  // Compressed
  trouble('gzip', answers(200, gzipSync(JSON.stringify(list)), { ...json, 'content-encoding': 'gzip' })),
  trouble('gzip that is none', answers(200, JSON.stringify(list), { ...json, 'content-encoding': 'gzip' })),
  trouble(
    'gzip that is cut',
    answers(200, gzipSync(JSON.stringify(list)).subarray(0, -10), { ...json, 'content-encoding': 'gzip' }),
  ),
  trouble(
    'gzip that nobody asked for',
    answers(200, gzipSync(JSON.stringify(list)), { ...json, 'content-encoding': 'gzip' }),
    ['--disable-compression'],
  ),
  trouble('an unknown content encoding', answers(200, JSON.stringify(list), { ...json, 'content-encoding': 'zip' })),
  trouble(
    'identity as content encoding',
    answers(200, JSON.stringify(list), { ...json, 'content-encoding': 'identity' }),
  ),

  // Cut
  trouble('cut before the headers, once', first(1, cut), [], false),
  {
    ...http1(trouble('cut within the headers', (response) => void response.socket?.end('HTTP/1.1 200 OK\r\nContent-'))),
    differs: {
      heading: 'A list that breaks off',
      plugin: () => ({ words: ['Unable to connect to the server: EOF'], found: { times: 11 } }),
    },
  },
  again(
    trouble('cut within the body', (response) => {
      response.writeHead(200, { ...json, 'content-length': '1000' });
      response.write('{"kind":"StatefulSetList",', () => cut(response));
    }),
  ),
  again(
    trouble('cut within the chunks', (response) => {
      response.writeHead(200, json);
      response.write('{"kind":"StatefulSetList",', () => cut(response));
    }),
  ),
  again(
    trouble('ended within the body', (response) => {
      response.writeHead(200, { ...json, 'content-length': '1000' });
      response.write('{"kind":"StatefulSetList",', () => response.socket?.end());
    }),
  ),
  again(
    http1(
      trouble('ended within the chunks', (response) => {
        response.writeHead(200, json);
        response.write('{"kind":"StatefulSetList",', () => response.socket?.end());
      }),
    ),
  ),
  again(
    trouble('cut within the body of an error', (response) => {
      response.writeHead(403, { ...json, 'content-length': '1000' });
      response.write('{"kind":"Status",', () => cut(response));
    }),
  ),
  trouble('no HTTP at all', (response) => void response.socket?.end('rubbish\r\n\r\n')),
  noHttp(
    'malformed HTTP response "HTTP/1.1 abc"',
    trouble('a status line that is none', (response) => void response.socket?.end('HTTP/1.1 abc\r\n\r\n')),
  ),
  noHttp(
    'malformed HTTP headers',
    trouble('a header that is none', (response) => void response.socket?.end('HTTP/1.1 200 OK\r\nno header\r\n\r\n')),
  ),
  trouble(
    'HTTP/1.0',
    (response) =>
      void response.socket?.end(`HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n${JSON.stringify(list)}`),
  ),
  noHttp(
    'malformed HTTP headers',
    trouble(
      'two content lengths',
      (response) =>
        void response.socket?.end(
          'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{} ',
        ),
    ),
  ),
  // Node's server of HTTP/2 does not send them.
  http1(
    trouble('headers of 100 KiB', answers(200, JSON.stringify(list), { ...json, 'x-large': 'x'.repeat(100 * 1024) })),
  ),
  trouble(
    'headers of 20 KiB in many lines',
    answers(200, JSON.stringify(list), {
      ...json,
      ...Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`x-${n}`, 'x'.repeat(100)])),
    }),
  ),
  trouble('100 Continue and then the list', (response) => {
    response.writeContinue();
    answers(200, list)(response, 1, response.req);
  }),

  // Slow
  trouble('nothing at all, under --request-timeout', () => {}, ['--request-timeout=2s']),
  trouble(
    'headers alone, under --request-timeout',
    (response) => {
      response.writeHead(200, json).flushHeaders();
    },
    ['--request-timeout=2s'],
  ),
  trouble(
    'half of the body, under --request-timeout',
    (response) => {
      response.writeHead(200, json).write('{"kind":"StatefulSetList",');
    },
    ['--request-timeout=2s'],
  ),
  trouble('nothing at all, under --request-timeout=1', () => {}, ['--request-timeout=1']),

  // Retry-After
  ...[429, 500, 503, 504].map((code) =>
    trouble(
      `${code} with Retry-After once`,
      first(1, answers(code, status(code, '', 'later'), { 'retry-after': '1' })),
    ),
  ),
  trouble('429 with Retry-After 0 once', first(1, answers(429, status(429, '', 'later'), { 'retry-after': '0' }))),
  trouble(
    '429 with a Retry-After that is a date, once',
    first(1, answers(429, status(429, '', 'later'), { 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' })),
  ),
  trouble(
    '429 with a Retry-After that is rubbish, once',
    first(1, answers(429, status(429, '', 'later'), { 'retry-after': 'soon' })),
  ),
  trouble(
    '429 with a Retry-After that is negative, once',
    first(1, answers(429, status(429, '', 'later'), { 'retry-after': '-1' })),
  ),
  trouble('429 without Retry-After once', first(1, answers(429, status(429, 'TooManyRequests', 'later')))),
  trouble('503 without Retry-After once', first(1, answers(503, status(503, 'ServiceUnavailable', 'later')))),
  trouble('403 with Retry-After once', first(1, answers(403, status(403, 'Forbidden', 'no'), { 'retry-after': '1' }))),
  trouble('200 with Retry-After', answers(200, list, { 'retry-after': '1' })),
  trouble(
    '429 with Retry-After longer than --request-timeout',
    answers(429, status(429, 'TooManyRequests', 'later'), { 'retry-after': '60' }),
    ['--request-timeout=2s'],
  ),

  // Redirections
  ...[301, 302, 303, 307, 308].flatMap((code) => [
    trouble(`${code} to where it is, by path`, (response, time, request) =>
      time === 1 ? void response.writeHead(code, { location: `${request.url}&again=1` }).end() : false,
    ),
    trouble(
      `${code} without end`,
      (response, _time, request) => void response.writeHead(code, { location: `${request.url}` }).end(),
    ),
  ]),
  trouble('302 without a location', answers(302, '')),
  stays('302 to another server', 'https://127.0.0.1:1/elsewhere'),
  trouble(
    '302 to a page',
    (response, time) =>
      void (time === 1
        ? response.writeHead(302, { location: '/apis/apps/v1/statefulsets?login' }).end()
        : response.writeHead(200, html).end(page)),
  ),
  stays('302 to plain HTTP', 'http://127.0.0.1:1/'),
  stays('302 to rubbish', 'http://['),
  {
    name: '302 to another host that would take the token',
    make: async (at) => {
      const other = await at.serve('other');
      const server = await at.serve('loopback', {
        own: (request, response, path) =>
          listOfSets.test(path) &&
          !!response.writeHead(302, { location: `${other.url.replace('127.0.0.1', 'localhost')}${request.url}` }).end(),
      });
      return {
        kubeconfig: await config({ namespace: at.namespace, cluster: loopback(server), user: { token: 'secret' } }),
      };
    },
    differs: {
      heading: 'Credentials stay with the server',
      plugin: ({ who, lists }) => ({
        succeeded: false,
        words: [
          'Unable to connect to the server: it redirects to another server, which must not get the credentials: *',
        ],
        who: who.filter((one) => !one.startsWith('other: ')),
        lists: lists.filter((one) => !one.startsWith('other: ')),
      }),
    },
  },

  // Warnings
  trouble('a warning', adds({ warning: '299 - "be careful"' })),
  trouble('several warnings', adds({ warning: ['299 - "one"', '299 - "two"'] })),
  trouble('several warnings in one header', adds({ warning: '299 - "one", 299 - "two"' })),
  trouble('the same warning twice', adds({ warning: ['299 - "one"', '299 - "one"'] })),
  trouble('a warning with a date', adds({ warning: '299 - "old" "Sat, 25 Aug 2012 23:34:45 GMT"' })),
  trouble('a warning with quotes', adds({ warning: '299 - "say \\"x\\" and \\\\"' })),
  trouble('a warning with an agent', adds({ warning: '299 apiserver "agent"' })),
  trouble('a warning of another code', adds({ warning: '199 - "other"' })),
  trouble('a warning that is empty', adds({ warning: '299 - ""' })),
  trouble('a warning that is malformed', adds({ warning: 'rubbish' })),
  trouble('a warning that does not end', adds({ warning: '299 - "open' })),
  trouble('a warning that is malformed, and one that is well', adds({ warning: ['rubbish', '299 - "well"'] })),
  trouble('a warning with control characters', adds({ warning: '299 - "\t\u00e4 tab"' })),
  trouble('a warning that is long', adds({ warning: `299 - "${'x'.repeat(2000)}"` })),
  trouble('a warning with an error', answers(403, status(403, 'Forbidden', 'no'), { warning: '299 - "be careful"' })),
  trouble('a warning under --warnings-as-errors', adds({ warning: '299 - "be careful"' }), ['--warnings-as-errors']),
  trouble('two warnings under --warnings-as-errors', adds({ warning: ['299 - "one"', '299 - "two"'] }), [
    '--warnings-as-errors',
  ]),
  trouble(
    'a warning and an error under --warnings-as-errors',
    answers(403, status(403, 'Forbidden', 'no'), { warning: '299 - "one"' }),
    ['--warnings-as-errors'],
  ),
];

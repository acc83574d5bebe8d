import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Headers, requestLog } from '#src/kube/http/requestlog.ts';
import { anyText } from '../../properties.ts';
import { secretToken } from '../kubeconfig-file.ts';

const url = 'https://server.test:6443/api/v1/pods?limit=500';
const moment = new Date(2026, 0, 2, 3, 4, 5, 67).getTime();

interface Exchange {
  sent?: Headers;
  received?: Headers;
  body?: string;
  asked?: string;
}

/** What is said of one request, without the time and the process in front of each line. */
function said(verbosity: number, { sent = {}, received = {}, body = '{}', asked }: Exchange = {}): string {
  let text = '';
  const log = requestLog(
    verbosity,
    (more) => (text += more),
    () => moment,
    42,
  );
  log.sent({ method: 'GET', url, headers: sent, ...(asked !== undefined && { body: asked }) });
  log.answered({ method: 'GET', url, status: () => '200 OK', headers: received, milliseconds: 12.9 });
  log.received(body);
  return text.replaceAll(/^I0102 03:04:05\.067000 {6}42 kubectl-sts\] /gm, '');
}

describe('the log of requests', () => {
  for (const verbosity of [-1, 0, 5]) {
    it(`says nothing below 6: ${verbosity}`, () => assert.equal(said(verbosity), ''));
  }

  it('says at 6 what was asked, and how long it took', () => {
    assert.equal(said(6), `"Response" verb="GET" url="${url}" status="200 OK" milliseconds=12\n`);
  });

  it('says at 7 the headers that were sent', () => {
    assert.equal(
      said(7, { sent: { accept: 'application/json', 'USER-agent': 'x' } }),
      `"Request" verb="GET" url="${url}" headers=<
	Accept: application/json
	User-Agent: x
 >
"Response" status="200 OK" milliseconds=12
`,
    );
  });

  it('says at 8 the headers that came, and the bodies', () => {
    assert.equal(
      said(8, { received: { 'content-type': 'application/json', via: ['b', 'a'] }, asked: '{"a":1}' }),
      `"Request Body" body="{\\"a\\":1}"
"Request" verb="GET" url="${url}" headers=<
 >
"Response" status="200 OK" headers=<
	Content-Type: application/json
	Via: b
	Via: a
 > milliseconds=12
"Response Body" body="{}"
`,
    );
  });

  const cuts: [verbosity: number, shown: number][] = [
    [8, 1_024],
    [9, 10_240],
    [10, 20_000],
    [99, 20_000],
  ];
  for (const [verbosity, shown] of cuts) {
    it(`shows ${shown} of 20,000 characters at ${verbosity}`, () => {
      const text = said(verbosity, { body: 'x'.repeat(20_000), asked: 'y'.repeat(20_000) });
      for (const letter of ['x', 'y']) {
        assert.equal(new RegExp(`${letter}{100,}`).exec(text)?.[0].length, shown);
      }
      const rest = shown < 20_000 ? [`[truncated ${20_000 - shown} chars]`, `[truncated ${20_000 - shown} chars]`] : [];
      assert.deepEqual(text.match(/\[truncated \d+ chars\]/g) ?? [], rest);
    });
  }

  it('tells the local time and the process, as klog does', () => {
    let text = '';
    requestLog(
      6,
      (more) => (text += more),
      () => moment,
      1234567,
    ).answered({ method: 'GET', url, status: () => '200 OK', headers: {}, milliseconds: 1 });
    assert.ok(text.startsWith('I0102 03:04:05.067000 1234567 kubectl-sts] "Response" '), text);
  });

  const schemes: [value: string, shown: string][] = [
    [`Bearer ${secretToken}`, 'Bearer <masked>'],
    [`bearer ${secretToken}`, 'bearer <masked>'],
    [`Basic ${secretToken}`, 'Basic <masked>'],
    [`Negotiate ${secretToken}`, 'Negotiate <masked>'],
    ['Bearer', 'Bearer <masked>'],
    [`Digest ${secretToken}`, '<masked>'],
    [`Bearer\u00a0${secretToken}`, '<masked>'],
    [secretToken, '<masked>'],
    ['', '<masked>'],
  ];
  for (const [value, shown] of schemes) {
    it(`masks ${JSON.stringify(value.replace(secretToken, 'TOKEN'))} as ${shown}`, () => {
      for (const name of ['authorization', 'Authorization', 'AUTHORIZATION']) {
        assert.ok(said(7, { sent: { [name]: value } }).includes(`\tAuthorization: ${shown}\n`));
      }
    });
  }

  it('never holds a token, whatever the verbosity and the header that carries it', () => {
    const name = fc.constantFrom(
      'authorization',
      'Proxy-Authorization',
      'cookie',
      'Set-Cookie',
      'WWW-Authenticate',
      'AUTHORIZATION',
    );
    const before = fc.constantFrom('', 'Bearer ', 'bearer  ', 'Basic', 'Token ', ' ', '\t', 'Negotiate\t', 'a b ');
    fc.assert(
      fc.property(fc.integer({ min: 6, max: 12 }), name, before, fc.boolean(), (verbosity, name, before, isList) => {
        const value = `${before}${secretToken}`;
        const headers = { [name]: isList ? [value, value] : value };
        assert.ok(!said(verbosity, { sent: headers, received: headers }).includes(secretToken));
      }),
    );
  });

  it('lets nothing act on a terminal, whatever a server says', () => {
    fc.assert(
      fc.property(anyText(), anyText(), (name, value) => {
        // What a header cannot hold.
        const headers = { [name.replaceAll(/[\r\n]/g, '')]: value.replaceAll(/[\r\n]/g, '') };
        const text = said(10, { received: headers, body: value, asked: value });
        assert.doesNotMatch(text, /[^\P{C}\t\n]|[\u2028\u2029]/u);
        assert.equal(text.split('\n').length, 8);
      }),
    );
    assert.match(said(8, { received: { via: 'a\u009b2J' }, body: '\u202eb' }), /Via: a\\u009b2J\n[\s\S]*"\\u202eb"/);
  });
});

import assert from 'node:assert/strict';
import { lookedUp, repliesIn } from '#src/dns/live/getent.ts';
import { type Question, questionKey } from '#src/objects/dns.ts';

const first = 'web-0.web.shop.svc.cluster.local';
const second = 'web-1.web.shop.svc.cluster.local';
const questions: Question[] = [first, second].flatMap((name) => [
  { name, type: 'A' } as const,
  { name, type: 'AAAA' } as const,
]);

function outcomes(ran: Parameters<typeof repliesIn>[0]): Record<string, string> {
  const replies = repliesIn(ran, [first, second], questions);
  return Object.fromEntries(
    [...replies].map(([key, reply]) => [
      key,
      reply.kind === 'none'
        ? reply.why
        : [reply.rcode, ...reply.records.map((record) => ('address' in record ? record.address : ''))].join(' '),
    ]),
  );
}

describe('what getent prints in a pod', () => {
  it('are the addresses of the names that it knows; of others there is none', () => {
    const stdout = `10.0.0.1        STREAM ${first}\n10.0.0.1        DGRAM  \n10.0.0.1        RAW    \n`;
    assert.deepEqual(outcomes({ exitCode: 2, stdout, stderr: '' }), {
      [`A ${first}`]: 'NOERROR 10.0.0.1',
      [`A ${second}`]: 'NXDOMAIN',
    });
  });

  it('are the addresses of both families, of each name its own', () => {
    const stdout = [
      `fd00::1         STREAM ${first}`,
      'fd00::1         DGRAM  ',
      '10.0.0.1        STREAM ',
      '10.0.0.1        DGRAM  ',
      `10.0.0.2        STREAM ${second}.`,
      '10.0.0.2        RAW    ',
    ].join('\n');
    assert.deepEqual(outcomes({ exitCode: 0, stdout, stderr: '' }), {
      [`A ${first}`]: 'NOERROR 10.0.0.1',
      [`AAAA ${first}`]: 'NOERROR fd00::1',
      [`A ${second}`]: 'NOERROR 10.0.0.2',
    });
  });

  it('is no answer when it fails for another reason', () => {
    const all = (why: string) => Object.fromEntries(questions.map((question) => [questionKey(question), why]));
    const failed = (exitCode: number, stderr: string) => outcomes({ exitCode, stdout: '', stderr });
    assert.deepEqual(failed(139, 'Segmentation fault\n'), all('getent ended with 139: Segmentation fault'));
    assert.deepEqual(
      failed(1, "getent: Unknown database `ahosts': No error information\n"),
      all('its getent lists no addresses (ahosts)'),
    );
  });

  it('tells of the names up to the first that is not found, where it has ended there', () => {
    const names = [first, second, 'web-2.web.shop.svc.cluster.local'];
    const line = (name: string) => `10.0.0.1        STREAM ${name}\n`;
    const looked = (exitCode: number, ...found: string[]) =>
      lookedUp({ exitCode, stdout: found.map(line).join(''), stderr: '' }, names);
    const reached = '127.0.0.1       STREAM localhost\n';
    assert.equal(looked(2, first), 2);
    assert.equal(looked(2), 1);
    assert.equal(looked(2, first, names[2] ?? ''), 3, 'it went on');
    assert.equal(lookedUp({ exitCode: 2, stdout: line(first) + reached, stderr: '' }, names), 3, 'it came to the last');
    assert.equal(looked(2, ...names), 3, 'only localhost is not found');
    assert.equal(looked(0, ...names), 3);
    assert.equal(looked(1), 3);
    assert.equal(lookedUp('no getent', names), 3);
  });

  it('is no answer when it could not be run', () => {
    const why = 'container web of pod/web-0 has no getent';
    assert.deepEqual(outcomes(why), Object.fromEntries(questions.map((question) => [questionKey(question), why])));
  });
});

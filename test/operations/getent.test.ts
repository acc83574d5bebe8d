import assert from 'node:assert/strict';
import { type Question, questionKey } from '../../src/objects/dns.ts';
import { repliesIn } from '../../src/operations/getent.ts';

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
    const why = 'getent ended with 1: getent: Unknown database: ahosts';
    const said = outcomes({ exitCode: 1, stdout: '', stderr: 'getent: Unknown database: ahosts\n' });
    assert.deepEqual(said, Object.fromEntries(questions.map((question) => [questionKey(question), why])));
  });

  it('is no answer when it could not be run', () => {
    const why = 'container web of pod/web-0 has no getent: ask from another pod with --from';
    assert.deepEqual(outcomes(why), Object.fromEntries(questions.map((question) => [questionKey(question), why])));
  });
});

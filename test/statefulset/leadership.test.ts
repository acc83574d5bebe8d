import assert from 'node:assert/strict';
import { answerFields, unknownLeaderWords } from '#src/drawing/leadershipwords.ts';
import { leadershipIn, type PodAnswer } from '#src/statefulset/leadership.ts';

const exit = (exitCode: number, said = ''): PodAnswer => ({ kind: 'exit code', exitCode, said });
const silent: PodAnswer = { kind: 'did not end' };
const refused: PodAnswer = { kind: 'not run', message: 'error: pods "web-1" not found' };

/** The pod that leads, or why that is not known. */
function led(...answers: PodAnswer[]): string {
  const leadership = leadershipIn(answers.map((answer, at) => ({ pod: `web-${at}`, answer })));
  return leadership.kind === 'known' ? leadership.leader : leadership.why;
}

describe('the leader of a set', () => {
  it('is the one pod that says so, where all others say that they do not', () => {
    assert.equal(led(exit(1), exit(0), exit(125)), 'web-1');
    assert.equal(led(exit(0)), 'web-0');
  });

  it('is not known where no pod says so, or more than one', () => {
    assert.equal(led(exit(1), exit(2)), 'nobody');
    assert.equal(led(), 'nobody');
    assert.equal(led(exit(0), exit(0), exit(1)), 'several');
    assert.equal(led(exit(0), exit(0), silent), 'several');
  });

  for (const [what, answer] of Object.entries({
    'that cannot be run': exit(126),
    'that is not found': exit(127),
    'that a signal has ended': exit(137),
    'that says what is no exit code': exit(Number.NaN),
    'that does not end': silent,
    'that is refused': refused,
  })) {
    it(`is not known where a command ${what} may have been that of the leader`, () => {
      assert.equal(led(exit(0), answer), 'unanswered');
      assert.equal(led(exit(1), answer), 'unanswered');
    });
  }
});

describe('an unknown leader in words', () => {
  const words = (answers: PodAnswer[]): string => {
    const leadership = leadershipIn(answers.map((answer, at) => ({ pod: `web-${at}`, answer })));
    assert.ok(leadership.kind === 'unknown');
    return unknownLeaderWords(leadership);
  };

  it('tells what each pod said, and first of those that are to blame', () => {
    assert.equal(
      words([exit(1, 'standby'), refused, silent, exit(0)]),
      '2 pods do not say whether they lead (web-1: pods "web-1" not found; web-2: it did not end; web-3: exit code 0; web-0: exit code 1: standby)',
    );
  });

  it('does not tell of a hundred pods one by one', () => {
    const said = words([...Array.from({ length: 99 }, () => exit(1)), exit(126)]);
    assert.match(
      said,
      /^a pod does not say whether it leads \(web-99: exit code 126; web-0: exit code 1; .*; 92 more\)$/,
    );
  });

  it('is a list of answers in documents', () => {
    const fields = [exit(0), exit(1, 'f'), silent, refused].map((answer) => answerFields({ pod: 'web-1', answer }));
    assert.deepEqual(fields, [
      { pod: 'web-1', exitCode: 0 },
      { pod: 'web-1', exitCode: 1, said: 'f' },
      { pod: 'web-1', message: 'it did not end' },
      { pod: 'web-1', message: 'pods "web-1" not found' },
    ]);
  });
});

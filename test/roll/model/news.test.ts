import assert from 'node:assert/strict';
import { newsBetween } from '#src/roll/model/news.ts';
import type { Phase } from '#src/roll/model/state.ts';
import { rollOf } from './rolls.ts';

const waits: Phase = { kind: 'waits' };

describe('the news of a roll', () => {
  const cases: [what: string, before: Phase, after: Phase, news: object[]][] = [
    ['that an eviction was let through', { kind: 'evicting' }, { kind: 'ending', since: 5 }, [{ what: 'evicted' }]],
    ['that the old pod is gone', { kind: 'ending', since: 5 }, { kind: 'coming' }, [{ what: 'gone' }]],
    [
      'all that was passed between two looks',
      { kind: 'ending', since: 5 },
      { kind: 'back', uid: 'new', since: 9 },
      [{ what: 'gone' }, { what: 'ready', uid: 'new' }],
    ],
    [
      'that an eviction nobody heard of was one',
      { kind: 'evicting' },
      { kind: 'coming' },
      [{ what: 'evicted' }, { what: 'gone' }],
    ],
    [
      'that a pod was replaced before anybody looked',
      { kind: 'waits' },
      { kind: 'coming' },
      [{ what: 'gone', already: true }],
    ],
    [
      'that the new pod is not ready any more',
      { kind: 'check', uid: 'new' },
      { kind: 'coming' },
      [{ what: 'unready' }],
    ],
    [
      'why a pod is blocked',
      { kind: 'evicting' },
      { kind: 'blocked', until: 9, why: 'the budget web' },
      [{ what: 'blocked', why: 'the budget web' }],
    ],
    [
      'that a pod is done',
      { kind: 'back', uid: 'new', since: 1 },
      { kind: 'done', uid: 'new' },
      [{ what: 'done', uid: 'new' }],
    ],
    ['nothing of another try', { kind: 'may go' }, { kind: 'evicting' }, []],
  ];
  for (const [what, before, after, news] of cases) {
    it(`tell ${what}`, () => {
      const told = newsBetween(rollOf('web', [before, waits]), rollOf('web', [after, waits]));
      assert.deepEqual(
        told,
        news.map((each) => ({ pod: 'web-1', ordinal: 1, ...each })),
      );
    });
  }
});

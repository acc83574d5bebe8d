import assert from 'node:assert/strict';
import type { RollNews } from '#src/roll/model/news.ts';
import type { RollPlan } from '#src/roll/model/plan.ts';
import type { Phase, RollEnd, RollState } from '#src/roll/model/state.ts';
import {
  beginObject,
  newsLine,
  newsObject,
  type RollSubject,
  refusalObject,
  summaryLine,
  summaryObject,
} from '#src/roll/view/log.ts';
import { statefulSet } from '../../objects/snapshots.ts';
import { rollOf, unchecked } from '../model/rolls.ts';

const set = statefulSet('web', { replicas: 3 });
const handling = { ...unchecked, check: 'true', checkTimeout: 60_000 };
const subject: RollSubject = { id: '7f3a', set, handling };
const time = '2026-01-01T00:00:00Z';

/** Pods 2, 1 and 0 in these phases. */
function stateOf(end: RollEnd, ...phases: Phase[]): RollState & { end: RollEnd } {
  return { ...rollOf('web', phases), end };
}

describe('the events of a roll', () => {
  const step = (news: object) => ({ kind: 'step', pod: 'web-2', ordinal: 2, ...news }) as RollNews;
  const refusal = { verb: 'watch', resource: 'pods', message: 'no such right' };
  const events: [news: RollNews, line: string, fields: object][] = [
    [step({ what: 'evicted' }), 'web-2  evicted', { pod: 'web-2', ordinal: 2, event: 'evicted' }],
    [step({ what: 'gone' }), 'web-2  gone after 4.0 s', { event: 'gone', seconds: 4 }],
    [step({ what: 'gone', already: true }), 'web-2  was replaced already', { event: 'gone', already: true }],
    [step({ what: 'ready', uid: 'new-2' }), 'web-2  ready after 12s', { event: 'ready', uid: 'new-2', seconds: 12.5 }],
    [step({ what: 'unready' }), 'web-2  not ready any more', { event: 'unready' }],
    [
      step({ what: 'blocked', why: 'budget web' }),
      'web-2  blocked: budget web',
      { event: 'blocked', message: 'budget web' },
    ],
    [step({ what: 'check', uid: 'new-2' }), "web-2  check 'true'", { event: 'check', uid: 'new-2' }],
    [step({ what: 'done', uid: 'new-2' }), 'web-2  done after 20s', { event: 'done', seconds: 20 }],
    [{ kind: 'interrupted' }, 'statefulset/web  interrupted: no other pod will go', { event: 'interrupted' }],
    [{ kind: 'lost', message: 'refused' }, 'statefulset/web  refused, trying again', { event: 'lost' }],
    [{ kind: 'recovered' }, 'statefulset/web  the API server answers again', { event: 'recovered' }],
    [
      { kind: 'not watched', refusal },
      'statefulset/web  no right to watch pods, listed every few seconds instead: no such right',
      { event: 'notWatched' },
    ],
  ];
  const times = { evicted: 0, gone: 4_000, ready: 16_500, done: 20_000 };
  for (const [news, line, fields] of events) {
    it(`are a line each: ${line}`, () => {
      const known = 'already' in news ? {} : times;
      assert.equal(newsLine(news, subject, known, time), `${time}  ${line}\n`);
    });

    it(`are a JSON object each: ${JSON.stringify(fields)}`, () => {
      const known = 'already' in news ? {} : times;
      const object = JSON.parse(newsObject(news, subject, known, time)) as Record<string, unknown>;
      const common = { apiVersion: 'kubectl-sts/v1', kind: 'RollEvent', time, roll: '7f3a', namespace: 'shop' };
      for (const [key, value] of Object.entries({ ...common, statefulSet: 'web', ...fields })) {
        assert.deepEqual(object[key], value, key);
      }
      assert.ok(!('what' in object));
    });
  }

  it('say nothing of what is only looked at, and of a question that the person sees', () => {
    assert.equal(newsLine(step({ what: 'asking' }), subject, {}, time), '');
    assert.match(newsObject(step({ what: 'asking' }), subject, {}, time), /"event":"asking"/);
  });

  it('let no text act on the terminal', () => {
    const line = newsLine(step({ what: 'blocked', why: 'a\u001b[2J\nb' }), subject, {}, time);
    assert.equal(line, `${time}  web-2  blocked: a\\u001b[2J\\u000ab\n`);
  });
});

describe('the summary of a roll', () => {
  const done: Phase = { kind: 'done', uid: 'new' };
  const stopped = stateOf(
    { kind: 'stopped', pod: 'web-1', reason: { kind: 'check failed', which: 'check', message: 'exit code 3: no' } },
    done,
    { kind: 'check', uid: 'new-1' },
    { kind: 'waits' },
  );

  it('tells what was done, and what was not', () => {
    assert.equal(
      summaryLine(subject, stopped),
      'roll 7f3a of statefulset/web stopped at web-1: --check failed: exit code 3: no: 1 of 3 pods restarted; half-way: web-1; not begun: web-0',
    );
    const all = stateOf({ kind: 'done' }, done, done, done);
    assert.equal(summaryLine(subject, all), 'roll 7f3a of statefulset/web done: 3 of 3 pods restarted');
  });

  it('is an object for programs', () => {
    const { message, ...rest } = JSON.parse(summaryObject(subject, stopped, 'go on', time)) as Record<string, unknown>;
    assert.deepEqual(rest, {
      apiVersion: 'kubectl-sts/v1',
      kind: 'RollSummary',
      time,
      roll: '7f3a',
      namespace: 'shop',
      statefulSet: 'web',
      result: 'stopped',
      pod: 'web-1',
      reason: 'checkFailed',
      done: ['web-2'],
      halfWay: ['web-1'],
      notBegun: ['web-0'],
      resume: 'go on',
    });
    assert.match(String(message), /exit code 3/);
  });

  it('is an object too where nothing was begun', () => {
    assert.deepEqual(JSON.parse(refusalObject(set, ['no right'], time)), {
      apiVersion: 'kubectl-sts/v1',
      kind: 'RollSummary',
      time,
      namespace: 'shop',
      statefulSet: 'web',
      result: 'refused',
      messages: ['no right'],
    });
  });
});

describe('the plan of a roll as an object', () => {
  const plan: RollPlan = {
    pods: [{ name: 'web-2', ordinal: 2, uid: 'old-2', revision: { now: 'web-1', next: 'web-2' } }],
    leader: undefined,
    left: [{ pod: 'web-0', ordinal: 0, why: 'up to date' }],
    refusals: [],
    warnings: [{ kind: 'data goes', volumes: ['cache'] }],
  };

  it('is what begins, and of a dry run what is planned', () => {
    const begun = JSON.parse(beginObject(subject, plan, time)) as Record<string, unknown>;
    assert.equal(begun['event'], 'begun');
    assert.deepEqual(begun['left'], [{ pod: 'web-0', ordinal: 0, why: 'upToDate' }]);
    const admissions = new Map([['web-2', { kind: 'would wait', why: 'budget web' } as const]]);
    const planned = JSON.parse(beginObject({ ...subject, id: '' }, plan, time, admissions));
    assert.deepEqual(
      [planned.event, 'roll' in planned, planned.pods[0].eviction, planned.warnings.length],
      ['planned', false, 'would wait: budget web', 1],
    );
  });
});

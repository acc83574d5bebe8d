import assert from 'node:assert/strict';
import type { Answer, Held, History, Outcome, Write } from './history.ts';
import { type Fault, figuresOf, judged } from './judgement.ts';

const system = '77';

function answer(server: string, follows: boolean): Answer {
  return { server, follows, system, address: '10.0.0.1' };
}

function write(number: number, at: number, outcome: Outcome = 'acknowledged', server = 'db-0'): Write {
  const told = outcome === 'acknowledged' ? { answer: answer(server, false) } : {};
  return { row: `w/${number}`, begun: at - 10, ended: at, outcome, said: '', ...told };
}

function held(server: string, follows: boolean, rows: readonly string[]): Held {
  return { server, follows, rows, bytes: 1_000, volumes: [`volume-of-${server}`, `volume-of-${server}`] };
}

const count = 20;
const writes = Array.from({ length: count }, (_, nth) => write(nth, 100 * (nth + 1)));
const rows = writes.map(({ row }) => row);

/** A roll as it should be: db-1 follows and goes first, db-0 leads and goes last. */
const good: History = {
  name: 'good',
  seed: 1,
  begun: 0,
  ended: 2_100,
  settled: 1_800,
  leader: 'db-0',
  system,
  moves: [],
  writes,
  reads: writes.map(({ begun, ended }) => ({ begun, ended, said: '', answer: answer('db-1', true) })),
  probes: writes.flatMap(({ begun, ended }) => [
    { pod: 'db-0', begun, ended, said: '', answer: answer('db-0', false) },
    { pod: 'db-1', begun, ended, said: '', answer: answer('db-1', true) },
  ]),
  restarts: [
    { pod: 'db-1', at: 500, kind: 'replaced' },
    { pod: 'db-0', at: 1_000, kind: 'replaced' },
  ],
  held: [held('db-0', false, rows), held('db-1', true, rows)],
  expected: 'each once, leader last',
};

/** The leadership moved from db-0 to db-1 at 800 to 1000. */
const moved: History = {
  ...good,
  moves: [{ from: 'db-0', to: 'db-1', begun: 800, ended: 1_000 }],
  writes: writes.map((each, nth) => write(nth, each.ended, 'acknowledged', each.ended < 900 ? 'db-0' : 'db-1')),
  reads: good.reads.map((each) => ({ ...each, answer: answer(each.ended < 900 ? 'db-1' : 'db-0', true) })),
  probes: good.probes.map((each) => ({
    ...each,
    answer: answer(each.pod, (each.pod === 'db-1') === each.ended < 900),
  })),
  restarts: [
    { pod: 'db-1', at: 500, kind: 'replaced' },
    { pod: 'db-0', at: 850, kind: 'container' },
    { pod: 'db-0', at: 1_200, kind: 'replaced' },
  ],
  held: [held('db-0', true, rows), held('db-1', false, rows)],
};

function kinds(history: History): Fault['kind'][] {
  return judged(history).map(({ kind }) => kind);
}

describe('the judge of a replicated database', () => {
  it('finds nothing wrong with a roll in which the leader goes last, nor with a leadership that was moved', () => {
    assert.deepEqual([judged(good), judged(moved)], [[], []]);
  });

  it('finds an acknowledged row that is missing on the leader, or on the follower alone', () => {
    const [first = '', ...others] = rows;
    for (const server of ['db-0', 'db-1']) {
      const changed = good.held.map((each) => (each.server === server ? { ...each, rows: others } : each));
      assert.deepEqual(judged({ ...good, held: changed }), [{ kind: 'lost', server, rows: [first] }]);
    }
  });

  it('takes a row whose writing was left open as it is: there, on one server, or missing', () => {
    const open = write(count, 1_950, 'open');
    const histories = [[], [open.row]].map((more) => ({
      ...good,
      writes: [...writes, open],
      held: [held('db-0', false, [...rows, ...more]), held('db-1', true, rows)],
    }));
    assert.deepEqual(histories.map(kinds), [[], []]);
    assert.deepEqual(
      histories.map((history) => [figuresOf(history).open, figuresOf(history).openThere]),
      [
        [1, 0],
        [1, 1],
      ],
    );
  });

  it('finds a row that nobody has written, and one whose writing was refused', () => {
    const refused = write(count, 1_950, 'refused');
    const more = ['w/900', refused.row];
    const changed = [held('db-0', false, [...rows, ...more]), held('db-1', true, rows)];
    assert.deepEqual(judged({ ...good, writes: [...writes, refused], held: changed }), [
      { kind: 'unwritten', server: 'db-0', rows: more },
    ]);
  });

  it('finds a write that another server than the leader has acknowledged', () => {
    const stranger = { ...write(3, 400), answer: { ...answer('db-0', false), system: '78' } };
    for (const wrong of [write(3, 400, 'acknowledged', 'db-1'), stranger]) {
      const changed = writes.with(3, wrong);
      assert.ok(kinds({ ...good, writes: changed }).includes('wrong writer'), JSON.stringify(wrong));
    }
  });

  it('finds a write that the old leader has acknowledged after the leadership was moved', () => {
    const late = moved.writes.with(15, write(15, 1_600, 'acknowledged', 'db-0'));
    assert.deepEqual(kinds({ ...moved, writes: late }), ['wrong writer', 'two primaries']);
  });

  it('finds a read that the leader has answered, but not while the leadership was being moved', () => {
    const wrong = (history: History, nth: number, server: string): History => ({
      ...history,
      reads: history.reads.map((each, at) => (at === nth ? { ...each, answer: answer(server, false) } : each)),
    });
    assert.deepEqual(kinds(wrong(good, 12, 'db-0')), ['wrong reader']);
    assert.deepEqual(kinds(wrong(moved, 15, 'db-1')), ['wrong reader']);
    const within = wrong(moved, 8, 'db-1');
    assert.deepEqual([kinds(within), figuresOf(within).readsInMoves], [[], 1]);
  });

  it('finds two primaries at once, even where one of them was down in between', () => {
    const both = good.probes.map((each) =>
      each.pod === 'db-1' && each.ended > 900 && each.ended < 1_500 ? { ...each, answer: answer('db-1', false) } : each,
    );
    const [fault] = judged({ ...good, probes: both }).filter(({ kind }) => kind === 'two primaries');
    assert.deepEqual(fault, { kind: 'two primaries', servers: ['db-0', 'db-1'], at: 1_000 });
    const downIn = ({ ended }: { ended: number }) => ended > 700 && ended < 1_700;
    const down = {
      ...good,
      writes: writes.map((each, nth) => (downIn(each) ? write(nth, each.ended, 'open') : each)),
      probes: both.filter((each) => each.pod === 'db-1' || !downIn(each)),
    };
    assert.deepEqual(kinds(down), ['two primaries']);
  });

  it('finds a leader that was restarted before the others, a pod that was restarted twice, and one that was not', () => {
    const [first, last] = good.restarts;
    assert.ok(first && last);
    const early = [{ ...last, at: 400 }, first];
    assert.deepEqual(judged({ ...good, restarts: early }), [
      { kind: 'order', restarted: ['db-0', 'db-1'], why: 'db-0 led when it was restarted, and others were left' },
    ]);
    for (const restarts of [[first], [first, last, { ...first, at: 1_500 }], [first, { ...last, kind: 'container' }]]) {
      assert.deepEqual(kinds({ ...good, restarts: restarts as History['restarts'] }), ['order']);
    }
    assert.deepEqual(kinds({ ...good, expected: 'none' }), ['order']);
    assert.deepEqual(kinds({ ...good, restarts: early, expected: undefined }), []);
  });

  it('takes the pod that leads at that moment for the leader', () => {
    const [follower, inPlace, oldLeader] = moved.restarts;
    assert.ok(follower && inPlace && oldLeader);
    const newLeaderFirst = [inPlace, { ...follower, at: 1_100 }, oldLeader];
    assert.deepEqual(kinds({ ...moved, restarts: newLeaderFirst }), ['order']);
  });

  it('finds another volume, and two leaders or none at the end', () => {
    const [leader, follower] = good.held;
    assert.ok(leader && follower);
    const other = { ...follower, volumes: ['a', 'b'] as const };
    assert.deepEqual(judged({ ...good, held: [leader, other] }), [
      { kind: 'other volume', server: 'db-1', volumes: ['a', 'b'] },
    ]);
    for (const follows of [true, false]) {
      const same = good.held.map((each) => ({ ...each, follows }));
      assert.deepEqual(kinds({ ...good, held: same }), ['leaders']);
    }
  });

  it('does not trust a history in which hardly anything was asked, or nothing was written at the end', () => {
    const few = writes.slice(0, 3);
    const silent = { ...good, writes: few, reads: [], probes: [], held: good.held };
    assert.deepEqual(
      judged(silent).flatMap((fault) => (fault.kind === 'silent' ? [fault.what] : [])),
      ['writes', 'writes at the end', 'reads', 'probes'],
    );
    assert.deepEqual(judged({ ...good, settled: 2_050 }), [{ kind: 'silent', what: 'writes at the end' }]);
  });

  it('measures the longest time without a successful write, up to the end', () => {
    const gap = writes.filter(({ ended }) => ended <= 500 || ended > 1_300);
    assert.deepEqual(figuresOf({ ...good, writes: gap }).pause, { longest: 900, at: 500 });
    assert.deepEqual(figuresOf({ ...good, ended: 4_000 }).pause, { longest: 2_000, at: 2_000 });
  });
});

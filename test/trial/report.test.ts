import assert from 'node:assert/strict';
import type { History, Write } from './history.ts';
import { type Fault, judged } from './judgement.ts';
import { faultLines, historyLine, isAsItShould, tableLines } from './report.ts';

const answer = (server: string, follows: boolean) => ({ server, follows, system: '7', address: '10.0.0.1' });
const writes: Write[] = Array.from({ length: 20 }, (_, nth) => ({
  row: `w/${nth}`,
  begun: 100 * nth,
  ended: 100 * nth + 10,
  outcome: 'acknowledged',
  said: '',
  answer: answer('db-0', false),
}));
const times = writes.map(({ begun, ended }) => ({ begun, ended, said: '' }));
const rows = writes.map(({ row }) => row);

const good: History = {
  name: 'kill',
  seed: 7,
  begun: 0,
  ended: 2_000,
  settled: 1_800,
  leader: 'db-0',
  system: '7',
  moves: [],
  writes,
  reads: times.map((each) => ({ ...each, answer: answer('db-1', true) })),
  probes: times.map((each) => ({ ...each, pod: 'db-1', answer: answer('db-1', true) })),
  restarts: [
    { pod: 'db-1', at: 500, kind: 'replaced' },
    { pod: 'db-0', at: 1_000, kind: 'replaced' },
  ],
  held: [
    { server: 'db-0', follows: false, rows, bytes: 3 * 2 ** 20, volumes: ['a', 'a'] },
    { server: 'db-1', follows: true, rows, bytes: 2 ** 20, volumes: ['b', 'b'] },
  ],
  expected: 'each once, leader last',
};
/** Two rows are missing on both servers, which is two rows and not four. */
const bad: History = { ...good, held: good.held.map((each) => ({ ...each, rows: rows.slice(2) })) };

const asked = { title: 'roll', mustFind: undefined, isComparison: false };

describe('the report of a trial', () => {
  it('says in one line what was counted', () => {
    assert.equal(
      historyLine(good),
      'kill-7: 20 acknowledged; 0 open, 0 of them there; longest pause 0.1 s; 20 reads; restarted db-1, db-0; db-0 3.0 MiB, db-1 1.0 MiB',
    );
  });

  it('counts a lost row once, and says which fault how many histories had', () => {
    const lines = tableLines([{ ...asked, histories: [good, bad], broken: 1 }]);
    assert.equal(lines[2], '| roll | 2, and 1 not to the end | lost (1 of 2) | 40, 2 | 0, 0 | 0.1 s, 0.1 s | 40, 0 |');
  });

  it('asks a roll for no fault, a control for its own, and a comparison for nothing', () => {
    const told = (more: { mustFind?: Fault['kind']; isComparison?: boolean }) =>
      [good, bad].map((history) => isAsItShould(history, { ...asked, ...more }));
    assert.deepEqual(told({}), [true, false]);
    assert.deepEqual(told({ mustFind: 'lost' }), [false, true]);
    assert.deepEqual(told({ mustFind: 'order' }), [false, false]);
    assert.deepEqual(told({ isComparison: true }), [true, true]);
  });

  it('names the rows that are missing, but not hundreds of them', () => {
    const faults = judged({ ...good, held: good.held.map((each) => ({ ...each, rows: [] })) });
    assert.deepEqual(
      faultLines(faults),
      ['db-0', 'db-1'].map((server) => `20 acknowledged rows are missing on ${server}: w/0, w/1, w/2, w/3, w/4, …`),
    );
  });

  it('says what happened often once, and how often', () => {
    const reads = good.reads.map((each) => ({ ...each, answer: answer('db-0', false) }));
    assert.deepEqual(faultLines(judged({ ...good, reads })), ['db-0 answered a read while db-0 led (20 times)']);
  });
});

import assert from 'node:assert/strict';
import { displayWidth } from '#src/drawing/columns.ts';
import type { Phase } from '#src/roll/model/state.ts';
import { type RollTable, rollTable } from '#src/roll/view/table.ts';
import type { StepTimes } from '#src/roll/view/times.ts';
import type { UnknownLeader } from '#src/statefulset/leadership.ts';
import { podOf, statefulSet } from '../../objects/snapshots.ts';
import { rollOf, unchecked } from '../model/rolls.ts';

const handling = { ...unchecked, check: 'pg_isready -q', checkTimeout: 60_000 };
const second = 1_000;
const now = 100 * second;

/** Pods from the highest ordinal down, each in its phase; all that has begun did so 12 s ago. */
function tableOf(phases: readonly Phase[], more: Partial<RollTable> = {}): RollTable {
  const set = statefulSet('products-db', { replicas: phases.length });
  const state = rollOf('products-db', phases, now - 12 * second);
  const { steps } = state;
  const pods = steps.map(({ ordinal }) =>
    podOf(set, ordinal, {
      metadata: { uid: `new-${ordinal}` },
      status: { phase: 'Running', containerStatuses: [] },
      spec: { containers: [{ name: 'db' }] },
    }),
  );
  const times = new Map<string, StepTimes>(
    steps.map(({ pod }) => [pod, { evicted: now - 12 * second, gone: now - 8 * second, done: now }]),
  );
  const view = { readAt: now, time: 0, set, pods, claims: [] };
  return { id: '7f3a', set: 'products-db', handling, state, view, times, now, ...more };
}

function lines(table: RollTable, width = 100, height = 24): string[] {
  return rollTable(table, { width, height, colour: false }).split('\n');
}

describe('the table of a roll', () => {
  it('tells which pods go, in which order, and how each is', () => {
    assert.deepEqual(lines(tableOf([{ kind: 'coming' }, { kind: 'waits' }])), [
      'roll 7f3a of statefulset/products-db: 2 pods, one at a time: 1, 0',
      '  1  products-db-1  evicted · gone 4 s · ⠋ waiting for readiness (Running 0/1, 12 s of 300 s)',
      '  0  products-db-0  waits for 1',
    ]);
  });

  it('tells which pod leads and goes last, and why the next one waits where that is not known', () => {
    const table = tableOf([{ kind: 'waits' }, { kind: 'waits' }]);
    const withLeader = (leading: RollTable['state']['leading']) =>
      lines({ ...table, state: { ...table.state, leading } }).slice(1);
    const led = { leader: 'products-db-0', askedAt: now, from: 0, unknown: undefined };
    assert.deepEqual(withLeader(led), ['  1  products-db-1  next', '  0  products-db-0  leads, waits for 1']);
    const unknown: UnknownLeader = { kind: 'unknown', why: 'nobody', answers: [] };
    assert.deepEqual(withLeader({ ...led, unknown }), [
      '  1  products-db-1  waits to know who leads: no pod says that it leads',
      '  0  products-db-0  leads, waits for 1',
    ]);
    assert.deepEqual(withLeader({ ...led, leader: 'products-db-1' }), [
      '  1  products-db-1  leads; an earlier eviction of it may still be carried out: waits',
      '  0  products-db-0  waits for 1',
    ]);
  });

  const rows: [phase: Phase, text: string][] = [
    [{ kind: 'waits' }, 'next'],
    [{ kind: 'waits', awaits: 'products-db-1' }, 'waits for products-db-1 to be available'],
    [{ kind: 'confirm' }, 'asks whether it may go'],
    [{ kind: 'evicting' }, '⠋ about to go (12 s of 300 s)'],
    [
      { kind: 'blocked', until: now, why: 'The disruption budget db needs 2 healthy pods and has 2' },
      '⠋ blocked (12 s of 300 s): The disruption budget db needs 2 healthy pods and has 2',
    ],
    [{ kind: 'ending', since: now }, 'evicted · ⠋ ending (12 s of 300 s)'],
    [
      { kind: 'coming', uid: 'new-0', readySince: now - 3 * second },
      'evicted · gone 4 s · ⠋ ready, must stay so (3 s of 10 s)',
    ],
    [{ kind: 'check', uid: 'new-0' }, "evicted · gone 4 s · ready · ⠋ check 'pg_isready -q' (12 s of 300 s)"],
    [{ kind: 'dns', uid: 'new-0' }, 'evicted · gone 4 s · ready · ⠋ its name in DNS (12 s of 300 s)'],
    [{ kind: 'done', uid: 'new-0' }, '✓ done after 12 s'],
    [{ kind: 'waits' }, 'next'],
  ];
  for (const [phase, text] of rows) {
    it(`says of a pod that is ${phase.kind}: ${text}`, () =>
      assert.equal(lines(tableOf([phase]), 120)[1], `  0  products-db-0  ${text}`));
  }

  it('says less where there is less room, and never breaks a line', () => {
    const table = tableOf([{ kind: 'coming' }, { kind: 'waits' }]);
    assert.equal(
      lines(table, 85)[1],
      '  1  products-db-1  gone 4 s · ⠋ waiting for readiness (Running 0/1, 12 s of 300 s)',
    );
    assert.equal(lines(table, 80)[1], '  1  products-db-1  ⠋ waiting for readiness (Running 0/1, 12 s of 300 s)');
    assert.equal(lines(table, 65)[1], '  1  products-db-1  ⠋ not ready: Running 0/1 (12 s of 300 s)');
    for (let width = 20; width < 120; width++) {
      for (const [phase] of rows) {
        for (const line of lines(tableOf([phase, { kind: 'waits' }]), width)) {
          assert.ok(displayWidth(line) <= width, `${width}: ${line}`);
        }
      }
    }
  });

  it('has the reason for a wait below the pod where it does not fit behind it, and never cuts it', () => {
    const why = 'The disruption budget db needs 2 healthy pods and has 2 currently';
    const table = tableOf([{ kind: 'blocked', until: now, why }, { kind: 'waits' }]);
    assert.deepEqual(lines(table, 80).slice(1), [
      '  1  products-db-1  ⠋ blocked (12 s of 300 s)',
      `     ${why}`,
      '  0  products-db-0  waits for 1',
    ]);
    assert.deepEqual(lines(table, 50).slice(2, 5), [
      '  1  products-db-1  ⠋ blocked (12 s of 300 s)',
      '     The disruption budget db needs 2 healthy pods',
      '       and has 2 currently',
    ]);
  });

  it('never cuts the name of a pod: the words stand below one that takes more than half of the terminal', () => {
    assert.deepEqual(lines(tableOf([{ kind: 'coming' }, { kind: 'done', uid: '' }]), 24), [
      'roll 7f3a of',
      '  statefulset/products-d',
      '  b: 2 pods, one at a',
      '  time: 1, 0',
      '  1  products-db-1',
      '     ⠋ not ready:',
      '       Running 0/1 (12 s',
      '       of 300 s)',
      '  0  products-db-0',
      '     ✓ done after 12 s',
    ]);
  });

  it('shows of many pods those around the ones that are under way', () => {
    const phases = Array.from({ length: 100 }, (_, at): Phase => {
      return at < 37 ? { kind: 'done', uid: '' } : at === 37 ? { kind: 'coming' } : { kind: 'waits' };
    });
    const shown = lines(tableOf(phases), 120, 10);
    assert.equal(shown.length, 10);
    assert.equal(
      shown[0],
      'roll 7f3a of statefulset/products-db: 100 pods, one at a time: 99, 98, 97, 96, 95, 94, 93, 92, 91, 90, …, 0',
    );
    assert.equal(shown[1]?.trim(), '… 36 done');
    assert.match(shown[2] ?? '', /products-db-63 +✓ done/);
    assert.match(shown[3] ?? '', /products-db-62 +evicted/);
    assert.equal(shown[9]?.trim(), '… 57 more');
  });

  it('counts the lines of each pod where not all have room', () => {
    const why = 'The disruption budget db needs 2 healthy pods and has 2 currently';
    const phases = Array.from({ length: 9 }, (_, at): Phase => {
      return at < 4 ? { kind: 'done', uid: '' } : at === 4 ? { kind: 'blocked', until: now, why } : { kind: 'waits' };
    });
    const shown = lines(tableOf(phases), 70, 9);
    assert.deepEqual(
      shown.map((line) => line.trim().replace(/ {2,}.*/, '')),
      [
        'roll 7f3a of statefulset/products-db: 9 pods, one at a time: 8, 7, 6,',
        '5, 4, 3, 2, 1, 0',
        '… 3 done',
        '5',
        '4',
        why,
        '3',
        '2',
        '… 2 more',
      ],
    );
    const over = lines(tableOf(phases.map(() => ({ kind: 'done', uid: '' }))), 100, 5);
    assert.deepEqual(
      over.map((line) => line.trim().slice(0, 8)),
      ['roll 7f3', '… 7 done', '1  produ', '0  produ'],
    );
  });

  it('lets no text of the cluster act on the terminal', () => {
    const table = tableOf([{ kind: 'blocked', until: now, why: 'a\u001b[2Jb' }], { set: 'x\u001b[1m' });
    const text = rollTable(table, { width: 120, height: 24, colour: false });
    assert.ok(!text.includes('\u001b'));
    assert.ok(text.includes('\\u001b[2J'));
  });
});

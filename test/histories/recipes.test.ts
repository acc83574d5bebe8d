import assert from 'node:assert/strict';
import { fates, type History, kindOf, nameOf, setNameOf } from './history.ts';
import { historyOf, mixOf } from './recipes.ts';

describe('the histories', () => {
  const mix = mixOf(1_000, 4_711);
  const ofFate = (fate: History['fate']) => mix.filter((history) => history.fate === fate);

  it('are 500 that are healthy, 300 that heal and 200 that never do, and 15, 9 and 6 of 30', () => {
    assert.deepEqual(
      fates.map((fate) => ofFate(fate).length),
      [500, 300, 200],
    );
    const few = mixOf(30, 4_711);
    assert.deepEqual(
      fates.map((fate) => few.filter((history) => history.fate === fate).length),
      [15, 9, 6],
    );
  });

  it('are each made again from their name, as plain objects', () => {
    for (const history of mix) {
      const [fate, seed] = nameOf(history).split('-');
      assert.deepEqual(historyOf(fate as History['fate'], Number(seed)), history);
      assert.deepEqual(structuredClone(history), history);
    }
    assert.equal(new Set(mix.map(nameOf)).size, mix.length);
  });

  it('hold each kind of trouble often, in any row of them', () => {
    const kinds = new Map<string, number>();
    for (const history of mix) kinds.set(kindOf(history), (kinds.get(kindOf(history)) ?? 0) + 1);
    const troubled = [...kinds].filter(([kind]) => !kind.startsWith('healthy'));
    assert.equal(troubled.length, 3 + 11);
    for (const [kind, count] of troubled) assert.ok(count >= 18, `${kind}: ${count}`);
  });

  it('end well unless they never heal', () => {
    for (const { fate, expected } of mix) assert.equal(expected === undefined, fate !== 'stuck');
  });

  it('that heal are over before a gate would give up', () => {
    for (const { trouble, gate } of ofFate('heals')) {
      assert.ok(trouble);
      if ('lasts' in trouble) assert.ok((trouble.lasts ?? Number.POSITIVE_INFINITY) < gate.stuckAfter);
      else assert.ok(trouble.kind === 'crashes' && (trouble.times ?? 5) <= 4);
    }
  });

  it('have names that Kubernetes takes, and one kind whose revisions have none', () => {
    for (const history of mix) {
      const { length } = `${setNameOf(history)}-0`;
      const isTooLong = history.trouble?.kind === 'name is too long';
      assert.ok(isTooLong ? length === 64 : length < 30, setNameOf(history));
    }
  });

  it('change the number of pods or their template', () => {
    for (const { before, after } of mix) {
      if (before === undefined) continue;
      assert.ok(before.replicas !== after.replicas || before.template !== after.template);
    }
  });
});

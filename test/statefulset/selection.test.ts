import assert from 'node:assert/strict';
import type { StatefulSet } from '#src/objects/types.ts';
import { select, setNames } from '#src/statefulset/selection.ts';

describe('a StatefulSet', () => {
  it('is named with its type or without', () => {
    const words = ['web', 'sts/web', 'statefulset/web', 'statefulsets/web', 'statefulset.apps/web', 'StatefulSet/web'];
    for (const word of words) assert.deepEqual(setNames([word]), { names: ['web'] }, word);
    assert.deepEqual(setNames(['statefulsets.v1.apps/web']), { names: ['web'] });
  });

  it('is shown once however often it is named', () => {
    assert.deepEqual(setNames(['web', 'sts/web', 'db']), { names: ['web', 'db'] });
  });

  it('is not a Deployment: another type is refused with what was typed', () => {
    const answer = setNames(['web', 'deploy/web']);
    assert.ok('error' in answer && answer.error.includes('deploy/web'));
  });

  it('has a name: a type alone is refused', () => {
    for (const word of ['', 'sts/']) assert.ok('error' in setNames([word]), word);
  });
});

describe('a selection', () => {
  const set = (name: string, labels?: Record<string, string>): StatefulSet => ({
    metadata: { name, namespace: 'shop', ...(labels === undefined ? {} : { labels }) },
  });
  const sets = [set('db', { tier: 'data' }), set('web'), set('cache', { tier: 'data' })];
  const chosen = (names: string[], labels?: (labels: Readonly<Record<string, string>> | undefined) => boolean) => {
    const selected = select(sets, { names, labels });
    return { sets: selected.sets.map(({ metadata }) => metadata.name), unknown: selected.unknown };
  };

  it('without names and labels means all, in the order in which they came', () => {
    assert.deepEqual(chosen([]), { sets: ['db', 'web', 'cache'], unknown: [] });
  });

  it('shows sets in the order in which they were named, and tells which are not there', () => {
    assert.deepEqual(chosen(['web', 'nope', 'db']), { sets: ['web', 'db'], unknown: ['nope'] });
  });

  it('by labels takes only the sets that match', () => {
    assert.deepEqual(
      chosen([], (labels) => labels?.['tier'] === 'data'),
      { sets: ['db', 'cache'], unknown: [] },
    );
  });
});

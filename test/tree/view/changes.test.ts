import assert from 'node:assert/strict';
import type { StatefulSet } from '#src/objects/types.ts';
import { topologies } from '#src/tree/model/topology.ts';
import { type ChangeOptions, treeChanges } from '#src/tree/view/changes.ts';
import { snapshotOf, statefulSet } from '../../objects/snapshots.ts';

const time = '2026-01-01T00:00:00Z';

function log(options: Partial<ChangeOptions> = {}): (...sets: StatefulSet[]) => string {
  const next = treeChanges({ format: 'tree', allNamespaces: false, ...options });
  return (...sets) => next(topologies(snapshotOf({ statefulSets: sets }), sets), time);
}

describe('what a watch writes into a pipe', () => {
  const ready = { replicas: 0 };

  it('is all sets first, and then those of which something else is to be said', () => {
    const next = log();
    const a = statefulSet('a', ready);
    const b = statefulSet('b', ready);
    assert.equal(next(a, b), `${time}  a  0/0  Updated\n${time}  b  0/0  Updated\n`);
    assert.equal(next(a, b), '');
    const deleting = statefulSet('b', { ...ready, metadata: { deletionTimestamp: time } });
    assert.equal(next(a, deleting), `${time}  b  0/0  Terminating  the set is being deleted\n`);
  });

  it('says that a set is gone, before what came in its stead', () => {
    const next = log();
    const old = statefulSet('a', { ...ready, metadata: { uid: 'old' } });
    next(old);
    assert.equal(
      next(statefulSet('a', { ...ready, metadata: { uid: 'new' } })),
      `${time}  a  -  Deleted\n${time}  a  0/0  Updated\n`,
    );
    assert.equal(next(), `${time}  a  -  Deleted\n`);
    assert.equal(next(), '');
  });

  it('names the namespace where there may be several', () => {
    assert.match(log({ allNamespaces: true })(statefulSet('a', ready)), / {2}shop\/a {2}/);
  });

  it('says of a set without a status that it has none', () => {
    assert.equal(log()(statefulSet('a', { status: null })), `${time}  a  -  not given\n`);
  });

  it('as JSON is one document a line, and says that a set is gone', () => {
    const next = log({ format: 'json' });
    const name = 'a "b"\n  c\u001b';
    const lines = [next(statefulSet('a', ready), statefulSet(name, ready)), next(statefulSet('a', ready))]
      .join('')
      .split('\n');
    assert.equal(lines.pop(), '');
    const documents = lines.map((line) => JSON.parse(line));
    assert.deepEqual(
      documents.map(({ kind, metadata, deleted }) => [kind, metadata.name, deleted]),
      [
        ['StatefulSetTree', 'a', undefined],
        ['StatefulSetTree', name, undefined],
        ['StatefulSetTree', name, true],
      ],
    );
  });

  it('as YAML is one document after the other', () => {
    const text = log({ format: 'yaml' })(statefulSet('a', ready), statefulSet('b', ready));
    assert.equal(text.match(/^---$/gm)?.length, 2);
  });
});

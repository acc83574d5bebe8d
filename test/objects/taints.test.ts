import assert from 'node:assert/strict';
import { closingTaints, type Taint, taintText, tolerates } from '#src/objects/taints.ts';
import type { Node, Pod } from '#src/objects/types.ts';

type Toleration = NonNullable<NonNullable<Pod['spec']>['tolerations']>[number];

const db: Taint = { key: 'dedicated', value: 'db', effect: 'NoSchedule' };

function tolerated(toleration: Toleration, taint: Taint = db): boolean {
  return tolerates({ metadata: { name: 'p' }, spec: { containers: [], tolerations: [toleration] } }, taint);
}

describe('a taint', () => {
  it('is tolerated by its key, value and effect, where those are given', () => {
    assert.equal(tolerated({ key: 'dedicated', operator: 'Equal', value: 'db', effect: 'NoSchedule' }), true);
    assert.equal(tolerated({ key: 'dedicated', value: 'db' }), true);
    assert.equal(tolerated({ key: 'dedicated', value: 'web' }), false);
    assert.equal(tolerated({ key: 'dedicated' }), false);
    assert.equal(tolerated({ key: 'dedicated' }, { key: 'dedicated', effect: 'NoSchedule' }), true);
    assert.equal(tolerated({ key: 'other', operator: 'Exists' }), false);
    assert.equal(tolerated({ key: 'dedicated', operator: 'Exists', effect: 'NoExecute' }), false);
  });

  it('is tolerated whatever it is where any exists', () => {
    assert.equal(tolerated({ operator: 'Exists' }), true);
    assert.equal(tolerated({ operator: 'Exists', effect: 'NoExecute' }), false);
  });

  it('is tolerated by its number', () => {
    const load = { key: 'load', value: '80', effect: 'NoSchedule' };
    assert.equal(tolerated({ key: 'load', operator: 'Lt', value: '90' }, load), true);
    assert.equal(tolerated({ key: 'load', operator: 'Gt', value: '90' }, load), false);
    assert.equal(tolerated({ key: 'load', operator: 'Lt', value: 'x' }, load), false);
    assert.equal(tolerated({ key: 'dedicated', operator: 'Strange', value: 'db' }), false);
  });

  it('is not tolerated by a pod without tolerations', () => {
    assert.equal(tolerates({ metadata: { name: 'p' } }, db), false);
  });

  it('is written as kubectl taint writes it', () => {
    assert.deepEqual(
      [taintText(db), taintText({ key: 'a', effect: 'NoExecute' })],
      ['dedicated=db:NoSchedule', 'a:NoExecute'],
    );
  });
});

describe('the taints that keep pods off a node', () => {
  const keys = (node: Omit<Node, 'metadata'>) => closingTaints({ metadata: { name: 'n' }, ...node }).map(taintText);

  it('are those of a cordon and of its readiness, which a controller adds a moment later', () => {
    const ready = (status: string) => keys({ status: { conditions: [{ type: 'Ready', status }] } });
    assert.deepEqual(ready('True'), []);
    assert.deepEqual(ready('False'), ['node.kubernetes.io/not-ready:NoSchedule']);
    assert.deepEqual(ready('Unknown'), ['node.kubernetes.io/unreachable:NoSchedule']);
    assert.deepEqual(keys({}), []);
    assert.deepEqual(keys({ spec: { unschedulable: true } }), ['node.kubernetes.io/unschedulable:NoSchedule']);
  });

  it('are not those that only make it less wanted', () => {
    const taints = ['NoSchedule', 'NoExecute', 'PreferNoSchedule'].map((effect) => ({ key: 'a', effect }));
    assert.deepEqual(keys({ spec: { taints } }), ['a:NoSchedule', 'a:NoExecute']);
  });
});

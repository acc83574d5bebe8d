/** What programs learn of a rollout, by the scenarios of the screens. */
import assert from 'node:assert/strict';
import { topologies } from '#src/tree/model/topology.ts';
import { treeDocument } from '#src/tree/view/document.ts';
import { readScenario } from '../scenarios/scenario.ts';

interface Told {
  rollout: { state: string; blocker?: object; stuck?: Record<string, unknown> };
  warning?: { reason: string };
  pods: { name: string; lacksVolumes?: string[] }[];
}

function told(scenario: string): Told {
  const { snapshot } = readScenario(scenario);
  return treeDocument(topologies(snapshot, snapshot.statefulSets.items), true) as Told;
}

function stuck(scenario: string): Record<string, unknown> {
  const { state, stuck: found } = told(scenario).rollout;
  assert.equal(state, 'stuck');
  assert.ok(found);
  return found;
}

describe('the document of a rollout', () => {
  it('counts the pods that lack the volume of a claim template, each with the template', () => {
    const { pods, warning } = told('claims-do-not-fit/added');
    assert.deepEqual(
      pods.map(({ name, lacksVolumes }) => [name, lacksVolumes]),
      ['orders-0', 'orders-1', 'orders-2'].map((name) => [name, ['log']]),
    );
    assert.equal(warning?.reason, 'FailedUpdate');
    const { pod, ground, lacksVolumes, otherPods } = stuck('claims-do-not-fit/added');
    assert.deepEqual(
      [pod, ground, lacksVolumes, otherPods],
      ['orders-0', 'certain', ['log'], ['orders-1', 'orders-2']],
    );
  });

  it('names the claims without which a pod would come back', () => {
    assert.deepEqual(stuck('claims-do-not-fit/renamed')['formerClaims'], ['data-ledger-0']);
    assert.deepEqual(stuck('claims-do-not-fit/broken')['formerClaims'], ['data-ledger-1']);
    assert.equal(stuck('missing/claim-going-with-pod')['endangeredClaim'], 'data-db-1');
  });

  it('names who has a name that is taken', () => {
    const controller = { apiVersion: 'batch/v1', kind: 'Job', name: 'restore-db' };
    assert.deepEqual(stuck('missing/name-taken')['evidence'], [{ kind: 'holder', controller }]);
    assert.deepEqual(stuck('missing/name-taken-by-nobody')['evidence'], [{ kind: 'holder' }]);
  });

  it('tells a pod that does not end from one that is broken', () => {
    const { cause, evidence } = stuck('terminating/lost-node');
    assert.deepEqual([cause, evidence], ['doesNotEnd', [{ kind: 'node', node: 'node-9', state: 'notReady' }]]);
    assert.equal(stuck('terminating/finalizer')['cause'], 'doesNotEnd');
  });

  it('says that the partition brings a pod back in the same revision', () => {
    assert.equal(stuck('rollout/broken-in-kept-revision')['keptByPartition'], true);
    assert.equal('keptByPartition' in stuck('starting/mount-fails'), false);
  });

  it('calls a pod that is ready and not yet available Running', () => {
    assert.deepEqual(told('not-available/scaling-up').rollout.blocker, {
      pod: 'warm-0',
      status: 'Running',
      trouble: false,
    });
  });
});

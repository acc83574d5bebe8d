import assert from 'node:assert/strict';
import { notGiven, type Part } from '#src/objects/snapshot.ts';
import { formatTime } from '#src/objects/time.ts';
import type { Node, Pod } from '#src/objects/types.ts';
import type { NodeDoubt } from '#src/statefulset/lostnode.ts';
import { treeNeeds } from '#src/tree/model/needs.ts';
import { topologies } from '#src/tree/model/topology.ts';
import { crashing, forbidden, node, podOf, read, snapshotOf, statefulSet, time } from '../objects/snapshots.ts';

const set = statefulSet('web');
const silent = node('node-1', { status: { conditions: [{ type: 'Ready', status: 'Unknown' }] } });

/** What is known of the pod's node, and which nodes a first reading asks for. */
function told(pod: Pod, nodes: Part<Node>): { doubt: NodeDoubt | undefined; asks: readonly string[] | 'all' } {
  const snapshot = snapshotOf({ statefulSets: [set], pods: [pod] });
  const [topology] = topologies({ ...snapshot, nodes }, [set]);
  const [member] = topology?.members ?? [];
  assert.ok(member?.state === 'found');
  const asks = treeNeeds(topologies({ ...snapshot, nodes: notGiven }, [set])).nodes;
  return { doubt: member.lostNode, asks };
}

function status(ready: string, phase = 'Running', isReady = true): NonNullable<Pod['status']> {
  return {
    phase,
    conditions: [{ type: 'Ready', status: ready }],
    containerStatuses: [
      { name: 'db', image: '', imageID: '', ready: isReady, restartCount: 0, state: { running: {} } },
    ],
  };
}

/** Deleted so many seconds ago, with a grace period of 30 s. */
function deleted(seconds: number): Partial<Pod['metadata']> {
  return { deletionTimestamp: formatTime(time - (seconds - 30) * 1000), deletionGracePeriodSeconds: 30 };
}

describe('the node of a pod', () => {
  const doubtful: [which: string, pod: Pod][] = [
    ['whose readiness was taken away', podOf(set, 0, { status: status('False') })],
    ['whose containers were not ready before', podOf(set, 0, { status: status('False', 'Running', false) })],
    ['that crashed last', podOf(set, 0, { status: crashing() })],
    ['in phase Unknown', podOf(set, 0, { status: status('True', 'Unknown') })],
    ['that was never reported to run', podOf(set, 0, { status: { phase: 'Pending' } })],
    ['that should have ended, though it is Ready', podOf(set, 0, { metadata: deleted(40) })],
    ['that failed and is not gone', podOf(set, 0, { status: { phase: 'Failed' }, metadata: deleted(40) })],
  ];
  for (const [which, pod] of doubtful) {
    it(`${which} is asked for, and is lost where it is not ready or missing`, () => {
      assert.deepEqual(told(pod, read([silent])), { doubt: 'not ready', asks: ['node-1'] });
      assert.equal(told(pod, read([node('node-2')])).doubt, 'missing');
      assert.equal(told(pod, read([node('node-1')])).doubt, undefined);
    });

    it(`${which} is unknown where nodes may not be read, or are not in the file`, () => {
      assert.equal(told(pod, forbidden('nodes')).doubt, 'forbidden');
      assert.equal(told(pod, notGiven).doubt, 'not given');
      assert.equal(told(pod, { items: [silent], others: 'not given' }).doubt, 'not ready');
    });
  }

  it('that is ready is told where another pod has it asked for', () => {
    assert.equal(told(podOf(set, 0), read([silent])).doubt, 'not ready');
    assert.equal(told(podOf(set, 0), read([node('node-1')])).doubt, undefined);
  });

  const well: [which: string, pod: Pod][] = [
    ['that is ready', podOf(set, 0)],
    ['that is ready and has a while to end', podOf(set, 0, { metadata: deleted(10) })],
    ['that has ended', podOf(set, 0, { status: { phase: 'Succeeded' } })],
  ];
  for (const [which, pod] of well) {
    it(`${which} is not asked for`, () => {
      assert.deepEqual(told(pod, forbidden('nodes')), { doubt: undefined, asks: [] });
      assert.deepEqual(told(pod, read([])), { doubt: undefined, asks: [] });
    });
  }
});

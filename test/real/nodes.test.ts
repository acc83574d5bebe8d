import assert from 'node:assert/strict';
import { nameOf, told } from '../e2e/dns/document.ts';
import { eventually } from '../e2e/eventually.ts';
import { apply, kubectl } from '../e2e/kubectl.ts';
import { lookingIn } from '../e2e/looking.ts';
import { ownNamespace } from '../e2e/namespace.ts';
import { rowsOf } from '../e2e/screen.ts';
import { glibcImage } from '../stand/real/images.ts';
import { connectSecond, machines } from '../stand/real/network.ts';
import { inPod, patience, podOf, ready, set, treeOf } from './pods.ts';

describe('volumes of the type local', function () {
  this.timeout(400_000);
  const namespace = ownNamespace('nodes');
  const { first, copied, change } = lookingIn(namespace, patience);
  const tree = (...args: string[]) => treeOf(namespace, ...args);

  before(async () => {
    await apply(namespace, set('disks', { image: glibcImage, replicas: 2, storageClass: 'local' }));
    await ready(namespace, 'disks');
    await inPod(namespace, 'disks-1', ['touch', '/data/file']);
  });

  it('hold their pod on their node: while that is cordoned it stays away, and comes back by what is suggested', async () => {
    const node = (await podOf(namespace, 'disks-1')).spec.nodeName ?? '';
    await kubectl(['cordon', node]);
    try {
      await kubectl(['delete', 'pod', 'disks-1', '-n', namespace]);
      await explained('disks-1', node, /cordoned/);
      const cause = await first(
        'disks',
        'unschedulable',
        new RegExp(`^disks-1: no node takes it: .*${node}.*cordoned`),
      );
      const { command, cost } = change(cause, /uncordon/);
      assert.equal(cost, `any pod may then be scheduled to ${node}: see first why somebody cordoned it`);
      await copied(command);
      await ready(namespace, 'disks');
    } finally {
      await kubectl(['uncordon', node]);
    }
    assert.equal((await podOf(namespace, 'disks-1')).spec.nodeName, node);
    assert.match(await inPod(namespace, 'disks-1', ['ls', '/data']), /file/);
  });

  it('hold their pod on their node: while that is lost it does not come back elsewhere, and the tree says why', async () => {
    const [, lost] = machines;
    const pod = (await podOf(namespace, 'disks-0')).spec.nodeName === lost.name ? 'disks-0' : 'disks-1';
    assert.equal((await podOf(namespace, pod)).spec.nodeName, lost.name, 'a pod is on each node');
    await connectSecond(false);
    try {
      await kubectl(['wait', `node/${lost.name}`, '--for=condition=Ready=Unknown', `--timeout=${patience / 1_000}s`]);
      await eventually('the lost node in the tree', async () => {
        const row = rowsOf(await tree('disks')).find(({ name }) => name === `  pod/${pod}`);
        assert.match(row?.['detail'] ?? '', /its node is not ready/);
      });
      const unknown = await first(
        'disks',
        'node',
        new RegExp(`^${pod}: its node ${lost.name} is not ready: nobody knows whether the pod still runs there$`),
      );
      assert.equal(unknown.actions[0]?.command, `kubectl describe node ${lost.name}`);
      assert.match(await copied(unknown.actions[0].command), /Kubelet stopped posting node status/);
      // The servers that are left answer, and one of them alone is asked.
      const names = await told(['disks', '-n', namespace]);
      assert.deepEqual([names.code, names.document.asked.servers.length], [1, 1], names.stderr);
      assert.deepEqual(nameOf(names, pod).unpublished?.kind, 'notReady');
      await kubectl(['delete', 'pod', pod, '-n', namespace, '--wait=false']);
      await eventually('a pod that stays, and why', async () => {
        const row = rowsOf(await tree('disks')).find(({ name }) => name === `  pod/${pod}`);
        assert.equal(row?.['status'], 'Terminating');
        assert.match(row?.['detail'] ?? '', /no successor until the node is back/);
      });
      const kept = await first('disks', 'doesNotEnd', /is not ready: nobody knows whether it still runs there$/);
      // Its volume is a local one: out of service, the node would lose the pod, and no other node could take it.
      assert.deepEqual(
        kept.actions.flatMap(({ kind, cost }) => (kind === 'change' ? kind : (cost ?? []))),
        [`only ${lost.name} reaches this volume: the pod can come back nowhere else`],
      );
      const volume = kept.actions.find(({ command }) => command.startsWith('kubectl describe pv ')) ?? assert.fail();
      assert.match(await copied(volume.command), new RegExp(`Node Affinity:[^]*${lost.name}`));
      await kubectl(['delete', 'pod', pod, '-n', namespace, '--force', '--grace-period=0']);
      await explained(pod, lost.name, /not ready|unreachable|NotReady/i);
    } finally {
      await connectSecond(true);
    }
    await kubectl(['wait', `node/${lost.name}`, '--for=condition=Ready', `--timeout=${patience / 1_000}s`]);
    await ready(namespace, 'disks');
  });

  /** Waits until the pod's successor is pending, and the tree tells why with the volume and its node. */
  async function explained(pod: string, node: string, why: RegExp): Promise<void> {
    await eventually(`${pod} without a node, explained`, async () => {
      const { status, spec } = await podOf(namespace, pod);
      assert.deepEqual([status.phase, spec.nodeName], ['Pending', undefined]);
      const text = await tree('disks');
      const row = rowsOf(text).find(({ name }) => name === `  pod/${pod}`);
      assert.equal(row?.['status'], 'Pending', text);
      assert.match(text, new RegExp(node), text);
      assert.match(text, why, text);
    });
  }
});

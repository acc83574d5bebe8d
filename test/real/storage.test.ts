import assert from 'node:assert/strict';
import { nameOf, told } from '../e2e/dns/document.ts';
import { eventually } from '../e2e/eventually.ts';
import { apply, getJson, kubectl, sts } from '../e2e/kubectl.ts';
import { ownNamespace } from '../e2e/namespace.ts';
import { rowsOf } from '../e2e/screen.ts';
import { glibcImage } from '../stand/real/images.ts';
import { connectSecond, machines } from '../stand/real/network.ts';
import { inPod, patience, podOf, ready, set, waitFor } from './pods.ts';

interface Usage {
  state: string;
  usedBytes?: number;
  availableBytes?: number;
  capacityBytes?: number;
}

interface Document {
  pods: { name: string; claims: { name: string; usage?: Usage; volume?: { name: string } }[] }[];
}

const mebibyte = 2 ** 20;

describe('volumes of real nodes', function () {
  this.timeout(400_000);
  const namespace = ownNamespace('storage');

  const tree = async (...args: string[]) => {
    const { stdout, stderr, code } = await sts(['tree', '-n', namespace, ...args]);
    assert.equal(code, 0, stderr);
    return stdout;
  };
  /** Bytes, as the file system tells them in the pod. */
  const df = async (pod: string, path: string) => {
    const line = (await inPod(namespace, pod, ['df', '-B1', '--output=size,used,avail', path])).split('\n')[1] ?? '';
    const [size, used, available] = line.trim().split(/ +/).map(Number);
    return { capacityBytes: size, usedBytes: used, availableBytes: available };
  };

  describe('of the type local', () => {
    before(async () => {
      await apply(namespace, set('disks', { image: glibcImage, replicas: 2, storageClass: 'local' }));
      await ready(namespace, 'disks');
    });

    it('are as full as df says in the pods', async () => {
      await inPod(namespace, 'disks-1', ['dd', 'if=/dev/zero', 'of=/data/file', 'bs=1M', 'count=20']);
      await eventually('the usage that df tells', async () => {
        const document = JSON.parse(await tree('disks', '--usage', '-o', 'json')) as Document;
        const told = document.pods.map(({ claims }) => claims[0]?.usage);
        const found = await Promise.all(['disks-0', 'disks-1'].map((pod) => df(pod, '/data')));
        assert.deepEqual(
          told,
          found.map((one) => ({ state: 'found', ...one })),
        );
        assert.ok((told[1]?.usedBytes ?? 0) >= 20 * mebibyte && (told[0]?.usedBytes ?? 0) < mebibyte, '20 MiB in one');
      });
      const rows = rowsOf(await tree('disks', '--usage'));
      const [row] = rows.filter(({ name }) => name.includes('PersistentVolumeClaim/data-disks-1'));
      assert.match(row?.['detail'] ?? '', /20 ?Mi/);
    });

    it('report no usage where the node has none to tell', async () => {
      await apply(namespace, set('folders', { image: glibcImage, storageClass: 'standard' }));
      await ready(namespace, 'folders');
      const document = JSON.parse(await tree('folders', '--usage', '-o', 'json')) as Document;
      assert.deepEqual(document.pods[0]?.claims[0]?.usage, { state: 'unknown' });
    });

    it('hold their pod on their node: while that is cordoned it stays away, and the tree says why', async () => {
      const node = (await podOf(namespace, 'disks-1')).spec.nodeName ?? '';
      await kubectl(['cordon', node]);
      try {
        await kubectl(['delete', 'pod', 'disks-1', '-n', namespace]);
        await explained('disks-1', node, /cordoned/);
      } finally {
        await kubectl(['uncordon', node]);
      }
      await ready(namespace, 'disks');
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
          const row = rowsOf(await tree('disks')).find(({ name }) => name === `  Pod/${pod}`);
          assert.match(row?.['detail'] ?? '', /its node is not ready/);
        });
        // The servers that are left answer, and one of them alone is asked.
        const names = await told(['disks', '-n', namespace]);
        assert.deepEqual([names.code, names.document.asked.servers.length], [1, 1], names.stderr);
        assert.deepEqual(nameOf(names, pod).unpublished?.kind, 'notReady');
        await kubectl(['delete', 'pod', pod, '-n', namespace, '--wait=false']);
        await eventually('a pod that stays, and why', async () => {
          const row = rowsOf(await tree('disks')).find(({ name }) => name === `  Pod/${pod}`);
          assert.equal(row?.['status'], 'Terminating');
          assert.match(row?.['detail'] ?? '', /no successor until the node is back/);
        });
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
        const row = rowsOf(text).find(({ name }) => name === `  Pod/${pod}`);
        assert.equal(row?.['status'], 'Pending', text);
        assert.match(text, new RegExp(node), text);
        assert.match(text, why, text);
      });
    }
  });

  it('lose what they hold when a pod is deleted while its claim is being deleted, and only then', async () => {
    const write = (text: string) => inPod(namespace, 'lost-0', ['sh', '-c', `echo ${text} >/data/kept`]);
    const read = () => inPod(namespace, 'lost-0', ['sh', '-c', 'cat /data/kept || true']);
    const claim = () => getJson<{ metadata: { uid: string } }>(['pvc/data-lost-0', '-n', namespace]);
    await apply(namespace, set('lost', { image: glibcImage, storageClass: 'standard' }));
    await ready(namespace, 'lost');
    await write('precious');
    await kubectl(['delete', 'pod', 'lost-0', '-n', namespace]);
    await ready(namespace, 'lost');
    assert.equal(await read(), 'precious\n');

    const before = await claim();
    await kubectl(['delete', 'pvc', 'data-lost-0', '-n', namespace, '--wait=false']);
    // Nothing is lost yet: the claim waits for its pod.
    assert.equal(await read(), 'precious\n');
    const warned = rowsOf(await tree('lost')).find(({ name }) => name.endsWith('/data-lost-0'));
    assert.match(`${warned?.['status']} ${warned?.['detail']}`, /Terminating|being deleted/, await tree('lost'));
    await kubectl(['delete', 'pod', 'lost-0', '-n', namespace]);
    await eventually(
      'a new claim',
      async () => {
        const { metadata } = await claim().catch(() => before);
        assert.notEqual(metadata.uid, before.metadata.uid);
      },
      patience,
    );
    await ready(namespace, 'lost');
    assert.equal(await read(), '');
  });

  it('stay when the set is scaled down, and are there again when it is scaled up', async () => {
    await apply(namespace, set('scaled', { image: glibcImage, replicas: 2, storageClass: 'standard' }));
    await ready(namespace, 'scaled');
    await inPod(namespace, 'scaled-1', ['sh', '-c', 'echo here >/data/kept']);
    await kubectl(['scale', 'statefulset/scaled', '--replicas=1', '-n', namespace]);
    await waitFor(namespace, 'delete', 'scaled-1');
    assert.match(await tree('scaled'), /data-scaled-1 .*left over/);
    await kubectl(['scale', 'statefulset/scaled', '--replicas=2', '-n', namespace]);
    await ready(namespace, 'scaled');
    assert.equal(await inPod(namespace, 'scaled-1', ['cat', '/data/kept']), 'here\n');
  });
});

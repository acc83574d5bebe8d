import assert from 'node:assert/strict';
import { eventually } from '../e2e/eventually.ts';
import { apply, getJson, kubectl } from '../e2e/kubectl.ts';
import { ownNamespace } from '../e2e/namespace.ts';
import { rowsOf } from '../e2e/screen.ts';
import { glibcImage } from '../stand/real/images.ts';
import { inPod, patience, ready, set, treeOf, waitFor } from './pods.ts';

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

  const tree = (...args: string[]) => treeOf(namespace, ...args);
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
      const [row] = rows.filter(({ name }) => name.includes('pvc/data-disks-1'));
      assert.match(row?.['detail'] ?? '', /20 ?Mi/);
    });

    it('report no usage where the node has none to tell', async () => {
      await apply(namespace, set('folders', { image: glibcImage, storageClass: 'standard' }));
      await ready(namespace, 'folders');
      const document = JSON.parse(await tree('folders', '--usage', '-o', 'json')) as Document;
      assert.deepEqual(document.pods[0]?.claims[0]?.usage, { state: 'unknown' });
    });
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
    assert.match(await tree('scaled'), /data-scaled-1 .*\n[│ ]*left over/);
    await kubectl(['scale', 'statefulset/scaled', '--replicas=2', '-n', namespace]);
    await ready(namespace, 'scaled');
    assert.equal(await inPod(namespace, 'scaled-1', ['cat', '/data/kept']), 'here\n');
  });
});

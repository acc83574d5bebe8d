import assert from 'node:assert/strict';
import type { Pod } from '#src/objects/types.ts';
import { applyExamples } from '../e2e/examples.ts';
import { apply, getJson, sts, tryKubectl } from '../e2e/kubectl.ts';
import { ownNamespace } from '../e2e/namespace.ts';
import { glibcImage } from '../stand/real/images.ts';
import { inPod, ready, set } from './pods.ts';

describe('a roll of real pods', function () {
  this.timeout(400_000);
  const namespace = ownNamespace('roll');

  before(async () => {
    // What simple-proxy stands in front of comes before it.
    await applyExamples(namespace, 'simple-statefulset/*.yaml');
    await ready(namespace, 'simple-statefulset');
    await Promise.all(['products-db', 'simple-proxy'].map((name) => applyExamples(namespace, `${name}/*.yaml`)));
    await apply(namespace, set('checked', { image: glibcImage, replicas: 2, storageClass: 'standard' }));
    await Promise.all(['products-db', 'simple-proxy', 'checked'].map((name) => ready(namespace, name)));
  });

  async function podsOf(name: string): Promise<Pod[]> {
    const { items } = await getJson<{ items: Pod[] }>(['pods', '-n', namespace, '-l', `app=${name}`]);
    return items;
  }

  /** Where a pod keeps its claim; undefined of one that has none. */
  function folderOf({ spec }: Pod): string | undefined {
    const volume = spec?.volumes?.find(({ persistentVolumeClaim }) => persistentVolumeClaim)?.name;
    return spec?.containers[0]?.volumeMounts?.find(({ name }) => name === volume)?.mountPath;
  }

  /** What each pod of the set has written into its volume, by the pod's name. */
  async function written(pods: readonly Pod[]): Promise<Map<string, string>> {
    const read = pods.filter(folderOf).map(async (pod): Promise<[string, string]> => {
      const { name } = pod.metadata;
      return [name, await inPod(namespace, name, ['cat', `${folderOf(pod)}/written`])];
    });
    return new Map(await Promise.all(read));
  }

  const rolls: [example: string, flags: string[]][] = [
    ['simple-statefulset', []],
    ['products-db', ['--last', '0', '--check', 'pg_isready -U postgres -q', '--wait-dns']],
    ['simple-proxy', ['--max-unavailable', '2', '--order', 'forward']],
  ];
  for (const [example, flags] of rolls) {
    it(`restarts each pod of ${example} once, and what was written is there after`, async () => {
      const before = await podsOf(example);
      for (const pod of before.filter(folderOf)) {
        const { name } = pod.metadata;
        await inPod(namespace, name, ['sh', '-c', `echo "$0" > ${folderOf(pod)}/written`, `${name} of ${namespace}`]);
      }
      const { code, stdout, stderr } = await sts(['roll', example, '-n', namespace, '--stable', '1s', ...flags]);
      assert.equal(code, 0, stdout + stderr);
      // The web servers keep their pages in the pod.
      assert.equal(/what is in page goes with each pod/.test(stderr), example === 'simple-statefulset', stderr);
      const after = await podsOf(example);
      const uids = (pods: readonly Pod[]) => pods.map(({ metadata }) => metadata.uid);
      assert.equal(after.length, before.length);
      assert.deepEqual(
        uids(after).filter((uid) => uids(before).includes(uid)),
        [],
      );
      for (const [name, text] of await written(after)) assert.equal(text.trim(), `${name} of ${namespace}`);
      assert.equal(stdout.match(/ {2}evicted$/gm)?.length, before.length);
      const { stdout: leases } = await tryKubectl(['get', 'leases', '-n', namespace, '-o', 'name']);
      assert.equal(leases, '');
    });
  }

  it('leaves a primary and a standby that follows it', async () => {
    const query = (pod: string, sql: string) => inPod(namespace, pod, ['psql', '-U', 'postgres', '-Atc', sql]);
    assert.equal((await query('products-db-0', 'select pg_is_in_recovery()')).trim(), 'f');
    assert.equal((await query('products-db-1', 'select pg_is_in_recovery()')).trim(), 't');
  });

  it('runs its check in the new pod, and stops before the next one where it fails', async () => {
    const [first, second] = await podsOf('checked');
    const command = 'test "$HOSTNAME" = checked-1 && { echo "not $HOSTNAME" >&2; exit 7; }';
    const { code, stdout, stderr } = await sts([
      ...['roll', 'checked', '-n', namespace, '--stable', '0s', '--check', command, '--check-timeout', '3s'],
    ]);
    assert.equal(code, 1, stdout + stderr);
    assert.match(stderr, /stopped at checked-1: --check failed: exit code 7: not checked-1/);
    const now = await podsOf('checked');
    assert.equal(now[0]?.metadata.uid, first?.metadata.uid);
    assert.notEqual(now[1]?.metadata.uid, second?.metadata.uid);
    const [, words] = /^go on: kubectl (.*)$/m.exec(stderr) ?? [];
    assert.ok(words?.startsWith('sts roll checked --resume'), stderr);
    await sts(['roll', 'checked', '-n', namespace, '--abort']);
  });
});

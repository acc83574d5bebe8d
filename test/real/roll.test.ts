import assert from 'node:assert/strict';
import type { Pod, Service } from '#src/objects/types.ts';
import { applyExamples } from '../e2e/examples.ts';
import { apply, getJson, sts, tryKubectl } from '../e2e/kubectl.ts';
import { ownNamespace } from '../e2e/namespace.ts';
import { endRolls, roll, rolling } from '../e2e/roll/rolls.ts';
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
    const primary = {
      ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'led-primary' } },
      spec: { selector: { app: 'led' }, ports: [{ port: 80 }] },
    };
    await apply(namespace, [...set('led', { image: glibcImage, replicas: 3, storageClass: 'standard' }), primary]);
    await Promise.all(['products-db', 'simple-proxy', 'checked', 'led'].map((name) => ready(namespace, name)));
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

  const leads = `r=$(psql -U postgres -tAc 'select pg_is_in_recovery()') || exit 126; [ "$r" = f ]`;
  const rolls: [example: string, flags: string[]][] = [
    ['simple-statefulset', []],
    // Without the leader check the primary, products-db-0, would go first.
    [
      'products-db',
      ['--order', 'forward', '--leader-check', leads, '--check', 'pg_isready -U postgres -q', '--wait-dns'],
    ],
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
      const evicted = [...stdout.matchAll(/(\S+)-(\d+) {2}evicted$/gm)].map(([, , ordinal]) => Number(ordinal));
      if (flags.includes('--leader-check')) assert.deepEqual(evicted, [1, 0], stdout);
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

  describe('of which one leads', () => {
    const check = 'test -e /data/leads';
    const moveTo = async (leader: string): Promise<void> => {
      for (const pod of ['led-0', 'led-1', 'led-2']) {
        const command = pod === leader ? 'touch /data/leads' : 'rm -f /data/leads';
        await inPod(namespace, pod, ['sh', '-c', command]);
      }
    };
    const evictedIn = (lines: readonly string[]) =>
      lines.flatMap((line) => / {2}(\S+) {2}evicted$/.exec(line)?.[1] ?? []);
    after(endRolls);

    it('restarts that one last, though it has moved meanwhile, and says so', async () => {
      await moveTo('led-2');
      for (const pod of ['led-0', 'led-2']) await inPod(namespace, pod, ['touch', '/data/go']);
      const going = rolling(namespace, ['led', '--leader-check', check, '--check', 'test -e /data/go']);
      await going.line(/led-1 {2}check /);
      await moveTo('led-0');
      await inPod(namespace, 'led-1', ['touch', '/data/go']);
      assert.equal((await going.end()).code, 0, going.stderr());
      assert.deepEqual(evictedIn(going.lines()), ['led-1', 'led-2', 'led-0'], going.lines().join('\n'));
      const said = going.lines().map((line) => line.replace(/^\S+ {2}/, ''));
      assert.ok(said.includes('led-2  leads: the order is 1, 0, 2'), said.join('\n'));
      assert.ok(said.includes('led-0  leads, and not led-2 any more: the order is 2, 0'), said.join('\n'));
    });

    it('lets none go while two say that they lead, or one is killed before it says anything', async () => {
      const words = ['led', '--check-timeout', '3s', '--leader-check'];
      const { code, stderr } = await roll(namespace, [...words, 'true']);
      assert.equal(code, 2);
      assert.match(stderr, /--leader-check: 3 pods say that they lead \(led-0: exit code 0; /);
      const silent = await roll(namespace, [...words, `test "$HOSTNAME" = led-1 && kill -9 $$; ${check}`]);
      assert.equal(silent.code, 2);
      assert.match(silent.stderr, /a pod does not say whether it leads \(led-0: exit code 0; led-1: exit code 137; /);
      const missing = await roll(namespace, [...words, `test "$HOSTNAME" = led-1 && exec no-such-tool; ${check}`]);
      assert.match(
        missing.stderr,
        /a pod does not say whether it leads \(led-0: exit code 0; led-1: exit code 127: .*not found; /,
      );
    });

    it('is the pod that a Service is pinned to, and the pin remembers what each pod said', async () => {
      await moveTo('led-1');
      const { code, stdout, stderr } = await sts(['pin', 'led-primary', '--leader-check', check, '-n', namespace]);
      assert.equal(code, 0, stderr);
      assert.match(stdout, /^service\/led-primary pinned to pod\/led-1 /);
      assert.match(stdout, /^ {2}leader {4}exit code 0 in led-1, 1 in led-0, 1 in led-2$/m);
      const service = await getJson<Service>(['service', 'led-primary', '-n', namespace]);
      const { leader } = JSON.parse(service.metadata.annotations?.['kubectl-sts/pin'] ?? '{}');
      assert.deepEqual(leader, { check, exitCodes: { 'led-0': 1, 'led-1': 0, 'led-2': 1 } });
    });
  });
});

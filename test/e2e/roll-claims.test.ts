import assert from 'node:assert/strict';
import type { Pod, StatefulSet } from '#src/objects/types.ts';
import { eventually } from './eventually.ts';
import { apply, getJson, kubectl } from './kubectl.ts';
import { ownNamespace } from './namespace.ts';
import { endRolls, roll, rolled, rolling } from './roll/rolls.ts';
import { held, podsOf, type RollSetOptions, rollSet, settled, uidsOf } from './roll/sets.ts';

after(endRolls);

/** Deletes a set without its pods, and creates it again otherwise: the new set adopts them. */
async function remade(namespace: string, set: string, options: RollSetOptions): Promise<void> {
  await kubectl(['delete', 'statefulset', set, '--cascade=orphan', '-n', namespace]);
  await apply(namespace, [rollSet(set, options)]);
  await eventually(`${set} has its pods again`, async () => {
    const { metadata, status } = await getJson<StatefulSet>([`statefulset/${set}`, '-n', namespace]);
    assert.equal(status?.observedGeneration, metadata.generation);
    const owners = (await podsOf(namespace, set)).map((pod) => pod.metadata.ownerReferences?.[0]?.uid);
    assert.deepEqual(new Set(owners), new Set([metadata.uid]));
  });
}

/** Exit 2, nothing on standard output, and every pod as it was. */
async function refused(namespace: string, set: string, ...words: string[]): Promise<string> {
  const before = await uidsOf(namespace, set);
  const { stdout, stderr, code } = await roll(namespace, [set, ...words]);
  assert.deepEqual([stdout, code], ['', 2], stderr);
  assert.deepEqual(await uidsOf(namespace, set), before);
  return stderr;
}

const claimOfAll = (name: string) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
});

describe('a roll whose pods would not come back on their claims is not begun', () => {
  const namespace = ownNamespace('roll-claims');
  /** The pods mount nothing, so that the pod template stays as it is, and with it the revision. */
  const bare = { podSpec: { containers: [{ name: 'main', image: 'registry.example/main' }] } };
  const volumeOf = (claim: string) => ({
    podSpec: {
      containers: [
        { name: 'main', image: 'registry.example/main', volumeMounts: [{ name: 'files', mountPath: '/f' }] },
      ],
      volumes: [{ name: 'files', persistentVolumeClaim: { claimName: claim } }],
    },
  });

  before(async () => {
    await apply(namespace, [
      claimOfAll('files-old'),
      claimOfAll('files-new'),
      rollSet('grown', { replicas: 2, claims: ['books'], ...bare }),
      rollSet('named', { replicas: 3, claims: ['books'], onDelete: true }),
      rollSet('shrunk', { replicas: 2, claims: ['books', 'log'], ...bare }),
      rollSet('moved', { replicas: 2, claims: ['books'], onDelete: true }),
      rollSet('swapped', { replicas: 2, onDelete: true, ...volumeOf('files-old') }),
      rollSet('dressed', { replicas: 2, claims: ['books'], onDelete: true }),
      rollSet('behind', { replicas: 2, ...volumeOf('files-old') }),
    ]);
    await settled(namespace, 'grown', 'named', 'shrunk', 'moved', 'swapped', 'dressed', 'behind');
    const mounts = [{ name: 'books', mountPath: '/books', subPath: 'new' }];
    await Promise.all([
      remade(namespace, 'grown', { replicas: 2, claims: ['books', 'log'], ...bare }),
      remade(namespace, 'named', { replicas: 3, claims: ['accounts'], onDelete: true }),
      remade(namespace, 'shrunk', { replicas: 2, claims: ['books'], ...bare }),
      changed('moved', {
        claims: ['books'],
        onDelete: true,
        podSpec: { containers: [{ name: 'main', image: 'registry.example/main', volumeMounts: mounts }] },
      }),
      changed('swapped', { onDelete: true, ...volumeOf('files-new') }),
      changed('dressed', { claims: ['books'], onDelete: true, annotations: { dress: 'new' } }),
      changed('behind', { partition: 2, ...volumeOf('files-new') }),
    ]);
  });

  async function changed(set: string, options: RollSetOptions): Promise<void> {
    await apply(namespace, [rollSet(set, { replicas: 2, ...options })]);
    await eventually(`${set} seen`, async () => {
      const { metadata, status } = await getJson<StatefulSet>([`statefulset/${set}`, '-n', namespace]);
      assert.equal(status?.observedGeneration, metadata.generation);
      assert.notEqual(status?.currentRevision, status?.updateRevision);
    });
  }

  it('a claim template was added, and no pod has its volume: the controller would make none', async () => {
    for (const words of [[], ['--ordinals', '1'], ['--dry-run=server']]) {
      const said = await refused(namespace, 'grown', ...words);
      assert.match(said, /grown-1 has no volume for log-grown-1, which the set now gives it/);
      assert.match(said, /until grown-0 is deleted by hand, the controller makes no pod at all/);
      assert.match(said, new RegExp(`kubectl delete pod grown-0 -n ${namespace}, then the next one up$`, 'm'));
      assert.doesNotMatch(said, /wait until/);
    }
  });

  it('a claim template was renamed: the pods would come back without their data', async () => {
    for (const words of [[], ['--order', 'forward'], ['--dry-run=client']]) {
      const said = await refused(namespace, 'named', ...words);
      const first = words.includes('forward') ? 0 : 2;
      assert.match(said, /3 pods would not come back as they are/);
      assert.match(
        said,
        new RegExp(`named-${first} is on books-named-${first}, .* accounts-named-${first}: .* without its data`),
      );
      assert.match(said, new RegExp(`; books-named-${first} stays; `));
    }
  });

  it('a claim template was removed: no controller minds', async () => {
    assert.match(
      await refused(namespace, 'shrunk', '--ordinals', '0'),
      /shrunk-0 is on log-shrunk-0, which the set no longer/,
    );
  });

  it('the pod template names another claim, or mounts another part of one', async () => {
    assert.match(await refused(namespace, 'swapped'), /swapped-1 is on files-old, and the set now gives it files-new/);
    assert.match(
      await refused(namespace, 'moved'),
      /container main of moved-1 has books-moved-1 at \/books, and would not/,
    );
  });

  it('but one where the template changed otherwise is, and one of pods that come back in their old revision', async () => {
    await rolled(namespace, ['dressed']);
    await rolled(namespace, ['behind']);
    const claims = (await podsOf(namespace, 'behind')).map(
      (pod) => pod.spec?.volumes?.[0]?.persistentVolumeClaim?.claimName,
    );
    assert.deepEqual(claims, ['files-old', 'files-old']);
  });

  it('and one that is under way stops where the set is made anew', async () => {
    const options = { replicas: 2, claims: ['books'], annotations: held };
    await apply(namespace, [rollSet('midway', options)]);
    await letFirst('midway', 2);
    await settled(namespace, 'midway');
    const old = await uidsOf(namespace, 'midway');
    const going = rolling(namespace, ['midway']);
    await going.line(/midway-1 {2}gone/);
    await remade(namespace, 'midway', { ...options, claims: ['accounts'] });
    const { code } = await going.end();
    assert.equal(code, 1);
    assert.match(going.stderr(), /stopped: the set (is being deleted, or gone|was changed)/);
    assert.equal((await uidsOf(namespace, 'midway'))['midway-0'], old['midway-0']);
  });

  /** An ordered set makes a pod once the one below is ready. */
  async function letFirst(set: string, replicas: number): Promise<void> {
    for (let ordinal = 0; ordinal < replicas; ordinal++) {
      await eventually(`${set}-${ordinal} made`, async () => {
        assert.equal((await podsOf(namespace, set)).length, ordinal + 1);
      });
      await kubectl(['annotate', 'pod', `${set}-${ordinal}`, '-n', namespace, 'stand.kubectl-sts/unready-']);
    }
  }
});

describe('a roll of a set that waits in vain says what helps', () => {
  const namespace = ownNamespace('roll-stuck');
  const long = { 'stand.kubectl-sts/since': '1h' };

  before(async () => {
    await apply(namespace, [
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'taken-1' },
        spec: { containers: [{ name: 'a', image: 'b' }] },
      },
      rollSet('taken', { replicas: 2 }),
      rollSet('hung'),
      rollSet('failing'),
    ]);
    await settled(namespace, 'hung', 'failing');
    await Promise.all([hang(), fail()]);
  });

  /** A revision whose pods hang, and one that would not. */
  async function hang(): Promise<void> {
    await apply(namespace, [rollSet('hung', { annotations: { 'stand.kubectl-sts/start-after': '8760h', ...long } })]);
    const pod = await eventually('hung-2 hangs', async () => {
      const found = (await podsOf(namespace, 'hung'))[2];
      assert.equal(found?.status?.containerStatuses?.[0]?.state?.waiting?.reason, 'ContainerCreating');
      return found;
    });
    await apply(namespace, [warningAbout(pod, 'FailedMount', 'MountVolume.SetUp failed: configmap "hung" not found')]);
    await apply(namespace, [rollSet('hung', { labels: { mended: 'yes' } })]);
  }

  function warningAbout({ metadata: { name, uid } }: Pod, reason: string, message: string): object {
    const [first, last] = [Date.now() - 900_000, Date.now()].map((time) =>
      new Date(time).toISOString().replace(/\.\d+/, ''),
    );
    return {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${name}.warning`, namespace },
      involvedObject: { apiVersion: 'v1', kind: 'Pod', name, namespace, uid },
      ...{ type: 'Warning', reason, message, firstTimestamp: first, lastTimestamp: last, count: 9 },
    };
  }

  /** Two pods that crash, again and again, until somebody scales the set down to have peace. */
  async function fail(): Promise<void> {
    const pods = ['failing-1', 'failing-2'];
    await kubectl([
      'annotate',
      'pod',
      ...pods,
      '-n',
      namespace,
      'stand.kubectl-sts/crash=true',
      'stand.kubectl-sts/since=1h',
    ]);
    await eventually('pods that fail', async () => {
      const found = (await podsOf(namespace, 'failing')).slice(1);
      const words = found.map(({ status }) => status?.containerStatuses?.[0]?.state?.waiting?.reason);
      assert.deepEqual(words, ['CrashLoopBackOff', 'CrashLoopBackOff']);
    });
    await kubectl(['scale', 'statefulset/failing', '--replicas=0', '-n', namespace]);
  }

  it('who has the name of a missing pod', async () => {
    await eventually('taken-1 is what it waits for', async () => {
      const said = await refused(namespace, 'taken');
      assert.match(said, /taken-1 belongs to no controller: .* kubectl delete pod taken-1 -n /);
      assert.doesNotMatch(said, /wait until/);
    });
  });

  it('a pod that hangs in an older revision is to be deleted, and then the set gets on', async () => {
    const said = await eventually('the newest revision', async () => {
      const found = await refused(namespace, 'hung');
      assert.match(found, /Stuck, delete hung-2: ContainerCreating for 60m; .*it is in an older revision/);
      return found;
    });
    assert.match(said, /FailedMount: .*configmap "hung" not found/);
    const [, pod] = /: kubectl delete pod (\S+) -n \S+ \(it comes back in another revision\)$/m.exec(said) ?? [];
    assert.equal(pod, 'hung-2');
    await kubectl(['delete', 'pod', 'hung-2', '-n', namespace]);
    await settled(namespace, 'hung');
    await rolled(namespace, ['hung', '--dry-run=client']);
  });

  it('condemned pods that fail are to be deleted, and do not come back', async () => {
    const said = await eventually('a set that does not scale down', async () => {
      const found = await refused(namespace, 'failing');
      assert.match(found, /Stuck, delete failing-\d: CrashLoopBackOff for /);
      return found;
    });
    const [, pod] = /: kubectl delete pod (\S+) -n \S+ \(it does not come back\)$/m.exec(said) ?? [];
    assert.ok(pod, said);
    await kubectl(['delete', 'pod', pod, '-n', namespace]);
    await eventually('no pod', async () => assert.deepEqual(await podsOf(namespace, 'failing'), []));
  });
});

/** What the tree says of an update: whom it waits for, what comes next, whether it is stuck. The judge is the controller. */
import assert from 'node:assert/strict';
import { eventually } from './eventually.ts';
import { apply, kubectl, sts } from './kubectl.ts';
import { ownNamespace } from './namespace.ts';
import { type RolloutDocument, rollingIn, stuckOn, waits } from './rollout/rolling.ts';
import { userWith } from './user.ts';

describe('an update, as the tree tells it and the controller does it,', () => {
  const namespace = ownNamespace('rollout');
  const rolling = rollingIn(namespace);
  const { annotate, ready, replaced, seen, shows, tree, uid } = rolling;

  it('of a Parallel set stops at a pod that is broken in the update revision', async () => {
    const parallel = { replicas: 3, spec: { podManagementPolicy: 'Parallel' } };
    await rolling.apply('queue', parallel);
    await ready('queue', 3);
    const [first, second] = [await uid('queue-0'), await uid('queue-1')];
    await rolling.apply('queue', { ...parallel, annotations: { crash: 'true', since: '1h' } });
    const backsOff = ({ stuck }: RolloutDocument) =>
      stuck?.evidence.some(({ kind, reason }) => kind === 'container' && reason === 'CrashLoopBackOff');
    const { rollout } = await shows('queue', (rollout) => [...stuckOn(rollout), backsOff(rollout)], [
      'stuck',
      'likely',
      'brokenInUpdateRevision',
      'queue-2',
      true,
    ]);
    assert.deepEqual(waits(rollout), [['queue-2', 'notReady']]);
    assert.deepEqual([await uid('queue-0'), await uid('queue-1')], [first, second]);

    // It was the one that the controller waited for: with it well, the next one goes.
    await annotate('queue-2', 'crash');
    await replaced('queue-1', second);
    await shows('queue', stuckOn, ['stuck', 'likely', 'brokenInUpdateRevision', 'queue-1']);
    assert.equal(await uid('queue-0'), first);
  });

  it('of a Parallel set goes past a pod that is broken in an older revision', async () => {
    const parallel = { replicas: 3, annotations: { since: '1h' }, spec: { podManagementPolicy: 'Parallel' } };
    await rolling.apply('mill', parallel);
    await ready('mill', 3);
    await annotate('mill-0', 'crash', 'true');
    await shows('mill', ({ state }) => state, 'stuck');
    const uids = await Promise.all([0, 1, 2].map((ordinal) => uid(`mill-${ordinal}`)));
    await rolling.apply('mill', { ...parallel, env: 'b' });
    await eventually('an update that is through', async () => {
      const { rollout } = await tree('mill');
      assert.notEqual(rollout.state, 'stuck');
      assert.equal(rollout.state, 'done');
    });
    for (const [ordinal, before] of uids.entries()) assert.notEqual(await uid(`mill-${ordinal}`), before);
  });

  it('that is put back half-way does not get through where the old revision no longer starts', async () => {
    // The image of revision A was there when the pods were made, and is gone from the registry later.
    const a = { replicas: 3, annotations: { 'pull-fails': 'true', since: '1h' } };
    await rolling.apply('search', a);
    for (const ordinal of [0, 1, 2]) {
      await eventually('a pod to start', () => annotate(`search-${ordinal}`, 'pull-fails'));
      await ready('search', ordinal + 1);
    }
    const [former, kept] = [await uid('search-2'), await uid('search-0')];
    const partition = { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } } };
    await rolling.apply('search', { replicas: 3, env: 'b', spec: partition });
    await replaced('search-2', former);
    await shows('search', ({ state }) => state, 'done');
    const outdated = await uid('search-1');

    await rolling.apply('search', { ...a, spec: { updateStrategy: { type: 'RollingUpdate' } } });
    const { rollout } = await shows('search', stuckOn, ['stuck', 'likely', 'brokenInUpdateRevision', 'search-2']);
    assert.deepEqual(waits(rollout), [['search-2', 'notReady']]);
    const { status } = await rolling.set('search');
    assert.equal(status?.currentRevision, status?.updateRevision, 'both revisions of the status are one');
    assert.deepEqual([await uid('search-1'), await uid('search-0')], [outdated, kept]);

    await annotate('search-2', 'pull-fails');
    await replaced('search-1', outdated);
    assert.equal(await uid('search-0'), kept, 'it has that revision already');
  });

  it('waits for a pod that has been starting for long in an older revision, and is stuck with a warning that tells why', async () => {
    await rolling.apply('moco', { replicas: 3 });
    await ready('moco', 3);
    await rolling.apply('moco', { replicas: 3, annotations: { 'start-after': '8760h', since: '1h' } });
    await shows('moco', waits, [['moco-2', 'notReady']]);
    await rolling.apply('moco', { replicas: 3, env: 'c' });
    await seen('moco');
    // That it takes long is no ground.
    const slow = (await tree('moco')).rollout;
    assert.deepEqual([slow.state, waits(slow)], ['updating', [['moco-2', 'notReady']]]);
    const screen = await sts(['tree', 'moco', '-n', namespace]);
    assert.match(screen.stdout, /moco-2 \(ContainerCreating for 60m in an older revision/);

    const [blocker, next] = [await uid('moco-2'), await uid('moco-1')];
    await warn('moco-2', blocker, 'FailedMount', 'MountVolume.SetUp failed for volume "conf": configmap "b" not found');
    const { rollout } = await shows('moco', stuckOn, ['stuck', 'likely', 'brokenInOlderRevision', 'moco-2']);
    assert.deepEqual(
      rollout.stuck?.evidence.map(({ reason }) => reason),
      ['FailedMount'],
    );
    assert.deepEqual([await uid('moco-2'), await uid('moco-1')], [blocker, next], 'the controller replaces neither');

    const kubeconfig = await userWith(
      namespace,
      'blind',
      [
        { apiGroups: ['apps'], resources: ['statefulsets'], verbs: ['get', 'list'] },
        { apiGroups: [''], resources: ['pods', 'services', 'persistentvolumeclaims'], verbs: ['get', 'list'] },
      ],
      [{ apiGroups: [''], resources: ['nodes'], verbs: ['get', 'list'] }],
    );
    const blind = (await tree('moco', { kubeconfig })).rollout;
    assert.deepEqual(
      [blind.state, blind.undetermined, waits(blind)],
      ['updating', ['events'], [['moco-2', 'notReady']]],
    );
    assert.ok(blind.waitsFor?.[0]?.since, 'with its age');

    // The tree advises to delete it, and that is what helps.
    await kubectl(['delete', 'pod', 'moco-2', '-n', namespace, '--wait=false']);
    await replaced('moco-1', next);
    await shows('moco', ({ state }) => state, 'done');
  });

  it('goes on where a pod starts slowly, whatever was in its way before it had a node', async () => {
    await rolling.apply('slow', {
      replicas: 1,
      claims: ['data'],
      annotations: { 'ready-after': '8760h', since: '1h' },
    });
    const { rollout } = await shows('slow', waits, [['slow-0', 'notReady']]);
    await eventually('a container that runs', async () => {
      assert.equal((await rolling.pod('slow-0'))?.status?.phase, 'Running');
    });
    const uidOfPod = await uid('slow-0');
    // The scheduler says this of each pod whose claims are made with it.
    const unbound = '0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims';
    await warn('slow-0', uidOfPod, 'FailedScheduling', unbound);
    assert.equal(rollout.stuck, undefined);
    const again = await shows('slow', ({ state }) => state, 'notReady');
    assert.deepEqual([again.rollout.stuck, again.pods[0]?.warning], [undefined, undefined]);
  });

  it('is stuck at its last pod too, though no other pod waits for it', async () => {
    await rolling.apply('solo', { replicas: 1, annotations: { crash: 'true', since: '1h' } });
    const { rollout } = await shows('solo', stuckOn, ['stuck', 'likely', 'brokenInUpdateRevision', 'solo-0']);
    assert.deepEqual([waits(rollout), rollout.next], [[['solo-0', 'notReady']], []]);
    await annotate('solo-0', 'crash');
    await shows('solo', ({ state }) => state, 'done');
  });

  it('of a template whose image has no name is stuck for certain, at once', async () => {
    await rolling.apply('named', { replicas: 2 });
    await ready('named', 2);
    const next = await uid('named-0');
    await rolling.apply('named', { replicas: 2, annotations: { 'start-after': '8760h' } });
    await eventually('a pod of which the kubelet says so', async () => {
      const pod = await rolling.pod('named-1');
      assert.equal(pod?.status?.containerStatuses?.[0]?.state?.waiting?.reason, 'ContainerCreating');
    });
    assert.deepEqual((await tree('named')).rollout.state, 'updating', 'it is merely starting');
    const waiting = {
      name: 'main',
      image: '',
      imageID: '',
      ready: false,
      restartCount: 0,
      state: { waiting: { reason: 'InvalidImageName' } },
    };
    const patch = JSON.stringify({ status: { containerStatuses: [waiting] } });
    await kubectl(['patch', 'pod', 'named-1', '-n', namespace, '--subresource=status', '--type=merge', '-p', patch]);
    const { rollout } = await shows('named', stuckOn, ['stuck', 'certain', 'brokenInUpdateRevision', 'named-1']);
    assert.deepEqual(waits(rollout), [['named-1', 'notReady']]);
    assert.equal(await uid('named-0'), next);
  });

  it('does next what the tree of the set says, before anybody lets the controller do it', async () => {
    const held = (partition: number) => ({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition } } });
    const slow = { replicas: 3, annotations: { 'end-after': '2s' } };
    await rolling.apply('order', { ...slow, spec: held(3) });
    await ready('order', 3);
    await rolling.apply('order', { ...slow, env: 'b', spec: held(3) });
    await seen('order');
    for (const [change, act, pod, why] of [
      [{ ...slow, env: 'b', spec: held(0) }, 'delete', 'order-2', 'update'],
      [{ ...slow, replicas: 2, env: 'b', spec: held(0) }, 'delete', 'order-2', 'scaleDown'],
      [{ ...slow, replicas: 3, env: 'b', spec: held(0) }, 'create', 'order-2', undefined],
    ] as const) {
      await shows('order', ({ state, waitsFor }) => [state, waitsFor], ['done', []]);
      const before = await rolling.pods('order');
      const said = await foretold('order', change.replicas, change.spec);
      assert.deepEqual(
        said.next.map((each) => [each.act, each.pod, each.why]),
        [[act, pod, why]],
      );
      await rolling.apply('order', change);
      const touched = await eventually('what the controller does', async () => {
        const now = await rolling.pods('order');
        const isNew = now.filter(({ metadata }) => !before.some((each) => each.metadata.uid === metadata.uid));
        const names = [...isNew, ...now.filter(({ metadata }) => metadata.deletionTimestamp)].map(
          ({ metadata }) => metadata.name,
        );
        assert.notDeepEqual(names, []);
        return names;
      });
      assert.deepEqual(touched, [pod], 'and first of all');
    }
  });

  /** What the tree says of a dump of the set's objects, in which the set is changed already. */
  async function foretold(name: string, replicas: number, spec: object): Promise<RolloutDocument> {
    const dump = JSON.parse(await kubectl(['get', 'statefulsets,pods', '-n', namespace, '-o', 'json']));
    for (const item of dump.items) {
      if (item.kind === 'StatefulSet' && item.metadata.name === name) Object.assign(item.spec, { replicas }, spec);
    }
    const { stdout } = await sts(['tree', name, '-n', namespace, '-f', '-', '-o', 'json'], {
      stdin: JSON.stringify(dump),
    });
    return JSON.parse(stdout).rollout;
  }

  /** Records a warning about a pod, as a kubelet does. */
  /** An event that the kubelet has given again and again for a quarter of an hour. */
  async function warn(pod: string, uidOfPod: string, reason: string, message: string): Promise<void> {
    const [first, last] = [Date.now() - 900_000, Date.now()].map((time) =>
      new Date(time).toISOString().replace(/\.\d+/, ''),
    );
    await apply(namespace, [
      {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: `${pod}.${reason.toLowerCase()}` },
        type: 'Warning',
        reason,
        message,
        involvedObject: { apiVersion: 'v1', kind: 'Pod', namespace, name: pod, uid: uidOfPod },
        firstTimestamp: first,
        lastTimestamp: last,
      },
    ]);
  }
});

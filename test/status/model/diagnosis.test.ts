/** What a diagnosis says first, by the words of who saw it, and what it advises. */
import assert from 'node:assert/strict';
import { rolloutWords } from '#src/drawing/rolloutwords.ts';
import type { Snapshot } from '#src/objects/snapshot.ts';
import type { Class, Event, Node, Pod, StatefulSet } from '#src/objects/types.ts';
import { remedyFor } from '#src/roll/model/remedy.ts';
import { actionsFor } from '#src/status/model/actions.ts';
import { type Diagnosis, diagnose } from '#src/status/model/diagnosis.ts';
import { healthOf } from '#src/status/model/health.ts';
import { statusNeeds } from '#src/status/model/needs.ts';
import type { Facts } from '#src/status/model/nodefacts.ts';
import { actionWords } from '#src/status/view/actionwords.ts';
import { causeWords } from '#src/status/view/causewords.ts';
import { closeLines } from '#src/status/view/closeview.ts';
import { statusWords } from '#src/status/view/words.ts';
import { topologies } from '#src/tree/model/topology.ts';
import {
  ago,
  boundClaim,
  crashing,
  forbidden,
  headless,
  node,
  pendingClaim,
  podOf,
  read,
  snapshotOf,
  statefulSet,
  time,
  volumeOf,
  warning,
} from '../../objects/snapshots.ts';

type Status = NonNullable<Pod['status']>;
type ContainerStatus = NonNullable<Status['containerStatuses']>[number];

const web = statefulSet('web', { replicas: 1, templates: ['data'], status: { readyReplicas: 0 } });

const unready = (minutes: number) => [{ type: 'Ready', status: 'False' as const, lastTransitionTime: ago(minutes) }];

function container(shape: Partial<ContainerStatus>): ContainerStatus {
  return { name: 'db', ready: false, restartCount: 0, image: '', imageID: '', ...shape };
}

function running(shape: Partial<ContainerStatus> = {}): Status {
  const state = { running: { startedAt: ago(9) } };
  return {
    phase: 'Running',
    conditions: unready(9),
    containerStatuses: [container({ state, started: true, ...shape })],
  };
}

const starting: Status = {
  phase: 'Pending',
  conditions: unready(9),
  containerStatuses: [container({ state: { waiting: { reason: 'ContainerCreating' } } })],
};

function ended(exitCode: number, reason: string, minutes = 1, message?: string): Partial<ContainerStatus> {
  const terminated = {
    exitCode,
    reason,
    startedAt: ago(minutes + 0.1),
    finishedAt: ago(minutes),
    ...(message && { message }),
  };
  return { restartCount: 7, state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: { terminated } };
}

/** A pod that no node takes. */
function unscheduled(message: string): Pod {
  const scheduled = { type: 'PodScheduled', status: 'False' as const, reason: 'Unschedulable', message };
  return pod({ phase: 'Pending', conditions: [...unready(9), scheduled] }, { spec: { nodeName: '' } });
}

const unbound = '0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found';

interface Around extends Partial<Record<'pods' | 'claims' | 'services' | 'nodes' | 'events', unknown>> {
  set?: StatefulSet;
  spec?: Partial<NonNullable<Pod['spec']>>;
  events?: Event[];
  facts?: Partial<Facts>;
  metadata?: Partial<Pod['metadata']>;
}

const pod = (status: Status, { set = web, spec = {}, metadata = {} }: Around = {}): Pod => {
  const made = podOf(set, 0, { status });
  return {
    ...made,
    metadata: { ...made.metadata, ...metadata },
    spec: { containers: [{ name: 'db' }], ...made.spec, ...spec },
  };
};

function snapshotWith(
  own: readonly Pod[],
  { set = web, events = [] }: Around = {},
  more: Partial<Snapshot> = {},
): Snapshot {
  return {
    ...snapshotOf({
      statefulSets: [set],
      services: [headless('web')],
      pods: own,
      claims: [boundClaim('data-web-0')],
      events,
    }),
    ...more,
  };
}

function of(snapshot: Snapshot, facts: Partial<Facts> = {}): Diagnosis {
  const [topology] = topologies(snapshot, snapshot.statefulSets.items);
  assert.ok(topology);
  const none: Facts = {
    attachments: undefined,
    drivers: undefined,
    pods: undefined,
    managed: undefined,
    passedOver: [],
  };
  return diagnose(topology, snapshot, { ...none, ...facts });
}

/** The first cause in words, its ground, and the commands for it. */
function told(diagnosis: Diagnosis): {
  cause: string;
  ground: string | undefined;
  commands: string[];
  costs: string[];
  afterwards: string[];
} {
  const [cause] = diagnosis.causes;
  const { topology } = diagnosis;
  const actions = cause ? actionsFor(cause, topology).map((action) => actionWords(action, topology.set)) : [];
  return {
    cause: cause ? causeWords(cause, time) : '',
    ground: cause?.ground,
    commands: actions.map(({ kind, command }) => `${kind}: ${command}`),
    costs: actions.flatMap(({ cost }) => cost || []),
    afterwards: actions.flatMap(({ afterwards }) => afterwards ?? []),
  };
}

const about = (status: Status, around: Around = {}) =>
  told(of(snapshotWith([pod(status, around)], around), around.facts));

const unhealthy = (message: string, minutes = 1): Event => ({
  ...warning(podOf(web, 0), 'Unhealthy', message),
  involvedObject: {
    kind: 'Pod',
    name: 'web-0',
    namespace: 'shop',
    uid: podOf(web, 0).metadata.uid ?? '',
    fieldPath: 'spec.containers{db}',
  },
  lastTimestamp: ago(minutes),
});

const warned = (reason: string, message: string): Event => ({
  ...warning(podOf(web, 0), reason, message),
  firstTimestamp: ago(8),
  lastTimestamp: ago(1),
});

/** Of a pod that violates the standard in four ways: longer than a line, and none may be left out. */
const securityViolations =
  'violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "db" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "db" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "db" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "db" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")';

const described = 'look: kubectl describe pod web-0 -n shop';

describe('the diagnosis of a set', () => {
  it('is empty where all is well, and knows of no failure where a pod only starts', () => {
    assert.deepEqual(of(snapshotWith([podOf(web, 0)])).causes, []);
    const { cause, ground, commands } = about(starting);
    assert.equal(cause, 'web-0: it is starting on node-1 (ContainerCreating), and nothing says that it fails');
    assert.deepEqual([ground, commands], ['undetermined', [described]]);
  });

  it('names the container that crashes, how it ended, and its message; the log is the first thing to look at', () => {
    const { cause, ground, commands } = about(running(ended(1, 'Error', 1, 'no such table: users\n')));
    assert.equal(
      cause,
      'web-0: container db ends with an error: exit code 1, 7 restarts, its last run lasted 6s; it left the message "no such table: users"',
    );
    assert.equal(ground, 'likely');
    assert.equal(commands[0], 'look: kubectl logs web-0 -c db --previous -n shop');
  });

  it('reads the log of the present container while that is the one that ended: an older one may be removed', () => {
    const terminated = { exitCode: 4, reason: 'Error', startedAt: ago(1.1), finishedAt: ago(1) };
    const { cause, commands } = about(running({ restartCount: 2, state: { terminated }, lastState: { terminated } }));
    assert.match(cause, /^web-0: container db ends with an error: exit code 4, 2 restarts/);
    assert.equal(commands[0], 'look: kubectl logs web-0 -c db -n shop');
  });

  it('tells a crash for want of memory, with the limit', () => {
    const containers = [{ name: 'db', resources: { limits: { memory: '64Mi' } } }];
    const { cause, commands, costs, afterwards } = about(running(ended(137, 'OOMKilled')), { spec: { containers } });
    assert.equal(
      cause,
      'web-0: container db ran out of memory, its limit is 64Mi: exit code 137, 7 restarts, its last run lasted 6s',
    );
    assert.equal(commands.at(-1), 'change: kubectl set resources statefulset/web -c db --limits=memory=AMOUNT -n shop');
    assert.equal(
      costs.at(-1),
      'the limit is 64Mi now; this changes the template: the pods restart, from the highest ordinal down; the controller does not replace the broken pod: then delete it',
    );
    assert.deepEqual(afterwards, ['kubectl delete pod web-0 -n shop']);
  });

  it('tells a program that ends without an error from one that fails: it should run on', () => {
    const { cause } = about(running(ended(0, 'Completed')));
    assert.equal(
      cause,
      'web-0: container db ends without an error, and should run on: exit code 0, 7 restarts, its last run lasted 6s',
    );
    const terminated = { exitCode: 0, reason: 'Completed' };
    assert.match(about(running({ state: { terminated } })).cause, /^web-0: container db ends without an error/);
    const initContainerStatuses = [{ ...container({ state: { terminated } }), name: 'migrate' }];
    const init = { initContainers: [{ name: 'migrate' }], containers: [{ name: 'db' }] };
    assert.match(about({ ...starting, initContainerStatuses }, { spec: init }).cause, /nothing says that it fails$/);
  });

  it('says that a program was never run, and why, without the layers of programs before it', () => {
    const why = 'exec: "pg_ctl": executable file not found in $PATH';
    const message = `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ${why}`;
    const terminated = {
      exitCode: 128,
      reason: 'StartError',
      startedAt: '1970-01-01T00:00:00Z',
      finishedAt: ago(1),
      message,
    };
    const { cause, commands } = about(running({ ...ended(128, 'StartError'), lastState: { terminated } }));
    assert.equal(cause, `web-0: container db cannot be started: ${why}`);
    assert.deepEqual(commands, [described, 'change: kubectl delete pod web-0 -n shop']);
    const hook = about(running(ended(137, 'Error')), {
      events: [warned('FailedPostStartHook', 'PostStartHook failed')],
    });
    assert.equal(hook.cause, 'web-0: container db cannot be started: PostStartHook failed');
    const probe = `rpc error: code = Unknown desc = failed to exec in container: failed to start exec "1f": OCI runtime exec failed: exec failed: unable to start container process: ${why}`;
    const text = `(combined from similar events): Readiness probe errored and resulted in unknown state: ${probe}`;
    const { cause: probed } = about(running(), { events: [unhealthy(text)] });
    assert.equal(probed, `web-0: the readiness probe of container db fails: ${why}`);
  });

  it('has the registry’s words for an image, and is certain of one without a valid name', () => {
    const pulls = (reason: string) => ({
      ...starting,
      containerStatuses: [container({ state: { waiting: { reason } } })],
    });
    const spec = { containers: [{ name: 'db', image: 'registry.example/db:9' }] };
    const event = warned(
      'Failed',
      'Failed to pull image "registry.example/db:9": rpc error: code = NotFound desc = manifest unknown',
    );
    const { cause, commands } = about(pulls('ImagePullBackOff'), { spec, events: [event] });
    assert.equal(
      cause,
      'web-0: the image of container db cannot be pulled: registry.example/db:9: manifest unknown; the kubelet tries again, after up to 5 minutes',
    );
    assert.deepEqual(commands, [described, 'change: kubectl set image statefulset/web db=IMAGE -n shop']);
    const invalid = about(pulls('InvalidImageName'), {
      spec: { containers: [{ name: 'db', image: 'Not/A:Name:At:All' }] },
    });
    assert.equal(invalid.cause, 'web-0: the image of container db has no valid name: "Not/A:Name:At:All"');
    assert.equal(invalid.ground, 'certain');
    const never = about(pulls('ErrImageNeverPull'), { spec });
    assert.equal(
      never.cause,
      'web-0: the image of container db is not on its node, and the pull policy is Never: registry.example/db:9',
    );
  });

  it('names the probe that fails, and its answer', () => {
    const readiness = about(running(), { events: [unhealthy('Readiness probe failed: connection refused')] });
    assert.equal(readiness.cause, 'web-0: the readiness probe of container db fails: connection refused');
    // It may be loading: started anew, it would begin again.
    assert.deepEqual(readiness.commands, [described, 'look: kubectl logs web-0 -c db -n shop']);
    const liveness = about(running({ ...ended(137, 'Error', 1.5), state: { running: { startedAt: ago(1.4) } } }), {
      events: [unhealthy('Liveness probe failed: HTTP probe failed with statuscode: 503')],
    });
    assert.equal(
      liveness.cause,
      'web-0: the liveness probe of container db fails: HTTP probe failed with statuscode: 503; the kubelet has restarted it 7 times for that',
    );
    const spec = { containers: [{ name: 'db', startupProbe: {}, readinessProbe: {} }] };
    const startup = about(running({ started: false }), { spec, events: [unhealthy('Startup probe failed: not yet')] });
    assert.equal(startup.cause, 'web-0: the startup probe of container db fails: not yet');
    const silent = about(running(), { spec: { containers: [{ name: 'db', readinessProbe: {} }] } });
    assert.equal(silent.cause, 'web-0: the readiness probe of container db fails, and no event tells its answer');
  });

  it('blames the liveness probe for a killed container when the kubelet gives hardly any events any more', () => {
    const status = running(ended(137, 'Error', 0.5));
    const spec = { containers: [{ name: 'db', livenessProbe: {} }] };
    const before = about(status, { spec, events: [unhealthy('Liveness probe failed: deadlock', 6)] });
    assert.equal(
      before.cause,
      'web-0: the liveness probe of container db fails: deadlock; the kubelet has restarted it 7 times for that',
    );
    const silent = about(status, { spec });
    assert.equal(
      silent.cause,
      'web-0: container db ends with an error: exit code 137 (SIGKILL), 7 restarts, its last run lasted 6s; as the kubelet does when a liveness probe fails',
    );
    assert.doesNotMatch(about(status).cause, /probe/);
  });

  it('says that a probe failed shortly before a program ended with an exit code of its own', () => {
    const around = (minutes: number) => ({ events: [unhealthy('Liveness probe failed: deadlock', minutes)] });
    const { cause } = about(running(ended(1, 'Error', 1)), around(1.1));
    assert.equal(
      cause,
      'web-0: container db ends with an error: exit code 1, 7 restarts, its last run lasted 6s; shortly before, its liveness probe failed: deadlock',
    );
    for (const minutes of [0.5, 3]) {
      assert.doesNotMatch(about(running(ended(1, 'Error', 1)), around(minutes)).cause, /probe/);
    }
    assert.doesNotMatch(about(running(ended(137, 'OOMKilled', 1)), around(1.1)).cause, /probe/);
  });

  it('tells init containers and sidecars from the others', () => {
    const status = {
      ...starting,
      initContainerStatuses: [{ ...container(ended(2, 'Error')), name: 'migrate' }],
    };
    const spec = { initContainers: [{ name: 'migrate' }], containers: [{ name: 'db' }] };
    assert.match(about(status, { spec }).cause, /^web-0: init container migrate ends with an error: exit code 2/);
    const sidecar = { initContainers: [{ name: 'migrate', restartPolicy: 'Always' }], containers: [{ name: 'db' }] };
    assert.match(about(status, { spec: sidecar }).cause, /^web-0: sidecar migrate ends with an error/);
  });

  it('says which Secret or ConfigMap is missing, and looks no value up', () => {
    const waits = (reason: string, message: string) => ({
      ...starting,
      containerStatuses: [container({ state: { waiting: { reason, message } } })],
    });
    const config = about(waits('CreateContainerConfigError', 'secret "db" not found'));
    assert.equal(config.cause, 'web-0: container db cannot be created: the Secret db is missing');
    assert.deepEqual(config.commands.slice(0, 2), ['look: kubectl get secrets -n shop', described]);
    const key = about(waits('CreateContainerConfigError', "couldn't find key password in Secret shop/db"));
    assert.equal(key.cause, 'web-0: container db cannot be created: the Secret db has no key password');
    const mount = about(starting, {
      events: [warned('FailedMount', 'MountVolume.SetUp failed for volume "conf" : configmap "settings" not found')],
    });
    assert.equal(mount.cause, 'web-0: its volumes cannot be mounted: the ConfigMap settings is missing');
  });

  it('finds by its volume in which object a key is missing, and says so only where it can be but one', () => {
    const lacks = (words: string, volumes: NonNullable<Pod['spec']>['volumes']) =>
      about(starting, {
        spec: { volumes: [...(podOf(web, 0).spec?.volumes ?? []), ...(volumes ?? [])] },
        events: [warned('FailedMount', `MountVolume.SetUp failed for volume "conf" : ${words}`)],
      });
    const items = [{ key: 'password', path: 'p' }];
    const ofSecret = 'references non-existent secret key: password';
    const { cause } = lacks(ofSecret, [{ name: 'conf', secret: { secretName: 'db', items } }]);
    assert.equal(cause, 'web-0: its volumes cannot be mounted: the Secret db has no key password');
    const configMap = { name: 'settings', items: [{ key: 'host', path: 'h' }] };
    const projected = { sources: [{ configMap }, { secret: { name: 'db', items } }] };
    const ofConfig = lacks('configmap references non-existent config key: host', [{ name: 'conf', projected }]);
    assert.equal(ofConfig.cause, 'web-0: its volumes cannot be mounted: the ConfigMap settings has no key host');
    const sources = ['db', 'other'].map((name) => ({ secret: { name, items } }));
    assert.match(
      lacks(ofSecret, [{ name: 'conf', projected: { sources } }]).cause,
      /non-existent secret key: password$/,
    );
  });

  it('supplies the object or the key that is missing, and deletes no pod for that', () => {
    const waits = (message: string) =>
      about({
        ...starting,
        containerStatuses: [container({ state: { waiting: { reason: 'CreateContainerConfigError', message } } })],
      });
    const changes = ({ commands }: { commands: string[] }) => commands.filter((each) => each.startsWith('change: '));
    assert.deepEqual(
      [
        'secret "db" not found',
        'configmap "db" not found',
        "couldn't find key password in Secret shop/db",
        "couldn't find key host in ConfigMap shop/db",
      ].flatMap((message) => changes(waits(message))),
      [
        'change: kubectl create secret generic db --from-literal=KEY=VALUE -n shop',
        'change: kubectl create configmap db --from-literal=KEY=VALUE -n shop',
        `change: kubectl patch secret db --type=merge -p '{"stringData":{"password":"VALUE"}}' -n shop`,
        `change: kubectl patch configmap db --type=merge -p '{"data":{"host":"VALUE"}}' -n shop`,
      ],
    );
    assert.deepEqual(waits('secret "db" not found').costs, [
      'restore the Secret from its source first, if it has one: the pod starts with what you type here, a new volume may keep it, and your shell remembers it; it needs the keys that the container reads; nothing restarts, and the kubelet tries again by itself after up to two minutes',
    ]);
  });

  it('names the node and the pods that still hold a volume, as far as it may look', () => {
    const message = 'Multi-Attach error for volume "pv-1" Volume is already used by pod(s) old-0';
    const events = [warned('FailedAttachVolume', message)];
    const attachments = {
      items: [
        { volume: 'pv-1', node: 'node-2' },
        { volume: 'pv-2', node: 'node-3' },
      ],
      others: 'missing',
    } as const;
    const seen = about(starting, { events, facts: { attachments } });
    assert.equal(
      seen.cause,
      'web-0: its volume pv-1 cannot be attached: it is still attached to node node-2, used by old-0',
    );
    assert.deepEqual(seen.commands, ['look: kubectl get volumeattachments', 'look: kubectl describe node node-2']);
    const unseen = of(snapshotWith([pod(starting)], { events }), {
      attachments: forbidden('volumeattachments'),
      drivers: undefined,
      pods: undefined,
    });
    assert.equal(told(unseen).cause, 'web-0: its volume pv-1 cannot be attached: it is still used by old-0');
    assert.deepEqual(unseen.skipped, [
      { what: 'volume attachments', why: 'forbidden', right: 'list volumeattachments' },
    ]);
  });

  it('says that a CSI driver is not registered on the node, and which are', () => {
    const message =
      'MountVolume.MountDevice failed for volume "pv-1" : kubernetes.io/csi: attacher.MountDevice failed to create newCsiDriverClient: driver name ebs.csi.aws.com not found in the list of registered CSI drivers';
    const drivers = { items: [{ node: 'node-1', drivers: ['nfs.csi.k8s.io'] }], others: 'missing' } as const;
    const { cause, commands } = about(starting, {
      events: [warned('FailedMount', message)],
      facts: { attachments: undefined, drivers, pods: undefined },
    });
    assert.equal(
      cause,
      'web-0: its volume cannot be mounted: the CSI driver ebs.csi.aws.com is not registered on node node-1; registered there: nfs.csi.k8s.io',
    );
    assert.deepEqual(commands.slice(0, 2), [
      'look: kubectl get csinode node-1 -o yaml',
      'look: kubectl get pods -A -o wide --field-selector spec.nodeName=node-1',
    ]);
  });

  it('says how the pod is that registers the driver on the node, or that there is none', () => {
    const message = 'driver name ebs.example not found in the list of registered CSI drivers';
    const seen = (own: Pod[], registered: string[] = []) =>
      about(starting, {
        events: [warned('FailedMount', message)],
        facts: {
          attachments: undefined,
          drivers: { items: [{ node: 'node-1', drivers: registered }], others: 'missing' },
          pods: { items: own, others: 'missing' },
        },
      });
    const driver = podOf(web, 0, { status: crashing() });
    const owner = { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'ebs', uid: 'u', controller: true };
    const args = ['--kubelet-registration-path=/var/lib/kubelet/plugins/ebs.example/csi.sock'];
    const registrar = {
      ...driver,
      metadata: { name: 'ebs-x', namespace: 'kube-system', ownerReferences: [owner] },
      spec: { nodeName: 'node-1', containers: [{ name: 'db', args, env: [{ name: 'TOKEN', value: 'hidden' }] }] },
    };
    const before = 'web-0: its volume cannot be mounted: the CSI driver ebs.example';
    const found = seen([registrar]);
    assert.equal(
      found.cause,
      `${before} is not registered on node node-1; no driver is registered there; its pod there, kube-system/ebs-x of DaemonSet/ebs, is CrashLoopBackOff, 0/1 ready`,
    );
    assert.deepEqual(found.commands.slice(0, 2), [
      'look: kubectl describe pod ebs-x -n kube-system',
      'look: kubectl get csinode node-1 -o yaml',
    ]);
    const other = seen([{ ...registrar, spec: { ...registrar.spec, nodeName: 'node-2' } }]);
    assert.equal(
      other.cause,
      `${before} is not registered on node node-1; no driver is registered there; no pod there says that it registers this driver`,
    );
    assert.deepEqual(other.commands.slice(0, 3), [
      'look: kubectl get csinode node-1 -o yaml',
      'look: kubectl get pods -A -o wide --field-selector spec.nodeName=node-1',
      'look: kubectl get daemonsets -A',
    ]);
    const nameless = { name: 'db', args: ['--kubelet-registration-path=$(SOCKET)'] };
    assert.match(
      seen([{ ...registrar, spec: { ...registrar.spec, containers: [nameless] } }]).cause,
      /; no pod there says that it registers this driver$/,
    );
    assert.match(
      seen([registrar], ['ebs.example']).cause,
      /ebs\.example was not registered on node node-1 at the last try, and is now; its pod/,
    );
  });

  it('names the classes that may not be read where a claim waits, and nowhere else', () => {
    const withClaims = (own: Snapshot['claims']): string[] => {
      const snapshot = { ...snapshotWith([pod(starting)]), claims: own, classes: forbidden<Class>('storageclasses') };
      return of(snapshot).skipped.flatMap(({ what, right }) => (what === 'classes' ? `${right}` : []));
    };
    assert.deepEqual(withClaims(read([pendingClaim('data-web-0')])), ['list storageclasses']);
    assert.deepEqual(withClaims(read([boundClaim('data-web-0')])), []);
  });

  describe('of a pod that is ready between two restarts', () => {
    const livenessProbe = { httpGet: { path: '/live', port: 80 } };
    const back = (exitCode: number, reason: string, minutes: number, restartCount = 3): Status => ({
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: ago(minutes) }],
      containerStatuses: [
        container({
          ...ended(exitCode, reason, minutes),
          ...{ ready: true, started: true, restartCount, state: { running: { startedAt: ago(minutes) } } },
        }),
      ],
    });
    const failed = unhealthy('Liveness probe failed: HTTP probe failed with statuscode: 500', 2.1);
    const well = statefulSet('web', { replicas: 1, templates: ['data'] });
    const seen = (status: Status, events: Event[]) =>
      about(status, { set: well, events, spec: { containers: [{ name: 'db', livenessProbe }] } });

    it('names the liveness probe for which it was restarted, and changes nothing', () => {
      const { cause, ground, commands } = seen(back(137, 'Error', 2), [failed]);
      assert.equal(
        cause,
        'web-0: the liveness probe of container db fails: HTTP probe failed with statuscode: 500; the kubelet has restarted it 3 times for that; it is ready again at the moment',
      );
      assert.equal(ground, 'undetermined');
      assert.deepEqual(commands, [described, 'look: kubectl logs web-0 -c db --previous -n shop']);
      assert.equal(seen(back(0, 'Completed', 2, 6), [failed]).ground, 'likely');
    });

    it('names the end of its last run where no event tells of a probe', () => {
      const { cause, ground, commands } = seen(back(1, 'Error', 2, 6), []);
      assert.match(
        cause,
        /container db ends with an error: exit code 1, 6 restarts, .*; it is ready again at the moment$/,
      );
      assert.deepEqual([ground, commands], ['likely', ['look: kubectl logs web-0 -c db --previous -n shop']]);
      assert.match(seen(back(137, 'Error', 2), []).cause, /as the kubelet does when a liveness probe fails/);
      assert.match(seen(back(137, 'OOMKilled', 2), [failed]).cause, /ran out of memory/);
    });

    it('says nothing of one restart, or of those that are long over, and the set is well in any case', () => {
      assert.equal(seen(back(137, 'Error', 2, 1), [failed]).cause, '');
      assert.equal(seen(back(137, 'Error', 11, 9), []).cause, '');
      const snapshot = snapshotWith([pod(back(137, 'Error', 2), { set: well })], { set: well, events: [failed] });
      const [topology] = topologies(snapshot, [well]);
      assert.ok(topology);
      assert.equal(healthOf(topology), 'healthy');
    });

    it('needs the warnings about it, whichever container restarts', () => {
      const { containerStatuses: initContainerStatuses, ...others } = back(137, 'Error', 2);
      for (const status of [back(137, 'Error', 2), { ...others, initContainerStatuses }]) {
        const snapshot = snapshotWith([pod(status as Status, { set: well })], { set: well });
        assert.deepEqual(statusNeeds(topologies(snapshot, [well])).warnings, [podOf(well, 0).metadata.uid]);
      }
    });
  });

  it('begins with the claim that a pod waits for', () => {
    const snapshot = {
      ...snapshotWith([pod({ phase: 'Pending', conditions: unready(9) }, { spec: { nodeName: '' } })]),
      claims: snapshotOf({ claims: [pendingClaim('data-web-0')] }).claims,
    };
    const { cause, commands } = told(of(snapshot));
    assert.match(cause, /^web-0: its claim data-web-0 is Pending: there is no StorageClass/);
    assert.deepEqual(commands, ['look: kubectl describe pvc data-web-0 -n shop', 'look: kubectl get storageclasses']);
  });

  it('has the scheduler’s words on memory, taints and affinity, and says where the volume lives', () => {
    const message =
      "0/4 nodes are available: 1 Insufficient memory, 1 node(s) didn't match Pod's node affinity/selector, 1 node(s) didn't match PersistentVolume's node affinity, 1 node(s) had untolerated taint {dedicated: db}";
    const claim = boundClaim('data-web-0');
    const own = unscheduled(`${message}. preemption: 0/4 nodes are available: 4 Preemption is not helpful.`);
    const term = { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['node-2'] }] };
    const volume = volumeOf(claim, { nodeAffinity: { required: { nodeSelectorTerms: [term] } } });
    const nodes = ['node-1', 'node-2'].map((name) =>
      node(name, {
        metadata: { name, labels: { 'kubernetes.io/hostname': name } },
        ...(name === 'node-2' && { spec: { taints: [{ key: 'dedicated', value: 'db', effect: 'NoSchedule' }] } }),
      }),
    );
    const { cause, commands } = told(of(snapshotWith([own], {}, { volumes: read([volume]), nodes: read(nodes) })));
    assert.equal(
      cause,
      `web-0: no node takes it: ${message}; its volume lives on node-2, which has the taint dedicated=db:NoSchedule`,
    );
    assert.deepEqual(commands, [described, 'look: kubectl get nodes']);
  });

  it('begins with a claim that has lost its volume', () => {
    const claims = read([boundClaim('data-web-0', { status: { phase: 'Lost' } })]);
    const { cause, commands } = told(of(snapshotWith([unscheduled(unbound)], {}, { claims })));
    assert.equal(cause, 'web-0: its claim data-web-0 is Lost: its volume pv-data-web-0 is gone');
    assert.deepEqual(commands, ['look: kubectl describe pvc data-web-0 -n shop']);
  });

  it('has the scheduler’s words of a claim that is being deleted, and says since when the pod waits for its end', () => {
    const deletionTimestamp = '2026-03-09T11:00:00Z';
    const metadata = { deletionTimestamp, finalizers: ['kubernetes.io/pvc-protection'] };
    const claims = read([boundClaim('data-web-0', { metadata })]);
    const words = '0/3 nodes are available: persistentvolumeclaim "data-web-0" is being deleted';
    const diagnosis = of(snapshotWith([unscheduled(`${words}. not found`)], {}, { claims }));
    assert.equal(told(diagnosis).cause, `web-0: no node takes it: ${words}`);
    const lines = closeLines(diagnosis, { colour: false, width: undefined });
    const waits = 'until the claim data-web-0, which is being deleted, is gone, since 2026-03-09T11:00:00Z, for 60m';
    assert.ok(lines.includes(`  waits    ${waits}`), lines.join('\n'));
    assert.ok(lines.includes('  also     pvc/data-web-0: being deleted'), lines.join('\n'));
  });

  it('says that the name of the set is too long for a label of its pods, and suggests nothing that would not help', () => {
    const name = 'w'.repeat(60);
    const set = statefulSet(name, {
      replicas: 1,
      status: { replicas: 0, readyReplicas: 0, updateRevision: `${name}-7d9f6c5b4` },
    });
    const diagnosis = of({ ...snapshotWith([], { set }), services: read([headless(name)]) });
    const { cause, ground, commands } = told(diagnosis);
    assert.match(cause, /it cannot be created: a label with the name of the set would have more than 63 characters; /);
    assert.deepEqual([ground, commands], ['certain', []]);
  });

  it('names the lost node, and asks to be sure before it is taken out of service', () => {
    const nodes = snapshotOf({
      nodes: [node('node-1', { status: { conditions: [{ type: 'Ready', status: 'Unknown' }] } })],
    }).nodes;
    const { cause, commands, costs, afterwards } = told(of(snapshotWith([pod(running())], {}, { nodes })));
    assert.equal(cause, 'web-0: its node node-1 is not ready: nobody knows whether the pod still runs there');
    assert.deepEqual(commands, [
      'look: kubectl describe node node-1',
      // The volume was not read: perhaps only that node reaches it.
      'look: kubectl describe pv pv-data-web-0',
      'change: kubectl taint nodes node-1 node.kubernetes.io/out-of-service=nodeshutdown:NoExecute',
    ]);
    assert.match(costs[0] ?? '', /^only once you are sure that the machine node-1 is off: .*once it is back, take/);
    assert.deepEqual(afterwards, ['kubectl taint nodes node-1 node.kubernetes.io/out-of-service-']);
  });

  describe('of a pod on a lost node', () => {
    const silent = { conditions: [{ type: 'Ready', status: 'Unknown' as const }] };
    const going = { deletionTimestamp: ago(10), deletionGracePeriodSeconds: 30 };
    const [look, taken, back] = [
      'look: kubectl describe node node-1',
      'change: kubectl taint nodes node-1 node.kubernetes.io/out-of-service=nodeshutdown:NoExecute',
      'change: kubectl taint nodes node-1 node.kubernetes.io/out-of-service-',
    ];
    const lost = (more: Partial<Snapshot>, metadata: Partial<Pod['metadata']> = {}) =>
      told(of(snapshotWith([pod(running(), { metadata })], {}, more)));

    it('has a taint that is set already taken away, and does not set it again', () => {
      const taints = [{ key: 'node.kubernetes.io/out-of-service', value: 'nodeshutdown', effect: 'NoExecute' }];
      const nodes = read([node('node-1', { spec: { taints }, status: silent })]);
      for (const metadata of [{}, going]) {
        const { commands, costs } = lost({ nodes }, metadata);
        assert.deepEqual(commands.slice(-2), [look, back]);
        assert.match(costs.at(-1) ?? '', /^only once node-1 is back: it is out of service already/);
      }
    });

    it('is never a reason to delete the Node: its row says that it waits, or that Kubernetes removes it', () => {
      const taints = [{ key: 'node.kubernetes.io/out-of-service', effect: 'NoExecute' }];
      const row = (spec: NonNullable<Node['spec']>, deleted: string) => {
        const nodes = read([node('node-1', { spec, status: silent })]);
        const own = pod(running(), { metadata: { ...going, deletionTimestamp: deleted } });
        return statusWords(of(snapshotWith([own], {}, { nodes })).topology, time).reason.text;
      };
      assert.deepEqual(
        [row({}, ago(1)), row({}, ago(10)), row({ taints }, ago(1)), row({ taints }, ago(10))],
        [
          'web-0 is Terminating; its node is not ready: no successor until the node is back or known to be off',
          'web-0: Terminating for 10m; its node node-1 is not ready; it gets no successor until the node is back or known to be off',
          'web-0 is Terminating; its node is out of service: Kubernetes is removing the pod',
          'web-0: Terminating for 10m; its node node-1 is out of service; it gets no successor until it is gone',
        ],
      );
    });

    it('takes no node out of service that alone reaches its volume', () => {
      const on = (name: string, key = 'kubernetes.io/hostname') => {
        const claim = boundClaim('data-web-0');
        const required = { nodeSelectorTerms: [{ matchExpressions: [{ key, operator: 'In', values: [name] }] }] };
        const volume = volumeOf(claim, { nodeAffinity: { required } });
        const labelled = (each: string, zone: string, status = {}) =>
          node(each, { metadata: { name: each, labels: { 'topology.kubernetes.io/zone': zone } }, status });
        const nodes = read([labelled('node-1', 'a', silent), labelled('node-2', 'a'), labelled('node-3', 'b')]);
        const given = { claims: read([claim]), volumes: read([volume]), nodes };
        return { given, volume: volume.metadata.name };
      };
      const local = on('node-1');
      const { commands, costs } = lost(local.given);
      assert.deepEqual(commands, [look, `look: kubectl describe pv ${local.volume}`]);
      assert.deepEqual(costs, ['only node-1 reaches this volume: the pod can come back nowhere else']);
      const zoned = on('a', 'topology.kubernetes.io/zone').given;
      assert.deepEqual(lost(zoned).commands, [look, taken]);
      // The only node of its zone.
      const [first, , third] = zoned.nodes.items;
      assert.ok(first && third);
      assert.equal(lost({ ...zoned, nodes: read([first, third]) }).commands.includes(taken), false);
    });

    it('takes no node out of service whose machine has the volume, though nothing says that other nodes do not reach it', () => {
      const nodes = read([node('node-1', { status: silent }), node('node-2')]);
      const claim = boundClaim('data-web-0');
      const on = (spec: object) => ({ claims: read([claim]), volumes: read([volumeOf(claim, spec)]), nodes });
      const { name } = volumeOf(claim).metadata;
      const shown = `look: kubectl describe pv ${name}`;
      const zones = {
        required: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/os', operator: 'In', values: ['linux'] }] }],
        },
      };
      for (const [spec, told] of [
        [
          { hostPath: { path: '/data' } },
          'this volume is a directory of the machine node-1 (hostPath): on another node the pod starts without its data, unless the nodes share that directory',
        ],
        [
          { local: { path: '/data' }, nodeAffinity: zones },
          'this volume is a disk of the machine node-1 (local): on another node the pod starts without its data',
        ],
      ] as const) {
        const linux = nodes.items.map((each) => ({
          ...each,
          metadata: { ...each.metadata, labels: { 'kubernetes.io/os': 'linux' } },
        }));
        const given = { ...on(spec), nodes: read(linux) };
        for (const metadata of [{}, going]) {
          const { commands, costs } = lost(given, metadata);
          assert.deepEqual([commands.slice(-2), costs], [[look, shown], [told]]);
        }
        // Its Node is gone: a person sees what the successor would lack before any deletion is forced.
        const gone = lost({ ...given, nodes: read([node('node-2')]) }, going);
        assert.deepEqual(gone.commands.slice(1, 3), ['look: kubectl get nodes', shown]);
      }
      assert.ok(lost(on({ csi: { driver: 'ebs.csi.aws.com', volumeHandle: 'vol-1' } })).commands.includes(taken));
      const pending = { ...on({ hostPath: { path: '/data' } }), claims: read([pendingClaim('data-web-0')]) };
      assert.ok(lost(pending).commands.includes(taken), 'a claim that is not bound has no data yet');
    });

    it('says which hostPath volumes of its own the pod would leave behind', () => {
      const nodes = read([node('node-1', { status: silent }), node('node-2')]);
      const volumes = ['state', 'zone', 'spare'].map((name) => ({ name, hostPath: { path: `/${name}` } }));
      const containers = [
        {
          name: 'db',
          volumeMounts: [
            { name: 'state', mountPath: '/state' },
            { name: 'zone', mountPath: '/etc/localtime', readOnly: true },
          ],
        },
      ];
      const set = statefulSet('web', { replicas: 1, status: { readyReplicas: 0 } });
      const { costs } = told(
        of(snapshotWith([pod(running(), { set, spec: { volumes, containers } })], { set }, { nodes })),
      );
      assert.match(costs[0] ?? '', /; web-0 leaves behind the data in its hostPath volume state; once it is back/);
    });

    it('has it deleted neither in its row nor before a roll, though it is in an older revision', () => {
      const set = statefulSet('web', {
        replicas: 1,
        templates: ['data'],
        status: { readyReplicas: 0, updateRevision: 'web-2', currentRevision: 'web-1' },
      });
      const row = (status: Status, nodes: Snapshot['nodes']) => {
        const pods = [podOf(set, 0, { revision: 'web-1', status })];
        const [topology] = topologies(snapshotWith(pods, { set }, { nodes }), [set]);
        assert.ok(topology);
        return [rolloutWords(topology.rollout).detail, remedyFor(set, topology.rollout, pods)] as const;
      };
      const [words, remedy] = row(running(), read([node('node-1', { status: silent })]));
      assert.match(words, /^web-0: not ready for 9m; its node node-1 is not ready; it is in an older revision/);
      assert.deepEqual(remedy, { kind: 'look', pods: ['web-0'] });
      const [crashes, deletes] = row(running(ended(1, 'Error', 6)), read([node('node-1')]));
      assert.match(crashes, /^delete web-0: CrashLoopBackOff/);
      assert.equal(deletes.kind, 'delete pod');
    });

    it('forces the deletion only where its Node is gone, for minutes, and never unread or healthy', () => {
      const force = 'change: kubectl delete pod web-0 --force --grace-period=0 -n shop';
      const gone = lost({ nodes: read([node('node-2')]) }, going);
      assert.deepEqual(gone.commands, [described, 'look: kubectl get nodes', force]);
      assert.match(gone.costs[0] ?? '', /^only once you are sure that web-0 no longer runs: see at its provider that/);
      const lately = { deletionTimestamp: ago(1), deletionGracePeriodSeconds: 30 };
      assert.deepEqual(lost({ nodes: read([node('node-2')]) }, lately).commands, [
        described,
        'look: kubectl get nodes',
      ]);
      for (const nodes of [forbidden<Node>('nodes'), read([node('node-1')])]) {
        assert.deepEqual(lost({ nodes }, going).commands, [described, look]);
      }
    });
  });

  it('has the words of a kubelet that still speaks, and does not take its node out of service', () => {
    const ready = { type: 'Ready', status: 'False', reason: 'KubeletNotReady', message: 'container runtime is down' };
    const nodes = snapshotOf({ nodes: [node('node-1', { status: { conditions: [ready] } })] }).nodes;
    const { cause, commands } = told(of(snapshotWith([pod(running())], {}, { nodes })));
    assert.equal(cause, 'web-0: its node node-1 is not ready; its kubelet says: container runtime is down');
    assert.equal(
      statusWords(of(snapshotWith([pod({ ...running(), conditions: unready(1) })], {}, { nodes })).topology, time)
        .reason.text,
      'web-0 is not ready; its node is not ready: whether it still runs is not known',
    );
    assert.deepEqual(commands, ['look: kubectl describe node node-1']);
    const going = { deletionTimestamp: ago(10), deletionGracePeriodSeconds: 30 };
    const late = told(of(snapshotWith([pod(running(), { metadata: going })], {}, { nodes })));
    assert.equal(
      late.cause,
      'web-0: it is being deleted, and its node node-1 is not ready; its kubelet says: container runtime is down',
    );
    assert.deepEqual(late.commands, [described, 'look: kubectl describe node node-1']);
  });

  it('names the claim of a program that finds no space left, and whether it may grow', () => {
    const broken = pod(running({ ...ended(6, 'Error', 1, 'write: No space left on device'), ready: false }));
    const classes = (allowVolumeExpansion: boolean) =>
      read<Class>([{ metadata: { name: 'standard' }, provisioner: 'p', allowVolumeExpansion }]);
    const sized = boundClaim('data-web-0');
    const claims = read([{ ...sized, status: { ...sized.status, capacity: { storage: '64Mi' } } }]);
    const grows = told(of(snapshotWith([broken], {}, { claims, classes: classes(true) })));
    assert.match(grows.cause, /left on device"; its claim data-web-0 has 64Mi, and its class lets it grow$/);
    assert.equal(grows.commands[1], 'look: kubectl describe pvc data-web-0 -n shop');
    const [topology] = topologies(snapshotWith([broken]), [web]);
    assert.ok(topology);
    assert.deepEqual(statusNeeds([topology]).classes, ['standard']);
    const fixed = told(of(snapshotWith([broken], {}, { claims, classes: classes(false) })));
    assert.match(fixed.cause, /has 64Mi, and its class does not let it grow$/);
  });

  it('says what holds a pod that is being deleted', () => {
    const going = { deletionTimestamp: ago(10), deletionGracePeriodSeconds: 30 };
    const held = about(running(), { metadata: { ...going, finalizers: ['backup.example/keep'] } });
    assert.equal(
      held.cause,
      'web-0: it is being deleted, and held by 1 finalizer: backup.example/keep; ask who keeps it: to remove it by hand skips its work',
    );
    assert.deepEqual(held.commands, ["look: kubectl get pod web-0 -o 'jsonpath={.metadata.finalizers}' -n shop"]);
    const late = about(running(), { metadata: going });
    assert.equal(late.cause, 'web-0: it is being deleted, and has outlived its grace period');
    // Its kubelet lives, and may still be unmounting.
    assert.deepEqual(late.commands, [described, 'look: kubectl describe node node-1']);
  });

  for (const [who, message, words, command] of [
    [
      'a quota',
      'exceeded quota: small, requested: pods=1, used: pods=2, limited: pods=2',
      'by a quota',
      'look: kubectl describe quota -n shop',
    ],
    [
      'its ServiceAccount',
      'error looking up service account shop/db: serviceaccount "db" not found',
      'because its ServiceAccount is missing',
      'look: kubectl get serviceaccounts -n shop',
    ],
    [
      'Pod Security',
      securityViolations,
      'by its Pod Security standard',
      'look: kubectl describe statefulset web -n shop',
    ],
    [
      'a webhook',
      'admission webhook "policy.example" denied the request: no',
      'by an admission rule',
      'look: kubectl describe statefulset web -n shop',
    ],
  ] as const) {
    it(`says that the API server refuses a pod for ${who}, in its words`, () => {
      const event: Event = {
        ...warning(
          web,
          'FailedCreate',
          `create Pod web-0 in StatefulSet web failed error: pods "web-0" is forbidden: ${message}`,
        ),
        firstTimestamp: ago(9),
        lastTimestamp: ago(1),
      };
      const set = { ...web, status: { ...web.status, replicas: 0 } } as StatefulSet;
      const { cause, commands } = told(of(snapshotWith([], { set, events: [event] })));
      assert.ok(cause.startsWith(`web-0: the API server refuses it, ${words}: `), cause);
      assert.ok(cause.includes(`: ${message}; `), cause);
      assert.equal(commands[0], command);
    });
  }

  it('says who has the name of a pod', () => {
    const made = podOf(web, 0);
    const ownerReferences = [
      { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'rs', uid: 'uid-rs', controller: true },
    ];
    const taker = { ...made, metadata: { ...made.metadata, ownerReferences } };
    const { cause, ground, commands } = told(of(snapshotWith([taker])));
    assert.equal(cause, 'web-0: it cannot be created: a pod of ReplicaSet/rs has its name');
    assert.equal(ground, 'certain');
    // Its controller would make another one.
    assert.deepEqual(commands, [described]);
    const { ownerReferences: _, ...metadata } = made.metadata;
    // Without the labels, the set does not adopt it.
    const free = told(of(snapshotWith([{ ...made, metadata: { ...metadata, labels: {} } }])));
    assert.deepEqual(free.commands, [described, 'change: kubectl delete pod web-0 -n shop']);
    assert.match(free.costs[0] ?? '', /^this pod is gone for good, .*; then the controller creates its own web-0$/);
  });

  it('says that a pod lacks a volume, and that its successor begins on an empty one', () => {
    const made = podOf(web, 0);
    const { cause, commands, costs } = told(
      of(snapshotWith([{ ...made, spec: { ...made.spec, volumes: [] } } as Pod])),
    );
    assert.match(cause, /^web-0: it lacks a volume for claim template data/);
    assert.equal(commands.at(-1), 'change: kubectl delete pod web-0 -n shop');
    assert.match(costs[0] ?? '', /it begins on an empty volume for data/);
  });

  it('shows both selectors where the governing Service selects no pod, and does not call such a set well', () => {
    const service = {
      metadata: { name: 'web', namespace: 'shop' },
      spec: { clusterIP: 'None', selector: { app: 'wbe', tier: 'db' } },
    };
    const snapshot = { ...snapshotWith([podOf(web, 0)]), services: snapshotOf({ services: [service] }).services };
    const diagnosis = of(snapshot);
    const { cause, commands, costs } = told(diagnosis);
    assert.equal(
      cause,
      'the governing Service web selects no pod of the set: it wants app=wbe, tier=db, and the pods have app=web, no label tier; they have no DNS names, and cannot find each other',
    );
    assert.deepEqual(commands, [
      'look: kubectl describe service web -n shop',
      // By the set's selector alone: a pod's other labels are of this pod, or of its revision.
      'change: kubectl set selector service web app=web -n shop',
    ]);
    assert.match(costs[0] ?? '', /^this replaces the whole selector: see first which other pods the Service selects/);
    assert.equal(healthOf(diagnosis.topology), 'in doubt');
  });

  it('names the pods that were made for another Service, and restarts them', () => {
    const set = statefulSet('web', { replicas: 3, status: { readyReplicas: 3 } });
    const made = (ordinal: number, spec: object, metadata = {}) => {
      const own = podOf(set, ordinal, { metadata });
      return { ...own, spec: { containers: [{ name: 'db' }], ...own.spec, ...spec } };
    };
    const service = { ...headless('web'), spec: { clusterIP: 'None', selector: { app: 'web' } } };
    const services = read([service]);
    const old = { subdomain: 'old' };
    const diagnosis = of(
      snapshotWith([made(0, old), made(1, { subdomain: 'web' }), made(2, old)], { set }, { services }),
    );
    const { cause, commands, costs } = told(diagnosis);
    assert.equal(
      cause,
      'the governing Service web gives web-0 and web-2 no DNS names: their subdomain is old; they get their names at the next restart',
    );
    assert.deepEqual(commands, ['change: kubectl sts roll web --ordinals 0,2 -n shop']);
    assert.match(costs[0] ?? '', /^they restart one by one, .*; a name of the pod below old stops resolving$/);
    assert.equal(healthOf(diagnosis.topology), 'in doubt');
    assert.match(statusWords(diagnosis.topology, time).reason.text, /gives web-0 and web-2 no DNS names/);
    const one = of(snapshotWith([made(0, old), made(1, {}), made(2, {})], { set }, { services }));
    assert.match(
      told(one).cause,
      /gives web-0 no DNS name: its subdomain is old; it gets its name at the next restart$/,
    );
    const going = { deletionTimestamp: ago(0), deletionGracePeriodSeconds: 30 };
    const others = [made(0, {}), made(1, { subdomain: 'web' }), made(2, old, going), made(3, old)];
    assert.equal(
      of(snapshotWith(others, { set }, { services })).causes.some(({ what }) => what.kind === 'other subdomain'),
      false,
      'a pod that goes, or that the set does not want, needs no name',
    );
  });

  it('misses the governing Service, and makes one that selects the pods', () => {
    const snapshot = { ...snapshotWith([podOf(web, 0)]), services: snapshotOf({}).services };
    const { cause, commands, costs, afterwards } = told(of(snapshot));
    assert.equal(cause, 'the governing Service web is missing: the pods have no DNS names, and cannot find each other');
    assert.equal(
      commands[1],
      'change: kubectl create service clusterip web --clusterip=None --dry-run=client -o yaml -n shop | kubectl set selector --local -f - app=web -o yaml | kubectl create -f - -n shop',
    );
    assert.match(costs[0] ?? '', /each pod gets a DNS name once it is ready, .* must find each other before/);
    assert.deepEqual(afterwards, [
      `kubectl patch service web --type=merge -p '{"spec":{"publishNotReadyAddresses":true}}' -n shop`,
    ]);
  });

  it('offers to go back where the update revision is broken, and says what that needs', () => {
    const set = statefulSet('web', {
      replicas: 2,
      templates: ['data'],
      status: { updateRevision: 'web-2', currentRevision: 'web-1' },
    });
    const pods = [
      podOf(set, 0, { revision: 'web-1' }),
      { ...podOf(set, 1, { revision: 'web-2', status: running(ended(1, 'Error')) }) },
    ];
    const undone = told(of(snapshotWith(pods, { set })));
    assert.deepEqual(undone.commands.slice(1), [
      'look: kubectl get controllerrevisions -n shop',
      'change: kubectl rollout undo statefulset/web -n shop',
    ]);
    assert.equal(
      undone.costs[0],
      "kubectl goes back to the second newest revision, which need not be the set's current one, 1: --to-revision names another; this changes the template: the pods restart, from the highest ordinal down; the controller does not replace the broken pod: then delete it; the older version must be able to read the volumes that the newer one has opened",
    );
    assert.deepEqual(undone.afterwards, ['kubectl delete pod web-1 -n shop']);
    // A file with the revisions has the number of the current one: here the second newest is as broken as the newest.
    const numbers = { 'web-1': 4, 'web-bad': 5, 'web-2': 6 };
    const revisions = Object.entries(numbers).map(([name, revision]) => ({
      metadata: { name, namespace: 'shop' },
      revision,
    }));
    const known = told(of(snapshotWith(pods, { set }, { revisions: read(revisions) })));
    assert.equal(known.commands[1], 'change: kubectl rollout undo statefulset/web --to-revision=4 -n shop');
    assert.match(known.costs[0] ?? '', /^this changes the template: /);
  });

  it('says what goes with a broken pod that is to be deleted after the change', () => {
    const claim = boundClaim('data-web-0');
    const going = { ...claim, metadata: { ...claim.metadata, deletionTimestamp: ago(1) } };
    const snapshot = snapshotWith([pod(running(ended(137, 'OOMKilled')))]);
    const { costs, afterwards } = told(of({ ...snapshot, claims: read([going]) }));
    assert.match(costs.at(-1) ?? '', /then delete it; its claim data-web-0 goes with it/);
    assert.deepEqual(afterwards, ['kubectl delete pod web-0 -n shop']);
    const unread = told(of({ ...snapshot, claims: forbidden('persistentvolumeclaims') }));
    assert.match(unread.costs.at(-1) ?? '', /then delete it; whether a claim goes with it is not known$/);
  });

  it('does not suggest a restart, or a second deletion, that would not follow', () => {
    const set = (updateStrategy: NonNullable<StatefulSet['spec']>['updateStrategy']) => {
      const made = statefulSet('web', { replicas: 1, templates: ['data'], status: { readyReplicas: 0 } });
      return { ...made, spec: { ...made.spec, updateStrategy } } as StatefulSet;
    };
    const killed = (strategy: Parameters<typeof set>[0]) => {
      const around = { set: set(strategy) };
      return told(of(snapshotWith([pod(running(ended(137, 'OOMKilled')), around)], around)));
    };
    const manual = killed({ type: 'OnDelete' });
    assert.equal(
      manual.costs.at(-1),
      'this changes the template: no pod restarts before somebody deletes it (OnDelete); the controller does not replace the broken pod: then delete it',
    );
    assert.deepEqual(manual.afterwards, ['kubectl delete pod web-0 -n shop']);
    const held = killed({ type: 'RollingUpdate', rollingUpdate: { partition: 1 } });
    assert.equal(
      held.costs.at(-1),
      'this changes the template: the pods from the partition on restart, from the highest ordinal down; the partition 1 holds web-0 in its revision: this does not help it before the partition is lower',
    );
    assert.deepEqual(held.afterwards, []);
  });

  it('deletes a pod that is broken in an older revision, and says in which its successor comes', () => {
    const set = statefulSet('web', {
      replicas: 1,
      templates: ['data'],
      status: { updateRevision: 'web-2', currentRevision: 'web-1' },
    });
    const pods = [podOf(set, 0, { revision: 'web-1', status: running(ended(1, 'Error')) })];
    const { commands, costs } = told(of(snapshotWith(pods, { set })));
    assert.equal(commands.at(-1), 'change: kubectl delete pod web-0 -n shop');
    assert.deepEqual(costs, ['web-0 comes back in revision 2; its claims and their data stay']);
  });

  describe('whose newest generation the controller has not observed', () => {
    const changed = (minutes: number): Partial<StatefulSet['metadata']> => ({
      generation: 2,
      creationTimestamp: ago(600),
      managedFields: [
        { manager: 'kube-controller-manager', subresource: 'status', time: ago(1), fieldsV1: { 'f:status': {} } },
        { manager: 'kubectl-edit', time: ago(minutes), fieldsV1: { 'f:spec': {} } },
        { manager: 'kubectl-create', time: ago(600), fieldsV1: { 'f:metadata': {}, 'f:spec': {} } },
      ],
    });
    const unseen = (metadata: Partial<StatefulSet['metadata']>, facts: Partial<Facts> = {}) => {
      const set = statefulSet('web', { metadata });
      const { causes } = of(snapshotWith([podOf(set, 0)], { set }), facts);
      return causes.map(({ ground, since, what }) => [what.kind, ground, since && (time - since) / 60_000]);
    };

    it('says since when, by the last change of its spec', () => {
      assert.deepEqual(unseen(changed(2)), [['not observed', 'undetermined', 2]]);
      assert.deepEqual(unseen(changed(20)), [['not observed', 'likely', 20]]);
      const set = statefulSet('web', { metadata: changed(2) });
      assert.deepEqual(unseen({ generation: 2 }, { managed: { items: [set], others: 'missing' } }), [
        ['not observed', 'undetermined', 2],
      ]);
    });

    it('says nothing of that after it was scaled: the API server notes no time', () => {
      const { managedFields = [], ...metadata } = changed(20);
      const scaled = { manager: 'kubectl', subresource: 'scale', fieldsV1: { 'f:spec': { 'f:replicas': {} } } };
      assert.deepEqual(unseen({ ...metadata, managedFields: [...managedFields, scaled] }), [
        ['not observed', 'undetermined', undefined],
      ]);
    });

    it('says nothing of that where nothing tells, unless it is as it was created', () => {
      assert.deepEqual(unseen({ generation: 2, creationTimestamp: ago(600) }), [
        ['not observed', 'undetermined', undefined],
      ]);
      const set = statefulSet('web', { metadata: { creationTimestamp: ago(7) }, status: { observedGeneration: 0 } });
      const [cause] = of(snapshotWith([], { set })).causes;
      assert.equal(cause?.since, time - 7 * 60_000);
    });

    it('has a look at who of the controllers works', () => {
      const set = statefulSet('web', { metadata: changed(20) });
      assert.deepEqual(told(of(snapshotWith([podOf(set, 0)], { set }))).commands, [
        'look: kubectl get lease kube-controller-manager -n kube-system -o yaml --ignore-not-found',
        'look: kubectl get pods -n kube-system -l component=kube-controller-manager',
      ]);
    });
  });

  it('quotes names of any kind for a shell', () => {
    const evil = "web$(touch x)'; rm";
    const set = statefulSet(evil, { replicas: 1, status: { readyReplicas: 0 } });
    const { commands } = told(of(snapshotWith([podOf(set, 0, { status: running(ended(1, 'Error')) })], { set })));
    assert.equal(commands[0], `look: kubectl logs 'web$(touch x)'\\''; rm-0' -c db --previous -n shop`);
  });
});

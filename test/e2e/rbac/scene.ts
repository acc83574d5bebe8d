/** A namespace with a set for each thing that a right serves. */
import assert from 'node:assert/strict';
import { dnsServices } from '../dns/pods.ts';
import { published, service } from '../dns/sets.ts';
import { eventually } from '../eventually.ts';
import { apply, kubectl, tryKubectl } from '../kubectl.ts';
import { entrance } from '../pin/services.ts';
import { rollSet, settled } from '../roll/sets.ts';
import { rollingIn } from '../rollout/rolling.ts';
import { volumeOnNode } from '../volume.ts';
import { giveWarning } from '../warning.ts';

/** The label of Services whose first write by each user meets a conflict. */
export const busy = { 'kubectl-sts-test/busy': 'true' };

/** A set on each volume of which stands a claim of its own class: so many that they are read as lists. */
const many = 41;

/** Which objects the tests of rights look at, and the port at which no DNS server answers. */
export async function setUp(namespace: string, deafPort: number): Promise<void> {
  const rolling = rollingIn(namespace);
  const never = { replicas: 1, annotations: { 'start-after': '8760h', since: '1h' } };
  await apply(namespace, [
    ...manyClaims(),
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'taken-0' },
      spec: { containers: [{ name: 'main', image: 'registry.example/main' }] },
    },
    claimOf('files-old', {}),
    claimOf('files-new', {}),
    // No node reaches it: this one is missing.
    volumeOnNode(namespace, 'no-such-node', { namespace, name: 'data-placed-0' }),
    service('web'),
    rollSet('web', { replicas: 2, claims: ['data'], parallel: true }),
    entrance('web-lb', 'web'),
    labelled(entrance('busy-lb', 'web'), busy),
    rollSet('solo', { replicas: 1 }),
    entrance('solo-lb', 'solo'),
    rollSet('behind', { replicas: 2, ...filesFrom('files-old') }),
    rollSet('placed', { replicas: 1, claims: ['data'], podSpec: { nodeName: 'node-0' }, spec: placedSpec(namespace) }),
    ...['turn', 'polled', 'unwatched', 'unlisted', 'first', 'second'].map((name) =>
      rollSet(name, { replicas: 1, claims: ['data'] }),
    ),
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'closed' },
      spec: { podSelector: {} },
    },
  ]);
  await rolling.apply('crash', { replicas: 1, annotations: { crash: 'true', since: '1h' } });
  await rolling.apply('classless', { replicas: 1, claims: ['data'], storageClass: 'no-such-class' });
  await rolling.apply('nowhere', { replicas: 1, claims: ['data'], pod: { nodeSelector: { disk: 'fast' } } });
  await rolling.apply('taken', { replicas: 1 });
  await rolling.apply('many', { replicas: 1, claims: names() });
  await Promise.all(['far', 'driver'].map((name) => rolling.apply(name, never)));
  await rolling.apply('slow', { ...never, replicas: 2 });
  await Promise.all([
    dnsServices(namespace, { deaf: [deafPort] }),
    warned(
      namespace,
      'far',
      'FailedAttachVolume',
      'Multi-Attach error for volume "pv-far" Volume is already exclusively attached to one node',
    ),
    warned(
      namespace,
      'driver',
      'FailedMount',
      `driver name ${namespace}.example not found in the list of registered CSI drivers`,
    ),
    settled(namespace, 'web', 'solo', 'behind', 'placed', 'turn', 'polled', 'unwatched', 'unlisted', 'first', 'second'),
    published(namespace, 'web-lb', ['web-0', 'web-1']),
    published(namespace, 'solo-lb', ['solo-0']),
  ]);
  await apply(namespace, [rollSet('behind', { replicas: 2, partition: 2, ...filesFrom('files-new') })]);
  await rolling.seen('behind');
  await unseen(namespace);
}

/** A set whose change its controller does not get to: it may make no revision. */
async function unseen(namespace: string): Promise<void> {
  const hard = { 'count/controllerrevisions.apps': '0' };
  await apply(namespace, [
    { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'no-revisions' }, spec: { hard } },
  ]);
  await eventually('a quota that is counted', async () => {
    const { stdout } = await tryKubectl([
      'get',
      'quota',
      'no-revisions',
      '-n',
      namespace,
      '-o',
      'jsonpath={.status.hard}',
    ]);
    assert.notEqual(stdout, '');
  });
  await apply(namespace, [rollSet('unseen', { replicas: 1 })]);
  // A write by `kubectl scale` leaves no time.
  await kubectl(['patch', 'statefulset/unseen', '-n', namespace, '--type=merge', '-p', '{"spec":{"replicas":2}}']);
}

async function warned(namespace: string, set: string, reason: string, message: string): Promise<void> {
  const rolling = rollingIn(namespace);
  const uid = await eventually(`a node for ${set}-0`, async () => {
    const pod = await rolling.pod(`${set}-0`);
    assert.ok(pod?.spec?.nodeName);
    return pod.metadata.uid ?? '';
  });
  await giveWarning(namespace, { name: `${set}-0`, uid }, reason, message);
}

function names(): string[] {
  return Array.from({ length: many }, (_, nth) => `v${nth}`);
}

/** Each names a volume that is missing, and a class that is missing: six classes in all. */
function manyClaims(): object[] {
  return names().map((name, nth) =>
    claimOf(`${name}-many-0`, { volumeName: `no-such-volume-${nth}`, storageClassName: `no-such-class-${nth % 6}` }),
  );
}

function claimOf(name: string, spec: object): object {
  const own = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec };
  return { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name }, spec: own };
}

function placedSpec(volumeName: string): object {
  const spec = {
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: '1Gi' } },
    storageClassName: '',
    volumeName,
  };
  return { volumeClaimTemplates: [{ metadata: { name: 'data' }, spec }] };
}

function filesFrom(claimName: string): { podSpec: object } {
  const volumeMounts = [{ name: 'files', mountPath: '/f' }];
  return {
    podSpec: {
      containers: [{ name: 'main', image: 'registry.example/main', volumeMounts }],
      volumes: [{ name: 'files', persistentVolumeClaim: { claimName } }],
    },
  };
}

function labelled(object: object, labels: Record<string, string>): object {
  const { metadata, ...rest } = object as { metadata: object };
  return { ...rest, metadata: { ...metadata, labels } };
}

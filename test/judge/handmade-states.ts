import type { Claim, Pod, StatefulSet } from '#src/objects/types.ts';
import type { State } from './controller.ts';

type Spec = NonNullable<StatefulSet['spec']>;

/** The time of the sync. */
const now = '2026-01-01T01:00:00Z';

const labels = { app: 'web' };
const templateWith = (image: string): Spec['template'] => ({
  metadata: { labels },
  spec: { containers: [{ name: 'web', image }] },
});
const revisions = [
  { name: 'web-old', template: templateWith('web:1') },
  { name: 'web-new', template: templateWith('web:2') },
];

/** A set of three, in the namespace shop, whose image was changed once; `spec` may say otherwise. */
export function stateOf(spec: Partial<Spec>, pods: readonly Pod[], claims: readonly Claim[] = []): State {
  const set: StatefulSet = {
    metadata: { name: 'web', namespace: 'shop', uid: 'uid-of-web', generation: 2 },
    spec: {
      replicas: 3,
      serviceName: 'web',
      selector: { matchLabels: labels },
      template: templateWith('web:2'),
      ...spec,
    },
    status: { replicas: pods.length, currentRevision: 'web-old', updateRevision: 'web-new' },
  };
  return { set, revisions, pods, claims, now };
}

export const dataTemplate: Pick<Spec, 'volumeClaimTemplates'> = {
  volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'] } }],
};

/** A pod of the set that has been ready for an hour; `status` may say otherwise. */
export function podOf(
  ordinal: number,
  revision: 'web-old' | 'web-new',
  status: Pod['status'] = readySince(3_600),
): Pod {
  const name = `web-${ordinal}`;
  return {
    metadata: {
      name,
      namespace: 'shop',
      uid: `uid-of-${name}`,
      labels: {
        ...labels,
        'controller-revision-hash': revision,
        'statefulset.kubernetes.io/pod-name': name,
        'apps.kubernetes.io/pod-index': `${ordinal}`,
      },
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'web', uid: 'uid-of-web', controller: true },
      ],
    },
    spec: { hostname: name, subdomain: 'web', containers: [{ name: 'web', image: 'web:1' }] },
    status,
  };
}

export function podsOf(revision: 'web-old' | 'web-new'): Pod[] {
  return [0, 1, 2].map((ordinal) => podOf(ordinal, revision));
}

export function withVolume(pod: Pod): Pod {
  const volume = { name: 'data', persistentVolumeClaim: { claimName: `data-${pod.metadata.name}` } };
  return { ...pod, spec: { containers: [], ...pod.spec, volumes: [volume] } };
}

export function claimOf(pod: string, owner?: { kind: string; name: string; uid: string }): Claim {
  const ownerReferences = owner ? [{ apiVersion: owner.kind === 'Pod' ? 'v1' : 'apps/v1', ...owner }] : [];
  return { metadata: { name: `data-${pod}`, namespace: 'shop', uid: `uid-of-data-${pod}`, labels, ownerReferences } };
}

export function readySince(seconds: number): NonNullable<Pod['status']> {
  const lastTransitionTime = new Date(Date.parse(now) - seconds * 1_000).toISOString().replace('.000', '');
  return { phase: 'Running', conditions: [{ type: 'Ready', status: 'True', lastTransitionTime }] };
}

/** The objects of a history. */

import type { SetShape } from '../../histories/history.ts';
import { onlyHome } from '../roll/home.ts';

/** Whatever belongs to a history has it, so that a watch can ask for that alone. */
export const label = 'kubectl-sts-histories/set';

const never = '8760h';

/** Pods that the stand only accepts and ends: kubelet.ts plays the rest. */
export function setObject(name: string, shape: SetShape, { end, node }: { end: number; node?: string | undefined }) {
  const { replicas, start, policy, strategy, partition, minReadySeconds, claims, template } = shape;
  const labels = { [label]: name };
  const annotations = {
    'stand.kubectl-sts/start-after': never,
    'stand.kubectl-sts/ready-after': never,
    'stand.kubectl-sts/end-after': `${end}ms`,
  };
  const container = {
    name: 'main',
    image: `registry.example/main:${template}`,
    volumeMounts: claims.map((claim) => ({ name: claim, mountPath: `/${claim}` })),
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name, labels },
    spec: {
      replicas,
      minReadySeconds,
      ordinals: { start },
      podManagementPolicy: policy,
      updateStrategy: strategy === 'OnDelete' ? { type: strategy } : { type: strategy, rollingUpdate: { partition } },
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Retain' },
      selector: { matchLabels: labels },
      template: {
        metadata: { labels, annotations },
        spec: {
          terminationGracePeriodSeconds: 1,
          containers: [container],
          ...(node !== undefined && onlyHome(node)),
        },
      },
      volumeClaimTemplates: claims.map((claim) => ({
        metadata: { name: claim },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Mi' } } },
      })),
    },
  };
}

/** Selects pods that belong to nobody. */
export const strangerLabels = 'app=stranger';

/** A pod that belongs to nobody. */
export function strangerObject(name: string) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { app: 'stranger' } },
    spec: { terminationGracePeriodSeconds: 0, containers: [{ name: 'main', image: 'registry.example/other' }] },
  };
}

export function quotaObject(name: string, pods: number) {
  return { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name }, spec: { hard: { pods: `${pods}` } } };
}

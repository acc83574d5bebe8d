/** StatefulSets and governing Services for tests of names. */
import assert from 'node:assert/strict';
import { eventually } from '../eventually.ts';
import { getJson, kubectl, tryKubectl } from '../kubectl.ts';
import { looked, paths } from '../look.ts';
import { podReady, readyEndpoints } from './pods.ts';

export interface SetOptions {
  replicas?: number;
  serviceName?: string | undefined;
  start?: number;
  annotations?: Record<string, string>;
  podSpec?: object;
  labels?: Record<string, string>;
}

export function set(name: string, { replicas = 2, annotations = {}, ...options }: SetOptions = {}): object {
  const serviceName = 'serviceName' in options ? options.serviceName : name;
  const selector = { app: name };
  const labels = { ...selector, ...options.labels };
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name, labels },
    spec: {
      replicas,
      podManagementPolicy: 'Parallel',
      // A test alone says when a pod is replaced.
      updateStrategy: { type: 'OnDelete' },
      ...(serviceName === undefined ? {} : { serviceName }),
      ...(options.start === undefined ? {} : { ordinals: { start: options.start } }),
      selector: { matchLabels: selector },
      template: {
        metadata: { labels, annotations },
        spec: { containers: [{ name: 'main', image: 'registry.example/main' }], ...options.podSpec },
      },
    },
  };
}

/** Headless, with a port for SRV records, unless `spec` says otherwise. */
export function service(name: string, spec: object = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { clusterIP: 'None', selector: { app: name }, ports: [{ name: 'db', port: 5432 }], ...spec },
  };
}

/** Waits until the controllers have made the pods ready and published them. */
export async function published(namespace: string, service: string, pods: readonly string[]): Promise<void> {
  await eventually(`endpoints of ${service}`, async () => {
    assert.deepEqual([...new Set(await readyEndpoints(namespace, service))].sort(), [...pods].sort());
  });
}

/** The addresses of a pod, as the pod says. */
export async function addressesOf(namespace: string, pod: string): Promise<string[]> {
  const { status } = await looked<{ status: { podIPs?: { ip: string }[] } }>(`${paths.pods(namespace)}/${pod}`);
  return (status.podIPs ?? []).map(({ ip }) => ip);
}

interface PodOfNode {
  spec: { nodeName: string };
  status: { podIP?: string };
}

/** Deletes a pod of a set that is on no certain node, and waits until its successor is ready at another address. */
export async function replace(namespace: string, pod: string): Promise<{ old: string; now: string }> {
  const { spec, status } = await getJson<PodOfNode>([`pod/${pod}`, '-n', namespace]);
  const [, set = '', ordinal] = /^(.*)-(\d+)$/.exec(pod) ?? [];
  // The same node may give the same address again.
  const required = {
    nodeSelectorTerms: [
      { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'NotIn', values: [spec.nodeName] }] },
    ],
  };
  const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } };
  const patch = JSON.stringify({ spec: { template: { spec: { affinity } } } });
  await kubectl(['patch', 'statefulset', set, '-n', namespace, '--type=merge', '-p', patch]);
  await kubectl(['delete', 'pod', pod, '-n', namespace]);
  const now = await eventually(`a new pod ${ordinal} of ${set}`, async () => {
    const { stdout } = await tryKubectl(['get', 'pod', pod, '-n', namespace, '-o', 'jsonpath={.status.podIP}']);
    assert.notEqual(stdout, '');
    assert.notEqual(stdout, status.podIP);
    return stdout;
  });
  await podReady(namespace, pod);
  return { old: status.podIP ?? '', now };
}

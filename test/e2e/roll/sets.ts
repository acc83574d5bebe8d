/** StatefulSets for tests of rolls, and what the control plane says of their pods. */
import assert from 'node:assert/strict';
import type { Pod, StatefulSet } from '#src/objects/types.ts';
import { eventually } from '../eventually.ts';
import { apply, kubectl } from '../kubectl.ts';
import { listed, paths } from '../look.ts';

export interface RollSetOptions {
  /** 3 unless given. */
  replicas?: number;
  /** The first ordinal. */
  start?: number;
  /** Of a rolling update, which counts from `start`. */
  partition?: number;
  onDelete?: boolean;
  parallel?: boolean;
  /** Names of claims that each pod has. */
  claims?: readonly string[];
  /** Of the pods besides `ending`, as test/stand/README.md has them. */
  annotations?: Record<string, string>;
  /** Of the set and its pods. */
  labels?: Record<string, string>;
  /** More of the set's metadata, spec, and of its pods' spec. */
  metadata?: object;
  spec?: object;
  podSpec?: object;
}

/** So that a pod is seen to end. */
const ending = { 'stand.kubectl-sts/end-after': '100ms' };

/** Pods that are away for a while when they are replaced. */
export const briefly = { 'stand.kubectl-sts/ready-after': '200ms', 'stand.kubectl-sts/end-after': '200ms' };

/** New pods do not become ready until they are let: see `letReady`. */
export const held = { 'stand.kubectl-sts/unready': 'true' };

export function rollSet(name: string, options: RollSetOptions = {}): object {
  const { replicas = 3, start, partition = 0, onDelete, parallel, claims = [], metadata, spec } = options;
  const annotations = { ...ending, ...options.annotations };
  const labels = { ...options.labels, app: name };
  const template = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
  const containers = [
    {
      name: 'main',
      image: 'registry.example/main',
      volumeMounts: claims.map((claim) => ({ name: claim, mountPath: `/${claim}` })),
    },
  ];
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name, labels, ...metadata },
    spec: {
      replicas,
      serviceName: name,
      selector: { matchLabels: { app: name } },
      updateStrategy: onDelete ? { type: 'OnDelete' } : { type: 'RollingUpdate', rollingUpdate: { partition } },
      ...(start !== undefined && { ordinals: { start } }),
      ...(parallel && { podManagementPolicy: 'Parallel' }),
      volumeClaimTemplates: claims.map((claim) => ({ metadata: { name: claim }, spec: template })),
      template: { metadata: { labels, annotations }, spec: { containers, ...options.podSpec } },
      ...spec,
    },
  };
}

/** Waits until the controller has nothing to do for these sets, and all their pods are ready. */
export async function settled(namespace: string, ...names: string[]): Promise<void> {
  await eventually(`${names.join(', ')} settled`, async () => {
    const items = await listed<StatefulSet>(paths.sets(namespace));
    const pods = await listed<Pod>(paths.pods(namespace));
    const states = names.map((name) => [
      name,
      stateOf(
        items.find(({ metadata }) => metadata.name === name),
        pods.filter(({ metadata }) => metadata.labels?.['app'] === name),
      ),
    ]);
    assert.deepEqual(
      states,
      names.map((name) => [name, 'settled']),
    );
  });
}

/** The pods are looked at themselves too: a status knows of a pod's deletion only a moment later. */
function stateOf(set: StatefulSet | undefined, pods: readonly Pod[]): string {
  const { metadata, spec, status } = set ?? {};
  const { replicas = 1, updateStrategy } = spec ?? {};
  if (status?.observedGeneration !== metadata?.generation) return 'not seen';
  if (status?.replicas !== replicas || (status?.readyReplicas ?? 0) !== replicas) return 'not ready';
  if (pods.length !== replicas || !pods.every(isReady)) return 'has pods that are not ready';
  const toUpdate = replicas - (updateStrategy?.rollingUpdate?.partition ?? 0);
  const isUpdated = updateStrategy?.type === 'OnDelete' || (status?.updatedReplicas ?? 0) >= toUpdate;
  return isUpdated ? 'settled' : 'not updated';
}

/** Whether a pod is ready, and not ending. */
export function isReady({ metadata, status }: Pod): boolean {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  return metadata.deletionTimestamp === undefined && ready?.status === 'True';
}

/** A set's pods in the order of their ordinals. */
export async function podsOf(namespace: string, set: string): Promise<Pod[]> {
  const items = await listed<Pod>(`${paths.pods(namespace)}?labelSelector=app%3D${set}`);
  const ordinal = ({ metadata: { name } }: Pod) => Number(name.slice(name.lastIndexOf('-') + 1));
  return items.sort((a, b) => ordinal(a) - ordinal(b));
}

/** The UIDs of a set's pods, by name: another one is another pod. */
export async function uidsOf(namespace: string, set: string): Promise<Record<string, string>> {
  const pods = await podsOf(namespace, set);
  return Object.fromEntries(pods.map(({ metadata }) => [metadata.name, metadata.uid ?? '']));
}

/** The revision of each pod of a set, by name. */
export async function revisionsOf(namespace: string, set: string): Promise<Record<string, string>> {
  const pods = await podsOf(namespace, set);
  return Object.fromEntries(
    pods.map(({ metadata }) => [metadata.name, metadata.labels?.['controller-revision-hash'] ?? '']),
  );
}

/** Sets of `held` pods become ready: those of these sets that are there. */
export async function letReady(namespace: string, ...sets: string[]): Promise<void> {
  await eventually(`all pods of ${sets.join(', ')} made`, async () => {
    const made = await listed<StatefulSet>(paths.sets(namespace));
    for (const { metadata, spec } of made.filter(({ metadata }) => sets.includes(metadata.name))) {
      assert.equal((await podsOf(namespace, metadata.name)).length, spec?.replicas);
    }
  });
  await allow(namespace, '-l', `app in (${sets.join(',')})`);
  await settled(namespace, ...sets);
}

/** A pod that was held becomes ready. */
export async function allow(namespace: string, ...pods: string[]): Promise<void> {
  await kubectl(['annotate', 'pod', '-n', namespace, ...pods, 'stand.kubectl-sts/unready-']);
}

/** A pod that was ready becomes unready. */
export async function sicken(namespace: string, pod: string): Promise<void> {
  await kubectl(['annotate', 'pod', pod, '-n', namespace, 'stand.kubectl-sts/unready=true', '--overwrite']);
  await eventually(`${pod} unready`, async () => {
    const pods = await listed<Pod>(`${paths.pods(namespace)}?fieldSelector=metadata.name%3D${pod}`);
    const ready = pods[0]?.status?.conditions?.find(({ type }) => type === 'Ready');
    assert.equal(ready?.status, 'False');
  });
}

/** A budget for the pods with these labels. */
export function budget(name: string, labels: Record<string, string>, spec: object): object {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name },
    spec: { selector: { matchLabels: labels }, ...spec },
  };
}

/**
 * Makes several budgets for the same pods, which have to be there already: when a pod comes, the controller recounts only
 * one of its budgets (`getPdbForPod`, pkg/controller/disruption).
 */
export async function addBudgets(
  namespace: string,
  spec: Readonly<Record<string, object>>,
  app: string,
): Promise<void> {
  await apply(
    namespace,
    Object.entries(spec).map(([name, limits]) => budget(name, { app }, limits)),
  );
  await counted(namespace, ...Object.keys(spec));
}

/** Waits until the controller has counted the pods of these budgets. */
export async function counted(namespace: string, ...budgets: string[]): Promise<void> {
  await eventually(`budgets ${budgets.join(', ')} counted`, async () => {
    const items = await listed<Budget>(paths.budgets(namespace));
    for (const name of budgets) {
      const found = items.find(({ metadata }) => metadata.name === name);
      assert.equal(found?.status?.observedGeneration, found?.metadata.generation);
      assert.ok((found?.status?.expectedPods ?? 0) > 0, `${name} expects pods`);
    }
  });
}

/** The names of the Leases in a namespace. */
export async function leasesIn(namespace: string): Promise<string[]> {
  const leases = await listed<{ metadata: { name: string } }>(paths.leases(namespace));
  return leases.map(({ metadata }) => metadata.name);
}

interface Budget {
  metadata: { name: string; generation: number };
  status?: { observedGeneration?: number; expectedPods?: number };
}

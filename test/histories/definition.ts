/**
 * When a rollout is done, and since when it fails, as seen from outside. Written anew from what the gate promises: nothing
 * of the plugin is used.
 */

interface Meta {
  name: string;
  namespace: string;
  uid: string;
  generation?: number;
  deletionTimestamp?: string;
  resourceVersion: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  ownerReferences?: { uid: string; controller?: boolean }[];
}

export interface SeenSet {
  metadata: Meta;
  spec: {
    replicas: number;
    minReadySeconds?: number;
    ordinals?: { start?: number };
    updateStrategy?: { type?: string; rollingUpdate?: { partition?: number } };
  };
  status?: { observedGeneration?: number; updateRevision?: string; readyReplicas?: number; replicas?: number };
}

interface ContainerState {
  waiting?: { reason?: string };
  terminated?: { exitCode: number };
}

export interface SeenPod {
  metadata: Meta;
  spec?: { nodeName?: string };
  status?: {
    phase?: string;
    startTime?: string;
    conditions?: { type: string; status: string; lastTransitionTime?: string }[];
    containerStatuses?: { state?: ContainerState }[];
  };
}

export interface SeenEvent {
  metadata: Meta;
  reason?: string;
  firstTimestamp?: string;
  involvedObject?: { uid?: string };
}

export type Goal = 'rollout' | 'ready';

/** What is not as it should be. */
export interface Unmet {
  why: string;
  /** When it will be by the passing of time alone, in milliseconds since the epoch. */
  at?: number;
}

/** The pods that a set controls. */
export function ownPods(set: SeenSet, pods: Iterable<SeenPod>): SeenPod[] {
  return [...pods].filter(({ metadata }) =>
    metadata.ownerReferences?.some(({ uid, controller }) => controller === true && uid === set.metadata.uid),
  );
}

/**
 * What keeps a rollout from being done; undefined when nothing does.
 *
 * @param pods the pods that the set controls
 * @param now milliseconds since the epoch
 */
export function unmet(set: SeenSet, pods: readonly SeenPod[], goal: Goal, now: number): Unmet | undefined {
  const { metadata, spec, status } = set;
  if ((status?.observedGeneration ?? 0) < (metadata.generation ?? 1)) return { why: 'generation not observed' };
  const start = spec.ordinals?.start ?? 0;
  const end = start + spec.replicas;
  const outside = pods.find(({ metadata: { name } }) => ordinalOf(name) < start || ordinalOf(name) >= end);
  if (outside) return { why: `${outside.metadata.name} is outside` };
  let last: Unmet | undefined;
  for (let ordinal = start; ordinal < end; ordinal++) {
    const name = `${metadata.name}-${ordinal}`;
    const pod = pods.find((each) => each.metadata.name === name);
    const found = pod === undefined ? { why: `${name} is missing` } : unavailable(pod, spec.minReadySeconds ?? 0, now);
    if (found && found.at === undefined) return found;
    if (found && (last?.at ?? 0) < (found.at ?? 0)) last = found;
  }
  const [outdated] = goal === 'rollout' ? outdatedPods(set, pods) : [];
  return outdated === undefined ? last : { why: `${outdated} is outdated` };
}

function unavailable({ metadata, status }: SeenPod, minReadySeconds: number, now: number): Unmet | undefined {
  if (metadata.deletionTimestamp !== undefined) return { why: `${metadata.name} is being deleted` };
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  if (status?.phase !== 'Running' || ready?.status !== 'True') return { why: `${metadata.name} is not ready` };
  const at = Date.parse(ready.lastTransitionTime ?? '') + minReadySeconds * 1_000;
  return minReadySeconds === 0 || at <= now ? undefined : { why: `${metadata.name} is not available`, at };
}

/** The names of the wanted pods that should be at the update revision, and are not. */
export function outdatedPods({ metadata, spec, status }: SeenSet, pods: readonly SeenPod[]): string[] {
  const { start = 0 } = spec.ordinals ?? {};
  const { type, rollingUpdate } = spec.updateStrategy ?? {};
  const from = start + (type === 'OnDelete' ? 0 : (rollingUpdate?.partition ?? 0));
  return pods
    .filter(({ metadata: { name } }) => ordinalOf(name) >= from && ordinalOf(name) < start + spec.replicas)
    .filter((pod) => pod.metadata.labels?.['controller-revision-hash'] !== status?.updateRevision)
    .map((pod) => pod.metadata.name)
    .filter((name) => name.startsWith(`${metadata.name}-`));
}

function ordinalOf(name: string): number {
  return Number(name.slice(name.lastIndexOf('-') + 1));
}

const badReasons = new Set(['CrashLoopBackOff', 'ErrImagePull', 'ImagePullBackOff', 'InvalidImageName']);

/**
 * Since when something fails that may heal and may not, as far as it is seen now: a container, a pod that is refused, one
 * that does not go. Milliseconds since the epoch, by the objects where they tell. A lost node is not looked at: whoever
 * loses it knows.
 */
export function failingSince(
  set: SeenSet,
  pods: readonly SeenPod[],
  events: Iterable<SeenEvent>,
  now: number,
): number | undefined {
  const isBad = ({ waiting, terminated }: ContainerState): boolean =>
    badReasons.has(waiting?.reason ?? '') || (terminated !== undefined && terminated.exitCode !== 0);
  if (pods.some(({ status }) => status?.containerStatuses?.some(({ state }) => isBad(state ?? {})))) return now;
  const refusals = [...events].filter(
    ({ reason, involvedObject }) => reason === 'FailedCreate' && involvedObject?.uid === set.metadata.uid,
  );
  // A busy controller sends an event long after it has happened.
  if (refusals.length > 0) return Math.min(...refusals.map((event) => Date.parse(event.firstTimestamp ?? '')));
  const held = pods.find(({ metadata }) => metadata.deletionTimestamp !== undefined && metadata.finalizers?.length);
  return held && Math.max(now, Date.parse(held.metadata.deletionTimestamp ?? ''));
}

/** Pods and their nodes: why none takes a pod, as far as its volumes are the reason, and which pods lost theirs. */
import { holds } from '#src/objects/conditions.ts';
import { matchesNode, placeOf } from '#src/objects/nodeselector.ts';
import { unscheduledMessage } from '#src/objects/podstatus.ts';
import type { Node, Pod } from '#src/objects/types.ts';
import type { Storage } from './storage.ts';

/** What the scheduler has said (`scheduler`), and what the objects say where a volume is the reason. */
export interface Unschedulable {
  scheduler: string;
  volume: VolumeElsewhere | undefined;
}

/** A volume that can be reached only from nodes that do not take the pod. */
export interface VolumeElsewhere {
  volume: string;
  /** The node or zones in which the volume lives, where its affinity names them. */
  place: string | undefined;
  /** The nodes that can reach it, by name, and why each does not take the pod. Empty when no node can reach it. */
  nodes: { name: string; state: 'cordoned' | 'not ready' | 'not selected by the pod' }[];
}

/**
 * @param storage what the pod mounts
 * @param nodes all nodes of the cluster; undefined where they were not read
 * @returns undefined for a pod that has a node, or that the scheduler has not given up on
 */
export function unschedulable(
  pod: Pod,
  storage: readonly Storage[],
  nodes: readonly Node[] | undefined,
): Unschedulable | undefined {
  const scheduler = unscheduledMessage(pod);
  if (scheduler === undefined) return undefined;
  return { scheduler, volume: nodes && volumeElsewhere(pod, storage, nodes) };
}

/** The volume of a pod that no node which can reach it would take now, if there is one. */
export function volumeElsewhere(
  pod: Pod,
  storage: readonly Storage[],
  nodes: readonly Node[],
): VolumeElsewhere | undefined {
  for (const { volume } of storage) {
    const selector = volume?.volume.state === 'found' ? volume.volume.object.spec?.nodeAffinity?.required : undefined;
    if (volume === undefined || selector === undefined) continue;
    const reaching = nodes.filter((node) => matchesNode(selector, node));
    const closed = reaching.flatMap((node) => closedNode(pod, node) ?? []);
    if (closed.length === reaching.length) return { volume: volume.name, place: placeOf(selector), nodes: closed };
  }
  return undefined;
}

function closedNode(pod: Pod, node: Node): VolumeElsewhere['nodes'][number] | undefined {
  const { name } = node.metadata;
  if (node.spec?.unschedulable) return { name, state: 'cordoned' };
  if (!isReady(node)) return { name, state: 'not ready' };
  return selects(pod, node) ? undefined : { name, state: 'not selected by the pod' };
}

function isReady({ status }: Node): boolean {
  return holds(status?.conditions, 'Ready');
}

/** What became of the node of a pod. */
export type LostNode = 'not ready' | 'missing';

/**
 * Whether a pod looks like one whose node is lost: nobody tells of its containers any more, so that they are ready as
 * they were, and the controller of nodes has taken its readiness away. Source: `MarkPodsNotReady`,
 * pkg/controller/util/node/controller_utils.go.
 */
export function mayHaveLostNode({ spec, status }: Pod): boolean {
  const containers = status?.containerStatuses ?? [];
  return (
    Boolean(spec?.nodeName) &&
    status?.phase === 'Running' &&
    !holds(status.conditions, 'Ready') &&
    containers.length > 0 &&
    containers.every(({ ready }) => ready)
  );
}

/**
 * @param nodes all nodes of the cluster; undefined where they were not read
 * @returns undefined where the pod has none, or nothing is wrong with it, or it was not looked for
 */
export function lostNode(pod: Pod, nodes: readonly Node[] | undefined): LostNode | undefined {
  if (nodes === undefined || !mayHaveLostNode(pod)) return undefined;
  const node = nodes.find(({ metadata }) => metadata.name === pod.spec?.nodeName);
  if (node === undefined) return 'missing';
  return isReady(node) ? undefined : 'not ready';
}

/** https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node: nodeSelector and required affinity, both. */
function selects({ spec }: Pod, node: Node): boolean {
  const affinity = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const labels = Object.entries(spec?.nodeSelector ?? {});
  return (
    labels.every(([key, value]) => node.metadata.labels?.[key] === value) &&
    (affinity === undefined || matchesNode(affinity, node))
  );
}

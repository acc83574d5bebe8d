/** Pods and their nodes: whether a pod fits no node because of its volumes, and which pods lost their node. */
import { holds } from '#src/objects/conditions.ts';
import { matchesNode, placeOf } from '#src/objects/nodeselector.ts';
import { unscheduledMessage } from '#src/objects/podstatus.ts';
import type { Node, Pod } from '#src/objects/types.ts';
import type { Storage } from './storage.ts';

/** Why a pod fits no node: the scheduler's message, and the volume that is the reason, if one is. */
export interface Unschedulable {
  scheduler: string;
  volume: VolumeElsewhere | undefined;
}

/** A volume that can be reached only from nodes on which the pod cannot run. */
export interface VolumeElsewhere {
  volume: string;
  /** The node or the zones of the volume, if its affinity names them. */
  place: string | undefined;
  /** The nodes that can reach it, and why the pod cannot run on each. Empty if no node can reach it. */
  nodes: { name: string; state: 'cordoned' | 'not ready' | 'not selected by the pod' }[];
}

/**
 * @param storage the claims that the pod mounts
 * @param nodes all nodes of the cluster; undefined if they were not read
 * @returns undefined if the pod has a node, or if the scheduler has not said that it fits none
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

/**
 * The first volume for which the pod cannot now run on any node that can reach the volume; undefined if there is none.
 */
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

/** Why the node of a pod counts as lost. */
export type LostNode = 'not ready' | 'missing';

/**
 * Whether a pod looks as if its node is lost: its containers are still ready, since no kubelet updates them, but the
 * node lifecycle controller has set the pod's condition Ready to false.
 * Source: `MarkPodsNotReady`, pkg/controller/util/node/controller_utils.go.
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
 * @param nodes all nodes of the cluster; undefined if they were not read
 * @returns undefined if the pod has no node, if its node is well, or if the nodes were not read
 */
export function lostNode(pod: Pod, nodes: readonly Node[] | undefined): LostNode | undefined {
  if (nodes === undefined || !mayHaveLostNode(pod)) return undefined;
  const node = nodes.find(({ metadata }) => metadata.name === pod.spec?.nodeName);
  if (node === undefined) return 'missing';
  return isReady(node) ? undefined : 'not ready';
}

/**
 * Whether the pod may run on the node, by its nodeSelector and its required node affinity.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node
 */
function selects({ spec }: Pod, node: Node): boolean {
  const affinity = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const labels = Object.entries(spec?.nodeSelector ?? {});
  return (
    labels.every(([key, value]) => node.metadata.labels?.[key] === value) &&
    (affinity === undefined || matchesNode(affinity, node))
  );
}

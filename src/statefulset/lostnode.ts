/** Pods whose node may be lost. A kubelet that is cut off writes no status, so that the pod's own may be of long ago. */
import { holds } from '#src/objects/conditions.ts';
import { endOf } from '#src/objects/deletion.ts';
import type { Part } from '#src/objects/snapshot.ts';
import { outOfServiceTaint } from '#src/objects/taints.ts';
import type { Node, Pod } from '#src/objects/types.ts';
import { isEnded, isReady } from './controller/pods.ts';

/** Why the node of a pod counts as lost. */
export type LostNode = 'not ready' | 'missing';

/** A pod whose node is lost, or of whose node nobody knows: it was not read. */
export type NodeDoubt = LostNode | 'forbidden' | 'not given';

/**
 * Whether it matters to the pod how its node is: it is not ready, or it should have ended. Its condition Ready proves
 * nothing then: the node lifecycle controller takes it away only once, at a change that it sees (`MarkPodsNotReady`).
 *
 * @param now milliseconds since the epoch
 */
function dependsOnNode(pod: Pod, now: number): boolean {
  if (!pod.spec?.nodeName) return false;
  return isOverdue(pod, now) || (!isReady(pod) && !isEnded(pod));
}

/** Whether the pod is being deleted, and its grace period is over. */
function isOverdue(pod: Pod, now: number): boolean {
  const end = endOf(pod);
  return end !== undefined && end < now;
}

/**
 * @returns undefined if the pod has no node, or if its node is well; also where the node is not at hand, and the pod does
 *   not depend on it now
 */
export function nodeDoubt(pod: Pod, { items, others }: Part<Node>, now: number): NodeDoubt | undefined {
  const name = pod.spec?.nodeName;
  const node = name ? items.find(({ metadata }) => metadata.name === name) : undefined;
  const depends = dependsOnNode(pod, now);
  if (node === undefined) return depends ? others : undefined;
  const matters = depends || !isEnded(pod);
  return matters && !holds(node.status?.conditions, 'Ready') ? 'not ready' : undefined;
}

/** Whether somebody has taken the pod's node out of service. */
export function isOutOfService({ spec }: Pod, nodes: readonly Node[]): boolean {
  const node = nodes.find(({ metadata }) => metadata.name === spec?.nodeName);
  return node?.spec?.taints?.some(({ key }) => key === outOfServiceTaint) === true;
}

/** Whether the node is known to be lost. */
export function isLost(doubt: NodeDoubt | undefined): doubt is LostNode {
  return doubt === 'not ready' || doubt === 'missing';
}

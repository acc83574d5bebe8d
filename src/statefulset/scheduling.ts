/** Why no node takes a pod, as far as its volumes are concerned: which nodes reach them all, and which are closed. */
import { matchesNode, type Place, placeIn } from '#src/objects/nodeselector.ts';
import { unscheduledMessage } from '#src/objects/podstatus.ts';
import type { Part } from '#src/objects/snapshot.ts';
import {
  closingTaints,
  notReadyTaint,
  type Taint,
  tolerates,
  unreachableTaint,
  unschedulableTaint,
} from '#src/objects/taints.ts';
import type { Node, NodeSelector, Pod } from '#src/objects/types.ts';
import type { Storage } from './storage.ts';

/** Why a pod fits no node: the scheduler's message, and where its volumes let it run. */
export interface Unschedulable {
  scheduler: string;
  /** Undefined if any node reaches its volumes, or if no node was read. */
  reach: Reach | undefined;
}

/** The nodes that reach all volumes of a pod. */
export interface Reach {
  /** `nodes`: how many reach the volume; `place`: a node or zones, if the volume's affinity names them. */
  volumes: readonly { name: string; place: Place | undefined; nodes: number }[];
  nodes: readonly ReachingNode[];
  /** Whether all nodes of the cluster are known. */
  complete: boolean;
}

export interface ReachingNode {
  name: string;
  /** Why the node takes no pod like this one; undefined where nothing says so, as where only its memory is full. */
  closed: ClosedNode | undefined;
}

export type ClosedNode =
  | { state: 'cordoned' | 'not ready' | 'not selected by the pod' }
  /** The pod does not tolerate the taint. */
  | { state: 'tainted'; taint: Taint };

/**
 * @param storage the claims that the pod mounts
 * @returns undefined if the pod has a node, or if the scheduler has not said that it fits none
 */
export function unschedulable(pod: Pod, storage: readonly Storage[], nodes: Part<Node>): Unschedulable | undefined {
  const scheduler = unscheduledMessage(pod);
  if (scheduler === undefined) return undefined;
  const { items } = nodes;
  const complete = nodes.others === 'missing' || (items.length > 0 && items.length >= countIn(scheduler));
  return { scheduler, reach: reachOf(pod, storage, items, complete) };
}

/** Of how many nodes the scheduler speaks: `0/3 nodes are available: …`. */
function countIn(scheduler: string): number {
  return Number(/^0\/(\d+) nodes are available/.exec(scheduler)?.[1] ?? Number.POSITIVE_INFINITY);
}

/**
 * Where the volumes of the pod let it run.
 *
 * @returns undefined if every node reaches them, and one takes the pod as far as anything says
 */
export function reachOf(
  pod: Pod,
  storage: readonly Storage[],
  nodes: readonly Node[],
  complete: boolean,
): Reach | undefined {
  if (nodes.length === 0 && !complete) return undefined;
  const placed = storage.flatMap(placedVolume);
  const reaching = nodes.filter((node) => placed.every(({ selector }) => matchesNode(selector, node)));
  const reach: Reach = {
    volumes: placed.map(({ name, selector }) => ({
      name,
      place: placeIn(selector),
      nodes: nodes.filter((node) => matchesNode(selector, node)).length,
    })),
    nodes: reaching.map((node) => ({ name: node.metadata.name, closed: closedNode(pod, node) })),
    complete,
  };
  const says = placed.length > 0 && (reaching.length < nodes.length || isShutOut(reach));
  return says ? reach : undefined;
}

/** Whether the pod cannot now run on any node that reaches its volumes. */
export function isShutOut({ nodes, complete }: Reach): boolean {
  return complete && nodes.every(({ closed }) => closed !== undefined);
}

/** The volume of a bound claim, if it has a place. Only such a volume binds its pod to nodes (plugin VolumeBinding). */
function placedVolume(storage: Storage): { name: string; selector: NodeSelector }[] {
  const { volume } = storage;
  const selector = volume?.volume.state === 'found' ? volume.volume.object.spec?.nodeAffinity?.required : undefined;
  return isBoundClaim(storage) && volume && selector ? [{ name: volume.name, selector }] : [];
}

/** A volume without which the pod would come back on any other node. */
export interface BoundVolume {
  name: string;
  /** The kind of volume that is on the machine itself; undefined where no other node reaches the volume, as far as is known. */
  source: 'hostPath' | 'local' | undefined;
}

/** The volume that keeps the pod on its node: first of all one that no other node reaches. */
export function boundVolume(
  pod: Pod,
  storage: readonly Storage[],
  { items, others }: Part<Node>,
): BoundVolume | undefined {
  const name = pod.spec?.nodeName;
  const otherNodes = items.filter(({ metadata }) => metadata.name !== name);
  const isBound = (selector: NodeSelector) => {
    const place = placeIn(selector);
    // Local volumes name their one node: for them, the other nodes need not be known.
    const isLocal = place?.kind === 'nodes' && !place.text.includes(',');
    return isLocal || (others === 'missing' && !otherNodes.some((node) => matchesNode(selector, node)));
  };
  const placed = storage.flatMap(placedVolume).find(({ selector }) => isBound(selector));
  return placed ? { name: placed.name, source: undefined } : storage.flatMap(volumeOnMachine)[0];
}

/**
 * The volume of a bound claim, if its kind is a directory or disk of one machine. The scheduler does not know of which: a
 * hostPath volume need have no affinity, and on another node the same path leads to other data, or to none.
 * https://kubernetes.io/docs/concepts/storage/volumes/#hostpath
 */
function volumeOnMachine(storage: Storage): BoundVolume[] {
  const { volume } = storage;
  if (!isBoundClaim(storage) || volume?.volume.state !== 'found') return [];
  const { hostPath, local } = volume.volume.object.spec ?? {};
  const source = hostPath ? 'hostPath' : local ? 'local' : undefined;
  return source === undefined ? [] : [{ name: volume.name, source }];
}

function isBoundClaim({ claim }: Storage): boolean {
  return claim.state === 'found' && claim.object.status?.phase === 'Bound';
}

function closedNode(pod: Pod, node: Node): ClosedNode | undefined {
  const taints = closingTaints(node).filter((taint) => !tolerates(pod, taint));
  const has = (key: string) => taints.some((taint) => taint.key === key);
  const [taint] = taints;
  if (has(unschedulableTaint)) return { state: 'cordoned' };
  if (has(notReadyTaint) || has(unreachableTaint)) return { state: 'not ready' };
  if (taint !== undefined) return { state: 'tainted', taint };
  return selects(pod, node) ? undefined : { state: 'not selected by the pod' };
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

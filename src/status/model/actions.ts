/** What a person can do about a cause: first look, then change something, the least destructive first. */

import type { StatefulSet } from '#src/objects/types.ts';
import { isReady } from '#src/statefulset/controller/pods.ts';
import { isOrdered } from '#src/statefulset/controller/revisions.ts';
import type { GoingClaim } from '#src/statefulset/fate.ts';
import type { LostNode } from '#src/statefulset/lostnode.ts';
import { stakesOf } from '#src/statefulset/stakes.ts';
import type { Storage } from '#src/statefulset/storage.ts';
import type { PresentPod } from '#src/tree/model/members.ts';
import type { Topology } from '#src/tree/model/topology.ts';
import { budgetActions } from './budgets.ts';
import type { Cause, MissingObject } from './causes.ts';

export type Action = Look | Change;

/** Changes nothing. */
export type Look =
  | { do: 'read the log'; pod: string; container: string; previous: boolean }
  /** `namespace`: that of the set, where it is undefined. */
  | { do: 'describe pod'; pod: string; namespace?: string }
  | { do: 'describe claim'; claim: string }
  | { do: 'describe node'; node: string }
  /** `kubectl describe` does not print them. */
  | { do: 'show finalizers'; pod: string }
  | { do: 'describe Service'; service: string }
  | { do: 'describe the set' | 'describe quota' | 'list budgets' | 'list nodes' | 'list classes' | 'list DaemonSets' }
  | { do: 'describe budgets'; budgets: readonly string[] }
  | { do: 'list pods on the node'; node: string }
  | { do: 'list drivers of the node'; node: string }
  | { do: 'list attachments' }
  | { do: 'list objects'; object: MissingObject['kind'] | 'ServiceAccount' | 'Service' }
  | { do: 'list pods of the controller' }
  /** The Lease by which the controllers agree on who of them works. */
  | { do: 'read the Lease of the controller' };

/** Each has a cost, which the words tell. */
export type Change =
  /** `remains`: the controller does not replace this broken pod afterwards. */
  | { do: 'undo the rollout'; remains: string | undefined; hasClaims: boolean }
  | { do: 'set the image'; container: string; remains: string | undefined }
  | { do: 'raise the memory limit'; container: string; limit: string | undefined; remains: string | undefined }
  /**
   * `comesBackIn`: the revision of its successor, if that is another one; `comesBack`: whether there is one. `goes`: the
   * claims that go with it; undefined where nobody knows. `emptyFor`: claim templates for which its successor begins on an
   * empty volume. `why`: what it is good for.
   */
  | {
      do: 'delete the pod';
      pod: string;
      why: 'successor' | 'condemned' | 'starts anew' | 'free the name';
      comesBackIn: string | undefined;
      goes: readonly GoingClaim[] | undefined;
      emptyFor: readonly string[];
      /** Whether it mounts claims. */
      hasClaims: boolean;
      owner: string | undefined;
    }
  | { do: 'force the deletion'; pod: string; node: string | undefined }
  | { do: 'take the node out of service'; node: string }
  | { do: 'uncordon'; node: string }
  | { do: 'roll the outdated pods' }
  /** `pods`: those that the budget selects. `owner`: who keeps the budget, and may put it back. */
  | { do: 'let one pod be evicted'; budget: string; pods: number; owner: string | undefined }
  /** `stays`: the one that guards the pods alone then. */
  | { do: 'delete budgets'; budgets: readonly string[]; stays: string }
  | { do: 'create the ServiceAccount'; name: string }
  /** The object, or the key that it lacks. */
  | { do: 'create the object'; missing: MissingObject }
  | { do: 'create the Service'; name: string; labels: Readonly<Record<string, string>> };

/** Whether it changes the pod template, and so makes a new revision. */
export function changesTemplate({ do: act }: Action): boolean {
  return act === 'undo the rollout' || act === 'set the image' || act === 'raise the memory limit';
}

export function actionsFor(cause: Cause, topology: Topology): Action[] {
  const { what, pod } = cause;
  const member = topology.members.find((each) => each.state === 'found' && each.pod.metadata.name === pod);
  const found = member?.state === 'found' ? member : undefined;
  switch (what.kind) {
    case 'crash':
      return [...crashLooks(what, found), ...mending(topology, found, memory(what))];
    case 'image':
      return [
        ...described(pod),
        ...mending(topology, found, { do: 'set the image', container: what.container, remains: undefined }),
      ];
    case 'probe':
      return [...described(pod), ...logs(found, what.container, what.isBack), ...mending(topology, found)];
    case 'container not created':
    case 'mount':
      return [
        ...missing(what.missing),
        ...driver(what),
        ...described(pod),
        ...supplying(what.missing, topology, found),
      ];
    case 'unschedulable':
      return [...described(pod), { do: 'list nodes' }, ...uncordoning(what)];
    case 'attach':
      return [
        { do: 'list attachments' },
        ...(what.holder?.nodes ?? []).map((node): Look => ({ do: 'describe node', node })),
      ];
    case 'node':
      return nodeActions(what.node, what.state, what.says);
    case 'does not end':
      return [...(what.finalizers.length > 0 ? [] : described(pod)), ...ending(what, pod)];
    case 'claim':
      return claimActions(what.storage);
    case 'pod refused':
      return refusalActions(what.by, topology.set);
    case 'name taken':
      return [...described(pod), ...freeing(what, pod)];
    case 'claims do not fit':
    case 'identity does not fit':
      return found === undefined ? [] : [...described(pod), ofPod(topology, found, 'successor')];
    case 'service missing':
      return [{ do: 'list objects', object: 'Service' }, ...newService(what.service, topology.set)];
    case 'service selects no pod':
      return [{ do: 'describe Service', service: what.service }];
    case 'budget':
      return budgetActions(what);
    case 'not observed':
      return [{ do: 'read the Lease of the controller' }, { do: 'list pods of the controller' }];
    case 'outdated':
      return [{ do: 'roll the outdated pods' }];
    case 'not ready':
    case 'sandbox':
    case 'scheduling gates':
    case 'readiness gates':
    case 'warning':
      return described(pod);
    case 'label too long':
    case 'strategy not enabled':
      return [];
  }
}

function freeing(
  { earlier, owner }: Extract<Cause['what'], { kind: 'name taken' }>,
  pod: string | undefined,
): Change[] {
  return earlier || pod === undefined ? [] : [{ ...deletion(pod, 'free the name'), owner }];
}

function described(pod: string | undefined): Look[] {
  return pod === undefined ? [] : [{ do: 'describe pod', pod }];
}

function crashLooks(what: Extract<Cause['what'], { kind: 'crash' }>, member: PresentPod | undefined): Look[] {
  const claims = (what.full ?? []).map(({ claim }): Look => ({ do: 'describe claim', claim }));
  return [...logs(member, what.container, what.isPrevious), ...claims];
}

function logs(member: PresentPod | undefined, container: string, previous: boolean): Look[] {
  return member === undefined ? [] : [{ do: 'read the log', pod: member.pod.metadata.name, container, previous }];
}

function memory({
  reason,
  container,
  memoryLimit,
}: {
  reason: string;
  container: string;
  memoryLimit: string | undefined;
}): Change | undefined {
  return reason === 'OOMKilled'
    ? { do: 'raise the memory limit', container, limit: memoryLimit, remains: undefined }
    : undefined;
}

/**
 * What helps a pod that fails in its revision: another pod in a newer one, or a newer revision. An ordered set's
 * controller replaces no broken pod: it stays after the template is mended. A pod that is ready, between two restarts of a
 * container, is to be looked at first.
 *
 * @param first a change of the template that mends just this
 */
function mending(topology: Topology, member: PresentPod | undefined, first?: Change): Change[] {
  if (member === undefined || isReady(member.pod)) return [];
  const { set } = topology;
  if (!member.wanted) return [ofPod(topology, member, 'condemned')];
  const change = ofPod(topology, member, 'successor');
  if (change.comesBackIn !== undefined) return [change];
  const remains = isOrdered(set) ? member.pod.metadata.name : undefined;
  const { currentRevision, updateRevision } = set.status ?? {};
  const canUndo = member.revision === 'update' && currentRevision !== updateRevision;
  const hasClaims = member.storage.length > 0;
  return [
    ...(canUndo ? [{ do: 'undo the rollout', remains, hasClaims } as const] : []),
    ...(first && 'remains' in first ? [{ ...first, remains }] : []),
    ...(first || canUndo ? [] : [{ ...change, why: 'starts anew' } as const]),
  ];
}

/** The kubelet tries again by itself: where a missing object is created, no pod has to be deleted. */
function supplying(object: MissingObject | undefined, topology: Topology, member: PresentPod | undefined): Change[] {
  const mended = mending(topology, member);
  if (object === undefined || member?.wanted !== true) return mended;
  const others = mended.filter((change) => change.do !== 'delete the pod' || change.why !== 'starts anew');
  return [{ do: 'create the object', missing: object }, ...others];
}

function ofPod(
  { set, members }: Topology,
  member: PresentPod,
  why: 'successor' | 'condemned',
): Extract<Change, { do: 'delete the pod' }> {
  const storage = members.flatMap((each) => each.storage);
  const claims = storage.flatMap(({ claim }) => (claim.state === 'found' ? claim.object : []));
  const volumes = new Map(storage.flatMap(({ volume }) => (volume ? [[volume.name, volume.volume] as const] : [])));
  const isKnown = storage.every(({ claim }) => claim.state === 'found' || claim.state === 'missing');
  const stakes = stakesOf(
    { set, claims: isKnown ? claims : undefined, volumeOf: (name) => volumes.get(name) ?? { state: 'not given' } },
    member.pod,
  );
  const goes = stakes.endangered && stakes.goes ? [stakes.endangered, ...stakes.goes] : stakes.goes;
  return {
    ...deletion(member.pod.metadata.name, why),
    comesBackIn: stakes.comesBackIn,
    goes,
    emptyFor: stakes.lacks,
    hasClaims: member.storage.length > 0,
  };
}

function deletion(
  pod: string,
  why: Extract<Change, { do: 'delete the pod' }>['why'],
): Extract<Change, { do: 'delete the pod' }> {
  return {
    do: 'delete the pod',
    pod,
    why,
    comesBackIn: undefined,
    goes: [],
    emptyFor: [],
    hasClaims: false,
    owner: undefined,
  };
}

function missing(object: MissingObject | undefined): Look[] {
  return object === undefined ? [] : [{ do: 'list objects', object: object.kind }];
}

function driver(what: Extract<Cause['what'], { kind: 'mount' | 'container not created' }>): Look[] {
  if (!('driver' in what) || what.driver === undefined) return [];
  const { node, pod } = what.driver;
  const drivers: Look = { do: 'list drivers of the node', node };
  if (pod === undefined) return [drivers, { do: 'list pods on the node', node }];
  if (pod === 'none') return [drivers, { do: 'list pods on the node', node }, { do: 'list DaemonSets' }];
  return [{ do: 'describe pod', pod: pod.name, namespace: pod.namespace }, drivers];
}

/** Where the only nodes that reach the volumes are cordoned, one of them lets the pod in again. */
function uncordoning({ unschedulable: { reach } }: Extract<Cause['what'], { kind: 'unschedulable' }>): Change[] {
  const nodes = reach?.complete ? reach.nodes : [];
  const isShut = nodes.length > 0 && nodes.every(({ closed }) => closed !== undefined);
  const cordoned = nodes.find(({ closed }) => closed?.state === 'cordoned');
  return isShut && cordoned ? [{ do: 'uncordon', node: cordoned.name }] : [];
}

function ending(
  { finalizers, node, lostNode, says, isNodeUnread }: Extract<Cause['what'], { kind: 'does not end' }>,
  pod: string | undefined,
): Action[] {
  if (pod === undefined) return [];
  if (finalizers.length > 0) return [{ do: 'show finalizers', pod }];
  if (node !== undefined && isNodeUnread) return [{ do: 'describe node', node }];
  if (node !== undefined && lostNode === 'not ready') return nodeActions(node, lostNode, says);
  return [{ do: 'force the deletion', pod, node }];
}

/** A machine whose kubelet still speaks is not off. */
function nodeActions(node: string, state: LostNode, says: string | undefined): Action[] {
  const look: Look = { do: 'describe node', node };
  return state === 'missing' || says !== undefined ? [look] : [look, { do: 'take the node out of service', node }];
}

function claimActions({ name, findings }: Storage): Action[] {
  const isClassMissing = findings.some((each) => each.kind === 'pending' && each.why?.kind === 'class missing');
  return [{ do: 'describe claim', claim: name }, ...(isClassMissing ? [{ do: 'list classes' } as const] : [])];
}

function refusalActions(by: Extract<Cause['what'], { kind: 'pod refused' }>['by'], { spec }: StatefulSet): Action[] {
  const account = spec?.template?.spec?.serviceAccountName;
  switch (by) {
    case 'quota':
      return [{ do: 'describe quota' }];
    case 'service account':
      return [
        { do: 'list objects', object: 'ServiceAccount' },
        ...(account ? [{ do: 'create the ServiceAccount', name: account } as const] : []),
      ];
    default:
      return [{ do: 'describe the set' }];
  }
}

function newService(name: string, { spec }: StatefulSet): Change[] {
  const labels = spec?.selector?.matchLabels ?? {};
  return Object.keys(labels).length > 0 ? [{ do: 'create the Service', name, labels }] : [];
}

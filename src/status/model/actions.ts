/** What a person can do about a cause: first look, then change something, the least destructive first. */

import type { StatefulSet } from '#src/objects/types.ts';
import type { GoingClaim } from '#src/statefulset/fate.ts';
import { ordinalOf } from '#src/statefulset/identity.ts';
import type { BoundVolume } from '#src/statefulset/scheduling.ts';
import type { Storage } from '#src/statefulset/storage.ts';
import type { PresentPod } from '#src/tree/model/members.ts';
import type { Topology } from '#src/tree/model/topology.ts';
import { budgetActions } from './budgets.ts';
import type { Cause, ContainerTrouble, MissingObject } from './causes.ts';
import { isOfPreviousRun } from './containercauses.ts';
import { deletion, mending, ofPod, probed, supplying } from './mending.ts';
import { endingActions, nodeActions } from './nodeactions.ts';

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
  /** `held`: the node that has it alone, by its kind, or as the only one that reaches it; undefined where it was not read. */
  | { do: 'describe volume'; volume: string; held: { node: string; by: BoundVolume['source'] } | undefined }
  | { do: 'describe Service'; service: string }
  | { do: 'describe the set' | 'describe quota' | 'list budgets' | 'list nodes' | 'list classes' | 'list DaemonSets' }
  | { do: 'describe budgets'; budgets: readonly string[] }
  | { do: 'list pods on the node'; node: string }
  | { do: 'list drivers of the node'; node: string }
  | { do: 'list attachments' }
  | { do: 'list objects'; object: MissingObject['kind'] | 'ServiceAccount' | 'Service' | 'ControllerRevision' }
  | { do: 'list pods of the controller' }
  /** The Lease by which the controllers agree on who of them works. */
  | { do: 'read the Lease of the controller' };

/**
 * What becomes of a broken pod after a change of the template. `remains`: the controller does not replace it, and this does. `held`: the
 * partition holds it in its revision, and neither the controller nor a deletion gives it another one.
 */
export interface Afterwards {
  remains: Deletion | undefined;
  held: string | undefined;
}

export type Deletion = Extract<Change, { do: 'delete the pod' }>;

/** Each has a cost, which the words tell. */
export type Change =
  /** `to`: the number of the revision; undefined where it is not at hand, and kubectl takes the second newest. */
  | ({ do: 'undo the rollout'; to: number | undefined; hasClaims: boolean } & Afterwards)
  | ({ do: 'set the image'; container: string } & Afterwards)
  | ({ do: 'raise the memory limit'; container: string; limit: string | undefined } & Afterwards)
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
    }
  | { do: 'force the deletion'; pod: string; node: string }
  /** `hostPaths`: volumes of the pod itself, on the machine. */
  | { do: 'take the node out of service'; pod: string; node: string; hasClaims: boolean; hostPaths: readonly string[] }
  | { do: 'put the node back into service'; node: string }
  | { do: 'uncordon'; node: string }
  | { do: 'roll the outdated pods' }
  /** `subdomains`: the pods lose their names below these. */
  | { do: 'roll these pods'; ordinals: readonly number[]; subdomains: readonly string[] }
  /** `pods`: those that the budget selects. `owner`: who keeps the budget, and may put it back. */
  | { do: 'let one pod be evicted'; budget: string; pods: number; owner: string | undefined }
  /** `stays`: the one that guards the pods alone then. */
  | { do: 'delete budgets'; budgets: readonly string[]; stays: string }
  | { do: 'create the ServiceAccount'; name: string }
  /** The object, or the key that it lacks. */
  | { do: 'create the object'; missing: MissingObject }
  | { do: 'create the Service'; name: string; labels: Readonly<Record<string, string>> }
  /** By the set's selector: the pods have more labels, some of which differ from pod to pod. */
  | { do: 'select the pods'; service: string; labels: Readonly<Record<string, string>> };

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
      return [...described(pod), ...mending(topology, found, anotherImage(what))];
    case 'probe':
      return [...described(pod), ...logs(found, what), ...probed(what, topology, found)];
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
      return nodeActions(what, found);
    case 'does not end':
      return endingActions(what, found, cause.ground);
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
      return [{ do: 'describe Service', service: what.service }, ...newSelector(what.service, topology.set)];
    case 'other subdomain':
      return [{ do: 'roll these pods', ordinals: what.pods.map(ordinalOf), subdomains: what.subdomains }];
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
  // Its controller would make another one.
  return earlier || owner !== undefined || pod === undefined ? [] : [deletion(pod, 'free the name')];
}

function described(pod: string | undefined): Look[] {
  return pod === undefined ? [] : [{ do: 'describe pod', pod }];
}

function crashLooks(what: Extract<Cause['what'], { kind: 'crash' }>, member: PresentPod | undefined): Look[] {
  const claims = (what.full ?? []).map(({ claim }): Look => ({ do: 'describe claim', claim }));
  return [...logs(member, what), ...claims];
}

function logs(member: PresentPod | undefined, what: ContainerTrouble): Look[] {
  if (member === undefined) return [];
  const { container } = what;
  return [{ do: 'read the log', pod: member.pod.metadata.name, container, previous: isOfPreviousRun(what) }];
}

type Mend = (afterwards: Afterwards) => Change;

function anotherImage({ container }: { container: string }): Mend {
  return (afterwards) => ({ do: 'set the image', container, ...afterwards });
}

function memory({
  reason,
  container,
  memoryLimit,
}: {
  reason: string;
  container: string;
  memoryLimit: string | undefined;
}): Mend | undefined {
  if (reason !== 'OOMKilled') return undefined;
  return (afterwards) => ({ do: 'raise the memory limit', container, limit: memoryLimit, ...afterwards });
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

function newService(name: string, set: StatefulSet): Change[] {
  const labels = ownLabels(set);
  return labels === undefined ? [] : [{ do: 'create the Service', name, labels }];
}

function newSelector(service: string, set: StatefulSet): Change[] {
  const labels = ownLabels(set);
  return labels === undefined ? [] : [{ do: 'select the pods', service, labels }];
}

/** Labels that each pod of the set has; undefined where the set's selector has none. */
function ownLabels({ spec }: StatefulSet): Readonly<Record<string, string>> | undefined {
  const labels = spec?.selector?.matchLabels ?? {};
  return Object.keys(labels).length > 0 ? labels : undefined;
}

/** Tells from the topologies of a first reading which objects a second reading has to bring. */
import { type Needs, notGiven, type Snapshot } from '#src/objects/snapshot.ts';
import type { StatefulSet } from '#src/objects/types.ts';
import { indexClaimants } from '#src/statefulset/belonging.ts';
import { isReady } from '#src/statefulset/controller/pods.ts';
import type { Storage } from '#src/statefulset/storage.ts';
import { classOf } from '#src/statefulset/volumematch.ts';
import type { PresentPod } from './members.ts';
import { storageOf } from './summary.ts';
import type { Topology } from './topology.ts';

/** Tells which objects a second reading has to bring. */
export type NeedsOf = (list: readonly Topology[]) => Needs;

/** Those that a tree shows, or explains something with. */
export function treeNeeds(list: readonly Topology[]): Needs {
  return needsAbout(list, list.flatMap(storageOf));
}

/** The volumes and classes of the claims that belong to `sets`, as far as that is known without any pod. */
export function claimedNeeds(
  { statefulSets, claims }: Pick<Snapshot, 'statefulSets' | 'claims'>,
  sets: readonly StatefulSet[],
): Pick<Needs, 'volumes' | 'classes'> {
  const claimantsOf = indexClaimants({ statefulSets, pods: notGiven });
  const chosen = new Set(sets);
  const own = claims.items.filter((claim) => claimantsOf(claim).some(({ set }) => chosen.has(set)));
  return {
    volumes: unique(own.flatMap(({ spec }) => spec?.volumeName || [])),
    classes: unique(own.flatMap((claim) => classOf(claim) || [])),
  };
}

/** @param storage the claims whose volumes, classes and events are needed */
export function needsAbout(list: readonly Topology[], storage: readonly Storage[]): Needs {
  const members = list.flatMap((topology) => topology.members);
  const present = members.filter((member) => member.state === 'found');
  const waitingClaims = storage.flatMap(({ claim, findings }) =>
    claim.state === 'found' && findings.some(({ kind }) => kind === 'pending' || kind === 'resizing')
      ? (claim.object.metadata.uid ?? [])
      : [],
  );
  return {
    volumes: unique(storage.flatMap(({ volume }) => volume?.name ?? [])),
    classes: unique(storage.flatMap(({ class: storageClass }) => storageClass?.name ?? [])),
    nodes: nodesFor(present),
    events: unique(waitingClaims),
    warnings: unique(list.flatMap(blockedIn)),
  };
}

/** Of a pod that has no node, each may be the one that its volumes need. */
function nodesFor(pods: readonly PresentPod[]): Needs['nodes'] {
  const needsAll = pods.some(
    ({ unschedulable, storage }) =>
      unschedulable !== undefined && storage.some(({ origin }) => origin !== 'not mounted'),
  );
  const inDoubt = pods.flatMap(({ pod, lostNode }) => (lostNode === undefined ? [] : (pod.spec?.nodeName ?? [])));
  return needsAll ? 'all' : unique(inDoubt);
}

function unique(names: string[]): string[] {
  return [...new Set(names)];
}

/** The UIDs of the pods that are not ready, and of the set if there is one, or if it lacks a pod. */
function blockedIn({ set, rollout, members }: Topology): string[] {
  if (!('judgement' in rollout)) return [];
  const { waitsFor, unavailable, judgement } = rollout;
  const waited = waitsFor.flatMap(({ why, object }) =>
    object && (why.kind === 'not ready' || why.kind === 'terminating') ? object : [],
  );
  const pods = [...waited, ...unavailable.filter((pod) => !isReady(pod))];
  const isIncomplete = members.some(({ state }) => state === 'missing') || judgement.kind === 'stuck';
  if (pods.length === 0 && !isIncomplete) return [];
  return [set, ...pods].flatMap(({ metadata }) => metadata.uid ?? []);
}

/** Builds from a Snapshot what a StatefulSet consists of: its governing Service, its pods in order, their storage. */
import { isOver } from '#src/objects/budget.ts';
import { namespacedKey } from '#src/objects/namespacedkey.ts';
import { controllerOf } from '#src/objects/owners.ts';
import { index, type Lookup, type Snapshot } from '#src/objects/snapshot.ts';
import type { Budget, Event, Pod, Service, StatefulSet } from '#src/objects/types.ts';
import { type PerPodService, type Pin, pinsOf, podOfPin } from '#src/pin/model/leading.ts';
import { indexClaimants } from '#src/statefulset/belonging.ts';
import { recentWarningOfSet } from '#src/statefulset/failure.ts';
import { isMember, type OrdinalRange, setNameOf, wantedOrdinals } from '#src/statefulset/identity.ts';
import { type NameFault, nameFaults } from '#src/statefulset/namelimits.ts';
import { type Rollout, rollout } from '#src/statefulset/rollout.ts';
import { rolloutContexts, type Watching } from '#src/statefulset/rolloutcontext.ts';
import { otherHeadless } from '#src/statefulset/selectedpods.ts';
import { indexStorage, type Storage } from '#src/statefulset/storage.ts';
import { currentNumber, type TemplateChange, templateChanges } from '#src/statefulset/templatechange.ts';
import { claimsApart, type LeftOver, type OwnClaim } from './leftover.ts';
import { type Member, membersOf } from './members.ts';

export interface Topology {
  set: StatefulSet;
  wanted: OrdinalRange;
  rollout: Rollout;
  /** The newest warning about the set itself, no more than twenty minutes old, unless all is as asked. */
  warning: Event | undefined;
  /** Undefined when the set names none: its pods then have no DNS names. */
  governingService: { name: string; service: Lookup<Service> } | undefined;
  /** A headless Service that selects the set's pods, where the governing one does not, or is none. */
  otherHeadless: string | undefined;
  nameFaults: readonly NameFault[];
  /** In the order of their ordinals. */
  members: Member[];
  /** The Services that are pinned to one of the set's pods, or to one that it had, and those whose pin was undone. */
  pins: Pin[];
  /** The Services that lead to one of the set's pods, or to one that it had, without being pinned. */
  perPod: PerPodService[];
  leftOver: LeftOver[];
  /** The PodDisruptionBudgets over the set's pods, where a file holds some. */
  budgets: readonly Budget[];
  /** What the update changes, where a file holds both revisions; undefined where nothing tells, or no update is under way. */
  changes: readonly TemplateChange[] | undefined;
  /** The number of the current revision, where a file holds it. */
  currentNumber: number | undefined;
  /** The claims that the pod template names, and that stand below no pod, since none of the set mounts them. */
  unmounted: Storage[];
  /** By the name of a claim, the names of the other sets that it belongs to. */
  sharedWith: ReadonlyMap<string, readonly string[]>;
}

/**
 * The topologies of `sets`. One call for all sets indexes the snapshot once.
 *
 * @param sets sets of the snapshot; the topologies keep their order
 * @param watching how somebody watches, who knows more than the snapshot
 */
export function topologies(snapshot: Snapshot, sets: readonly StatefulSet[], watching?: Partial<Watching>): Topology[] {
  const storage = indexStorage(snapshot);
  const service = index(snapshot.services);
  const otherOf = otherHeadless(snapshot.services.items);
  const contextOf = rolloutContexts(snapshot, watching);
  const pods = Map.groupBy(snapshot.pods.items, (pod) =>
    namespacedKey(pod.metadata.namespace, controllerOf(pod)?.name ?? ''),
  );
  const claimsOf = claimsOfSets(snapshot, sets);
  const found = pinsOf(snapshot.services.items, snapshot);
  const keyOf = ({ metadata }: Service, pod: string) => namespacedKey(metadata.namespace, setNameOf(pod));
  const pins = Map.groupBy(found.pins, (pin) => keyOf(pin.service, podOfPin(pin) ?? ''));
  const perPod = Map.groupBy(found.perPod, (one) => keyOf(one.service, one.pod));

  return sets.map((set) => {
    const { namespace, name } = set.metadata;
    const key = namespacedKey(namespace, name);
    const own = (pods.get(key) ?? []).filter((pod) => isMember(set, pod));
    const ownClaims = claimsOf(set);
    const governing = set.spec?.serviceName;
    const context = contextOf(set);
    const progress = rollout(context);
    // As many pods as the set's status counts are all of its pods, whatever else was read.
    const others = context.pods === undefined ? snapshot.pods.others : 'missing';
    const members = membersOf(
      {
        ...context,
        others,
        ownClaims: new Map(ownClaims.map(({ claim }) => [claim.metadata.name, claim])),
        storage,
        rollout: progress,
      },
      own,
    );
    const told = new Set(members.flatMap((member) => member.storage.map((claim) => claim.name)));
    return {
      set,
      wanted: wantedOrdinals(set),
      rollout: progress,
      warning:
        progress.state === 'done' && progress.judgement.kind === 'goes on'
          ? undefined
          : recentWarningOfSet(set, context),
      governingService: governing ? { name: governing, service: service(namespace, governing) } : undefined,
      otherHeadless: otherOf(set),
      nameFaults: nameFaults(set),
      members,
      budgets: budgetsOver(set, own, snapshot.budgets?.items ?? []),
      changes: templateChanges(set, snapshot.revisions?.items ?? []),
      currentNumber: currentNumber(set, snapshot.revisions?.items ?? []),
      pins: pins.get(key) ?? [],
      perPod: perPod.get(key) ?? [],
      ...claimsApart(set, ownClaims, told, storage, snapshot.pods.others === 'missing'),
      sharedWith: new Map(
        ownClaims.flatMap(({ claim, sharedWith }) =>
          sharedWith.length > 0 ? [[claim.metadata.name, sharedWith] as const] : [],
        ),
      ),
    };
  });
}

/** Those that select the pods, and where none is at hand the pods of the template. */
function budgetsOver(set: StatefulSet, pods: readonly Pod[], budgets: readonly Budget[]): Budget[] {
  const { namespace } = set.metadata;
  const own = pods.length > 0 ? pods.map(({ metadata }) => metadata) : [{ ...set.spec?.template?.metadata, namespace }];
  return budgets.filter((budget) => own.some((metadata) => isOver(budget, metadata)));
}

/** The claims of each set: those of its pods, those that it wants, and those that it left over. */
function claimsOfSets(snapshot: Snapshot, sets: readonly StatefulSet[]): (set: StatefulSet) => readonly OwnClaim[] {
  const all = new Set([...snapshot.statefulSets.items, ...sets]);
  const claimantsOf = indexClaimants({ ...snapshot, statefulSets: { ...snapshot.statefulSets, items: [...all] } });
  const found = new Map<StatefulSet, OwnClaim[]>([...all].map((set) => [set, []]));
  for (const claim of snapshot.claims.items) {
    const claimants = claimantsOf(claim);
    for (const { set, ground } of claimants) {
      const others = claimants.filter((other) => other.set !== set);
      found.get(set)?.push({ claim, ground, sharedWith: others.map((other) => other.set.metadata.name) });
    }
  }
  return (set) => found.get(set) ?? [];
}

/**
 * Whose a claim is. The controller finds the claims of a set by their names alone, and writes nothing on them that names
 * the set but the labels of its selector (`getPersistentVolumeClaims`, stateful_set_utils.go). So a claim may belong to
 * several sets, and sometimes its name and labels allow no more than a guess.
 */
import { namespacedKey } from '#src/objects/namespacedkey.ts';
import { controllerOf, isOfKind, type OwnerReference, podKind, refersTo, setKind } from '#src/objects/owners.ts';
import { index, type Snapshot } from '#src/objects/snapshot.ts';
import type { Claim, Pod, PodVolume, StatefulSet } from '#src/objects/types.ts';
import { claimName, isMember, isWanted, ordinalOf, podName, setNameOf, wantedOrdinals } from './identity.ts';
import { claimIn } from './podclaims.ts';
import { templateNames, templateVolumes } from './storage.ts';

/** How it is known that a claim belongs to a set, the surest first. */
const grounds = [
  /** The set owns it, or one of its pods does. */
  'owner',
  /** A pod of the set names it. */
  'mount',
  /** The controller would mount it into a pod at a wanted ordinal, or the pod template names it. */
  'wanted',
  /** A claim template gives it its name, and it has the labels of the set's selector. */
  'template and labels',
  /** A guess: a claim template gives it its name, but it lacks the labels. */
  'template',
  /** A guess: it has the labels, and its name ends as the names of the set's claims do. */
  'ending and labels',
] as const;

export type Ground = (typeof grounds)[number];

const certain: Readonly<Record<Ground, boolean>> = {
  owner: true,
  mount: true,
  wanted: true,
  'template and labels': true,
  template: false,
  'ending and labels': false,
};

export function isCertain(ground: Ground): boolean {
  return certain[ground];
}

/** A set that a claim belongs to, as far as is known. */
interface Claimant {
  set: StatefulSet;
  ground: Ground;
}

/**
 * The sets that a claim belongs to. Where one of them is certain, a guess says nothing; of several guesses the best
 * counts.
 */
export type ClaimantsOf = (claim: Claim) => readonly Claimant[];

export function indexClaimants({ statefulSets, pods }: Pick<Snapshot, 'statefulSets' | 'pods'>): ClaimantsOf {
  const byName = new Map(statefulSets.items.map((set) => [keyOf(set), set]));
  const podByName = index(pods);
  const mounted = Map.groupBy(claimsOfPods(statefulSets.items, pods.items), ({ key }) => key);
  const named = Map.groupBy(
    statefulSets.items.flatMap((set) =>
      namedClaims(set).map((claim) => ({ key: namespacedKey(set.metadata.namespace, claim), set })),
    ),
    ({ key }) => key,
  );
  const perNamespace = Map.groupBy(statefulSets.items, ({ metadata }) => metadata.namespace);

  /** The pod that an owner is, by its UID, or by its name where a UID is missing. */
  const podOf = (namespace: string | undefined, owner: OwnerReference): Pod | undefined => {
    const pod = podByName(namespace, owner.name);
    return pod.state === 'found' && refersTo(owner, podKind, pod.object) ? pod.object : undefined;
  };

  const isOwner = (set: StatefulSet, { metadata }: Claim) =>
    (metadata.ownerReferences ?? []).some((owner) => {
      if (refersTo(owner, setKind, set)) return true;
      const pod = podOf(metadata.namespace, owner);
      return pod !== undefined && isMember(set, pod);
    });

  const ofOtherGroups = claimsOfOtherGroups(pods.items);

  /** Whether the claim says that it is another set's, of whatever API group, or another pod's, or such a pod names it. */
  const isForeign = (set: StatefulSet, { metadata }: Claim) =>
    ofOtherGroups.has(namespacedKey(metadata.namespace, metadata.name)) ||
    (metadata.ownerReferences ?? []).some((owner) => {
      if (owner.kind === setKind.kind) return true;
      if (!isOfKind(owner, podKind)) return false;
      return podOf(metadata.namespace, owner) !== undefined || setNameOf(owner.name) !== set.metadata.name;
    });

  return (claim) => {
    const { namespace, name, ownerReferences = [] } = claim.metadata;
    const key = namespacedKey(namespace, name);
    const setsAt = (index: ReadonlyMap<string, readonly SetOfClaim[]>) => (index.get(key) ?? []).map(({ set }) => set);
    const ofMounts = setsAt(mounted);
    const groundOf = (set: StatefulSet): Ground | undefined => {
      if (isOwner(set, claim)) return 'owner';
      if (ofMounts.includes(set)) return 'mount';
      if (isGivenBy(set, name)) return 'wanted';
      return isForeign(set, claim) ? undefined : groundOfName(set, claim);
    };
    const owners = ownerReferences.length > 0 ? (perNamespace.get(namespace) ?? []) : [];
    const candidates = new Set([
      ...owners.filter((set) => isOwner(set, claim)),
      ...ofMounts,
      ...setsAt(named),
      ...setNamesIn(name).flatMap((set) => byName.get(namespacedKey(namespace, set)) ?? []),
    ]);
    return best(
      [...candidates].flatMap((set) => {
        const ground = groundOf(set);
        return ground === undefined ? [] : { set, ground };
      }),
    );
  };
}

function keyOf({ metadata }: StatefulSet): string {
  return namespacedKey(metadata.namespace, metadata.name);
}

function best(claimants: readonly Claimant[]): readonly Claimant[] {
  const sure = claimants.filter(({ ground }) => isCertain(ground));
  if (sure.length > 0 || claimants.length < 2) return sure.length > 0 ? sure : claimants;
  const ground = grounds.find((each) => claimants.some((claimant) => claimant.ground === each));
  const equal = claimants.filter((claimant) => claimant.ground === ground);
  if (ground !== 'ending and labels') return equal;
  // The longer the set's name, the more of the claim's name does it explain.
  const longest = Math.max(...equal.map(({ set }) => set.metadata.name.length));
  return equal.filter(({ set }) => set.metadata.name.length === longest);
}

/** A claim, by its namespaced key, that a set or a pod of it names. */
interface SetOfClaim {
  key: string;
  set: StatefulSet;
}

function claimsOfPods(sets: readonly StatefulSet[], pods: readonly Pod[]): SetOfClaim[] {
  const byUid = new Map(sets.flatMap((set) => (set.metadata.uid ? [[set.metadata.uid, set] as const] : [])));
  const byName = new Map(sets.map((set) => [keyOf(set), set]));
  return pods.flatMap((pod) => {
    const { namespace, name } = pod.metadata;
    const controller = controllerOf(pod);
    if (controller === undefined) return [];
    const set = byUid.get(controller.uid) ?? byName.get(namespacedKey(namespace, controller.name));
    if (set === undefined || !isMember(set, pod)) return [];
    return claimsNamedIn(pod.spec?.volumes, name).map((claim) => ({ key: namespacedKey(namespace, claim), set }));
  });
}

/** The claims that pods of a StatefulSet of another API group name, such as OpenKruise's. */
function claimsOfOtherGroups(pods: readonly Pod[]): ReadonlySet<string> {
  const others = pods.filter((pod) => {
    const controller = controllerOf(pod);
    return controller?.kind === setKind.kind && !isOfKind(controller, setKind);
  });
  return new Set(
    others.flatMap(({ metadata, spec }) =>
      claimsNamedIn(spec?.volumes, metadata.name).map((claim) => namespacedKey(metadata.namespace, claim)),
    ),
  );
}

function claimsNamedIn(volumes: readonly PodVolume[] | undefined, pod: string): string[] {
  return (volumes ?? []).flatMap((volume) => claimIn(volume, pod)?.claim ?? []);
}

/** The claims that the pod template names, the same for all pods. */
function namedClaims(set: StatefulSet): string[] {
  return templateVolumes(set, set.spec?.template).flatMap(
    ({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? [],
  );
}

/** Whether the set gives the claim to a pod that it wants, or names it for all its pods. */
export function isGivenBy(set: StatefulSet, claim: string): boolean {
  if (namedClaims(set).includes(claim)) return true;
  const ordinal = ordinalOfClaim(set, claim);
  return ordinal !== undefined && isWanted(wantedOrdinals(set), ordinal);
}

/** The ordinal of the pod to which the set gives the claim, by a claim template or an ephemeral volume. */
export function ordinalOfClaim(set: StatefulSet, claim: string): number | undefined {
  if (isOfTemplate(set, claim)) return ordinalOf(claim);
  for (const { name, ephemeral } of templateVolumes(set, set.spec?.template)) {
    if (!ephemeral || !claim.endsWith(`-${name}`)) continue;
    const pod = claim.slice(0, -name.length - 1);
    const ordinal = ordinalOf(pod);
    if (pod === podName(set.metadata.name, ordinal)) return ordinal;
  }
  return undefined;
}

function isOfTemplate(set: StatefulSet, claim: string): boolean {
  const ordinal = ordinalOf(claim);
  return ordinal >= 0 && templateNames(set).some((name) => claim === claimName(name, set.metadata.name, ordinal));
}

function groundOfName(set: StatefulSet, claim: Claim): Ground | undefined {
  const { name } = claim.metadata;
  const hasLabels = hasLabelsOf(set, claim);
  if (ordinalOfClaim(set, name) !== undefined) return hasLabels ? 'template and labels' : 'template';
  const isGuess = hasLabels && Object.keys(set.spec?.selector?.matchLabels ?? {}).length > 0;
  return isGuess && formerTemplate(set, name) !== undefined ? 'ending and labels' : undefined;
}

/** The claim template that the set would have had to have to give a claim this name. */
export function formerTemplate({ metadata }: StatefulSet, claim: string): string | undefined {
  const ordinal = ordinalOf(claim);
  const ending = `-${podName(metadata.name, ordinal)}`;
  return ordinal >= 0 && claim.length > ending.length && claim.endsWith(ending)
    ? claim.slice(0, -ending.length)
    : undefined;
}

/** The controller gives each claim the labels of the set's selector. A selector of expressions alone gives it none. */
function hasLabelsOf({ spec }: StatefulSet, { metadata }: Claim): boolean {
  const { matchLabels = {}, matchExpressions = [] } = spec?.selector ?? {};
  const labels = Object.entries(matchLabels);
  return (
    labels.length + matchExpressions.length > 0 && labels.every(([key, value]) => metadata.labels?.[key] === value)
  );
}

/**
 * The names that a set may have which gives a claim this name: the names between two hyphens in `TEMPLATE-SET-ORDINAL`,
 * and those at the beginning of `SET-ORDINAL-VOLUME`.
 */
function setNamesIn(claim: string): string[] {
  const names: string[] = [];
  const end = claim.lastIndexOf('-');
  for (let at = claim.indexOf('-'); at >= 0; at = claim.indexOf('-', at + 1)) {
    if (at < end && ordinalOf(claim) >= 0) names.push(claim.slice(at + 1, end));
    const pod = claim.slice(0, at);
    if (ordinalOf(pod) >= 0) names.push(setNameOf(pod));
  }
  return names;
}

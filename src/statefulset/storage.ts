/** The claims that a pod of a StatefulSet mounts, their volumes and storage classes, and what is wrong with them. */
import { namespacedKey } from '#src/objects/namespacedkey.ts';
import { index, type Lookup, type Snapshot, type VolumeUsage } from '#src/objects/snapshot.ts';
import type { Claim, Class, Pod, PodTemplate, PodVolume, StatefulSet, Volume } from '#src/objects/types.ts';
import { type ClaimFinding, claimFindings } from './claimfindings.ts';
import { newestEvents, newestWarnings, subjectOf } from './events.ts';
import { type ClaimFate, fateOf, goneOwners, type VolumeFate, volumeFateOf } from './fate.ts';
import { claimName, ordinalOf, podName } from './identity.ts';
import { claimIn, type Holder, indexHolders } from './podclaims.ts';
import { classOf } from './volumematch.ts';

/**
 * Where a claim comes from: from a claim template of the set (one claim for each pod, which stays), from a generic
 * ephemeral volume (one for each pod, deleted with it), or by name from the pod template (one for all pods).
 */
export type ClaimOrigin =
  | 'claim template'
  | 'ephemeral volume'
  | 'pod template'
  /** The pod mounts it, and the templates of the set no longer give it: a new pod would not. */
  | 'former template'
  /** The claim templates give it to the pod, and the pod, which is older than they are, has no volume for it. */
  | 'not mounted';

export interface Mount {
  claim: string;
  origin: ClaimOrigin;
  /** The size that the claim template asks for, if one gives the claim. */
  templateSize?: string;
}

/** A claim that a pod mounts, with its volume and storage class. */
export interface Storage {
  name: string;
  origin: ClaimOrigin;
  claim: Lookup<Claim>;
  /** The names of the pods that mount the claim now, of any set. */
  mountedBy: readonly string[];
  /** The same pods, and whether they use the claim. */
  holders: readonly Holder[];
  /** How many pods will mount the claim, if none mounts it yet. */
  willMount: number;
  /** Undefined until the claim is bound. */
  volume: { name: string; volume: Lookup<Volume> } | undefined;
  /** Undefined if the claim names no class. */
  class: { name: string; class: Lookup<Class> } | undefined;
  findings: ClaimFinding[];
  /** Undefined where the claim is not at hand. */
  fate: ClaimFate | undefined;
  /** What the claim's fate will be once the controller has given it the owners that the set's retention policy wants. */
  fateByPolicy: ClaimFate | undefined;
  /** What becomes of the volume when the claim goes; undefined where no volume would go with it. */
  volumeFate: VolumeFate | undefined;
  /** Undefined unless it was asked for and a pod mounts the claim; `unknown` if no kubelet reported it. */
  usage: VolumeUsage | 'unknown' | undefined;
}

/** Whether the claim is deleted as soon as no pod mounts it. */
export function isGoing({ findings }: Storage): boolean {
  return findings.some(({ kind }) => kind === 'being deleted');
}

/** The claims that `pod` mounts. Those from the set's claim templates come first, in the order of the templates. */
export function mountsOf(set: StatefulSet, pod: Pod): Mount[] {
  const ordinal = ordinalOf(pod.metadata.name);
  const ofTemplates = templateNames(set).map((name) => claimName(name, set.metadata.name, ordinal));
  const sizes = templateSizes(set);
  const mounts = (pod.spec?.volumes ?? []).flatMap((volume) => {
    const mount = mountOf(volume, pod.metadata.name);
    if (mount === undefined) return [];
    const place = ofTemplates.indexOf(mount.claim);
    if (place >= 0) return [{ ...mount, origin: 'claim template' as const, ...sizes[place] }];
    const isFormer = mount.origin === 'pod template' && !isNamedNow(set, mount.claim);
    return isFormer ? [{ ...mount, origin: 'former template' as const }] : [mount];
  });
  // The controller writes the volumes of the templates in random order into each pod.
  const rank = ({ claim }: Mount) => (ofTemplates.includes(claim) ? ofTemplates.indexOf(claim) : ofTemplates.length);
  // Most pods have one claim, and sorting took most of the time.
  if (mounts.length < 2) return mounts;
  // Two volumes of a pod may have the same claim.
  return [...new Map(mounts.map((mount) => [mount.claim, mount])).values()].sort((a, b) => rank(a) - rank(b));
}

/** Whether the pod template names the claim. Of a set without a template, as a test may have it, nobody knows. */
function isNamedNow({ spec }: StatefulSet, claim: string): boolean {
  const volumes = spec?.template?.spec?.volumes;
  return (
    spec?.template?.spec === undefined ||
    volumes?.some(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName === claim) === true
  );
}

/**
 * The claim templates for which the pod has no volume: it is older than they are.
 *
 * @param mounts of the pod, where they are known
 */
export function lackedTemplates(set: StatefulSet, pod: Pod, mounts = mountsOf(set, pod)): string[] {
  const ordinal = ordinalOf(pod.metadata.name);
  return templateNames(set).filter((template) => {
    const name = claimName(template, set.metadata.name, ordinal);
    return !mounts.some(({ claim }) => claim === name);
  });
}

/** The claim that a claim template gives to a pod which has no volume for it. */
export function unmountedMount({ metadata }: StatefulSet, template: string, ordinal: number): Mount {
  return { claim: claimName(template, metadata.name, ordinal), origin: 'not mounted' };
}

/**
 * The claims of a pod that the controller would create at `ordinal`. A claim template replaces a pod volume of its
 * name.
 */
export function mountsAt(set: StatefulSet, ordinal: number): Mount[] {
  const pod = podName(set.metadata.name, ordinal);
  const templates = templateNames(set);
  const sizes = templateSizes(set);
  const own = templates.map((template, place): Mount => {
    return { claim: claimName(template, set.metadata.name, ordinal), origin: 'claim template', ...sizes[place] };
  });
  const others = templateVolumes(set, set.spec?.template).flatMap((volume) => mountOf(volume, pod) ?? []);
  return distinct([...own, ...others]);
}

/** The volumes that a pod template gives the set's pods. A claim template replaces a volume of its name. */
export function templateVolumes(set: StatefulSet, template: PodTemplate | undefined): PodVolume[] {
  const templates = templateNames(set);
  return (template?.spec?.volumes ?? []).filter(({ name }) => !templates.includes(name));
}

/** Two volumes of a pod may have the same claim, which then comes from the first one. */
function distinct(mounts: readonly Mount[]): Mount[] {
  const byClaim = new Map<string, Mount>();
  for (const mount of mounts) if (!byClaim.has(mount.claim)) byClaim.set(mount.claim, mount);
  return [...byClaim.values()];
}

/** The sizes that the claim templates ask for, in their order. */
function templateSizes({ spec }: StatefulSet): Pick<Mount, 'templateSize'>[] {
  return (spec?.volumeClaimTemplates ?? []).map((template) => {
    const size = template.spec?.resources?.requests?.['storage'];
    return size === undefined ? {} : { templateSize: size };
  });
}

/** They are read a dozen times and more for each pod and claim of a set. */
const namesOfTemplates = new WeakMap<StatefulSet, readonly string[]>();

/** The names of the set's claim templates. */
export function templateNames(set: StatefulSet): readonly string[] {
  const known = namesOfTemplates.get(set);
  if (known !== undefined) return known;
  const names = (set.spec?.volumeClaimTemplates ?? []).map((template) => template.metadata?.name ?? '');
  namesOfTemplates.set(set, names);
  return names;
}

// The contents of these come from the API server or a registry: the pods keep no data in them.
const configuration = new Set(['configMap', 'secret', 'projected', 'downwardAPI', 'image']);

/**
 * The kinds of volumes, other than claims from templates, in which the set's pods can keep data: `emptyDir`,
 * `hostPath`, …
 */
export function otherVolumes(set: StatefulSet): string[] {
  const volumes = set.spec?.template?.spec?.volumes ?? [];
  const kinds = volumes.flatMap((volume) => Object.keys(volume).filter((field) => field !== 'name'));
  return [...new Set(kinds)].filter((kind) => !configuration.has(kind));
}

/** The names of the hostPath volumes of the pod itself that a container may write to. */
export function hostPathVolumes({ spec }: Pod): string[] {
  const mounts = (spec?.containers ?? []).flatMap(({ volumeMounts }) => volumeMounts ?? []);
  const written = new Set(mounts.filter(({ readOnly }) => !readOnly).map(({ name }) => name));
  return (spec?.volumes ?? []).flatMap(({ name, hostPath }) => (hostPath && written.has(name) ? name : []));
}

function mountOf(volume: PodVolume, pod: string): Mount | undefined {
  const mounted = claimIn(volume, pod);
  return mounted && { claim: mounted.claim, origin: mounted.ephemeral ? 'ephemeral volume' : 'pod template' };
}

/** Looks up storage in one Snapshot. */
export interface StorageIndex {
  /**
   * The claim of a mount, with its volume and storage class.
   *
   * @param willMount how many pods will mount the claim, if none mounts it yet
   */
  beneath(mount: Mount, namespace: string | undefined, willMount: number): Storage;
}

/** Indexes the storage of a Snapshot once, for all its sets. */
export function indexStorage(snapshot: Snapshot): StorageIndex {
  const claims = index(snapshot.claims);
  const volumes = index(snapshot.volumes);
  const classes = index(snapshot.classes);
  const holdersOf = indexHolders(snapshot.pods.items);
  const events = newestEvents(snapshot.events.items);
  const warnings = newestWarnings(snapshot.events.items);
  const isGone = goneOwners(snapshot);
  const usage =
    snapshot.usage && new Map(snapshot.usage.items.map((each) => [namespacedKey(each.namespace, each.claim), each]));
  return {
    beneath(mount, namespace, willMount) {
      const claim = claims(namespace, mount.claim);
      const found = claim.state === 'found' ? claim.object : undefined;
      const { holders, names } = holdersOf(namespace, mount.claim);
      const volumeName = found?.spec?.volumeName;
      const className = found && classOf(found);
      const volume = volumeName ? { name: volumeName, volume: volumes(undefined, volumeName) } : undefined;
      const storageClass = className ? { name: className, class: classes(undefined, className) } : undefined;
      return {
        name: mount.claim,
        origin: mount.origin,
        claim,
        mountedBy: names,
        holders,
        willMount,
        volume,
        class: storageClass,
        findings: found
          ? claimFindings(found, {
              volume: volume?.volume,
              class: storageClass?.class,
              event: events.get(subjectOf('PersistentVolumeClaim', found.metadata)),
              warning: warnings.get(subjectOf('PersistentVolumeClaim', found.metadata)),
              templateSize: mount.templateSize,
            })
          : [],
        fate: found && fateOf(found, isGone),
        fateByPolicy: undefined,
        volumeFate: found && volumeFateOf(found, volume?.volume),
        usage:
          holders.length > 0 ? usage && (usage.get(namespacedKey(namespace, mount.claim)) ?? 'unknown') : undefined,
      };
    },
  };
}

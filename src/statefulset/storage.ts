/** Which claims a pod of a StatefulSet mounts, and what lies beneath each. */
import { index, type Lookup, type Snapshot } from '../objects/snapshot.ts';
import type { Claim, Class, Pod, PodVolume, StatefulSet, Volume } from '../objects/types.ts';
import { claimName, ordinalOf, podName } from './identity.ts';

/**
 * Where a claim comes from: a claim template of the set (one for each pod, stays), a generic ephemeral volume (one for
 * each pod, goes with it), or the pod template by name (one for all pods).
 */
export type ClaimOrigin = 'claim template' | 'ephemeral volume' | 'pod template';

export interface Mount {
  claim: string;
  origin: ClaimOrigin;
}

/** One claim that a pod mounts, and what lies beneath it. */
export interface Storage {
  name: string;
  origin: ClaimOrigin;
  claim: Lookup<Claim>;
  /** The pods that mount the claim now, of whatever set; for one that no pod mounts yet, those that will. */
  mountedBy: number;
  /** Undefined while the claim is bound to none. */
  volume: { name: string; volume: Lookup<Volume> } | undefined;
  /** Undefined when the claim names none. */
  class: { name: string; class: Lookup<Class> } | undefined;
}

/** The claims that `pod` mounts, those from the set's claim templates first. */
export function mountsOf(set: StatefulSet, pod: Pod): Mount[] {
  const ordinal = ordinalOf(pod.metadata.name);
  const templates = (set.spec?.volumeClaimTemplates ?? []).map((template) => template.metadata?.name ?? '');
  const ofTemplates = new Set(templates.map((template) => claimName(template, set.metadata.name, ordinal)));
  const mounts = (pod.spec?.volumes ?? []).flatMap((volume) => {
    const mount = mountOf(volume, pod.metadata.name);
    if (mount === undefined) return [];
    return ofTemplates.has(mount.claim) ? [{ ...mount, origin: 'claim template' as const }] : [mount];
  });
  return mounts.sort((a, b) => rank(a) - rank(b));
}

/** The claims that the controller would give a pod at `ordinal`. A template shadows a pod volume of the same name. */
export function mountsAt(set: StatefulSet, ordinal: number): Mount[] {
  const pod = podName(set.metadata.name, ordinal);
  const templates = (set.spec?.volumeClaimTemplates ?? []).map((template) => template.metadata?.name ?? '');
  const own = templates.map((template): Mount => {
    return { claim: claimName(template, set.metadata.name, ordinal), origin: 'claim template' };
  });
  const others = (set.spec?.template?.spec?.volumes ?? [])
    .filter((volume) => !templates.includes(volume.name))
    .flatMap((volume) => mountOf(volume, pod) ?? []);
  return [...own, ...others];
}

function rank(mount: Mount): number {
  return mount.origin === 'claim template' ? 0 : 1;
}

function mountOf(volume: PodVolume, pod: string): Mount | undefined {
  const named = volume.persistentVolumeClaim?.claimName;
  if (named) return { claim: named, origin: 'pod template' };
  // https://kubernetes.io/docs/concepts/storage/ephemeral-volumes/#persistentvolumeclaim-naming
  if (volume.ephemeral) return { claim: `${pod}-${volume.name}`, origin: 'ephemeral volume' };
  return undefined;
}

/** Answers questions about storage from one snapshot. */
export interface StorageIndex {
  /** @param willMount how many pods will mount the claim, where none does yet */
  beneath(mount: Mount, namespace: string | undefined, willMount: number): Storage;
  /** The ordinals, rising, for which a claim of one of the set's templates is there. */
  claimedOrdinals(set: StatefulSet): number[];
}

/** Indexes the storage of `snapshot` once, for all its sets. */
export function indexStorage(snapshot: Snapshot): StorageIndex {
  const claims = index(snapshot.claims);
  const volumes = index(snapshot.volumes);
  const classes = index(snapshot.classes);
  const mountedBy = countMounts(snapshot.pods.items);
  const beneath = (mount: Mount, namespace: string | undefined, willMount: number): Storage => {
    const claim = claims(namespace, mount.claim);
    const volume = claim.state === 'found' ? claim.object.spec?.volumeName : undefined;
    const className = claim.state === 'found' ? classOf(claim.object) : undefined;
    return {
      name: mount.claim,
      origin: mount.origin,
      claim,
      mountedBy: mountedBy.get(mountKey(namespace, mount.claim)) ?? willMount,
      volume: volume ? { name: volume, volume: volumes(undefined, volume) } : undefined,
      class: className ? { name: className, class: classes(undefined, className) } : undefined,
    };
  };
  const claimedOrdinals = (set: StatefulSet): number[] => {
    const prefixes = (set.spec?.volumeClaimTemplates ?? []).map(
      (template) => `${template.metadata?.name ?? ''}-${set.metadata.name}`,
    );
    const ordinals = snapshot.claims.items
      .filter(({ metadata }) => metadata.namespace === set.metadata.namespace)
      .filter(({ metadata }) => prefixes.some((prefix) => metadata.name === podName(prefix, ordinalOf(metadata.name))))
      .map(({ metadata }) => ordinalOf(metadata.name));
    return [...new Set(ordinals)].sort((a, b) => a - b);
  };
  return { beneath, claimedOrdinals };
}

/** The class that a claim names; the annotation is how it was said before Kubernetes 1.6, and still wins. */
function classOf(claim: Claim): string | undefined {
  return claim.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? claim.spec?.storageClassName;
}

function countMounts(pods: readonly Pod[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const pod of pods) {
    for (const volume of pod.spec?.volumes ?? []) {
      const mount = mountOf(volume, pod.metadata.name);
      if (mount === undefined) continue;
      const key = mountKey(pod.metadata.namespace, mount.claim);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  return counts;
}

function mountKey(namespace: string | undefined, claim: string): string {
  return `${namespace ?? ''}/${claim}`;
}

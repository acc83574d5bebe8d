/** The claims that the volumes of pods name, and the pods that name a claim. */
import { namespacedKey } from '#src/objects/namespacedkey.ts';
import type { Pod, PodVolume } from '#src/objects/types.ts';

export interface MountedClaim {
  claim: string;
  /** Of a generic ephemeral volume: the claim is deleted with its pod. */
  ephemeral: boolean;
}

/** The claim of a pod's volume, if it has one. */
export function claimIn(volume: PodVolume, pod: string): MountedClaim | undefined {
  const named = volume.persistentVolumeClaim?.claimName;
  if (named) return { claim: named, ephemeral: false };
  // https://kubernetes.io/docs/concepts/storage/ephemeral-volumes/#persistentvolumeclaim-naming
  if (volume.ephemeral) return { claim: `${pod}-${volume.name}`, ephemeral: true };
  return undefined;
}

/**
 * A pod that names a claim. A pod that has ended no longer uses the claim, and holds it against deletion all the same; one
 * that has no node does not hold it yet.
 * Source: `podUsesPVCForDeletion`, pkg/controller/volume/pvcprotection/pvc_protection_controller.go.
 */
export interface Holder {
  pod: string;
  state: 'running' | 'completed' | 'failed' | 'not scheduled';
}

/** The pods that name one claim, of any set, and their names. Thousands of pods may share the claim, and so these lists. */
export interface Holders {
  readonly holders: readonly Holder[];
  readonly names: readonly string[];
}

const nobody: Holders = { holders: [], names: [] };

/** Finds the pods that name a claim. */
export function indexHolders(pods: readonly Pod[]): (namespace: string | undefined, claim: string) => Holders {
  const mounts = new Map<string, { holders: Holder[]; names: string[] }>();
  for (const pod of pods) {
    const { name } = pod.metadata;
    for (const volume of pod.spec?.volumes ?? []) {
      const mount = claimIn(volume, name);
      if (mount === undefined) continue;
      const key = namespacedKey(pod.metadata.namespace, mount.claim);
      const found = mounts.get(key) ?? { holders: [], names: [] };
      if (found.names.at(-1) === name) continue; // two volumes of the pod with the same claim
      found.holders.push({ pod: name, state: holderState(pod) });
      found.names.push(name);
      mounts.set(key, found);
    }
  }
  return (namespace, claim) => mounts.get(namespacedKey(namespace, claim)) ?? nobody;
}

function holderState({ spec, status }: Pod): Holder['state'] {
  if (status?.phase === 'Succeeded') return 'completed';
  if (status?.phase === 'Failed') return 'failed';
  return spec?.nodeName || status === undefined ? 'running' : 'not scheduled';
}

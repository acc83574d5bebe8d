/**
 * Whether a claim can be bound to the volume that it names. The controller does not ask the claim's selector then.
 * Source: `checkVolumeSatisfyClaim`, pkg/controller/volume/persistentvolume/pv_controller.go, and `IsVolumeBoundToClaim`,
 * k8s.io/component-helpers/storage/volume.
 */
import { bytesOf } from '#src/objects/quantity.ts';
import type { Claim, Volume } from '#src/objects/types.ts';

/** A property in which the volume is not as the claim asks; both values as they stand in the objects. */
export interface VolumeMisfit {
  property: 'deletion' | 'size' | 'class' | 'attributes class' | 'volume mode' | 'access modes';
  /** Empty for none. */
  volume: string;
  claim: string;
}

/** The class that a claim or volume names. The annotation is from before Kubernetes 1.6, and still takes precedence. */
export function classOf({ metadata, spec }: Claim | Volume): string | undefined {
  return metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec?.storageClassName;
}

/** Whether the volume's claimRef means the claim. A person who writes one leaves out the UID. */
export function isBoundTo({ metadata }: Claim, { spec }: Volume): boolean {
  const { name, namespace, uid } = spec?.claimRef ?? {};
  return name === metadata.name && namespace === metadata.namespace && (!uid || !metadata.uid || uid === metadata.uid);
}

/** In what an unclaimed volume is not as the claim asks. */
export function misfitsOf(claim: Claim, volume: Volume): VolumeMisfit[] {
  const asked = claim.spec?.resources?.requests?.['storage'] ?? '0';
  const there = volume.spec?.capacity?.['storage'] ?? '0';
  const modes = claim.spec?.accessModes ?? [];
  const offered = volume.spec?.accessModes ?? [];
  const pairs: [VolumeMisfit['property'], volume: string, claim: string, fits: boolean][] = [
    ['deletion', volume.metadata.deletionTimestamp ?? '', '', volume.metadata.deletionTimestamp === undefined],
    ['size', there, asked, (bytesOf(there) ?? 0) >= (bytesOf(asked) ?? 0)],
    pair('class', classOf(volume) ?? '', classOf(claim) ?? ''),
    pair('attributes class', volume.spec?.volumeAttributesClassName ?? '', claim.spec?.volumeAttributesClassName ?? ''),
    pair('volume mode', volume.spec?.volumeMode || 'Filesystem', claim.spec?.volumeMode || 'Filesystem'),
    ['access modes', offered.join(' '), modes.join(' '), modes.every((mode) => offered.includes(mode))],
  ];
  return pairs.flatMap(([property, inVolume, inClaim, fits]) =>
    fits ? [] : [{ property, volume: inVolume, claim: inClaim }],
  );
}

function pair(
  property: VolumeMisfit['property'],
  volume: string,
  claim: string,
): [VolumeMisfit['property'], string, string, boolean] {
  return [property, volume, claim, volume === claim];
}

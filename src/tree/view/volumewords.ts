/** Puts into words what provides a PersistentVolume. */
import type { Volume } from '#src/objects/types.ts';

// https://kubernetes.io/docs/concepts/storage/persistent-volumes/#types-of-persistent-volumes, with those of older versions
const volumeSources =
  /^(awsElasticBlockStore|azureDisk|azureFile|cephfs|cinder|csi|fc|flexVolume|flocker|gcePersistentDisk|glusterfs|hostPath|iscsi|local|nfs|photonPersistentDisk|portworxVolume|quobyte|rbd|scaleIO|storageos|vsphereVolume)$/;

/** The field of the volume's spec that holds its source: `csi`, `hostPath`, `nfs` …; undefined for an unknown one. */
export function volumeSource({ spec }: Volume): string | undefined {
  return Object.keys(spec ?? {}).find((field) => volumeSources.test(field));
}

/** `csi DRIVER`, or the name of a built-in source. */
export function volumeSourceWords(volume: Volume): string | undefined {
  const { csi } = volume.spec ?? {};
  return csi ? `csi ${csi.driver}` : volumeSource(volume);
}

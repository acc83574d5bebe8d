/** What serves a PersistentVolume. */
import type { Volume } from '#src/objects/types.ts';

// https://kubernetes.io/docs/concepts/storage/persistent-volumes/#types-of-persistent-volumes, and those once there
const volumeSources =
  /^(awsElasticBlockStore|azureDisk|azureFile|cephfs|cinder|csi|fc|flexVolume|flocker|gcePersistentDisk|glusterfs|hostPath|iscsi|local|nfs|photonPersistentDisk|portworxVolume|quobyte|rbd|scaleIO|storageos|vsphereVolume)$/;

/** The field of the volume's spec that says where it lives: `csi`, `hostPath`, `nfs` …; undefined for one unknown. */
export function volumeSource({ spec }: Volume): string | undefined {
  return Object.keys(spec ?? {}).find((field) => volumeSources.test(field));
}

/** What serves the volume, in a word or two: the CSI driver, or the name of its built-in source. */
export function servedBy(volume: Volume): string | undefined {
  const { csi } = volume.spec ?? {};
  return csi ? `csi ${csi.driver}` : volumeSource(volume);
}

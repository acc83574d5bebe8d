/** The shapes of claims, volumes and storage classes. */
import { labels, managedFields, metadata, nodeSelector, quantities } from './metashapes.ts';
import type { Shape } from './shape.ts';
import type { Attachment, Claim, Class, NodeDrivers, Volume } from './types.ts';

/** The spec of claims, and of claim templates. */
export const claimSpec: Shape<NonNullable<Claim['spec']>> = {
  fields: {
    accessModes: { each: 'string' },
    resources: { fields: { requests: quantities } },
    storageClassName: 'string',
    volumeAttributesClassName: 'string',
    volumeMode: 'string',
    volumeName: 'string',
  },
};

export const claim: Shape<Claim> = {
  fields: {
    metadata: { fields: { ...metadata.fields, managedFields } },
    spec: claimSpec,
    status: {
      fields: {
        phase: 'string',
        accessModes: { each: 'string' },
        allocatedResourceStatuses: labels,
        capacity: quantities,
        conditions: {
          each: { fields: { type: 'string', status: 'string', message: 'string', lastTransitionTime: 'string' } },
        },
        currentVolumeAttributesClassName: 'string',
      },
    },
  },
};

export const volume: Shape<Volume> = {
  fields: {
    metadata,
    spec: {
      fields: {
        accessModes: { each: 'string' },
        capacity: quantities,
        claimRef: { fields: { name: 'string', namespace: 'string', uid: 'string' } },
        csi: { fields: { driver: 'string', volumeHandle: 'string' } },
        hostPath: { fields: { path: 'string' } },
        local: { fields: { path: 'string' } },
        nodeAffinity: { fields: { required: nodeSelector } },
        persistentVolumeReclaimPolicy: 'string',
        storageClassName: 'string',
        volumeAttributesClassName: 'string',
        volumeMode: 'string',
      },
    },
    status: { fields: { phase: 'string' } },
  },
};

export const attachment: Shape<Attachment> = {
  fields: {
    metadata,
    spec: { fields: { nodeName: 'string', source: { fields: { persistentVolumeName: 'string' } } } },
    status: { fields: { attached: 'boolean' } },
  },
};

export const nodeDrivers: Shape<NodeDrivers> = {
  fields: { metadata, spec: { fields: { drivers: { each: { fields: { name: 'string' } } } } } },
};

export const storageClass: Shape<Class> = {
  fields: {
    metadata,
    provisioner: 'string',
    allowVolumeExpansion: 'boolean',
    reclaimPolicy: 'string',
    volumeBindingMode: 'string',
  },
};

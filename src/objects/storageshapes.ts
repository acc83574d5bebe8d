/** The shapes of claims, volumes and storage classes. */
import { labels, metadata, nodeSelector, quantities } from './metashapes.ts';
import type { Shape } from './shape.ts';
import type { Claim, Class, Volume } from './types.ts';

export const claim: Shape<Claim> = {
  fields: {
    metadata,
    spec: {
      fields: {
        accessModes: { each: 'string' },
        resources: { fields: { requests: quantities } },
        storageClassName: 'string',
        volumeAttributesClassName: 'string',
        volumeMode: 'string',
        volumeName: 'string',
      },
    },
    status: {
      fields: {
        phase: 'string',
        accessModes: { each: 'string' },
        allocatedResourceStatuses: labels,
        capacity: quantities,
        conditions: { each: { fields: { type: 'string', status: 'string' } } },
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
        capacity: quantities,
        claimRef: { fields: { name: 'string', namespace: 'string', uid: 'string' } },
        csi: { fields: { driver: 'string', volumeHandle: 'string' } },
        nodeAffinity: { fields: { required: nodeSelector } },
        persistentVolumeReclaimPolicy: 'string',
      },
    },
    status: { fields: { phase: 'string' } },
  },
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

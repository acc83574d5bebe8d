/** The shapes of the objects by which pods are reached. */
import { labelSelector, labels, managedFields, metadata } from './metashapes.ts';
import type { Shape } from './shape.ts';
import type { EndpointSlice, NetworkPolicy, Service } from './types.ts';

export const service: Shape<Service> = {
  fields: {
    metadata: { fields: { ...metadata.fields, resourceVersion: 'string', managedFields } },
    spec: {
      fields: {
        type: 'string',
        clusterIP: 'string',
        clusterIPs: { each: 'string' },
        ipFamilies: { each: 'string' },
        selector: labels,
        externalName: 'string',
        publishNotReadyAddresses: 'boolean',
        externalTrafficPolicy: 'string',
        internalTrafficPolicy: 'string',
        sessionAffinity: 'string',
        sessionAffinityConfig: { fields: { clientIP: { fields: { timeoutSeconds: 'number' } } } },
        // The target port is a number or a name, so its readers check which.
        ports: { each: { fields: { name: 'string', port: 'number', protocol: 'string' } } },
      },
    },
  },
};

export const endpointSlice: Shape<EndpointSlice> = {
  fields: {
    metadata,
    addressType: 'string',
    endpoints: {
      each: {
        fields: {
          addresses: { each: 'string' },
          hostname: 'string',
          conditions: { fields: { ready: 'boolean', serving: 'boolean', terminating: 'boolean' } },
          targetRef: { fields: { kind: 'string', name: 'string', namespace: 'string', uid: 'string' } },
        },
      },
    },
    ports: { each: { fields: { name: 'string', port: 'number', protocol: 'string' } } },
  },
};

export const networkPolicy: Shape<NetworkPolicy> = {
  fields: {
    metadata,
    spec: { fields: { podSelector: labelSelector } },
  },
};

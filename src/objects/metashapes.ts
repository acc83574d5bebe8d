/** The shapes of the parts that objects of several kinds have. */
import type { Shape } from './shape.ts';
import type { LabelSelector, NodeSelector, ObjectMeta } from './types.ts';

export const labels = { values: 'string' } as const;

export const quantities = { values: 'quantity' } as const;

export const metadata: Shape<ObjectMeta> = {
  fields: {
    name: 'string',
    namespace: 'string',
    uid: 'string',
    generation: 'number',
    creationTimestamp: 'string',
    deletionTimestamp: 'string',
    deletionGracePeriodSeconds: 'number',
    finalizers: { each: 'string' },
    labels,
    annotations: labels,
    ownerReferences: {
      each: { fields: { apiVersion: 'string', kind: 'string', name: 'string', uid: 'string', controller: 'boolean' } },
    },
  },
};

/** Few readers look at them, and they are long. */
export const managedFields = {
  each: {
    fields: { manager: 'string', operation: 'string', apiVersion: 'string', subresource: 'string', time: 'string' },
  },
} as const;

export const labelSelector: Shape<LabelSelector> = {
  fields: {
    matchLabels: labels,
    matchExpressions: { each: { fields: { key: 'string', operator: 'string', values: { each: 'string' } } } },
  },
};

export const nodeSelector: Shape<NodeSelector> = {
  fields: {
    nodeSelectorTerms: {
      each: {
        fields: {
          matchExpressions: { each: { fields: { key: 'string', operator: 'string', values: { each: 'string' } } } },
          matchFields: { each: { fields: { key: 'string', operator: 'string', values: { each: 'string' } } } },
        },
      },
    },
  },
};

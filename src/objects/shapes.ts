/** The shape of each kind of object that the plugin reads: every field that a model looks at. */
import { labels, metadata } from './metashapes.ts';
import { endpointSlice, networkPolicy, service } from './networkshapes.ts';
import type { Shape } from './shape.ts';
import { attachment, claim, nodeDrivers, storageClass, volume } from './storageshapes.ts';
import type { ConfigMap, DaemonSet, Event, Lease } from './types.ts';
import { budget, controllerRevision, node, pod, statefulSet } from './workloadshapes.ts';

const configMap: Shape<ConfigMap> = { fields: { metadata, data: labels } };

const strings = { each: 'string' } as const;

const daemonSet: Shape<DaemonSet> = {
  fields: {
    metadata,
    spec: {
      fields: {
        template: {
          fields: { spec: { fields: { containers: { each: { fields: { command: strings, args: strings } } } } } },
        },
      },
    },
  },
};

const lease: Shape<Lease> = {
  fields: {
    metadata,
    spec: {
      fields: {
        holderIdentity: 'string',
        leaseDurationSeconds: 'number',
        leaseTransitions: 'number',
        renewTime: 'string',
      },
    },
  },
};

const event: Shape<Event> = {
  fields: {
    metadata,
    type: 'string',
    reason: 'string',
    message: 'string',
    involvedObject: {
      fields: { kind: 'string', namespace: 'string', name: 'string', uid: 'string', fieldPath: 'string' },
    },
    series: { fields: { lastObservedTime: 'string' } },
    lastTimestamp: 'string',
    firstTimestamp: 'string',
    eventTime: 'string',
  },
};

export const shapes = {
  attachment,
  nodeDrivers,
  controllerRevision,
  endpointSlice,
  configMap,
  daemonSet,
  networkPolicy,
  statefulSet,
  pod,
  service,
  claim,
  volume,
  storageClass,
  node,
  event,
  budget,
  lease,
};

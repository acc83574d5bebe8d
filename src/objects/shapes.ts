/** The shapes of the kinds of objects that the plugin reads: every field that a model looks at. */
import type { Shape } from './shape.ts';
import type {
  Budget,
  Claim,
  Class,
  ConfigMap,
  Container,
  ContainerStatus,
  EndpointSlice,
  Event,
  LabelSelector,
  Lease,
  NetworkPolicy,
  Node,
  NodeSelector,
  ObjectMeta,
  Pod,
  PodVolume,
  Service,
  StatefulSet,
  Volume,
} from './types.ts';

const labels = { values: 'string' } as const;
const quantities = { values: 'quantity' } as const;

const metadata: Shape<ObjectMeta> = {
  fields: {
    name: 'string',
    namespace: 'string',
    uid: 'string',
    generation: 'number',
    creationTimestamp: 'string',
    deletionTimestamp: 'string',
    labels,
    annotations: labels,
    ownerReferences: { each: { fields: { kind: 'string', name: 'string', uid: 'string', controller: 'boolean' } } },
  },
};

const volumes: { each: Shape<PodVolume> } = {
  each: {
    fields: { name: 'string', persistentVolumeClaim: { fields: { claimName: 'string' } }, ephemeral: { fields: {} } },
  },
};

const labelSelector: Shape<LabelSelector> = {
  fields: {
    matchLabels: labels,
    matchExpressions: { each: { fields: { key: 'string', operator: 'string', values: { each: 'string' } } } },
  },
};

const nodeSelector: Shape<NodeSelector> = {
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

const containers: { each: Shape<Container> } = {
  each: {
    fields: {
      name: 'string',
      restartPolicy: 'string',
      ports: { each: { fields: { name: 'string', protocol: 'string' } } },
    },
  },
};

const terminated = {
  fields: { exitCode: 'number', signal: 'number', reason: 'string', finishedAt: 'string' },
} as const;

const containerStatuses: { each: Shape<ContainerStatus> } = {
  each: {
    fields: {
      name: 'string',
      ready: 'boolean',
      started: 'boolean',
      restartCount: 'number',
      state: { fields: { running: { fields: {} }, waiting: { fields: { reason: 'string' } }, terminated } },
      lastState: { fields: { terminated } },
    },
  },
};

const statefulSet: Shape<StatefulSet> = {
  fields: {
    metadata,
    spec: {
      fields: {
        replicas: 'number',
        serviceName: 'string',
        podManagementPolicy: 'string',
        ordinals: { fields: { start: 'number' } },
        updateStrategy: { fields: { type: 'string', rollingUpdate: { fields: { partition: 'number' } } } },
        selector: { fields: { matchLabels: labels } },
        template: {
          fields: {
            metadata: { fields: { labels } },
            spec: { fields: { volumes, containers, initContainers: containers } },
          },
        },
        volumeClaimTemplates: { each: { fields: { metadata } } },
      },
    },
    status: {
      fields: {
        observedGeneration: 'number',
        replicas: 'number',
        readyReplicas: 'number',
        updatedReplicas: 'number',
        currentRevision: 'string',
        updateRevision: 'string',
      },
    },
  },
};

const pod: Shape<Pod> = {
  fields: {
    metadata,
    spec: {
      fields: {
        nodeName: 'string',
        hostname: 'string',
        subdomain: 'string',
        hostNetwork: 'boolean',
        nodeSelector: labels,
        affinity: {
          fields: { nodeAffinity: { fields: { requiredDuringSchedulingIgnoredDuringExecution: nodeSelector } } },
        },
        containers,
        initContainers: containers,
        volumes,
      },
    },
    status: {
      fields: {
        phase: 'string',
        reason: 'string',
        podIPs: { each: { fields: { ip: 'string' } } },
        conditions: { each: { fields: { type: 'string', status: 'string', reason: 'string', message: 'string' } } },
        containerStatuses,
        initContainerStatuses: containerStatuses,
      },
    },
  },
};

const managedFields: Shape<ObjectMeta> = {
  fields: {
    resourceVersion: 'string',
    managedFields: {
      each: {
        fields: { manager: 'string', operation: 'string', apiVersion: 'string', subresource: 'string', time: 'string' },
      },
    },
  },
};

const service: Shape<Service> = {
  fields: {
    metadata: { fields: { ...metadata.fields, ...managedFields.fields } },
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
        // Its target port is a number or a name: whoever reads it looks which.
        ports: { each: { fields: { name: 'string', port: 'number', protocol: 'string' } } },
      },
    },
  },
};

const endpointSlice: Shape<EndpointSlice> = {
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

const networkPolicy: Shape<NetworkPolicy> = {
  fields: {
    metadata,
    spec: { fields: { podSelector: labelSelector } },
  },
};

const configMap: Shape<ConfigMap> = { fields: { metadata, data: labels } };

const claim: Shape<Claim> = {
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

const volume: Shape<Volume> = {
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

const storageClass: Shape<Class> = {
  fields: {
    metadata,
    provisioner: 'string',
    allowVolumeExpansion: 'boolean',
    reclaimPolicy: 'string',
    volumeBindingMode: 'string',
  },
};

const node: Shape<Node> = {
  fields: {
    metadata,
    spec: { fields: { unschedulable: 'boolean' } },
    status: { fields: { conditions: { each: { fields: { type: 'string', status: 'string' } } } } },
  },
};

const budget: Shape<Budget> = {
  fields: {
    metadata,
    spec: {
      fields: {
        selector: labelSelector,
      },
    },
    status: {
      fields: { observedGeneration: 'number', expectedPods: 'number', desiredHealthy: 'number' },
    },
  },
};

const lease: Shape<Lease> = {
  fields: {
    metadata,
    spec: { fields: { holderIdentity: 'string', leaseDurationSeconds: 'number', leaseTransitions: 'number' } },
  },
};

const event: Shape<Event> = {
  fields: {
    metadata,
    type: 'string',
    reason: 'string',
    message: 'string',
    involvedObject: { fields: { uid: 'string' } },
    series: { fields: { lastObservedTime: 'string' } },
    lastTimestamp: 'string',
    firstTimestamp: 'string',
    eventTime: 'string',
  },
};

export const shapes = {
  endpointSlice,
  configMap,
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

/** The shapes of StatefulSets, of their pods, and of the objects that say where and when pods run. */
import { labelSelector, labels, managedFields, metadata, nodeSelector, quantities } from './metashapes.ts';
import type { Shape } from './shape.ts';
import { claimSpec } from './storageshapes.ts';
import type {
  Budget,
  Container,
  ContainerStatus,
  ControllerRevision,
  Node,
  Pod,
  PodTemplate,
  PodVolume,
  StatefulSet,
} from './types.ts';

const volumes: { each: Shape<PodVolume> } = {
  each: {
    fields: {
      name: 'string',
      persistentVolumeClaim: { fields: { claimName: 'string' } },
      ephemeral: { fields: {} },
      hostPath: { fields: { path: 'string' } },
    },
  },
};

const containers: { each: Shape<Container> } = {
  each: {
    fields: {
      name: 'string',
      image: 'string',
      command: { each: 'string' },
      args: { each: 'string' },
      restartPolicy: 'string',
      resources: { fields: { limits: quantities } },
      ports: { each: { fields: { name: 'string', protocol: 'string' } } },
      volumeMounts: {
        each: {
          fields: {
            name: 'string',
            mountPath: 'string',
            subPath: 'string',
            subPathExpr: 'string',
            readOnly: 'boolean',
          },
        },
      },
      volumeDevices: { each: { fields: { name: 'string', devicePath: 'string' } } },
    },
  },
};

const terminated = {
  fields: {
    exitCode: 'number',
    signal: 'number',
    reason: 'string',
    message: 'string',
    startedAt: 'string',
    finishedAt: 'string',
  },
} as const;

const containerStatuses: { each: Shape<ContainerStatus> } = {
  each: {
    fields: {
      name: 'string',
      ready: 'boolean',
      started: 'boolean',
      restartCount: 'number',
      state: {
        fields: {
          running: { fields: { startedAt: 'string' } },
          waiting: { fields: { reason: 'string', message: 'string' } },
          terminated,
        },
      },
      lastState: { fields: { terminated } },
    },
  },
};

const template: Shape<PodTemplate> = {
  fields: {
    metadata: { fields: { labels } },
    spec: { fields: { volumes, containers, initContainers: containers, serviceAccountName: 'string' } },
  },
};

export const controllerRevision: Shape<ControllerRevision> = {
  fields: { metadata, revision: 'number', data: { fields: { spec: { fields: { template } } } } },
};

export const statefulSet: Shape<StatefulSet> = {
  fields: {
    metadata: { fields: { ...metadata.fields, managedFields } },
    spec: {
      fields: {
        replicas: 'number',
        serviceName: 'string',
        podManagementPolicy: 'string',
        ordinals: { fields: { start: 'number' } },
        minReadySeconds: 'number',
        persistentVolumeClaimRetentionPolicy: { fields: { whenDeleted: 'string', whenScaled: 'string' } },
        updateStrategy: { fields: { type: 'string', rollingUpdate: { fields: { partition: 'number' } } } },
        selector: labelSelector,
        template,
        volumeClaimTemplates: { each: { fields: { metadata, spec: claimSpec } } },
      },
    },
    status: {
      fields: {
        observedGeneration: 'number',
        replicas: 'number',
        readyReplicas: 'number',
        updatedReplicas: 'number',
        availableReplicas: 'number',
        currentRevision: 'string',
        updateRevision: 'string',
      },
    },
  },
};

export const pod: Shape<Pod> = {
  fields: {
    metadata,
    spec: {
      fields: {
        nodeName: 'string',
        hostname: 'string',
        subdomain: 'string',
        hostNetwork: 'boolean',
        serviceAccountName: 'string',
        nodeSelector: labels,
        affinity: {
          fields: { nodeAffinity: { fields: { requiredDuringSchedulingIgnoredDuringExecution: nodeSelector } } },
        },
        containers,
        initContainers: containers,
        schedulingGates: { each: { fields: { name: 'string' } } },
        readinessGates: { each: { fields: { conditionType: 'string' } } },
        tolerations: { each: { fields: { key: 'string', operator: 'string', value: 'string', effect: 'string' } } },
        volumes,
      },
    },
    status: {
      fields: {
        phase: 'string',
        reason: 'string',
        podIPs: { each: { fields: { ip: 'string' } } },
        conditions: {
          each: {
            fields: {
              type: 'string',
              status: 'string',
              reason: 'string',
              message: 'string',
              lastTransitionTime: 'string',
            },
          },
        },
        containerStatuses,
        initContainerStatuses: containerStatuses,
      },
    },
  },
};

export const node: Shape<Node> = {
  fields: {
    metadata,
    spec: {
      fields: {
        unschedulable: 'boolean',
        taints: { each: { fields: { key: 'string', value: 'string', effect: 'string' } } },
      },
    },
    status: {
      fields: {
        conditions: { each: { fields: { type: 'string', status: 'string', reason: 'string', message: 'string' } } },
      },
    },
  },
};

export const budget: Shape<Budget> = {
  fields: {
    metadata,
    spec: {
      fields: {
        selector: labelSelector,
        unhealthyPodEvictionPolicy: 'string',
      },
    },
    status: {
      fields: {
        observedGeneration: 'number',
        currentHealthy: 'number',
        desiredHealthy: 'number',
        disruptionsAllowed: 'number',
        expectedPods: 'number',
        disruptedPods: labels,
        conditions: { each: { fields: { reason: 'string' } } },
      },
    },
  },
};

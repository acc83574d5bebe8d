/** Asks kubelets how full the volumes of their nodes are. */
import type { Client } from '#src/kube/client.ts';
import { ConnectionError, StatusError } from '#src/kube/errors.ts';
import { misfit, type Shape } from '#src/objects/shape.ts';
import type { Part, VolumeUsage } from '#src/objects/snapshot.ts';

/** The fields of a kubelet's `stats/summary` about claims (k8s.io/kubelet/pkg/apis/stats/v1alpha1). Sizes in bytes. */
interface Summary {
  pods?: {
    volume?: {
      pvcRef?: { name: string; namespace: string };
      usedBytes?: number;
      availableBytes?: number;
      capacityBytes?: number;
    }[];
  }[];
}

const summaryShape: Shape<Summary> = {
  fields: {
    pods: {
      each: {
        fields: {
          volume: {
            each: {
              fields: {
                pvcRef: { fields: { name: 'string', namespace: 'string' } },
                usedBytes: 'number',
                availableBytes: 'number',
                capacityBytes: 'number',
              },
            },
          },
        },
      },
    },
  },
};

/**
 * The usage of the claims on `nodes`. Nothing is known of a node whose kubelet gives no usable answer, nor of volumes
 * whose driver measures nothing. The right to `get nodes/proxy` allows nearly everything on a node, and is often missing.
 */
export async function readUsage(client: Client, nodes: readonly string[]): Promise<Part<VolumeUsage>> {
  const answers = await Promise.all(nodes.map((node) => summaryOf(client, node)));
  const items = answers.flatMap((answer) => (answer instanceof StatusError ? [] : usagesIn(answer)));
  const refusal = answers.find((answer) => answer instanceof StatusError);
  if (refusal === undefined) return { items, others: 'missing' };
  return { items, others: 'forbidden', refusal: { verb: 'get', resource: 'nodes/proxy', message: refusal.detail } };
}

/** The kubelet's answer, an empty one where there is none that can be used, or the refusal where the right is missing. */
async function summaryOf(client: Client, node: string): Promise<Summary | StatusError> {
  try {
    const answer = await client.askNode(node, 'stats/summary');
    if (answer instanceof StatusError) return answer.reason === 'Forbidden' ? answer : {};
    return misfit(answer, summaryShape) === undefined ? (answer as Summary) : {};
  } catch (error) {
    if (error instanceof ConnectionError) return {};
    throw error;
  }
}

function usagesIn({ pods = [] }: Summary): VolumeUsage[] {
  return pods
    .flatMap(({ volume = [] }) => volume)
    .flatMap(({ pvcRef, usedBytes, availableBytes, capacityBytes }) => {
      if (pvcRef === undefined || usedBytes === undefined || capacityBytes === undefined) return [];
      const { name, namespace } = pvcRef;
      const available = availableBytes ?? capacityBytes - usedBytes;
      return [{ namespace, claim: name, used: usedBytes, available, capacity: capacityBytes }];
    });
}

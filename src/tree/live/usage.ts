/** How full volumes are, as the kubelets of their nodes measured it. */
import type { Client } from '#src/kube/client.ts';
import { ConnectionError, StatusError } from '#src/kube/errors.ts';
import { misfit, type Shape } from '#src/objects/shape.ts';
import type { Part, VolumeUsage } from '#src/objects/snapshot.ts';

/** The part of a kubelet's `stats/summary` that tells of claims (k8s.io/kubelet/pkg/apis/stats/v1alpha1). */
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
 * Asks the kubelets of `nodes`. One that gives no answer, or one that cannot be used, tells of nothing; so do drivers
 * that measure nothing. The right to ask is one to nearly everything on a node, and is often missing.
 */
export async function readUsage(client: Client, nodes: readonly string[]): Promise<Part<VolumeUsage>> {
  const answers = await Promise.all(nodes.map((node) => summaryOf(client, node)));
  const items = answers.flatMap((answer) => (answer instanceof StatusError ? [] : usagesIn(answer)));
  const refusal = answers.find((answer) => answer instanceof StatusError);
  if (refusal === undefined) return { items, others: 'missing' };
  return { items, others: 'forbidden', refusal: { verb: 'get', resource: 'nodes/proxy', message: refusal.detail } };
}

/** The answer of a kubelet; an empty one when there is none; the refusal where asking is forbidden. */
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

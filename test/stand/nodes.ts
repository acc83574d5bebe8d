import type { Api } from './api.ts';

const zones = ['zone-a', 'zone-b', 'zone-c'];

/** More do not fit the pods' address ranges. */
export const mostNodes = 100;

/** A node with pods in both address families, in the zones by turns. */
export function node(index: number) {
  const zone = zones[index % zones.length] ?? '';
  const name = `node-${index}`;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'topology.kubernetes.io/region': 'region-1',
        'topology.kubernetes.io/zone': zone,
      },
      annotations: { 'stand.kubectl-sts/addresses': `192.0.2.${10 + index},2001:db8::${10 + index}` },
    },
    spec: {
      podCIDR: `10.${128 + index}.0.0/16`,
      podCIDRs: [`10.${128 + index}.0.0/16`, `fd00:10:${128 + index}::/64`],
    },
  };
}

type NodeList = {
  items: { spec: { taints?: unknown[] }; status: { conditions?: { type: string; status: string }[] } }[];
};

/** Whether pods can be scheduled to that many nodes. */
export async function nodesReady(api: Api, count: number): Promise<true | undefined> {
  const { items } = (await api.get('/api/v1/nodes')) as NodeList;
  const ready = items.filter(
    ({ spec, status }) =>
      !spec.taints?.length && status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True'),
  );
  return ready.length >= count || undefined;
}

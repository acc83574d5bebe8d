/** A node of one test alone, which it may cordon: nobody else's pods tolerate it. */

/** @param net the second number of the addresses of its pods, which no other node has */
export function homeNode(name: string, net: number): object {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: { 'kubernetes.io/hostname': name },
      annotations: { 'stand.kubectl-sts/addresses': `192.0.2.${net - 50},2001:db8::${net - 50}` },
    },
    spec: {
      podCIDR: `10.${net}.0.0/16`,
      podCIDRs: [`10.${net}.0.0/16`, `fd00:10:${net}::/64`],
      taints: [{ key: 'only', value: name, effect: 'NoSchedule' }],
    },
  };
}

/** Part of the spec of pods that may go to such a node. */
export const mayGoHome = { tolerations: [{ key: 'only', operator: 'Exists' }] };

/** Part of the spec of pods that go to this node alone. */
export function onlyHome(name: string): object {
  return { ...mayGoHome, nodeSelector: { 'kubernetes.io/hostname': name } };
}

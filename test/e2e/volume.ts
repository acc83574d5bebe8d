/**
 * A volume that one node alone reaches.
 *
 * @param claim the one that it is for
 */
export function volumeOnNode(name: string, node: string, claim: { namespace: string; name: string }): object {
  const matchExpressions = [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node] }];
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name },
    spec: {
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteOnce'],
      storageClassName: '',
      claimRef: claim,
      hostPath: { path: `/tmp/${name}` },
      nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions }] } },
    },
  };
}

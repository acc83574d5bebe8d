/** Words for NodeLocal DNSCache. */
import type { NodeCache, PodsServer } from '../model/podsserver.ts';
import type { Asked } from './notes.ts';

/** Whether there is a cache, which a port-forward leads past, so that it may still give old addresses. */
export function cacheWords({ via, nodeCache }: Pick<Asked, 'via' | 'nodeCache'>): string[] {
  if (via !== 'port-forward' || nodeCache === undefined) return [];
  switch (nodeCache.state) {
    case 'found':
      return [`NodeLocal DNSCache (${named(nodeCache)}) was not asked and may lag`];
    case 'missing':
      return ['no NodeLocal DNSCache found'];
    case 'forbidden':
      return [`NodeLocal DNSCache unknown: ${forbidden}`];
  }
}

/** Who answered a pod: `by NodeLocal DNSCache (…) at 169.254.20.10`. */
export function serverWords({ address, kind }: PodsServer, nodeCache: NodeCache | undefined): string {
  switch (kind) {
    case 'node cache':
      return `by NodeLocal DNSCache${nodeCache?.state === 'found' ? ` (${named(nodeCache)})` : ''} at ${address}`;
    case 'other':
      return `by ${address}`;
    case 'unknown':
      return `by ${address}, perhaps NodeLocal DNSCache${nodeCache?.state === 'forbidden' ? `: ${forbidden}` : ''}`;
  }
}

const forbidden = 'DaemonSets in kube-system may not be listed';

function named({ daemonSet: { namespace, name } }: Extract<NodeCache, { state: 'found' }>): string {
  return `DaemonSet ${namespace}/${name}`;
}

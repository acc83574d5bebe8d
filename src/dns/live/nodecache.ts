/** Looks for NodeLocal DNSCache. */
import type { Client } from '#src/kube/client.ts';
import { resources } from '#src/kube/resources.ts';
import type { DaemonSet } from '#src/objects/types.ts';
import { readAll } from '#src/sources/parts.ts';
import { type NodeCache, nodeCacheOf } from '../model/podsserver.ts';
import { usualNamespace } from './servers.ts';

/** As in Kubernetes's manifest, and in those that follow it. */
const label = 'k8s-app=node-local-dns';

/** @throws {StatusError} when the API server fails */
export async function findNodeCache(client: Client): Promise<NodeCache> {
  const found = await readAll<DaemonSet>(client, resources.daemonSets, usualNamespace, { labels: label });
  return found.others === 'forbidden' ? { state: 'forbidden' } : nodeCacheOf(found.items);
}

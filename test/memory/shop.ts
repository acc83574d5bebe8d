/** The namespace `shop` of a cluster in memory, with the StatefulSet `web` and the claims of its two pods. */
import { setImmediate as turn } from 'node:timers/promises';
import type { StatefulSet } from '#src/objects/types.ts';
import { boundClaim, headless, podOf, statefulSet, storageClass, volumeOf } from '../objects/snapshots.ts';
import { type MemoryCluster, memoryCluster } from './cluster.ts';
import { type Runner, runnerOn } from './run.ts';

export interface Shop extends Runner {
  cluster: MemoryCluster;
  web: StatefulSet;
  /** Adds a set without claims and pods. */
  addSet(name: string, shape?: Parameters<typeof statefulSet>[1]): StatefulSet;
}

export async function openShop(): Promise<Shop> {
  const cluster = await memoryCluster();
  const runner = runnerOn(cluster);
  const web = statefulSet('web', { replicas: 2, templates: ['data'] });
  cluster.put('statefulsets', web);
  cluster.put('services', headless('web'));
  cluster.put('storageclasses', storageClass('standard'));
  for (const ordinal of [0, 1]) {
    const claim = boundClaim(`data-web-${ordinal}`);
    cluster.put('pods', podOf(web, ordinal));
    cluster.put('persistentvolumeclaims', claim);
    cluster.put('persistentvolumes', volumeOf(claim));
  }
  return {
    ...runner,
    cluster,
    web,
    addSet: (name, shape = {}) => cluster.put('statefulsets', statefulSet(name, { replicas: 0, ...shape })),
    close() {
      runner.close();
      cluster.close();
    },
  };
}

/** Lets what is under way over loopback arrive. */
export async function settled(): Promise<void> {
  for (let turns = 0; turns < 50; turns++) await turn();
}

/** A namespace in memory with a set of three pods, and rolls of it by a person in a hurry. */
import assert from 'node:assert/strict';
import type { Deps } from '#src/cli/deps.ts';
import type { Lease, Named, StatefulSet } from '#src/objects/types.ts';
import { leaseName } from '#src/roll/model/leaserules.ts';
import { rollAnnotation } from '#src/roll/model/record.ts';
import { idleClock } from '../../memory/clock.ts';
import { type MemoryCluster, memoryCluster } from '../../memory/cluster.ts';
import type { HostShape } from '../../memory/host.ts';
import { type Ran, type Running, runnerOn } from '../../memory/run.ts';
import { boundClaim, headless, podOf, statefulSet, volumeOf } from '../../objects/snapshots.ts';

/** As `random` gives them: the id of each roll, and its holder. */
export const id = '4000';
export const holder = 'ann@desk-42-400000';

const refusal = {
  kind: 'Status',
  apiVersion: 'v1',
  status: 'Failure',
  code: 422,
  reason: 'Invalid',
  message: 'no way',
};

type SetShape = Parameters<typeof statefulSet>[1];

export interface Shop {
  cluster: MemoryCluster;
  /** Adds a set with its pods, claims and volumes. */
  addSet(name: string, shape?: SetShape): StatefulSet;
  /** Runs `kubectl sts roll`. The words are split at spaces, unless they are given one by one. */
  roll(words: string | readonly string[], shape?: HostShape, deps?: Partial<Deps>): Promise<Ran>;
  start(words: string | readonly string[], shape?: HostShape, deps?: Partial<Deps>): Running;
  /** Runs any command. */
  run(words: string): Promise<Ran>;
  /** The UIDs of the set's pods, from ordinal 0 on. A `+` stands behind that of each successor. */
  uids(set?: string): (string | undefined)[];
  lease(set?: string): Lease | undefined;
  /** Makes the successor of a pod, ready at once. */
  comeBack(pod: Named): void;
  /** Runs a roll of web that restarts web-2, and stops at web-1, whose eviction is refused. */
  stop(words?: string): Promise<void>;
  /** What the Lease remembers. */
  record(set?: string): Record<string, unknown>;
  close(): void;
}

export async function openShop(): Promise<Shop> {
  const cluster = await memoryCluster();
  const runner = runnerOn(cluster);
  const clock = idleClock(() => cluster.requests.length);
  const deps: Partial<Deps> = { clock, steadyClock: clock, random: () => 0.25 };
  const wordsOf = (words: string | readonly string[]) => [
    'roll',
    ...(typeof words === 'string' ? words.split(' ').filter(Boolean) : words),
  ];
  const shop: Shop = {
    cluster,
    addSet(name, shape) {
      const set = statefulSet(name, { replicas: 3, templates: ['data'], ...shape });
      cluster.put('statefulsets', set);
      cluster.put('services', headless(name));
      for (let ordinal = 0; ordinal < (set.spec?.replicas ?? 0); ordinal++) {
        const claim = boundClaim(`data-${name}-${ordinal}`);
        cluster.put('pods', podOf(set, ordinal));
        cluster.put('persistentvolumeclaims', claim);
        cluster.put('persistentvolumes', volumeOf(claim));
      }
      return set;
    },
    roll: (words, shape, own) => runner.run(wordsOf(words), shape, { ...deps, ...own }),
    start: (words, shape, own) => runner.start(wordsOf(words), shape, { ...deps, ...own }),
    run: (words) => runner.run(words, {}, deps),
    uids: (set = 'web') =>
      [0, 1, 2].map((ordinal) => cluster.get('pods', `${set}-${ordinal}`)?.metadata.uid?.replace(/^uid-Pod-/, '')),
    lease: (set = 'web') => cluster.get<Lease>('leases', leaseName(set)),
    comeBack(pod) {
      const { resourceVersion: _, ...metadata } = pod.metadata;
      cluster.put('pods', { ...pod, metadata: { ...metadata, uid: `${metadata.uid}+` } });
    },
    async stop(words = '') {
      cluster.intercept = ({ verb, plural, subresource, name }) => {
        const isGoing = subresource === 'eviction' || (verb === 'delete' && plural === 'pods');
        return isGoing && name === 'web-1' ? { code: 422, body: refusal } : undefined;
      };
      assert.equal((await shop.roll(`web --stable 0s ${words}`)).code, 1);
      cluster.intercept = () => undefined;
      cluster.requests.splice(0);
    },
    record: (set) => JSON.parse(shop.lease(set)?.metadata.annotations?.[rollAnnotation] ?? '{}'),
    close() {
      runner.close();
      cluster.close();
    },
  };
  shop.addSet('web');
  return shop;
}

/** Lines without the parts that differ from run to run: their time, and how long things took. */
export function told(text: string): string[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => line.replace(/^\d{4}-\S+Z {2}/, '').replace(/ after [\d.ms]+( s)?$/, ''));
}

/** What a roll that has stopped says of a set that is well for all that is seen. */
export const nothingElse = 'nothing else is wrong in what could be read of statefulset/web';

/** The lines that tell of pods that go one after the other and come back. */
export function restarted(...pods: string[]): string[] {
  return pods.flatMap((pod) => ['evicted', 'gone', 'ready', 'done'].map((event) => `${pod}  ${event}`));
}

/** JSON objects, one a line. */
export function objectsIn(stdout: string): Record<string, unknown>[] {
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** Evictions that were carried out, or asked for by a dry run: pods by their names, in order. */
export function evictions({ requests }: MemoryCluster): string[] {
  return requests.flatMap((request) => /^create pods\/eviction (.*)$/.exec(request)?.[1] ?? []);
}

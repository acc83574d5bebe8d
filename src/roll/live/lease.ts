/**
 * The Lease of a roll: taken before it begins, written by compare-and-swap directly before each eviction, given up when
 * it stops, and taken over when its holder has fallen silent.
 */

import type { Client } from '#src/kube/client.ts';
import { ConnectionError, StatusError } from '#src/kube/errors.ts';
import { resources } from '#src/kube/resources.ts';
import type { Clock } from '#src/objects/clock.ts';
import { misfit } from '#src/objects/shape.ts';
import { formatExactTime } from '#src/objects/time.ts';
import type { Lease, StatefulSet } from '#src/objects/types.ts';
import { isFree, leaseName, longestLease, type Sighting, sighted } from '../model/leaserules.ts';
import { rollAnnotation } from '../model/record.ts';

export interface LeaseDeps {
  client: Client;
  /** By which silence is measured: it never jumps. */
  clock: Clock;
  /** Milliseconds since the epoch, for people. */
  wall: () => number;
  signal: AbortSignal;
  fieldManager: string;
}

/** Who holds, and for how long without a word. */
export interface Holder {
  /** Of this run alone. */
  identity: string;
  /** Milliseconds, whole seconds. */
  duration: number;
}

/** What became of a write. */
export type Written = { kind: 'held' } | { kind: 'lost'; holder: string | undefined };

/** A Lease that this run holds. */
export interface Hold {
  readonly duration: number;
  /**
   * Writes the record, if nobody else has taken the Lease.
   *
   * @throws {StatusError} when it may not be written, {ConnectionError} when nobody knows whether it was
   */
  write(record: string): Promise<Written>;
  /** Writes the record, and leaves the Lease to whoever goes on. */
  giveUp(record: string): Promise<void>;
  /** Nothing is left to go on with. */
  remove(): Promise<void>;
}

type Place = Pick<StatefulSet, 'metadata'>;

/** @returns undefined where there is none. @throws {StatusError} when it may not be read */
export async function readLease(client: Client, { metadata }: Place): Promise<Lease | undefined> {
  const lease = await client.get<Lease>(resources.leases, metadata.namespace, leaseName(metadata.name));
  if (!(lease instanceof StatusError)) return lease;
  if (lease.reason === 'NotFound') return undefined;
  throw lease;
}

export function recordIn({ metadata }: Lease): string {
  return metadata.annotations?.[rollAnnotation] ?? '';
}

export function holderOf({ spec }: Lease): string | undefined {
  return spec?.holderIdentity || undefined;
}

/** @returns undefined when somebody else was faster. @throws {StatusError} when it may not be made */
export async function takeNew(
  means: LeaseDeps,
  place: Place,
  holder: Holder,
  record: string,
): Promise<Hold | undefined> {
  const { namespace, name } = place.metadata;
  const lease: Lease = {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      name: leaseName(name),
      ...(namespace !== undefined && { namespace }),
      labels: { 'app.kubernetes.io/managed-by': 'kubectl-sts' },
      annotations: { [rollAnnotation]: record },
    },
    spec: { ...held(holder, means), acquireTime: microTime(means), leaseTransitions: 0 },
  };
  const { client, fieldManager } = means;
  let made: unknown;
  try {
    made = await client.create(resources.leases, namespace, lease, { fieldManager });
  } catch (error) {
    const ours = error instanceof ConnectionError ? await ownLease(client, place, holder) : undefined;
    if (ours === undefined) throw error;
    return holdOf(means, ours, holder);
  }
  const fault = misfit(made, resources.leases.shape);
  if (!(made instanceof StatusError) && fault !== undefined) throw new StatusError(200, '', `leases: ${fault}`);
  if (!(made instanceof StatusError)) return holdOf(means, made as Lease, holder);
  if (made.reason === 'AlreadyExists') return undefined;
  throw made;
}

/** After an answer that was lost: the Lease, if it is this run's own. */
async function ownLease(client: Client, place: Place, { identity }: Holder): Promise<Lease | undefined> {
  const lease = await readLease(client, place);
  return lease && holderOf(lease) === identity ? lease : undefined;
}

/** How often a Lease that may be silent is looked at, within its duration. */
const looks = 10;

/** Milliseconds: it may be given up at any moment. */
const longestPause = 5_000;

/**
 * Takes over a Lease whose holder has given it up, or has not renewed it for its whole duration while somebody looked.
 *
 * @param waits is told for how many milliseconds its silence will be watched
 * @returns the holder where it is alive, or somebody else was faster; undefined where the Lease has gone
 */
export async function takeOver(
  means: LeaseDeps,
  place: Place,
  holder: Holder,
  waits: (holder: string, milliseconds: number) => void,
): Promise<{ hold: Hold; record: string; from: string | undefined } | { heldBy: string } | undefined> {
  const { client, clock, signal, fieldManager } = means;

  async function replaced(lease: Lease): Promise<Lease | StatusError> {
    try {
      return await client.replace<Lease>(resources.leases, place.metadata.namespace, lease, { fieldManager });
    } catch (error) {
      const ours = error instanceof ConnectionError ? await ownLease(client, place, holder) : undefined;
      if (ours === undefined) throw error;
      return ours;
    }
  }

  let seen: Sighting | undefined;
  for (;;) {
    const lease = await readLease(client, place);
    if (lease === undefined) return undefined;
    const version = lease.metadata.resourceVersion ?? '';
    const theirs = holderOf(lease);
    const isNew = seen?.version !== version;
    if (theirs !== undefined && seen !== undefined && isNew) return { heldBy: theirs };
    const duration = Math.min((lease.spec?.leaseDurationSeconds ?? 0) * 1_000, longestLease);
    seen = sighted(seen, { holder: theirs, version }, clock.now());
    if (isFree(seen, duration, clock.now())) {
      const transitions = (lease.spec?.leaseTransitions ?? 0) + 1;
      const spec = {
        ...lease.spec,
        ...held(holder, means),
        acquireTime: microTime(means),
        leaseTransitions: transitions,
      };
      const taken = await replaced({ ...lease, spec });
      if (!(taken instanceof StatusError)) {
        return { hold: holdOf(means, taken, holder), record: recordIn(taken), from: theirs };
      }
      if (taken.reason === 'NotFound') return undefined;
      if (taken.reason === 'Conflict') return { heldBy: 'somebody who was faster' };
      throw taken;
    }
    if (isNew && theirs !== undefined) waits(theirs, duration);
    await clock.sleep(Math.min(Math.max(duration / looks, 100), longestPause), signal);
    signal.throwIfAborted();
  }
}

/** Removes the Lease as it was looked at. @returns the refusal */
export async function forgetLease({ client }: LeaseDeps, lease: Lease): Promise<StatusError | undefined> {
  const { namespace, name, uid = '' } = lease.metadata;
  return client.remove(resources.leases, namespace, name, uid, { dryRun: false });
}

function holdOf(means: LeaseDeps, taken: Lease, holder: Holder): Hold {
  const { client, fieldManager } = means;
  let current = taken;

  async function put(record: string, spec: NonNullable<Lease['spec']>): Promise<Written> {
    for (;;) {
      const { metadata } = current;
      const next: Lease = {
        ...current,
        metadata: { ...metadata, annotations: { ...metadata.annotations, [rollAnnotation]: record } },
        spec: { ...current.spec, ...spec },
      };
      const answer = await client.replace<Lease>(resources.leases, metadata.namespace, next, { fieldManager });
      if (!(answer instanceof StatusError)) {
        current = answer;
        return { kind: 'held' };
      }
      if (answer.reason === 'NotFound') return { kind: 'lost', holder: undefined };
      if (answer.reason !== 'Conflict') throw answer;
      const taken = await lookAgain();
      if (taken) return taken;
    }
  }

  /** After a conflict. @returns who has it now; undefined where it is still ours, and only something else changed */
  async function lookAgain(): Promise<Written | undefined> {
    const { namespace, name, uid } = current.metadata;
    const read = await client.get<Lease>(resources.leases, namespace, name);
    if (read instanceof StatusError) {
      if (read.reason === 'NotFound') return { kind: 'lost', holder: undefined };
      throw read;
    }
    if (read.metadata.uid !== uid || holderOf(read) !== holder.identity)
      return { kind: 'lost', holder: holderOf(read) };
    current = read;
    return undefined;
  }

  return {
    duration: holder.duration,
    write: (record) => put(record, held(holder, means)),
    async giveUp(record) {
      await put(record, { ...held(holder, means), holderIdentity: '' });
    },
    async remove() {
      for (;;) {
        const { namespace, name, uid = '', resourceVersion = '' } = current.metadata;
        const refusal = await client.remove(resources.leases, namespace, name, uid, { dryRun: false, resourceVersion });
        if (refusal === undefined || refusal.reason === 'NotFound') return;
        if (refusal.reason !== 'Conflict') throw refusal;
        if (await lookAgain()) return;
      }
    },
  };
}

function held({ identity, duration }: Holder, means: LeaseDeps): NonNullable<Lease['spec']> {
  return { holderIdentity: identity, leaseDurationSeconds: Math.round(duration / 1_000), renewTime: microTime(means) };
}

/** As the API server has it (`MicroTime`). For people: nobody compares it with a clock. */
function microTime({ wall }: LeaseDeps): string {
  return formatExactTime(wall()).replace('Z', '000Z');
}

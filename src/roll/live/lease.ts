/**
 * The Lease of a roll. A run takes it before the roll begins, writes it by compare-and-swap directly before each eviction,
 * gives it up when the roll stops, and takes it over from a holder that has fallen silent.
 */
import type { Client } from '#src/kube/client.ts';
import { ConnectionError, StatusError } from '#src/kube/errors.ts';
import { resources } from '#src/kube/resources.ts';
import type { Clock } from '#src/objects/clock.ts';
import { misfit } from '#src/objects/shape.ts';
import { formatExactTime } from '#src/objects/time.ts';
import type { Lease, StatefulSet } from '#src/objects/types.ts';
import { isFree, leaseName, longestLease, type Sighting, sighted } from '../model/leaserules.ts';
import type { OtherRoll } from '../model/problem.ts';
import { readRoll, rollAnnotation } from '../model/record.ts';

export interface LeaseDeps {
  client: Client;
  /** Measures how long a holder is silent: it never jumps. */
  clock: Clock;
  /** Milliseconds since the epoch, for people to read. */
  wall: () => number;
  signal: AbortSignal;
  fieldManager: string;
}

/** A run that holds a Lease. */
export interface Holder {
  /** No other run has the same. */
  identity: string;
  /** How long the Lease may go unrenewed before another run may take it over. Milliseconds, whole seconds. */
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
  /** Writes the record, and leaves the Lease for another run to take. */
  giveUp(record: string): Promise<void>;
  /** Deletes the Lease: nothing is left to go on with. */
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

/** The roll that a Lease tells of. */
export function otherRollIn(lease: Lease): OtherRoll {
  const record = readRoll(recordIn(lease));
  return { id: 'unreadable' in record ? undefined : record.id, holder: holderIn(lease) };
}

/** @returns undefined where nobody holds it */
export function holderIn({ spec }: Lease): string | undefined {
  return spec?.holderIdentity || undefined;
}

/** @returns undefined when somebody else was faster. @throws {StatusError} when it may not be made */
export async function takeNew(
  deps: LeaseDeps,
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
    spec: { ...held(holder, deps), acquireTime: microTime(deps), leaseTransitions: 0 },
  };
  const { client, fieldManager } = deps;
  let made: unknown;
  try {
    made = await client.create(resources.leases, namespace, lease, { fieldManager });
  } catch (error) {
    const ours = error instanceof ConnectionError ? await ownLease(client, place, holder) : undefined;
    if (ours === undefined) throw error;
    return holdOf(deps, ours, holder);
  }
  const fault = misfit(made, resources.leases.shape);
  if (!(made instanceof StatusError) && fault !== undefined) throw new StatusError(200, '', `leases: ${fault}`);
  if (!(made instanceof StatusError)) return holdOf(deps, made as Lease, holder);
  if (made.reason === 'AlreadyExists') return undefined;
  throw made;
}

/** The Lease if it is this run's own, after an answer that was lost. */
async function ownLease(client: Client, place: Place, { identity }: Holder): Promise<Lease | undefined> {
  const lease = await readLease(client, place);
  return lease && holderIn(lease) === identity ? lease : undefined;
}

/** How often a Lease is looked at within its duration, while its holder may be silent. */
const looks = 10;

/** Milliseconds between two looks: the holder may give the Lease up at any moment. */
const longestPause = 5_000;

/**
 * Takes over a Lease whose holder has given it up, or has not renewed it for its whole duration while this run watched.
 *
 * @param waits is called with the holder, and the milliseconds for which this run will watch it
 * @returns the holder where it is alive; `heldBy: undefined` where another run was faster; undefined where the Lease is
 *   gone
 */
export async function takeOver(
  deps: LeaseDeps,
  place: Place,
  holder: Holder,
  waits: (holder: string, milliseconds: number) => void,
): Promise<{ hold: Hold; record: string; from: string | undefined } | { heldBy: string | undefined } | undefined> {
  const { client, clock, signal, fieldManager } = deps;

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
    const theirs = holderIn(lease);
    const isNew = seen?.version !== version;
    if (theirs !== undefined && seen !== undefined && isNew) return { heldBy: theirs };
    const duration = Math.min((lease.spec?.leaseDurationSeconds ?? 0) * 1_000, longestLease);
    seen = sighted(seen, { holder: theirs, version }, clock.now());
    if (isFree(seen, duration, clock.now())) {
      const transitions = (lease.spec?.leaseTransitions ?? 0) + 1;
      const spec = {
        ...lease.spec,
        ...held(holder, deps),
        acquireTime: microTime(deps),
        leaseTransitions: transitions,
      };
      const taken = await replaced({ ...lease, spec });
      if (!(taken instanceof StatusError)) {
        return { hold: holdOf(deps, taken, holder), record: recordIn(taken), from: theirs };
      }
      if (taken.reason === 'NotFound') return undefined;
      if (taken.reason === 'Conflict') return { heldBy: undefined };
      throw taken;
    }
    if (isNew && theirs !== undefined) waits(theirs, duration);
    await clock.sleep(Math.min(Math.max(duration / looks, 100), longestPause), signal);
    signal.throwIfAborted();
  }
}

/** Deletes the Lease that was read. @returns the refusal */
export async function forgetLease(client: Client, lease: Lease): Promise<StatusError | undefined> {
  const { namespace, name, uid = '' } = lease.metadata;
  return client.remove(resources.leases, namespace, name, uid, { dryRun: false });
}

function holdOf(deps: LeaseDeps, taken: Lease, holder: Holder): Hold {
  const { client, fieldManager } = deps;
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

  /** After a conflict. @returns undefined where this run still holds the Lease, and somebody changed something else in it */
  async function lookAgain(): Promise<Written | undefined> {
    const { namespace, name, uid } = current.metadata;
    const read = await client.get<Lease>(resources.leases, namespace, name);
    if (read instanceof StatusError) {
      if (read.reason === 'NotFound') return { kind: 'lost', holder: undefined };
      throw read;
    }
    if (read.metadata.uid !== uid || holderIn(read) !== holder.identity)
      return { kind: 'lost', holder: holderIn(read) };
    current = read;
    return undefined;
  }

  return {
    duration: holder.duration,
    write: (record) => put(record, held(holder, deps)),
    async giveUp(record) {
      await put(record, { ...held(holder, deps), holderIdentity: '' });
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

function held({ identity, duration }: Holder, deps: LeaseDeps): NonNullable<Lease['spec']> {
  return { holderIdentity: identity, leaseDurationSeconds: Math.round(duration / 1_000), renewTime: microTime(deps) };
}

/** As the API server writes it (`MicroTime`). It is for people: no run compares it with a clock. */
function microTime({ wall }: LeaseDeps): string {
  return formatExactTime(wall()).replace('Z', '000Z');
}

/** A small model of a roll's surroundings: controller, scheduler, kubelet, budgets, people, and the roll's Lease. */
import assert from 'node:assert/strict';
import { formatTime } from '#src/objects/time.ts';
import type { Claim, Pod, StatefulSet } from '#src/objects/types.ts';
import type { View } from '#src/roll/model/state.ts';
import type { Controller } from '#src/statefulset/controller/acts.ts';
import type { nextSync } from '#src/statefulset/controller/sync.ts';
import type { PodAnswer } from '#src/statefulset/leadership.ts';
import { boundClaim, podOf, statefulSet, time } from '../../../objects/snapshots.ts';
import type { Seen } from './trace.ts';

/** From 0 to below 1, always the same for a seed. (mulberry32) */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** As `coordination.k8s.io/v1` has it: its version changes with each write. */
export interface Lease {
  holder: string | undefined;
  version: string;
  record: string;
}

export type Replaced = { kind: 'replaced'; version: string } | { kind: 'conflict'; lease: Lease | undefined };

interface Living {
  uid: string;
  /** When a node takes it, and when it is ready then: milliseconds; Infinity for never. */
  scheduledAt: number;
  readyAt: number;
  /** When it is gone, once it is being deleted. */
  goneAt: number | undefined;
}

interface Stored {
  uid: string;
  deleting: boolean;
}

export interface WorldOptions {
  replicas: number;
  parallel: boolean;
  /** The `maxUnavailable` of a budget over all pods; undefined without one. */
  budget: number | undefined;
  /** The chance that an eviction is refused for good. */
  refused: number;
  /** The set's minReadySeconds. */
  minReady: number;
  random: () => number;
  /** The set's controller. */
  sync: typeof nextSync;
  /** The chances, in each round, that leadership moves though nothing is wrong, and that a pod's answer is a lie. */
  moves: number;
  lies: number;
}

/** What pods answer, or have answered for them, that are not asked as usual. */
const lies: readonly PodAnswer[] = [
  ...[0, 0, 126, 127, 137].map((exitCode) => ({ kind: 'exit code' as const, exitCode, said: '' })),
  { kind: 'not run', message: 'forbidden' },
  { kind: 'did not end' },
];

/** Any will do: the set's template does not change, so that there is no update in which controllers differ. */
const controller: Controller = { minor: 37, gates: { maxUnavailable: false, recreate: false } };

const never = Number.POSITIVE_INFINITY;

export class World {
  now = 1_000;
  readonly random: () => number;
  lease: Lease | undefined;
  /** Every change of a pod. */
  readonly trace: Seen[] = [];
  /** The UIDs of pods that evictions took away. */
  readonly evicted: string[] = [];
  /** Pods that evictions took away, by their names, until another of the name is ready. */
  readonly downByEviction = new Map<string, string>();
  /** The most pods that were ever wanted. */
  mostReplicas: number;
  private readonly options: WorldOptions;
  private readonly pods = new Map<string, Living>();
  private readonly claims = new Map<string, Stored>();
  private readonly noted = new Map<string, Seen>();
  private made = 0;
  private written = 0;
  private generation = 1;
  private exists = true;
  /** Whether nothing has changed since a sync that had nothing to do. */
  private isSettled = false;
  /** How many available pods its controller has counted. */
  private counted = 0;
  private replicas: number;
  private leader: { pod: string; uid: string } | undefined;
  /** When another pod takes the leadership over. */
  private electsAt = 0;

  constructor(options: WorldOptions) {
    this.options = options;
    this.random = options.random;
    this.replicas = options.replicas;
    this.mostReplicas = options.replicas;
    // The pods have been ready for long.
    const begun = this.now - 60_000;
    for (let ordinal = 0; ordinal < options.replicas; ordinal++) this.make(nameOf(ordinal), begun, begun);
    this.counted = options.replicas;
    this.elect();
    this.note();
  }

  uid(name: string): string | undefined {
    return this.pods.get(name)?.uid;
  }

  /** Lets time pass: pods end, and the controller makes them anew and deletes those that are too many. */
  pass(milliseconds: number): void {
    this.now += milliseconds;
    for (const [name, pod] of this.pods) {
      if (pod.goneAt !== undefined && pod.goneAt <= this.now) this.remove(name);
    }
    for (const [name, uid] of this.downByEviction) {
      const pod = this.pods.get(name);
      if (pod && pod.uid !== uid && this.isReady(pod)) this.downByEviction.delete(name);
    }
    this.note();
    if (this.exists) this.control();
    this.elect();
  }

  /** Leadership vanishes with its pod, and moves. A pod takes it over now or a little later. */
  private elect(): void {
    const { random } = this;
    const pod = this.pods.get(this.leader?.pod ?? '');
    const isWell = pod !== undefined && pod.uid === this.leader?.uid && this.isReady(pod);
    if (this.leader && (!isWell || random() < this.options.moves)) {
      this.leader = undefined;
      this.electsAt = this.now + (random() < 0.5 ? 0 : random() * (random() < 0.2 ? 40_000 : 2_500));
    }
    if (this.leader || this.now < this.electsAt) return;
    const ready = [...this.pods].filter(([, each]) => this.isReady(each));
    const [name, chosen] = ready[Math.floor(random() * ready.length)] ?? [];
    if (name !== undefined && chosen !== undefined) this.leader = { pod: name, uid: chosen.uid };
  }

  /** The UID of the pod that leads; undefined where none does. */
  leads(): string | undefined {
    return this.leader?.uid;
  }

  /** What a pod answers to a command that tells whether it leads. */
  says(name: string): PodAnswer {
    const { random } = this;
    const lie = random() < this.options.lies ? lies[Math.floor(random() * lies.length)] : undefined;
    if (lie) return lie;
    const pod = this.pods.get(name);
    if (pod === undefined || pod.scheduledAt > this.now) return { kind: 'not run', message: 'no such pod' };
    return { kind: 'exit code', exitCode: this.leader?.uid === pod.uid ? 0 : 1, said: '' };
  }

  /** One sync of the set's controller. Not all of its requests arrive: it tries again in the next one. */
  private control(): void {
    const set = this.readSet();
    if (set === undefined || this.isSettled) return;
    const { acts, waits, errors } = this.options.sync(
      set,
      this.readPods(),
      this.readClaims(this.claimNames()),
      this.serverTime(),
      controller,
    );
    const isDue = waits.some(({ why }) => why.kind === 'not available');
    const available = [...this.pods.values()].filter((pod) => this.isAvailable(pod)).length;
    // Not each of its writes arrives.
    if (this.random() < 0.7) this.counted = available;
    this.isSettled = acts.length === 0 && errors.length === 0 && !isDue && this.counted === available;
    for (const act of acts) {
      if (act.act === 'create pod') this.start(act.pod);
      else if (act.act === 'delete pod') this.end(act.pod);
      // It comes with its pod.
      else assert.equal(act.act, 'create claim');
    }
  }

  private start(name: string): void {
    const { random } = this;
    if (random() >= 0.7) return;
    const scheduledAt = this.now + (random() < 0.15 ? random() * 3_000 : 0);
    const fate = random();
    if (fate < 0.01) this.make(name, never, never);
    else this.make(name, scheduledAt, fate < 0.03 ? never : scheduledAt + random() * 3_000);
    this.note();
  }

  private make(name: string, scheduledAt: number, readyAt: number): void {
    this.pods.set(name, { uid: `uid-${this.made++}`, scheduledAt, readyAt, goneAt: undefined });
    const claim = claimOf(name);
    if (!this.claims.has(claim)) this.claims.set(claim, { uid: `claim-${this.made}`, deleting: false });
  }

  /** Deletes a pod. One that no node has taken has nothing to end. (`CheckGracefulDelete`) */
  private end(name: string): void {
    const pod = this.pods.get(name);
    if (pod === undefined) return;
    if (pod.scheduledAt > this.now) this.remove(name);
    else pod.goneAt ??= this.now + 100 + this.random() * 2_000;
    this.note();
  }

  /** A claim that is being deleted was held by its pod alone. (`kubernetes.io/pvc-protection`) */
  private remove(name: string): void {
    this.pods.delete(name);
    if (this.claims.get(claimOf(name))?.deleting) this.claims.delete(claimOf(name));
  }

  /** Its condition Ready, which a pod that ends keeps for as long as its probe passes. */
  private hasReady(pod: Living): boolean {
    return pod.scheduledAt <= this.now && pod.readyAt <= this.now;
  }

  private isReady(pod: Living): boolean {
    return pod.goneAt === undefined && this.hasReady(pod);
  }

  private isAvailable(pod: Living): boolean {
    return this.isReady(pod) && readyTime(pod) + this.options.minReady * 1_000 <= this.serverTime();
  }

  /** Milliseconds since the epoch. */
  serverTime(): number {
    return time + this.now;
  }

  /** Notes the changes that a watch of all pods would have shown since the last time. */
  private note(): void {
    for (const [name, before] of this.noted) {
      if (!before.exists || this.pods.get(name)?.uid === before.uid) continue;
      this.tell({ ...before, at: this.now, exists: false });
    }
    for (const [pod, living] of this.pods) {
      const before = this.noted.get(pod);
      const deleting = living.goneAt !== undefined;
      const ready = this.hasReady(living);
      if (before?.exists && before.deleting === deleting && before.ready === ready) continue;
      this.tell({ at: this.now, pod, uid: living.uid, deleting, ready, exists: true });
    }
  }

  private tell(seen: Seen): void {
    this.noted.set(seen.pod, seen);
    this.trace.push(seen);
    this.isSettled = false;
  }

  /** Trouble in the cluster, and changes by other people. */
  disturb(): void {
    const { random } = this;
    this.isSettled = false;
    const names = [...this.pods.keys()];
    const name = names[Math.floor(random() * names.length)];
    const pod = name === undefined ? undefined : this.pods.get(name);
    const kind = random();
    if (name === undefined || pod === undefined) return;
    if (kind < 0.5) pod.readyAt = this.now + (random() < 0.2 ? never : random() * 4_000);
    else if (kind < 0.72) this.end(name);
    else if (kind < 0.82) {
      const claim = this.claims.get(claimOf(name));
      if (claim) claim.deleting = true;
    } else if (kind < 0.85) {
      // Somebody took the finalizer away, too.
      this.claims.delete(claimOf(name));
    } else if (kind < 0.9) this.generation++;
    else if (kind < 0.95) {
      this.generation++;
      this.replicas += random() < 0.5 ? 1 : -1;
      this.mostReplicas = Math.max(this.mostReplicas, this.replicas);
    } else {
      this.exists = false;
      for (const each of names) this.end(each);
    }
    this.note();
  }

  /** An eviction, as the API server answers it. (pkg/registry/core/pod/storage/eviction.go) */
  evict(name: string, uid: string): 'evicted' | 'gone' | 'blocked' | 'refused' {
    const pod = this.pods.get(name);
    if (this.random() < this.options.refused) return 'refused';
    if (pod === undefined || pod.uid !== uid) return 'gone';
    // Budgets do not count what ends already, or does not run yet.
    if (pod.goneAt !== undefined) return 'evicted';
    if (pod.scheduledAt <= this.now && this.isHeld(pod)) return 'blocked';
    this.evicted.push(uid);
    this.downByEviction.set(name, uid);
    this.end(name);
    return 'evicted';
  }

  /** IfHealthyBudget: a pod that is not ready itself stays too while more are down than may be. */
  private isHeld(pod: Living): boolean {
    const { budget = never } = this.options;
    let down = 0;
    for (let ordinal = 0; ordinal < this.replicas; ordinal++) {
      const each = this.pods.get(nameOf(ordinal));
      if (each === undefined || !this.isReady(each)) down++;
    }
    return this.isReady(pod) ? down >= budget : down > budget;
  }

  /** Writes the Lease if it is as it was read: compare and swap. */
  replaceLease(version: string, next: Pick<Lease, 'holder' | 'record'>): Replaced {
    if (this.lease?.version !== version) return { kind: 'conflict', lease: this.lease };
    return { kind: 'replaced', version: this.writeLease(next) };
  }

  writeLease(next: Pick<Lease, 'holder' | 'record'>): string {
    const version = `${++this.written}`;
    this.lease = { ...next, version };
    return version;
  }

  readSet(): StatefulSet | undefined {
    if (!this.exists) return undefined;
    const { generation, replicas, counted } = this;
    const { parallel, minReady } = this.options;
    return once(sets, `${generation} ${replicas} ${parallel} ${minReady} ${counted}`, () =>
      statefulSet('web', {
        replicas,
        templates: ['data'],
        metadata: { generation },
        spec: { podManagementPolicy: parallel ? 'Parallel' : 'OrderedReady', minReadySeconds: minReady },
        status: { availableReplicas: counted },
      }),
    );
  }

  readPods(): Pod[] {
    return [...this.pods].map(([name, pod]) => {
      const { uid, goneAt } = pod;
      const isPending = pod.scheduledAt > this.now;
      const isReady = this.hasReady(pod);
      const since = this.options.minReady > 0 && isReady ? readyTime(pod) : time;
      return once(pods, `${name} ${uid} ${isPending} ${isReady} ${since} ${goneAt !== undefined}`, () => {
        const set = statefulSet('web', { templates: ['data'] });
        const made = podOf(set, Number(name.slice('web-'.length)), {
          metadata: { uid, ...(goneAt !== undefined && deleted) },
          status: isPending
            ? { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }] }
            : {
                phase: 'Running',
                conditions: [
                  { type: 'Ready', status: isReady ? 'True' : 'False', lastTransitionTime: formatTime(since) },
                ],
              },
        });
        const { nodeName, ...spec } = made.spec ?? {};
        const ending = { containers: [], terminationGracePeriodSeconds: 1 };
        return { ...made, spec: { ...spec, ...ending, ...(!isPending && nodeName && { nodeName }) } };
      });
    });
  }

  /** Of these names. */
  readClaims(names: readonly string[]): Claim[] {
    return names.flatMap((name) => {
      const claim = this.claims.get(name);
      if (claim === undefined) return [];
      const { uid, deleting } = claim;
      return once(claims, `${name} ${uid} ${deleting}`, () =>
        boundClaim(name, { metadata: { uid, ...(deleting && deleted) }, spec: { volumeName: `pv-${uid}` } }),
      );
    });
  }

  /** The names of all claims that there may be. */
  claimNames(): string[] {
    return Array.from({ length: this.mostReplicas }, (_, ordinal) => claimOf(nameOf(ordinal)));
  }

  /** All there is, as it is now. */
  read(readAt: number): View {
    return {
      readAt,
      time: this.serverTime(),
      set: this.readSet(),
      pods: this.readPods(),
      claims: this.readClaims(this.claimNames()),
    };
  }
}

/** Conditions have whole seconds. Milliseconds since the epoch. */
function readyTime({ readyAt }: Living): number {
  return time + Math.floor(readyAt / 1_000) * 1_000;
}

export function nameOf(ordinal: number): string {
  return `web-${ordinal}`;
}

export function claimOf(pod: string): string {
  return `data-${pod}`;
}

const deleted = { deletionTimestamp: '2026-01-01T00:00:00Z' };

// An object that does not change stays the same object, as for a watch, and is made once for all histories.
const sets = new Map<string, StatefulSet>();
const pods = new Map<string, Pod>();
const claims = new Map<string, Claim>();

function once<T>(all: Map<string, T>, key: string, make: () => T): T {
  const known = all.get(key);
  if (known !== undefined) return known;
  const made = make();
  all.set(key, made);
  return made;
}

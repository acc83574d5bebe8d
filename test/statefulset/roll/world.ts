/** A small model of what a roll meets: controller, kubelet, budgets, people, and a network that loses and delays. */
import type { Claim, Pod, StatefulSet } from '../../../src/objects/types.ts';
import type { View } from '../../../src/statefulset/roll.ts';
import { boundClaim, podOf, statefulSet } from '../../objects/snapshots.ts';

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

interface Living {
  uid: string;
  /** Milliseconds; Infinity for never. */
  readyAt: number;
  /** When it is gone, once it is being deleted. */
  goneAt: number | undefined;
}

export interface WorldOptions {
  replicas: number;
  parallel: boolean;
  /** Of a budget over all pods; undefined without one. */
  maxUnavailable: number | undefined;
  random: () => number;
}

export class World {
  now = 1_000;
  readonly random: () => number;
  private readonly options: WorldOptions;
  private readonly pods = new Map<string, Living>();
  private readonly going = new Set<string>();
  private made = 0;
  private generation = 1;
  private exists = true;
  private replicas: number;
  /** Evictions that took a pod away, by its name. */
  readonly evicted: string[] = [];

  constructor(options: WorldOptions) {
    this.options = options;
    this.random = options.random;
    this.replicas = options.replicas;
    for (let ordinal = 0; ordinal < options.replicas; ordinal++) this.make(ordinal, 0);
  }

  private nameOf(ordinal: number): string {
    return `web-${ordinal}`;
  }

  private make(ordinal: number, delay: number): void {
    this.pods.set(this.nameOf(ordinal), { uid: `uid-${this.made++}`, readyAt: this.now + delay, goneAt: undefined });
  }

  private isReady(pod: Living | undefined): boolean {
    return pod !== undefined && pod.goneAt === undefined && pod.readyAt <= this.now;
  }

  uid(name: string): string | undefined {
    return this.pods.get(name)?.uid;
  }

  isReadyNow(name: string): boolean {
    return this.isReady(this.pods.get(name));
  }

  /** Lets time pass: pods end, and the controller makes them anew, in order or all at once. */
  pass(milliseconds: number): void {
    this.now += milliseconds;
    for (const [name, pod] of this.pods) {
      if (pod.goneAt !== undefined && pod.goneAt <= this.now) this.pods.delete(name);
    }
    if (!this.exists) return;
    for (let ordinal = 0; ordinal < this.replicas; ordinal++) {
      const pod = this.pods.get(this.nameOf(ordinal));
      if (pod === undefined && this.random() < 0.7) {
        this.make(ordinal, this.random() < 0.02 ? Number.POSITIVE_INFINITY : this.random() * 3_000);
      }
      if (!this.options.parallel && !this.isReady(this.pods.get(this.nameOf(ordinal)))) break;
    }
  }

  /** What happens to clusters, and to sets by other people. */
  disturb(): void {
    const names = [...this.pods.keys()];
    const name = names[Math.floor(this.random() * names.length)];
    const pod = name === undefined ? undefined : this.pods.get(name);
    const kind = this.random();
    if (kind < 0.5 && pod)
      pod.readyAt = this.now + (this.random() < 0.2 ? Number.POSITIVE_INFINITY : this.random() * 4_000);
    else if (kind < 0.75 && pod) pod.goneAt ??= this.now + this.random() * 2_000;
    else if (kind < 0.85 && name !== undefined) this.going.add(`data-${name}`);
    else if (kind < 0.9) this.generation++;
    else if (kind < 0.95) {
      this.generation++;
      this.replicas += this.random() < 0.5 ? 1 : -1;
    } else this.exists = false;
  }

  /** An eviction, as the API server answers it. */
  evict(name: string, uid: string): 'evicted' | 'gone' | 'blocked' {
    const pod = this.pods.get(name);
    if (pod === undefined || pod.uid !== uid) return 'gone';
    const { maxUnavailable } = this.options;
    if (maxUnavailable !== undefined && pod.goneAt === undefined) {
      const unhealthy = Array.from({ length: this.replicas }, (_, at) => this.pods.get(this.nameOf(at)));
      const down = unhealthy.filter((each) => !this.isReady(each)).length;
      // IfHealthyBudget: also a pod that is not ready itself stays while too many are.
      if (down >= maxUnavailable) return 'blocked';
    }
    if (pod.goneAt === undefined) {
      pod.goneAt = this.now + 200 + this.random() * 2_000;
      this.evicted.push(name);
    }
    return 'evicted';
  }

  /** What a reading that began at `readAt` shows. */
  read(readAt: number): View {
    const set: StatefulSet = statefulSet('web', {
      replicas: this.replicas,
      templates: ['data'],
      metadata: { generation: this.generation },
      spec: { podManagementPolicy: this.options.parallel ? 'Parallel' : 'OrderedReady' },
    });
    const pods = [...this.pods].map(([name, pod]): Pod => {
      const ordinal = Number(name.slice('web-'.length));
      const shape = podOf(set, ordinal, {
        metadata: { uid: pod.uid, ...(pod.goneAt !== undefined && { deletionTimestamp: '2026-01-01T00:00:00Z' }) },
        status: {
          phase: 'Running',
          conditions: [{ type: 'Ready', status: pod.readyAt <= this.now ? 'True' : 'False' }],
        },
      });
      return { ...shape, spec: { ...shape.spec, containers: [], terminationGracePeriodSeconds: 1 } };
    });
    const claims = Array.from({ length: this.options.replicas + 1 }, (_, ordinal): Claim => {
      const name = `data-web-${ordinal}`;
      return boundClaim(name, this.going.has(name) ? { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } } : {});
    });
    return { readAt, set: this.exists ? set : undefined, pods, claims };
  }
}

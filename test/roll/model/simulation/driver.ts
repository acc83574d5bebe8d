/**
 * Drives a roll in the model, as roll/live/drive.ts does on a cluster: it watches and reads, does what `step` says, and
 * holds the Lease meanwhile.
 */
import type { Claim, Pod, StatefulSet } from '#src/objects/types.ts';
import type { Action, Answer } from '#src/roll/model/actions.ts';
import { isFree, isProven, type Sighting, sighted } from '#src/roll/model/leaserules.ts';
import { readRoll, writeRoll } from '#src/roll/model/record.ts';
import { resumed } from '#src/roll/model/resumption.ts';
import type { RollState, View } from '#src/roll/model/state.ts';
import type { PodAnswer } from '#src/statefulset/leadership.ts';
import { time } from '../../../objects/snapshots.ts';
import { unchecked } from '../rolls.ts';
import type { Invariants, Witness } from './invariants.ts';
import type { RollModule } from './rollmodule.ts';
import { Wire } from './wire.ts';
import { nameOf, type World } from './world.ts';

/** The rules that a driver keeps to besides `step`. */
export interface DriverRules {
  isFree: typeof isFree;
  isProven: typeof isProven;
  /** Whether news of one moment counts for a driver that knows of another moment. */
  isNews(toldOf: number, knownOf: number): boolean;
}

/** For how long a holder may be silent, in milliseconds. */
export const duration = 6_000;

/** Milliseconds later than planned, after which a driver proves that it has the Lease and reads anew before all else. */
const nap = duration / 6;

export const rules: DriverRules = {
  isFree,
  isProven,
  isNews: (toldOf, knownOf) => toldOf >= knownOf,
};

export interface DriverOptions {
  name: string;
  world: World;
  roll: RollModule;
  rules: DriverRules;
  invariants: Invariants;
  /** The chance that an answer takes very long. */
  slow: number;
  /** The chance that a request is lost, or arrives when nobody waits for its answer. */
  lost: number;
}

/** Something known, and the moment of the world that it is of. */
interface Known<T> {
  what: T;
  of: number;
}

/** The answer of a reading or a watch. */
interface Told {
  set: Known<StatefulSet | undefined>;
  pods: Known<readonly Pod[]>;
  claims: readonly Claim[];
}

/** Of a question or an eviction that goes on. */
type Task = Extract<Action, { pod: string }>;

/** Milliseconds in which pods must say who leads, in which each of them must answer, and between two tries. */
const leader = { timeout: 10_000, limit: 1_500, interval: 300 };

const handling = unchecked;

export class Driver {
  readonly name: string;
  readonly wire: Wire;
  /** How it ended; undefined while it goes on. */
  outcome: string | undefined;
  /** Until when it stands still, by the world's clock. */
  stoppedUntil = 0;
  private readonly options: DriverOptions;
  private readonly witness: Witness;
  /** No two drivers' clocks show the same. */
  private readonly ahead: number;
  private state: RollState | undefined;
  private tasks: Task[] = [];

  private set: Known<StatefulSet | undefined> = { what: undefined, of: 0 };
  private pods: Known<readonly Pod[]> = { what: [], of: 0 };
  private claims: readonly Claim[] = [];
  private readAt = Number.NEGATIVE_INFINITY;
  private time = 0;
  private isReading = false;
  private blindSince: number | undefined;

  /** Whether there is something that it has not thought about, and when it looks again in any case. */
  private isRung = true;
  private dueAt: number;
  private isWakingUp = false;

  /** Its Lease as far as it knows. */
  private version = '';
  private writtenAt = 0;
  private isWriting = false;
  private proofs: ((isProven: boolean | undefined) => void)[] = [];
  /** What a driver has seen of a Lease that it waits for. */
  private seen: Sighting | undefined;
  private looksAt = 0;
  private isTaking = false;

  constructor(options: DriverOptions) {
    const { name, world, invariants, slow, lost } = options;
    this.options = options;
    this.name = name;
    this.ahead = world.random() * 1_000_000;
    this.dueAt = this.now();
    this.wire = new Wire(world, { chance: slow, most: 2 * duration, lost });
    this.witness = invariants.witness(name);
  }

  private now(): number {
    return this.options.world.now + this.ahead;
  }

  private view(): View {
    return { readAt: this.readAt, time: this.time, set: this.set.what, pods: this.pods.what, claims: this.claims };
  }

  /** Begins a roll, with a Lease of its own. */
  begins(begin: (view: View, now: number) => RollState): void {
    const { world } = this.options;
    this.takeIn(this.readsAll(), this.now());
    this.goesOn(begin(this.view(), this.now()), this.now());
    this.version = world.writeLease({ holder: this.name, record: this.record() });
  }

  private goesOn(state: RollState, writtenAt: number): void {
    this.state = state;
    this.writtenAt = writtenAt;
    this.dueAt = this.now();
    this.witness.goesOn(this.now());
  }

  interrupts(): void {
    if (this.state) this.becomes(this.options.roll.interruptRoll(this.state));
  }

  /** One turn of its loop. */
  turn(): void {
    this.wire.hear();
    if (this.outcome !== undefined) return;
    if (this.state === undefined) {
      this.looks();
      return;
    }
    this.watches();
    if (this.isWakingUp || (!this.isRung && this.now() < this.dueAt)) return;
    if (this.now() - this.dueAt > nap) this.wakesUp();
    else this.steps(this.state);
  }

  /** Waits for the Lease, and takes it over when its holder has given it up, or is silent. */
  private looks(): void {
    if (this.isTaking || this.now() < this.looksAt) return;
    const { world, rules } = this.options;
    this.isTaking = true;
    this.looksAt = this.now() + duration / 10;
    this.wire.send(
      () => ({ lease: world.lease }),
      (answer) => {
        this.isTaking = false;
        if (answer === undefined) return;
        if (answer.lease === undefined) {
          this.outcome = 'nothing to resume';
          return;
        }
        const { holder, version, record } = answer.lease;
        this.seen = sighted(this.seen, { holder, version }, this.now());
        if (rules.isFree(this.seen, duration, this.now())) this.takesOver(version, record);
      },
    );
  }

  private takesOver(version: string, record: string): void {
    const { world, invariants } = this.options;
    const sentAt = this.now();
    this.isTaking = true;
    this.wire.send(
      () => world.replaceLease(version, { holder: this.name, record }),
      (taken) => {
        this.isTaking = taken?.kind === 'replaced';
        // Nobody knows whether it is the holder now. It leaves the Lease to the next driver.
        if (taken === undefined) this.outcome = 'no answer';
        if (taken?.kind !== 'replaced') return;
        this.version = taken.version;
        this.resumes(invariants.readable(readRoll(record)), sentAt);
      },
    );
  }

  private resumes(record: Parameters<typeof resumed>[0], writtenAt: number): void {
    const readAt = this.now();
    this.wire.send(
      () => this.readsAll(),
      (answer) => {
        if (answer === undefined) {
          this.resumes(record, writtenAt);
          return;
        }
        this.takeIn(answer, readAt);
        this.goesOn(resumed(record, this.view(), this.now()), writtenAt);
      },
    );
  }

  private readsAll(names = this.options.world.claimNames()): Told {
    const { world } = this.options;
    return {
      set: { what: world.readSet(), of: world.now },
      pods: { what: world.readPods(), of: world.now },
      claims: world.readClaims(names),
    };
  }

  /** A watch may lag behind a reading, and a reading behind a watch. Claims are not watched. */
  private takeIn({ set, pods, claims }: Partial<Told>, readAt = this.readAt): void {
    const { isNews } = this.options.rules;
    const before = this.view();
    if (set && isNews(set.of, this.set.of)) this.set = set;
    if (pods && isNews(pods.of, this.pods.of)) this.pods = pods;
    if (claims) this.claims = claims;
    // An answer tells whole seconds, of the moment when it was given.
    if (set && readAt !== this.readAt) this.time = Math.floor((time + set.of) / 1_000) * 1_000 - (this.now() - readAt);
    this.readAt = readAt;
    this.isRung ||= readAt !== before.readAt || !isSame(before, this.view());
    this.witness.hears(set, pods);
  }

  /** News of a watch comes now and then, late, and out of order. It is no reading. */
  private watches(): void {
    const { world } = this.options;
    const { random } = world;
    const kind = random();
    if (kind < 0.3) {
      const pods = { what: world.readPods(), of: world.now };
      this.wire.comes(random() < 0.3 ? random() * 3_000 : 0, () => this.takeIn({ pods }));
    } else if (kind < 0.35) {
      const set = { what: world.readSet(), of: world.now };
      this.wire.comes(random() * 200, () => this.takeIn({ set }));
    }
  }

  private reads(then = () => {}): void {
    if (this.isReading || this.state === undefined) {
      then();
      return;
    }
    const readAt = this.now();
    const names = this.options.roll.claimsToRead(this.state);
    this.isReading = true;
    this.wire.send(
      () => this.readsAll(names),
      (answer) => {
        this.isReading = false;
        this.isRung = true;
        if (answer) this.takeIn(answer, readAt);
        this.blindSince = answer ? undefined : (this.blindSince ?? this.now());
        then();
      },
    );
  }

  private becomes(state: RollState): void {
    this.state = state;
    this.isRung = true;
  }

  /** After a sleep it knows neither whether it still holds the Lease nor how the pods are. */
  private wakesUp(): void {
    this.isWakingUp = true;
    this.proves(() =>
      this.reads(() => {
        this.isWakingUp = false;
        this.dueAt = this.now();
      }),
    );
  }

  private steps(before: RollState): void {
    const { roll } = this.options;
    this.isRung = false;
    const view = this.view();
    const isBlind = this.blindSince !== undefined && this.now() - this.blindSince >= before.settings.timeout;
    const known = isBlind ? roll.stopRoll(before, { kind: 'no reading', message: '' }) : before;
    const { state, actions } = roll.step(known, view, this.now());
    this.state = state;
    this.witness.stepped(before, state, view, this.now());
    if (state.end) {
      this.ends(state);
      return;
    }
    this.dueAt = Number.POSITIVE_INFINITY;
    for (const action of actions) {
      if (action.kind === 'wake') this.dueAt = Math.min(this.dueAt, Math.max(action.at, this.now()));
      else if (action.kind === 'read') this.reads();
      else this.launches(action, before, state, view);
    }
    if (this.now() >= this.writtenAt + duration / 3) {
      this.writtenAt = this.now();
      this.proves(() => {});
    }
    this.dueAt = Math.min(this.dueAt, this.writtenAt + duration / 3);
  }

  private launches(task: Task, before: RollState, after: RollState, view: View): void {
    const { kind, pod, uid } = task;
    if (this.tasks.some((each) => each.kind === kind && each.pod === pod && each.uid === uid)) return;
    this.witness.decided(task, before, after, view, this.now());
    this.tasks.push(task);
    if (kind === 'evict') this.evicts(task);
    else if (kind === 'leader') this.asksWhoLeads(task, this.now() + leader.timeout);
    else this.asks(task, kind);
  }

  private isTold(task: Task, answer: Answer): void {
    this.tasks = this.tasks.filter((each) => each !== task);
    if (this.state === undefined) return;
    const state = this.options.roll.answered(this.state, answer, this.now());
    this.witness.answered(answer, state !== this.state, this.now());
    this.becomes(state);
  }

  /** Asks a person or a pod. No question is called back, since its answer may be under way already. */
  private asks(task: Task, kind: Exclude<Task['kind'], 'evict' | 'leader'>): void {
    const { random } = this.options.world;
    const { pod, uid } = task;
    const isWell = random() >= 0.02;
    this.wire.later(random() * (random() < 0.2 ? 10_000 : 300), () => {
      if (kind === 'confirm') this.isTold(task, { kind: isWell ? 'confirmed' : 'declined', pod });
      else this.isTold(task, { kind: isWell ? 'passed' : 'failed', which: kind, pod, uid, message: '' });
    });
  }

  /** Asks all pods at the same time, again and again until it is known who leads. */
  private asksWhoLeads(task: Task, end: number): void {
    const { world, roll } = this.options;
    const { pod } = task;
    const askedAt = this.now();
    const names = Array.from({ length: this.set.what?.spec?.replicas ?? 0 }, (_, ordinal) => nameOf(ordinal));
    const said = new Map<string, PodAnswer>();
    const hears = (name: string, answer: PodAnswer = { kind: 'did not end' }): void => {
      if (said.has(name)) return;
      said.set(name, answer);
      if (said.size === names.length) isSaid();
    };
    const isSaid = (): void => {
      this.witness.saidAll(said, askedAt);
      const led = roll.leadershipIn(
        names.map((name) => ({ pod: name, answer: said.get(name) ?? { kind: 'did not end' } })),
      );
      if (led.kind === 'known') this.isTold(task, { kind: 'led', pod, leader: led.leader, askedAt });
      else if (this.now() + leader.interval >= end) {
        this.isTold(task, { kind: 'never led', pod, unknown: led, timeout: leader.timeout });
      } else {
        if (this.state) this.becomes(roll.answered(this.state, { kind: 'not led', pod, unknown: led }, this.now()));
        this.wire.later(leader.interval, () => this.asksWhoLeads(task, end));
      }
    };
    for (const name of names) {
      this.wire.send(
        () => world.says(name),
        (answer) => hears(name, answer),
      );
      this.wire.later(leader.limit, () => hears(name));
    }
  }

  private record(): string {
    const leaderCheck = this.state?.settings.leaderCheck ? 'true' : undefined;
    return this.state ? writeRoll('1', this.state, { ...handling, leaderCheck }) : '';
  }

  /** Writes the record into the Lease, one write after the other. `then` gets undefined where nobody knows. */
  private proves(then: (isProven: boolean | undefined) => void): void {
    this.proofs.push(then);
    if (!this.isWriting) this.writes(this.now());
  }

  private writes(sentAt: number): void {
    const { world, roll, rules } = this.options;
    const { version } = this;
    const record = this.record();
    const isOver = (isProven: boolean | undefined) => {
      this.isWriting = false;
      this.proofs.shift()?.(isProven);
      if (this.proofs.length > 0 && !this.isWriting) this.writes(this.now());
    };
    this.isWriting = true;
    this.wire.send(
      () => world.replaceLease(version, { holder: this.name, record }),
      (answer) => {
        if (answer === undefined) isOver(undefined);
        else if (answer.kind === 'replaced') {
          this.version = answer.version;
          this.writtenAt = sentAt;
          isOver(rules.isProven(sentAt, duration, this.now()));
        } else if (answer.lease?.holder === this.name) {
          // By an own write that it has not heard of.
          this.version = answer.lease.version;
          this.writes(sentAt);
        } else {
          const lost = { kind: 'lease lost', holder: answer.lease?.holder } as const;
          if (this.state) this.becomes(roll.stopRoll(this.state, lost));
          isOver(false);
        }
      },
    );
  }

  /** The record is written directly before. */
  private evicts(task: Task): void {
    const { world, roll, invariants } = this.options;
    const { pod, uid } = task;
    const again: Answer = { kind: 'look again', pod };
    this.proves((isProven) => {
      const { state } = this;
      if (!isProven || state === undefined || !roll.mayStillGo(state, this.view(), pod, this.now())) {
        this.isTold(task, again);
        return;
      }
      this.witness.sent(task, state, this.view(), this.now());
      this.wire.send(
        () => invariants.arrived(world.evict(pod, uid)),
        (became = 'gone') => {
          if (became === 'gone') this.isTold(task, again);
          else if (became === 'refused') this.isTold(task, { kind: became, pod, message: '' });
          else if (became === 'evicted') this.isTold(task, { kind: became, pod });
          else this.isTold(task, { kind: became, pod, why: 'the budget', retryAt: this.now() + 1_000 });
        },
      );
    });
  }

  /** Leaves the Lease as the end has it, as soon as nothing is under way any more. */
  private ends({ end }: RollState): void {
    const { world } = this.options;
    if (end === undefined || this.isWriting || this.tasks.some(({ kind }) => kind === 'evict')) {
      this.dueAt = this.now();
      return;
    }
    this.outcome = end.kind === 'stopped' ? end.reason.kind : end.kind;
    if (this.outcome === 'lease lost') return;
    if (this.outcome === 'done') {
      const remove = () => {
        world.lease = undefined;
      };
      this.wire.send(remove, () => {});
      return;
    }
    const record = this.record();
    const giveUp = (version: string): void =>
      this.wire.send(
        () => world.replaceLease(version, { holder: undefined, record }),
        (answer) => {
          if (answer?.kind === 'conflict' && answer.lease?.holder === this.name) giveUp(answer.lease.version);
        },
      );
    giveUp(this.version);
  }
}

/** Objects that do not change are the same. */
function isSame(a: View, b: View): boolean {
  return a.set === b.set && isEach(a.pods, b.pods) && isEach(a.claims, b.claims);
}

function isEach<T>(a: readonly T[], b: readonly T[]): boolean {
  return a === b || (a.length === b.length && a.every((each, at) => each === b[at]));
}

/** Judges what must never happen in any history of a roll. A violation throws. */
import assert from 'node:assert/strict';
import { isRunningAndReady } from '#src/objects/podstatus.ts';
import { parseTime } from '#src/objects/time.ts';
import type { Pod, StatefulSet } from '#src/objects/types.ts';
import type { Action, Answer } from '#src/roll/model/actions.ts';
import { freshness } from '#src/roll/model/leading.ts';
import type { RollRecord, readRoll } from '#src/roll/model/record.ts';
import type { RollSettings, RollState, RollStep, View } from '#src/roll/model/state.ts';
import type { PodAnswer } from '#src/statefulset/leadership.ts';
import { claimOf, type World } from './world.ts';

/** A pod that is to be restarted, as it was when the roll was planned. */
export interface Planned {
  name: string;
  ordinal: number;
  uid: string;
  revision: { now: undefined; next: undefined };
}

/** Of a whole history. */
export class Invariants {
  readonly world: World;
  readonly settings: RollSettings;
  readonly planned: readonly Planned[];
  /** All there was before. */
  readonly begun: View;

  constructor(world: World, settings: RollSettings, planned: readonly Planned[], begun: View) {
    this.world = world;
    this.settings = settings;
    this.planned = planned;
    this.begun = begun;
  }

  witness(driver: string): Witness {
    return new Witness(this, driver);
  }

  /** When an eviction has arrived. */
  arrived(became: ReturnType<World['evict']>): ReturnType<World['evict']> {
    const { evicted, downByEviction } = this.world;
    for (const uid of evicted) {
      assert.ok(
        this.planned.some((each) => each.uid === uid),
        `${uid} was evicted, and is of no pod of the plan`,
      );
    }
    assert.equal(new Set(evicted).size, evicted.length, 'a pod was evicted twice');
    const down = [...downByEviction.keys()];
    assert.ok(down.length <= this.settings.maxUnavailable, `${down.join(', ')} are down by eviction at once`);
    return became;
  }

  /** A driver that takes the Lease over can go on. */
  readable(record: ReturnType<typeof readRoll>): RollRecord {
    assert.ok('id' in record, 'nobody can read the record');
    const recorded = record.steps.map(({ pod, uid }) => `${pod} ${uid}`);
    const planned = this.planned.map(({ name, uid }) => `${name} ${uid}`);
    // The leader may have moved behind the others.
    const isMoved = this.settings.leaderCheck;
    assert.deepEqual(isMoved ? recorded.sort() : recorded, isMoved ? planned.sort() : planned);
    assert.equal(record.settings.leaderCheck, isMoved);
    return record;
  }
}

/** Watches one driver: it remembers what the driver was told, whatever the driver makes of it. */
export class Witness {
  private readonly of: Invariants;
  private readonly driver: string;
  /** When it last did something, or heard how that went; to ask in an old pod is to do nothing. */
  private acted = 0;
  private set: { what: StatefulSet | undefined; of: number } = { what: undefined, of: 0 };
  private pods: { what: readonly Pod[]; of: number } = { what: [], of: 0 };
  private readonly confirmed = new Set<string>();
  private readonly evicted = new Set<string>();
  private readonly passedAt = new Map<string, number>();
  private readonly blockedUntil = new Map<string, number>();
  /** What all pods said last, when they were asked who leads, and when that asking began. */
  private said: { answers: ReadonlyMap<string, PodAnswer>; askedAt: number } | undefined;
  /** When a pre-check was last answered. */
  private checkedAt = Number.NEGATIVE_INFINITY;
  /** Of new pods, without a break. */
  private readonly readySince = new Map<string, { uid: string; since: number }>();

  constructor(of: Invariants, driver: string) {
    this.of = of;
    this.driver = driver;
  }

  /** With a new roll, or one that somebody else had begun. */
  goesOn(now: number): void {
    this.acted = now;
  }

  hears(set: typeof this.set | undefined, pods: typeof this.pods | undefined): void {
    if (set && set.of >= this.set.of) this.set = set;
    if (pods && pods.of >= this.pods.of) this.pods = pods;
  }

  stepped(before: RollState, { steps, begun, end }: RollState, view: View, now: number): void {
    const { timeout, deadline, maxUnavailable } = this.of.settings;
    for (const [at, one] of steps.entries()) {
      const { pod, phase } = one;
      this.seesReady(one, view, now);
      if (phase.kind === 'done' && before.steps[at]?.phase.kind !== 'done') this.isDone(one, view);
      if (end || phase.kind === 'done' || one.begun === undefined) continue;
      const ends = phase.kind === 'ending' ? phase.since + 1_000 : 0;
      assert.ok(now < Math.max(one.begun + timeout, ends), `a hang: ${pod} is ${phase.kind}`);
    }
    assert.ok(end || now < begun + deadline, 'a hang: its time is over');
    if (!end && maxUnavailable === 1) this.stopsInTime(steps, view);
    if (end?.kind === 'done' && before.end === undefined) this.isSuccess(steps);
  }

  private seesReady({ pod, uid }: RollStep, view: View, now: number): void {
    const shown = podIn(view.pods, pod);
    const is = shown?.metadata.uid;
    if (shown === undefined || is === undefined || is === uid || !isRunningAndReady(shown)) this.readySince.delete(pod);
    else if (this.readySince.get(pod)?.uid !== is) this.readySince.set(pod, { uid: is, since: now });
  }

  /** Only the pod that is under way may be unready then, or the one that is next. */
  private stopsInTime(steps: readonly RollStep[], { pods }: View): void {
    const atWork = steps.find(({ phase }) => phase.kind !== 'done');
    const next = steps.find(({ begun, phase }) => begun === undefined && phase.kind !== 'done');
    for (const { metadata } of this.of.begun.pods) {
      const { name } = metadata;
      if (name === atWork?.pod || name === next?.pod) continue;
      assert.ok(isReadyIn(pods, name), `goes on, and ${name} is not ready`);
    }
  }

  private isDone({ pod, uid, phase }: RollStep, view: View): void {
    const { stable, check, waitDns } = this.of.settings;
    const since = this.readySince.get(pod);
    assert.ok(since && phase.kind === 'done' && since.uid === phase.uid, `${pod} counts as done, and is not ready`);
    assert.ok(view.readAt >= since.since + stable, `${pod} counts as done by a reading before it was stable`);
    for (const which of [...(check ? ['check'] : []), ...(waitDns ? ['dns'] : [])]) {
      const passedAt = this.passedAt.get(`${which} ${since.uid}`);
      assert.ok(passedAt !== undefined && view.readAt >= passedAt, `${pod} counts as done before its ${which}`);
    }
    if (!this.of.world.evicted.includes(uid)) return;
    // Where another one has taken the roll over and evicted the pod, this driver may have come too late to see on which
    // claims the pod was. It is about to hear that it has lost the Lease, and the other one answers for the claims.
    if (this.of.world.lease?.holder !== this.driver) return;
    const claims = [this.of.begun, view].map((each) => claimIn(each, pod)?.metadata.uid);
    assert.equal(claims[1], claims[0], `${pod} counts as done on another claim`);
  }

  private isSuccess(steps: readonly RollStep[]): void {
    for (const { name, uid } of this.of.planned) {
      assert.ok(isReadyIn(this.pods.what, name), `success, and ${name} is not ready`);
      assert.notEqual(podIn(this.pods.what, name)?.metadata.uid, uid, `success, and ${name} is the old one`);
    }
    assert.ok(steps.every(({ phase }) => phase.kind === 'done'));
  }

  /** When a step asks for something, by the view that it was given. */
  decided(task: Extract<Action, { pod: string }>, before: RollState, after: RollState, view: View, now: number): void {
    const { kind, pod, uid } = task;
    if (kind !== 'evict' && kind !== 'pre-check') return;
    const { confirm, preCheck } = this.of.settings;
    assert.ok(!before.interrupted, `${pod} is to go, and somebody asked to stop`);
    assert.ok(view.readAt > this.acted, `${pod} is to go by a reading from before the last thing done`);
    assert.ok(!confirm || this.confirmed.has(pod), `${pod} is to go, and nobody was asked`);
    assert.ok(now >= (this.blockedUntil.get(pod) ?? now), `${pod} is to go while a budget is in the way`);
    this.leadsNone(pod, view, now);
    assert.ok(
      !this.of.settings.leaderCheck ||
        (this.said && this.said.askedAt > this.acted && this.said.askedAt >= this.checkedAt),
      `${pod} is to go, and nobody was asked anew who leads`,
    );
    if (kind === 'pre-check') return;
    this.acted = now;
    assert.ok(!preCheck || this.passedAt.has(`pre-check ${uid}`), `${pod} is to go before its pre-check`);
    this.mayGo(task, after, view);
  }

  /** Of one asking, when its last answer came or was given up. */
  saidAll(answers: ReadonlyMap<string, PodAnswer>, askedAt: number): void {
    this.said = { answers, askedAt };
  }

  /**
   * One pod says that it leads, and all others say themselves that they do not; and it is not this pod, unless it is the last.
   */
  private leadsNone(pod: string, { pods, set }: View, now: number): void {
    const { settings, planned } = this.of;
    if (!settings.leaderCheck) return;
    assert.ok(this.said, `${pod} is to go, and nobody was asked who leads`);
    const { answers, askedAt } = this.said;
    assert.ok(now - askedAt < freshness, `${pod} is to go by what was said of long ago`);
    assert.equal(answers.size, set?.spec?.replicas, 'not all pods were asked');
    const codes = new Map([...answers].map(([name, said]) => [name, 'exitCode' in said ? said.exitCode : undefined]));
    const leaders = [...codes].filter(([, code]) => code === 0).map(([name]) => name);
    const others = [...codes].filter(([, code]) => code !== 0);
    assert.equal(leaders.length, 1, `${pod} is to go, and these lead: ${leaders.join(', ')}`);
    for (const [name, code] of others) {
      assert.ok(code !== undefined && code >= 1 && code <= 125, `${pod} is to go, and ${name} did not say no`);
    }
    if (leaders[0] !== pod) return;
    const left = planned.filter(({ name, uid }) => name !== pod && podIn(pods, name)?.metadata.uid === uid);
    assert.deepEqual(left, [], `${pod} is to go, and leads`);
  }

  /** @param counts whether the driver took the answer: a late answer does not count */
  answered(answer: Answer, counts: boolean, now: number): void {
    if ('which' in answer && answer.which === 'pre-check') this.checkedAt = now;
    else if (counts && !['led', 'never led'].includes(answer.kind)) this.acted = now;
    if (answer.kind === 'confirmed') this.confirmed.add(answer.pod);
    if (answer.kind === 'passed') this.passedAt.set(`${answer.which} ${answer.uid}`, now);
    if (answer.kind === 'blocked') this.blockedUntil.set(answer.pod, answer.retryAt);
  }

  /** When an eviction is sent, by all that the driver was ever told. */
  sent(task: { pod: string; uid: string }, state: RollState, view: View, now: number): void {
    const { pod, uid } = task;
    const holder = this.of.world.lease?.holder;
    assert.equal(holder, this.driver, `${pod} is evicted by ${this.driver}, who does not hold the Lease`);
    assert.ok(!state.end && !state.interrupted, `${pod} is evicted after the end`);
    assert.ok(now - view.readAt < freshness, `${pod} goes by a reading of long ago`);
    this.mayGo(task, state, { ...view, set: this.set.what, pods: this.pods.what });
    this.leadsNone(pod, { ...view, set: this.set.what, pods: this.pods.what }, now);
    this.evicted.add(uid);
  }

  private mayGo({ pod, uid }: { pod: string; uid: string }, { steps, set }: RollState, view: View): void {
    const { planned, begun, settings } = this.of;
    const { maxUnavailable } = settings;
    const place = planned.findIndex(({ name }) => name === pod);
    assert.equal(uid, planned[place]?.uid, `${pod} goes again`);
    const shown = podIn(view.pods, pod);
    assert.equal(shown?.metadata.uid, uid, `${pod} goes by a UID that it has no longer`);
    assert.ok(!shown?.metadata.deletionTimestamp, `${pod} goes, and ends already`);
    assert.equal(view.set?.metadata.generation, set.generation, `${pod} goes, and the set has changed`);

    const claim = claimIn(view, pod);
    assert.ok(claim, `${pod} goes, and its claim is not there`);
    assert.ok(!claim.metadata.deletionTimestamp, `${pod} goes while its claim is being deleted`);

    const others = begun.pods.map(({ metadata }) => metadata.name).filter((name) => name !== pod);
    const isFew = (names: string[], why: string) =>
      assert.ok(names.length < maxUnavailable, `${pod} goes while ${names.join(', ')} ${why}`);
    isFew(
      others.filter((name) => !isReadyIn(view.pods, name)),
      'are not ready',
    );
    const available = (name: string) => isAvailableIn(view, name, this.of.world.serverTime());
    isFew(
      others.filter((name) => !available(name)),
      'are not available',
    );
    // The pods that the controller does not count are unavailable to it, whoever they are.
    const counted = view.set?.status?.availableReplicas ?? Number.POSITIVE_INFINITY;
    isFew(others.filter(available).slice(counted), 'are more than the controller counts');
    const busy = steps.filter((each) => each.pod !== pod && each.begun !== undefined && each.phase.kind !== 'done');
    isFew(
      busy.map((each) => each.pod),
      'are under way',
    );
    // The leader goes last, wherever it stood.
    if (settings.leaderCheck) return;
    const before = planned.slice(0, place);
    const old = before.filter(({ name, uid: was }) => podIn(view.pods, name)?.metadata.uid === was);
    isFew(
      old.map(({ name }) => name),
      'are still to go, and come first',
    );
  }
}

function podIn(pods: readonly Pod[], name: string): Pod | undefined {
  return pods.find(({ metadata }) => metadata.name === name);
}

function isReadyIn(pods: readonly Pod[], name: string): boolean {
  const pod = podIn(pods, name);
  return pod !== undefined && isRunningAndReady(pod);
}

/** @param now by the server's clock */
function isAvailableIn({ set, pods }: View, name: string, now: number): boolean {
  const since = podIn(pods, name)?.status?.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime ?? '';
  return isReadyIn(pods, name) && parseTime(since) + (set?.spec?.minReadySeconds ?? 0) * 1_000 <= now;
}

function claimIn({ claims }: View, pod: string): View['claims'][number] | undefined {
  return claims.find(({ metadata }) => metadata.name === claimOf(pod));
}

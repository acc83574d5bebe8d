/** One history of a roll against the model, from a seed, with everything that must never be checked on the way. */
import assert from 'node:assert/strict';
import { readRoll } from '#src/roll/model/record.ts';
import { resumed } from '#src/roll/model/resumption.ts';
import type { RollSettings } from '#src/roll/model/state.ts';
import { nextSync } from '#src/statefulset/controller/sync.ts';
import { Driver, type DriverRules, duration, rules as usual } from './driver.ts';
import { Invariants, type Planned } from './invariants.ts';
import type { RollModule } from './rollmodule.ts';
import type { Seen } from './trace.ts';
import { nameOf, randomOf, World } from './world.ts';

export interface History {
  seed: number;
  replicas: number;
  parallel: boolean;
  maxUnavailable: number;
  budget: boolean;
  /** The set's minReadySeconds. */
  minReady: number;
  order: readonly number[];
  checks: boolean;
  /** Whether a person is asked before each pod. */
  confirm: boolean;
  /** Whether a second driver comes while the first one lives, and after it has stopped. */
  second: boolean;
  /** Whether the leader goes last, of which the pods tell. */
  led: boolean;
  /** Chances that leadership moves, and that a pod says something else than whether it leads. */
  moves: number;
  lies: number;
  /** Chances, from 0 to 1, of each round: that the cluster changes, that a driver dies, and that it is cut off or stops. */
  trouble: number;
  killed: number;
  lonely: number;
  /** The chance that a request is lost, or arrives when nobody waits for its answer. */
  lost: number;
}

export interface Outcome {
  /** How each driver ended, in their order. */
  ends: string[];
  evicted: number;
  /** The pod that led when all began, and the one that was evicted last: UIDs. */
  led: string | undefined;
  last: string | undefined;
  trace: Seen[];
  mostReplicas: number;
}

/** More rounds than all drivers can take until their deadlines. */
const mostRounds = 20_000;
const mostDrivers = 5;

/**
 * @param sync the set's controller
 * @throws {AssertionError} when something happens that must never happen
 */
export function live(history: History, roll: RollModule, rules: DriverRules = usual, sync = nextSync): Outcome {
  const { seed, maxUnavailable, checks, confirm, second, trouble, killed, lonely, lost } = history;
  const random = randomOf(seed);
  const world = new World({
    ...history,
    budget: history.budget ? maxUnavailable : undefined,
    refused: trouble / 10,
    random,
    sync,
  });
  const settings: RollSettings = {
    maxUnavailable,
    timeout: 20_000,
    deadline: trouble > 0 && random() < 0.2 ? 10_000 : 100_000,
    stable: random() < 0.5 ? 0 : 500,
    confirm,
    preCheck: checks && random() < 0.7,
    check: checks && random() < 0.7,
    waitDns: checks && random() < 0.7,
    leaderCheck: history.led && maxUnavailable === 1,
  };
  const planned = history.order.map((ordinal): Planned => {
    const name = nameOf(ordinal);
    return { name, ordinal, uid: world.uid(name) ?? '', revision: { now: undefined, next: undefined } };
  });
  const invariants = new Invariants(world, settings, planned, world.read(world.now));
  const led = world.leads();
  const drivers: Driver[] = [];
  const comes = (): Driver => {
    const name = `driver-${drivers.length}`;
    const driver = new Driver({ name, world, roll, rules, invariants, slow: lonely * 3, lost });
    drivers.push(driver);
    return driver;
  };
  comes().begins((view, now) => {
    assert.ok(view.set);
    return roll.beginRoll(view.set, planned, view, settings, now);
  });
  let nextAt: number | undefined;

  for (let round = 0; round < mostRounds; round++) {
    world.pass(random() * 400);
    if (random() < trouble) world.disturb();
    for (const { wire } of drivers) wire.arrive();
    for (const driver of drivers) {
      if (driver.outcome === undefined) meetsFate(driver);
      if (driver.outcome !== 'killed' && driver.stoppedUntil <= world.now) driver.turn();
    }
    const alive = drivers.filter(({ outcome }) => outcome === undefined);
    const mayCome = drivers.length < mostDrivers;
    if (alive.length === 1 && second && mayCome && random() < 0.02) comes();
    if (alive.length > 0) continue;
    if (nextAt === undefined) {
      const wasKilled = drivers.at(-1)?.outcome === 'killed';
      const isResumed = world.lease && mayCome && (wasKilled ? random() < 0.9 : second && random() < 0.5);
      if (!isResumed) return isOver();
      nextAt = world.now + random() * duration;
    } else if (nextAt <= world.now) {
      nextAt = undefined;
      comes();
    }
  }
  assert.fail(`a hang: ${drivers.map(({ outcome }) => outcome).join(', ')}`);

  function meetsFate(driver: Driver): void {
    if (random() < killed && drivers.length < mostDrivers) driver.outcome = 'killed';
    if (random() < killed / 4) driver.interrupts();
    if (random() < lonely) driver.stoppedUntil = world.now + random() * 2 * duration;
    if (random() < lonely) driver.wire.cutUntil = world.now + random() * 2 * duration;
  }

  function isOver(): Outcome {
    const ends = drivers.map(({ outcome = '' }) => outcome);
    if (!ends.includes('done')) isResumable();
    const { evicted } = world;
    return {
      ends,
      evicted: evicted.length,
      led,
      last: evicted.at(-1),
      trace: world.trace,
      mostReplicas: world.mostReplicas,
    };
  }

  /** A later driver finds everything that it needs to go on. */
  function isResumable(): void {
    const { lease } = world;
    assert.ok(lease, 'nothing is left to resume');
    const state = resumed(invariants.readable(readRoll(lease.record)), world.read(0), 1);
    assert.equal(state.end, undefined);
  }
}

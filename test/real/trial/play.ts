/** Plays one history: clients, an observer, a scenario between them, and what the servers hold at the end. */
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../../e2e/eventually.ts';
import type { Going } from '../../e2e/going.ts';
import { randomOf } from '../../histories/random.ts';
import { readClientLog } from '../../trial/clientlog.ts';
import type { History } from '../../trial/history.ts';
import { patience, ready } from '../pods.ts';
import { type Said, startClients } from './clients.ts';
import { heldBy, leaderOf, mayGo, setName, systemOf, volumesOf } from './database.ts';
import { observe } from './observer.ts';
import { transcript } from './rolling.ts';
import type { Scenario } from './scenarios.ts';

export interface Played extends Said {
  history: History;
  /** What each roll said. */
  rolls: readonly string[];
}

/** How long clients are at work before and after what happens, in milliseconds. */
const quiet = 3_000;

/** @param name of the history, which tells the scenario */
export async function play(namespace: string, name: string, scenario: Scenario, seed: number): Promise<Played> {
  const leader = await leaderOf(namespace);
  const [system, volumes] = await Promise.all([systemOf(namespace, leader), volumesOf(namespace)]);
  const run = `${name}-${seed}`;
  const observer = await observe(namespace);
  const goings: Going[] = [];
  const kept = (going: Going): Going => {
    goings.push(going);
    return going;
  };
  const clients = await startClients(namespace, run);
  await delay(quiet);
  const begun = Date.now();
  try {
    const moves = await scenario.act({ namespace, leader, random: randomOf(seed), observer, kept });
    await ready(namespace, setName);
    const now = await leaderOf(namespace);
    await eventually('replication', async () => assert.ok(await mayGo(namespace, now)), patience);
    const settled = Date.now();
    await delay(quiet);
    const ended = Date.now();
    const said = await clients.stop();
    const restarts = await observer.stop();
    const held = await heldBy(namespace, run, volumes);
    const { expected } = scenario;
    const told = { name, seed, begun, ended, settled, leader, system, moves, expected, restarts, held };
    return { history: { ...told, ...readClientLog(said.log) }, rolls: goings.map(transcript), ...said };
  } catch (error) {
    if (error instanceof Error) error.message = [error.message, ...goings.map(transcript)].join('\n\n');
    throw error;
  } finally {
    await observer.stop();
  }
}

/**
 * Plays histories where the nodes are: `node inside.ts CHOSEN`, where CHOSEN is a list of names and seeds as JSON. An empty
 * one asks for the runbook.
 */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { getJson, kubectl } from '../../e2e/kubectl.ts';
import { uniqueName } from '../../e2e/namespace.ts';
import { machines } from '../../stand/real/network.ts';
import { judged } from '../../trial/judgement.ts';
import { faultLines, historyLine, isAsItShould, type Tried, tableLines } from '../../trial/report.ts';
import { leaderOf, makeDatabase, moveLeadership, type Replication } from './database.ts';
import { keep } from './keep.ts';
import { newNamespace } from './namespaces.ts';
import { type Played, play } from './play.ts';
import { writeRunbook } from './runbook.ts';
import { type Scenario, scenarioOf } from './scenarios.ts';
import { playShared } from './shared.ts';

export interface Chosen {
  name: string;
  seed: number;
}

type Trial = Omit<Tried, 'histories'> & { histories: Played['history'][] };

/** The namespaces of the databases that are up. One in which something broke is not used again. */
const databases = new Map<Replication, string>();

async function databaseOf(replication: Replication): Promise<string> {
  const known = databases.get(replication);
  if (known !== undefined) return known;
  const namespace = await ownNamespace();
  await makeDatabase(namespace, replication);
  databases.set(replication, namespace);
  return namespace;
}

async function ownNamespace(): Promise<string> {
  const namespace = uniqueName('trial');
  await newNamespace(namespace);
  return namespace;
}

/** Ends a database of which nobody knows how it is, and empties its volumes: each machine has a few. */
async function giveUp(namespace: string): Promise<void> {
  for (const [replication, known] of databases) if (known === namespace) databases.delete(replication);
  await kubectl(['uncordon', ...machines.map(({ name }) => name)]);
  await kubectl(['delete', 'namespace', namespace]);
  type Volume = { metadata: { name: string }; spec: { local?: { path: string } }; status: { phase: string } };
  const { items } = await getJson<{ items: Volume[] }>(['persistentvolumes']);
  for (const { metadata, spec, status } of items) {
    if (status.phase !== 'Released' || spec.local === undefined) continue;
    const { path } = spec.local;
    for (const entry of readdirSync(path)) rmSync(join(path, entry), { recursive: true });
    await kubectl(['patch', 'persistentvolume', metadata.name, '--patch', '{"spec":{"claimRef":null}}']);
  }
}

async function playOne({ name, seed }: Chosen, scenario: Scenario, trial: Trial): Promise<boolean> {
  const { replication = 'synchronous' } = scenario;
  let namespace = '';
  try {
    namespace = scenario.sharesClaim ? await ownNamespace() : await databaseOf(replication);
    const played = await playIn(namespace, { name, seed }, scenario);
    const { history } = played;
    trial.histories.push(history);
    const isGood = isAsItShould(history, trial);
    console.log(historyLine(history));
    for (const line of faultLines(judged(history))) console.log(`  found: ${line}`);
    if (!isGood) await tellKept({ name, seed }, namespace, played);
    // What lost rows has nothing more to lose.
    if (replication === 'asynchronous' || scenario.sharesClaim || !isGood) await giveUp(namespace);
    return isGood;
  } catch (error) {
    trial.broken++;
    const known = error instanceof Error ? error : new Error(String(error));
    console.log(`${name}-${seed}: could not be played to its end: ${known.message.split('\n')[0]}`);
    if (namespace !== '') {
      await tellKept({ name, seed }, namespace, known);
      await giveUp(namespace);
    }
    return false;
  }
}

async function playIn(namespace: string, { name, seed }: Chosen, scenario: Scenario): Promise<Played> {
  if (scenario.sharesClaim) return playShared(namespace, name, seed);
  const leader = await leaderOf(namespace);
  if (scenario.leads !== undefined && scenario.leads !== leader) await moveLeadership(namespace, leader);
  return play(namespace, name, scenario, seed);
}

async function tellKept({ name, seed }: Chosen, namespace: string, known: Played | Error): Promise<void> {
  const lines = await keep(`${name}-${seed}`, namespace, known);
  console.log(lines.map((line) => `  ${line}`).join('\n'));
}

/** @returns whether all of it was as it should be */
async function playAll(chosen: readonly Chosen[]): Promise<boolean> {
  const trials = new Map<string, Trial>();
  let isGood = true;
  for (const one of chosen) {
    const scenario = scenarioOf(one.name);
    if (scenario === undefined) throw new Error(`no scenario ${one.name}`);
    const { title, mustFind, isComparison = false } = scenario;
    const trial = trials.get(one.name) ?? { title, mustFind, isComparison, histories: [], broken: 0 };
    trials.set(one.name, trial);
    isGood = (await playOne(one, scenario, trial)) && isGood;
  }
  for (const namespace of [...databases.values()]) await giveUp(namespace);
  console.log(`\n${tableLines([...trials.values()]).join('\n')}`);
  return isGood;
}

const chosen = JSON.parse(process.argv[2] ?? '[]') as Chosen[];
if (chosen.length === 0) await writeRunbook(new Date().toISOString().slice(0, 10));
else process.exitCode = (await playAll(chosen)) ? 0 : 1;
// A client of the API keeps its connections.
process.exit();

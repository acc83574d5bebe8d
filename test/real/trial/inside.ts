/** Plays histories where the nodes are: `node inside.ts CHOSEN`, where CHOSEN is a list of names and seeds as JSON. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../../e2e/eventually.ts';
import { kubectl, sts } from '../../e2e/kubectl.ts';
import { looked, paths } from '../../e2e/look.ts';
import { uniqueName } from '../../e2e/namespace.ts';
import { checkout } from '../../runner/files.ts';
import { machines } from '../../stand/real/network.ts';
import { judged } from '../../trial/judgement.ts';
import { faultWords, historyLine, isAsItShould, type Tried, tableLines } from '../../trial/report.ts';
import { leaderOf, makeDatabase, moveLeadership, pods, type Replication, setName } from './database.ts';
import { type Played, play } from './play.ts';
import { type Scenario, scenarios } from './scenarios.ts';

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
  const namespace = uniqueName('trial');
  await kubectl(['create', 'namespace', namespace]);
  await eventually('a ServiceAccount for pods', () => looked(`${paths.serviceAccounts(namespace)}/default`));
  await makeDatabase(namespace, replication);
  databases.set(replication, namespace);
  return namespace;
}

/** Ends a database of which nobody knows how it is. Its volumes are not used again: there are some more. */
async function giveUp(replication: Replication): Promise<void> {
  const namespace = databases.get(replication);
  databases.delete(replication);
  if (namespace === undefined) return;
  await kubectl(['uncordon', ...machines.map(({ name }) => name)]);
  await kubectl(['delete', 'namespace', namespace, '--wait=false']);
}

async function playOne({ name, seed }: Chosen, scenario: Scenario, trial: Trial): Promise<boolean> {
  const { replication = 'synchronous' } = scenario;
  try {
    const namespace = await databaseOf(replication);
    const leader = await leaderOf(namespace);
    if (scenario.leads !== undefined && scenario.leads !== leader) await moveLeadership(namespace, leader);
    const played = await play(namespace, name, scenario, seed);
    const { history } = played;
    trial.histories.push(history);
    const isGood = isAsItShould(history, trial);
    console.log(historyLine(history));
    for (const fault of judged(history)) console.log(`  found: ${faultWords(fault)}`);
    if (!isGood) await keep({ name, seed }, namespace, { ...played, history: JSON.stringify(history, undefined, 1) });
    // What lost rows has nothing more to lose.
    if (replication === 'asynchronous' || !isGood) await giveUp(replication);
    return isGood;
  } catch (error) {
    trial.broken++;
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    console.log(`${name}-${seed}: could not be played to its end: ${text.split('\n')[0]}`);
    const namespace = databases.get(replication);
    if (namespace !== undefined) await keep({ name, seed }, namespace, { error: text });
    await giveUp(replication);
    return false;
  }
}

/** Keeps what is known of a history that was not as it should be. */
async function keep({ name, seed }: Chosen, namespace: string, known: object): Promise<void> {
  const folder = join(checkout, 'dist', 'trial', `${name}-${seed}`);
  mkdirSync(folder, { recursive: true });
  const inNamespace = ['-n', namespace];
  const looks = {
    events: kubectl(['get', 'events', ...inNamespace, '--sort-by=.lastTimestamp']),
    pods: kubectl(['get', 'pods', ...inNamespace, '-o', 'yaml']),
    status: sts(['status', setName, ...inNamespace]).then(({ stdout, stderr }) => stdout + stderr),
    ...Object.fromEntries(pods.map((pod) => [pod, kubectl(['logs', pod, ...inNamespace])])),
  };
  for (const [what, text] of Object.entries(known))
    writeFileSync(join(folder, `${what}.txt`), [text].flat().join('\n'));
  for (const [what, look] of Object.entries(looks)) {
    writeFileSync(join(folder, `${what}.txt`), await look.catch((error: Error) => error.message));
  }
  console.log(`  kept in ${folder}; again: npm run trial -- --history ${name}-${seed}`);
}

const chosen = JSON.parse(process.argv[2] ?? '[]') as Chosen[];
const trials = new Map<string, Trial>();
let isGood = true;
for (const one of chosen) {
  const scenario = scenarios[one.name];
  if (scenario === undefined) throw new Error(`no scenario ${one.name}`);
  const { title, mustFind, isComparison = false } = scenario;
  const trial = trials.get(one.name) ?? { title, mustFind, isComparison, histories: [], broken: 0 };
  trials.set(one.name, trial);
  isGood = (await playOne(one, scenario, trial)) && isGood;
}
for (const replication of databases.keys()) await giveUp(replication);
console.log(`\n${tableLines([...trials.values()]).join('\n')}`);
process.exitCode = isGood ? 0 : 1;
// A client of the API keeps its connections.
process.exit();

/** Reads what tells why sets are not well: of sets that a person named, or that a gate has watched. */
import type { Client } from '#src/kube/client.ts';
import { resources } from '#src/kube/resources.ts';
import type { Clock } from '#src/objects/clock.ts';
import { Failure } from '#src/objects/failure.ts';
import { notGiven, type Snapshot } from '#src/objects/snapshot.ts';
import type { Budget } from '#src/objects/types.ts';
import { readAll } from '#src/sources/parts.ts';
import type { Selection } from '#src/statefulset/selection.ts';
import { type Reading, readCluster } from '#src/tree/live/reading.ts';
import { type Topology, topologies } from '#src/tree/model/topology.ts';
import { type Diagnosis, diagnose } from '../model/diagnosis.ts';
import { statusNeeds } from '../model/needs.ts';
import { type Effort, readFacts } from './facts.ts';

export interface Diagnosed extends Reading {
  /** Of each set that was found. */
  diagnoses: readonly Diagnosis[];
}

/**
 * @param namespace undefined for all namespaces
 * @throws {StatusError} when the sets cannot be read
 */
export async function readDiagnosed(
  client: Client,
  namespace: string | undefined,
  selection: Selection,
): Promise<Diagnosed> {
  // Beside the others, it costs no time.
  const budgeting = readAll<Budget>(client, resources.budgets, namespace);
  // Where several requests fail, the one for the sets is reported.
  budgeting.catch(() => {});
  const reading = await readCluster(client, namespace, selection, statusNeeds);
  const snapshot = { ...reading.snapshot, budgets: await budgeting };
  const { sets, told = topologies(snapshot, sets) } = reading;
  const facts = await readFacts(client, namespace, firstDiagnoses(told, snapshot), everything);
  const diagnoses = told.map((topology) => diagnose(topology, snapshot, facts));
  return { ...reading, snapshot, told, diagnoses };
}

/** Whoever names a set wants to know all of it, and its pods are on so many nodes at most. */
const everything: Effort = { wait: (reading) => reading, nodes: Number.POSITIVE_INFINITY };

/** They say what else to read. */
function firstDiagnoses(told: readonly Topology[], snapshot: Snapshot): Diagnosis[] {
  return told.map((topology) => diagnose(topology, snapshot));
}

/** Milliseconds for all that a verdict reads: it is known already, and somebody waits for it. */
const longest = 2_000;

/** Of so many nodes at most, a verdict reads what is known of their drivers: it may be about any number of sets. */
const mostNodes = 5;

/**
 * Reads what a gate has not watched, in one round. A reading that fails or takes too long is told as skipped, and so
 * are nodes beyond `mostNodes`: none of them changes anything about the verdict.
 *
 * @param told the sets that keep the gate from opening
 * @param snapshot what was read of them
 * @param signal ends the reading, but not the verdict
 */
export async function diagnosedInTime(
  client: Client,
  namespace: string | undefined,
  { told, snapshot }: { told: readonly Topology[]; snapshot: Snapshot },
  steadyClock: Clock,
  signal: AbortSignal,
): Promise<Diagnosis[]> {
  if (told.length === 0) return [];
  const over = new AbortController();
  const timeUp = steadyClock.sleep(longest, AbortSignal.any([signal, over.signal])).then(() => undefined);
  const giveUp = (error: unknown) => {
    // Credentials that have failed keep nobody from the verdict either.
    if (!(error instanceof Failure) && !signal.aborted) throw error;
    return undefined;
  };
  const wait: Effort['wait'] = (reading) => Promise.race([reading.catch(giveUp), timeUp]);
  try {
    const [budgets = notGiven, facts] = await Promise.all([
      wait(readAll<Budget>(client, resources.budgets, namespace)),
      readFacts(client, namespace, firstDiagnoses(told, snapshot), { wait, nodes: mostNodes }),
    ]);
    return told.map((topology) => diagnose(topology, { ...snapshot, budgets }, facts));
  } finally {
    over.abort();
  }
}

/** Reads sets that a person named, and all that tells why they are not well. */
import type { Client } from '#src/kube/client.ts';
import { resources } from '#src/kube/resources.ts';
import type { Budget } from '#src/objects/types.ts';
import { readAll } from '#src/sources/parts.ts';
import type { Selection } from '#src/statefulset/selection.ts';
import { type Reading, readCluster } from '#src/tree/live/reading.ts';
import { topologies } from '#src/tree/model/topology.ts';
import { type Diagnosis, diagnose } from '../model/diagnosis.ts';
import { statusNeeds } from '../model/needs.ts';
import { readFacts } from './facts.ts';

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
  const facts = await readFacts(
    client,
    told.map((topology) => diagnose(topology, snapshot)),
  );
  const diagnoses = told.map((topology) => diagnose(topology, snapshot, facts));
  return { ...reading, snapshot, told, diagnoses };
}

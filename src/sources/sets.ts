/** Reads the StatefulSets that a person asked for from a live cluster. */
import type { Client } from '#src/kube/client.ts';
import { StatusError } from '#src/kube/errors.ts';
import { qualifiedName, resources } from '#src/kube/resources.ts';
import type { Part } from '#src/objects/snapshot.ts';
import type { StatefulSet } from '#src/objects/types.ts';
import { type Selection, select } from '#src/statefulset/selection.ts';
import { refused } from './parts.ts';

export interface SelectedSets {
  /** The sets that were asked for. */
  sets: StatefulSet[];
  /** An error for each set that was asked for by name and is missing. */
  failures: Error[];
}

export interface Chosen extends SelectedSets {
  /** All sets that were read, with those that were asked for among them. */
  statefulSets: Part<StatefulSet>;
}

/**
 * Reads all sets of the namespace, since another set may want a claim that one left over. Where they may not be listed,
 * it reads those that were named.
 *
 * @param namespace undefined for all namespaces
 * @throws {StatusError} when the sets cannot be read
 */
export async function readSets(client: Client, namespace: string | undefined, selection: Selection): Promise<Chosen> {
  const all = await client.list<StatefulSet>(resources.statefulSets, namespace);
  return all instanceof StatusError ? readSetsByName(client, namespace, selection, all) : choose(all, selection);
}

/** @param all all sets of the namespace */
export function choose(all: readonly StatefulSet[], selection: Selection): Chosen {
  const { sets, unknown } = select(all, selection);
  return { statefulSets: { items: all, others: 'missing' }, sets, failures: unknown.map(notFound) };
}

/**
 * @param refusal why the sets may not be listed
 * @returns with a failure for each named set that is missing, or that may not be read
 * @throws {StatusError} the refusal, where no set was named; any other refusal but a missing right
 */
export async function readSetsByName(
  client: Client,
  namespace: string | undefined,
  selection: Selection,
  refusal: StatusError,
): Promise<Chosen> {
  const { names } = selection;
  if (names.length === 0 || refusal.reason !== 'Forbidden') throw refusal;
  const answers = await Promise.all(
    names.map((name) => client.get<StatefulSet>(resources.statefulSets, namespace, name)),
  );
  const items = answers.filter((answer): answer is StatefulSet => !(answer instanceof StatusError));
  const failures = answers.filter((answer) => answer instanceof StatusError);
  const unexpected = failures.find(({ reason }) => reason !== 'NotFound' && reason !== 'Forbidden');
  if (unexpected !== undefined) throw unexpected;
  return {
    statefulSets: { ...refused(refusal, 'list', resources.statefulSets), items },
    sets: select(items, { ...selection, names: [] }).sets,
    failures,
  };
}

/** The server's own error about a set that does not exist. */
function notFound(name: string): StatusError {
  return new StatusError(404, 'NotFound', `${qualifiedName(resources.statefulSets)} "${name}" not found`);
}

/** The StatefulSets that were asked for, of a live cluster. */
import type { Client } from '#src/kube/client.ts';
import { StatusError } from '#src/kube/errors.ts';
import { qualifiedName, resources } from '#src/kube/resources.ts';
import type { Part } from '#src/objects/snapshot.ts';
import type { StatefulSet } from '#src/objects/types.ts';
import { type Selection, select } from '#src/statefulset/selection.ts';
import { refused } from './parts.ts';

export interface Chosen {
  statefulSets: Part<StatefulSet>;
  /** The sets that were asked for, of those in the part. */
  sets: StatefulSet[];
  /** What is to be said of those that were asked for by name and are not there. */
  failures: Error[];
}

/** All sets of the namespace, since one may want a claim that another left over; or those asked for, where no more may be read. */
export async function readSets(client: Client, namespace: string | undefined, selection: Selection): Promise<Chosen> {
  const all = await client.list<StatefulSet>(resources.statefulSets, namespace);
  return all instanceof StatusError ? readSetsByName(client, namespace, selection, all) : choose(all, selection);
}

export function choose(all: readonly StatefulSet[], selection: Selection): Chosen {
  const { sets, unknown } = select(all, selection);
  return { statefulSets: { items: all, others: 'missing' }, sets, failures: unknown.map(notFound) };
}

/**
 * @param refusal why they may not be listed
 * @throws {StatusError} the refusal, where no names can help
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
  return {
    statefulSets: { ...refused(refusal, 'list', resources.statefulSets), items },
    sets: select(items, { ...selection, names: [] }).sets,
    failures: answers.filter((answer) => answer instanceof StatusError),
  };
}

/** As the server would say it of a set that is not in its list. */
function notFound(name: string): StatusError {
  return new StatusError(404, 'NotFound', `${qualifiedName(resources.statefulSets)} "${name}" not found`);
}

/** Which StatefulSets the words and flags of a command mean. */

import { parseSelector } from '#src/objects/selectors.ts';
import type { Snapshot } from '#src/objects/snapshot.ts';
import type { Named, StatefulSet } from '#src/objects/types.ts';
import { type Selection, select, setNames } from '#src/statefulset/selection.ts';
import { UsageError } from './usageerror.ts';

export interface SelectingFlags {
  selector: string | undefined;
  'all-namespaces': boolean;
}

/** @throws {UsageError} when they contradict each other */
export function chooseSets(words: readonly string[], flags: SelectingFlags): Selection {
  const names = setNames(words);
  if ('error' in names) throw new UsageError(names.error);
  if (names.names.length > 0 && flags['all-namespaces']) {
    throw new UsageError('a resource cannot be retrieved by name across all namespaces');
  }
  if (names.names.length > 0 && flags.selector !== undefined) {
    throw new UsageError('name StatefulSets or select them by -l, not both');
  }
  const labels = flags.selector === undefined ? undefined : parseSelector(flags.selector);
  if (labels && 'error' in labels) throw new UsageError(labels.error);
  return { names: names.names, labels };
}

/**
 * The sets that were asked for, of those that files hold.
 *
 * @param namespace undefined for all of them
 * @throws {UsageError} when there is none
 */
export function setsInFiles(
  { statefulSets }: Pick<Snapshot, 'statefulSets'>,
  selection: Selection,
  namespace: string | undefined,
): { sets: StatefulSet[]; failures: Error[] } {
  const { sets, unknown } = select(ofNamespace(statefulSets.items, namespace), selection);
  const failures = unknown.map(
    (name) => new UsageError(`error: the files hold no StatefulSet ${JSON.stringify(name)}`),
  );
  if (sets.length + failures.length === 0) throw new UsageError('the files hold no StatefulSet that was asked for');
  return { sets, failures };
}

/**
 * The objects of files that are of a namespace: without one they would be applied to `default`.
 *
 * @param namespace undefined for all of them
 */
export function ofNamespace<T extends Named>(objects: readonly T[], namespace: string | undefined): T[] {
  return objects.filter(({ metadata }) => namespace === undefined || (metadata.namespace ?? 'default') === namespace);
}

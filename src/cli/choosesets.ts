/** The StatefulSets that a command line asks for. */

import { parseSelector } from '#src/objects/selectors.ts';
import type { Snapshot } from '#src/objects/snapshot.ts';
import type { Named, StatefulSet } from '#src/objects/types.ts';
import { type Selection, select, setNames } from '#src/statefulset/selection.ts';
import { UsageError } from './usageerror.ts';

/** The flags by which StatefulSets are chosen. */
export interface SelectionFlags {
  selector: string | undefined;
  'all-namespaces': boolean;
}

/** @throws {UsageError} if a name or the selector cannot be parsed, or if names and flags contradict each other */
export function chooseSets(words: readonly string[], flags: SelectionFlags): Selection {
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
 * The sets in files that were asked for, and a failure for each name that the files do not have, or one if they have no
 * set at all that was asked for.
 *
 * @param namespace undefined for all namespaces
 */
export function setsInFiles(
  { statefulSets }: Pick<Snapshot, 'statefulSets'>,
  selection: Selection,
  namespace: string | undefined,
): { sets: StatefulSet[]; failures: Error[] } {
  const { sets, unknown } = select(ofNamespace(statefulSets.items, namespace), selection);
  const missing = unknown.map((name) => JSON.stringify(name));
  if (sets.length + missing.length === 0) missing.push('that was asked for');
  return { sets, failures: missing.map((which) => new Error(`error: the files hold no StatefulSet ${which}`)) };
}

/**
 * The objects in files that belong to a namespace. An object without one would be applied to `default`.
 *
 * @param namespace undefined for all namespaces
 */
export function ofNamespace<T extends Named>(objects: readonly T[], namespace: string | undefined): T[] {
  return objects.filter(({ metadata }) => namespace === undefined || (metadata.namespace ?? 'default') === namespace);
}

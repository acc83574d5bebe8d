/** The StatefulSets that a command line asks for. */

import { named } from '#src/drawing/sentences.ts';
import type { PassedOver } from '#src/objects/filereading.ts';
import { parseSelector } from '#src/objects/selectors.ts';
import type { Snapshot } from '#src/objects/snapshot.ts';
import type { Named, StatefulSet } from '#src/objects/types.ts';
import { type MeantCommand, type Selection, select, setNames } from '#src/statefulset/selection.ts';
import { UsageError } from './usageerror.ts';

/** The flags by which StatefulSets are chosen. */
export interface SelectionFlags {
  selector: string | undefined;
  'all-namespaces': boolean;
}

/**
 * @param meant kubectl's command for what the person wants, of an object of another kind
 * @throws {UsageError} if a name or the selector cannot be parsed, or if names and flags contradict each other
 */
export function chooseSets(words: readonly string[], flags: SelectionFlags, meant?: MeantCommand): Selection {
  const names = setNames(words, meant);
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

/** The StatefulSets in files, and what was passed over beside them. */
export interface SetsInFiles {
  snapshot: Pick<Snapshot, 'statefulSets'>;
  passedOver: PassedOver;
}

/**
 * The sets in files that were asked for, and a failure for each name that the files do not have, or one if they have no
 * set at all that was asked for.
 *
 * @param namespace undefined for all namespaces
 */
export function setsInFiles(
  { snapshot: { statefulSets }, passedOver }: SetsInFiles,
  selection: Selection,
  namespace: string | undefined,
): { sets: StatefulSet[]; failures: Error[] } {
  if (statefulSets.items.length === 0) return failed(`the files hold no StatefulSet${otherSetWords(passedOver)}`);
  const { sets, unknown } = select(ofNamespace(statefulSets.items, namespace), selection);
  const where = namespace === undefined ? '' : ` in the namespace ${namespace}`;
  const failures = unknown.map(
    (name) => new Error(`error: the files hold no StatefulSet ${JSON.stringify(name)}${where}`),
  );
  if (sets.length + failures.length > 0) return { sets, failures };
  const held = statefulSets.items.map(({ metadata }) => `${metadata.namespace ?? 'default'}/${metadata.name}`);
  return failed(`the files hold no StatefulSet that was asked for, but ${named(held)}`);
}

function failed(message: string): { sets: StatefulSet[]; failures: Error[] } {
  return { sets: [], failures: [new Error(`error: ${message}`)] };
}

/** The sets that were passed over: those of other API groups, and those without a name. */
function otherSetWords({ kinds, nameless }: PassedOver): string {
  const foreign = [...kinds].filter(([kind]) => kind.startsWith('StatefulSet.'));
  const unnamed = [...nameless].filter(([kind]) => kind === 'StatefulSet');
  const words = [
    ...foreign.map(([kind, count]) => `${count} ${kind}`),
    ...unnamed.map(([, count]) => `${count} without a name`),
  ];
  return words.length > 0 ? `, but ${named(words)}` : '';
}

/**
 * The objects in files that belong to a namespace. An object without one would be applied to `default`.
 *
 * @param namespace undefined for all namespaces
 */
export function ofNamespace<T extends Named>(objects: readonly T[], namespace: string | undefined): T[] {
  return objects.filter(({ metadata }) => namespace === undefined || (metadata.namespace ?? 'default') === namespace);
}

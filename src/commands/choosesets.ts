/** Which StatefulSets the words and flags of a command mean. */
import { UsageError } from '../errors.ts';
import { parseSelector } from '../objects/selectors.ts';
import { type Selection, setNames } from '../statefulset/selection.ts';

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

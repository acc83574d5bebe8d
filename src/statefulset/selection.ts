/** The StatefulSets that a person asked for. */
import type { LabelSelector } from '#src/objects/selectors.ts';
import type { StatefulSet } from '#src/objects/types.ts';

export interface Selection {
  /** In the order in which the sets are shown. Empty means all sets. */
  names: readonly string[];
  labels: LabelSelector | undefined;
}

/** The sets that were asked for, and the names of those that are missing. */
export function select(
  sets: readonly StatefulSet[],
  { names, labels }: Selection,
): { sets: StatefulSet[]; unknown: string[] } {
  const matching = sets.filter(({ metadata }) => labels === undefined || labels(metadata.labels));
  if (names.length === 0) return { sets: matching, unknown: [] };
  const named = (name: string) => matching.filter(({ metadata }) => metadata.name === name);
  return { sets: names.flatMap(named), unknown: names.filter((name) => named(name).length === 0) };
}

/**
 * Parses the names of StatefulSets: `web`, `sts/web`, `statefulset/web`, `statefulsets.apps/web`.
 *
 * @returns the names, each once, or why a word names no StatefulSet
 */
export function setNames(words: readonly string[]): { names: string[] } | { error: string } {
  const names: string[] = [];
  for (const word of words) {
    const slash = word.indexOf('/');
    const type = word.slice(0, Math.max(slash, 0)).toLowerCase();
    if (slash >= 0 && !typeNames.has(type)) {
      return { error: `${word} is not a StatefulSet: name one as NAME or sts/NAME` };
    }
    if (word.slice(slash + 1) === '')
      return { error: `no name in ${JSON.stringify(word)}: name a StatefulSet as NAME or sts/NAME` };
    names.push(word.slice(slash + 1));
  }
  return { names: [...new Set(names)] };
}

const typeNames = new Set([
  'sts',
  'statefulset',
  'statefulsets',
  'statefulset.apps',
  'statefulsets.apps',
  'statefulset.v1.apps',
  'statefulsets.v1.apps',
]);

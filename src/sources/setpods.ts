/** Reads the pods of one StatefulSet, without all the others of its namespace. */
import type { Client } from '#src/kube/client.ts';
import { resources } from '#src/kube/resources.ts';
import { selectorText } from '#src/objects/labelselector.ts';
import type { Part } from '#src/objects/snapshot.ts';
import type { Pod, StatefulSet } from '#src/objects/types.ts';
import { podName, wantedOrdinals } from '#src/statefulset/identity.ts';
import { isFew, readAll, readNamed } from './parts.ts';

/**
 * The pods that the set's selector picks, those that have the name of a wanted pod which it does not pick, and those that
 * are named.
 *
 * @param names of pods that somebody else asks about
 * @returns undefined where all pods of the namespace have to be read instead: the selector cannot be sent, so many pods
 *   are missing, or single pods may not be read
 * @throws {StatusError} for any refusal but a missing right
 */
export async function readPodsOf(
  client: Client,
  set: StatefulSet,
  names: readonly string[],
): Promise<Part<Pod> | undefined> {
  const labels = selectorText(set.spec?.selector ?? {});
  if (!labels) return undefined;
  const listed = await readAll<Pod>(client, resources.pods, set.metadata.namespace, { labels });
  if (listed.others !== 'missing') return undefined;
  const known = new Set(listed.items.map(({ metadata }) => metadata.name));
  const others = names.filter((name) => !known.has(name));
  const unseen = [...new Set([...unlisted(set, known), ...others])];
  if (!isFew(unseen.length)) return undefined;
  const named = await readNamed<Pod>(client, resources.pods, unseen, set.metadata.namespace);
  return named.others === 'missing' ? { ...listed, items: [...listed.items, ...named.items].sort(byName) } : undefined;
}

/** The order of a list. */
function byName(a: Pod, b: Pod): number {
  return a.metadata.name < b.metadata.name ? -1 : 1;
}

/**
 * The set's selector does not list a foreign pod that has the name of a missing one. Without the right to get them, the
 * pods that are missing are all that is known.
 */
export async function readNamesakes(
  client: Client,
  set: StatefulSet,
  { items, others }: Part<Pod>,
): Promise<readonly Pod[]> {
  if (others !== 'missing') return [];
  const missing = unlisted(set, new Set(items.map(({ metadata }) => metadata.name)));
  const few = missing.filter((_, nth) => isFew(nth + 1));
  return (await readNamed<Pod>(client, resources.pods, few, set.metadata.namespace)).items;
}

/** The names of wanted pods that are not known: at most one more than are read one by one. */
function unlisted(set: StatefulSet, known: ReadonlySet<string>): string[] {
  const { start, end } = wantedOrdinals(set);
  const missing: string[] = [];
  for (let ordinal = start; ordinal < end && isFew(missing.length); ordinal++) {
    const name = podName(set.metadata.name, ordinal);
    if (!known.has(name)) missing.push(name);
  }
  return missing;
}

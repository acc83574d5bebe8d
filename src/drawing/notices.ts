/** What is said of a reading beside the data. */
import type { Part } from '#src/objects/snapshot.ts';
import { printable } from '#src/terminal/escape.ts';

/** kubectl's sentence for an empty list. */
export function nothingFound(namespace: string | undefined): string {
  return namespace === undefined ? 'No resources found' : `No resources found in ${printable(namespace)} namespace.`;
}

/**
 * One line for all that may not be read: the rights that are missing, as an administrator grants them, and the server's
 * own words for the first, which tell whose they are.
 */
export function refusalLine(parts: readonly Part<unknown>[]): string | undefined {
  const refusals = parts.flatMap((part) => (part.others === 'forbidden' ? part.refusal : []));
  const [first] = refusals;
  if (first === undefined) return undefined;
  const rights = refusals.map(({ verb, resource }) => `${verb} ${resource}`);
  return `warning: shown as forbidden for lack of the right to ${rights.join(', ')}: ${printable(first.message)}`;
}

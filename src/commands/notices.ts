/** What is said of a reading beside the data. */
import type { Snapshot } from '../objects/snapshot.ts';
import { printable } from '../terminal/escape.ts';

/** kubectl's sentence for an empty list. */
export function nothingFound(namespace: string | undefined): string {
  return namespace === undefined ? 'No resources found' : `No resources found in ${printable(namespace)} namespace.`;
}

/** One line for each kind of object that may not be read: the right that is missing, as an administrator grants it. */
export function refusalLines({ usage: _, ...parts }: Snapshot): string[] {
  return Object.values(parts).flatMap((part) => {
    if (part.others !== 'forbidden') return [];
    const { verb, resource, message } = part.refusal;
    return [`warning: no right to ${verb} ${resource}, shown as forbidden: ${printable(message)}`];
  });
}

/** Lines for standard error about the reading itself: nothing was found, a right is missing, the server is lost. */
import type { PassedOver } from '#src/objects/filereading.ts';
import type { Part, Refusal } from '#src/objects/snapshot.ts';
import { printable } from '#src/terminal/escape.ts';
import { counted, named } from './sentences.ts';

/** kubectl's sentence for an empty list. @param namespace undefined for all namespaces */
export function nothingFound(namespace: string | undefined): string {
  return namespace === undefined ? 'No resources found' : `No resources found in ${printable(namespace)} namespace.`;
}

/**
 * One line for all parts that may not be read. It names the missing rights as an administrator grants them, and quotes
 * the server's message about the first one, which says who lacks it. Undefined where all parts may be read.
 */
export function refusalLine(parts: readonly Part<unknown>[]): string | undefined {
  const refusals = parts.flatMap((part) => (part.others === 'forbidden' ? part.refusal : []));
  const [first] = refusals;
  if (first === undefined) return undefined;
  const rights = refusals.map(({ verb, resource }) => `${verb} ${resource}`);
  return `warning: not read for lack of the right to ${rights.join(', ')}: ${printable(first.message)}`;
}

/** The objects may be listed and not watched. Not escaped. */
export function notWatchedWords({ verb, resource, message }: Refusal): string {
  return `no right to ${verb} ${resource}, listed every few seconds instead: ${message}`;
}

export function notWatchedLine(refusal: Refusal): string {
  return `warning: ${printable(notWatchedWords(refusal))}`;
}

/** The server gives no answer, or none that can be used. Not escaped. @param message what went wrong */
export function outageWords(message: string): string {
  return `${message}, trying again`;
}

export function outageLine(message: string): string {
  return `warning: ${printable(outageWords(message))}`;
}

/** One line that counts what files hold and the command does not need; undefined where there is no such thing. */
export function passedOverLine({ kinds, nameless, noObjects, noFiles }: PassedOver): string | undefined {
  const words = [
    objectWords(kinds, 'of other kinds'),
    objectWords(nameless, 'without a name'),
    noObjects > 0 && `${counted(noObjects, 'document')} without an object of Kubernetes`,
    noFiles > 0 && `${counted(noFiles, 'path')} that ${noFiles === 1 ? 'is no file' : 'are no files'}`,
  ].filter((each) => typeof each === 'string');
  return words.length > 0 ? `note: passed over ${printable(named(words))}` : undefined;
}

/** `3 objects of other kinds (2 Secret, 1 ConfigMap)`; the most frequent kinds first. */
function objectWords(kinds: ReadonlyMap<string, number>, which: string): string | false {
  const all = [...kinds].sort(([a, many], [b, more]) => more - many || (a < b ? -1 : 1));
  const count = all.reduce((sum, [, each]) => sum + each, 0);
  return count > 0 && `${counted(count, 'object')} ${which} (${named(all.map(([kind, each]) => `${each} ${kind}`))})`;
}

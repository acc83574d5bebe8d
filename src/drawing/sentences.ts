/** Puts words together. */

/** The words with commas between them. Empty ones are left out. */
export function listed(...words: (string | undefined | false)[]): string {
  return words.filter((word) => word).join(', ');
}

/** `web-1`, `web-1 and web-2`, `web-1, web-2, web-3 and 4 more` */
export function named(names: readonly string[]): string {
  const told = names.slice(0, names.length > mostNamed + 1 ? mostNamed : names.length);
  const last = told.length < names.length ? `${names.length - told.length} more` : told.pop();
  return told.length === 0 ? (last ?? '') : `${told.join(', ')} and ${last}`;
}

const mostNamed = 3;

/** `1 pod`, `3 pods`. */
export function counted(count: number, noun: string): string {
  return `${count} ${count === 1 ? noun : `${noun}s`}`;
}

/** A message of the cluster on one line, without its full stop. It may consist of several sentences and lines. */
export function inOneLine(message: string): string {
  return message.trim().replace(/\s+/g, ' ').replace(/\.$/, '');
}

/** So many characters of a message are shown in passing. */
const longest = 160;

/**
 * A message of the cluster on one line, without the scheduler's remarks on preemption, and without the fields and the
 * difference that the API server appends to a refusal. A long one loses its middle: its beginning says what failed, and
 * end says why.
 */
export function shortened(message: string, most = longest): string {
  const text = inOneLine(message)
    .replace(/ (preemption:|other than `|@@ -).*$/, '')
    .replace(/[\s.,;:]+$/, '');
  if (text.length <= most) return text;
  const part = Math.floor((most - 3) / 2);
  // Whole words, where there are words.
  return `${text.slice(0, part).replace(/\s\S*$/, '')} … ${text.slice(-part).replace(/^\S*\s/, '')}`;
}

/** A message that is the cause itself: all of it, up to the length of an event's (`noteLengthLimit`, k8s.io/client-go/tools/events). */
export function whole(message: string): string {
  return shortened(message, 1_024);
}

/** Puts words together. */

/** The words with commas between them. Empty ones are left out. */
export function listed(...words: (string | undefined | false)[]): string {
  return words.filter((word) => word).join(', ');
}

/** `1 pod`, `3 pods`. */
export function counted(count: number, noun: string): string {
  return `${count} ${count === 1 ? noun : `${noun}s`}`;
}

/** A message of the cluster on one line, without its full stop. It may consist of several sentences and lines. */
export function inOneLine(message: string): string {
  return message.trim().replace(/\s+/g, ' ').replace(/\.$/, '');
}

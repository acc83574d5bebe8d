// Control characters (C0, DEL, C1), line and paragraph separators, zero-width characters and bidirectional overrides
// (Unicode TR #36). They move the cursor, change colours, or make one name look like another.
// biome-ignore lint/suspicious/noControlCharactersInRegex: the expression is about control characters
const unprintable = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/**
 * Replaces every character that could act on a terminal by its code, such as `\u001b`. All text from a cluster, a file
 * or a DNS server passes through this function before it is printed.
 */
export function printable(text: string): string {
  return text.replace(unprintable, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

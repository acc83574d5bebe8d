// Control characters (C0, DEL, C1), line and paragraph separators, zero-width characters and bidirectional overrides
// (Unicode TR #36): they move a terminal's cursor, recolour it, or make a name read as another one.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
const unprintable = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/**
 * The one gate that text from a cluster, a file or a DNS server passes before a terminal sees it: whatever could act on
 * the terminal is shown as its code, `\u001b`.
 */
export function printable(text: string): string {
  return text.replace(unprintable, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Files as programs on Windows write them. */

/** Encodings that begin with a byte order mark. */
const encodings = {
  'UTF-8 with a mark': (text: string) => Buffer.from(text),
  'UTF-16LE': (text: string) => Buffer.from(text, 'utf16le'),
  'UTF-16BE': (text: string) => Buffer.from(text, 'utf16le').swap16(),
};

type Encoding = keyof typeof encodings;

export const encodingNames = Object.keys(encodings) as Encoding[];

/** The text behind a byte order mark. */
export function encoded(text: string, encoding: Encoding): Buffer {
  return encodings[encoding](`\ufeff${text}`);
}

/** Documents for programs as JSON. It is plain ASCII, so that no character of it can act on a terminal. */

export function jsonText(document: object): string {
  return `${escaped(JSON.stringify(document, undefined, 2))}\n`;
}

/** The document on one line. */
export function jsonLine(document: object): string {
  return `${escaped(JSON.stringify(document))}\n`;
}

/** An escaped character means the same to every parser. */
function escaped(json: string): string {
  return json.replace(notAscii, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

const notAscii = /[\u007f-\uffff]/g;

/** Documents for programs as JSON. */

export const apiVersion = 'kubectl-sts/v1';

/** JSON in which no character can act on a terminal: those are escaped, and mean the same to every parser. */
export function jsonText(document: object): string {
  return `${escaped(JSON.stringify(document, undefined, 2))}\n`;
}

/** The same on one line. */
export function jsonLine(document: object): string {
  return `${escaped(JSON.stringify(document))}\n`;
}

function escaped(json: string): string {
  return json.replace(notAscii, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

const notAscii = /[\u007f-\uffff]/g;

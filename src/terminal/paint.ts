const codes = { red: 31, green: 32, yellow: 33, dim: 2 };

export type Colour = keyof typeof codes;

/** `text` in a colour of the terminal's palette (ECMA-48 SGR). */
export function paint(text: string, colour: Colour): string {
  return text === '' ? '' : `\u001b[${codes[colour]}m${text}\u001b[0m`;
}

/** Draws a terminal as SVG: text, no scripts, no fonts of its own. */
import type { Colour } from '#src/terminal/paint.ts';
import type { Run } from './ansi.ts';

export interface Theme {
  background: string;
  border: string;
  text: string;
  colours: Readonly<Record<Colour, string>>;
}

/** The colours of GitHub's light and dark pages. */
export const themes: Readonly<Record<'light' | 'dark', Theme>> = {
  light: {
    background: '#f6f8fa',
    border: '#d0d7de',
    text: '#1f2328',
    colours: { red: '#cf222e', green: '#116329', yellow: '#7d4e00', dim: '#57606a' },
  },
  dark: {
    background: '#0d1117',
    border: '#30363d',
    text: '#e6edf3',
    colours: { red: '#ff7b72', green: '#3fb950', yellow: '#d29922', dim: '#8b949e' },
  },
};

/** Pixels. In fonts of fixed width a character is about 0.6 of its height wide. */
const [fontSize, cell, lineHeight, padding] = [14, 8.4, 18, 16];

const fonts = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace";

export interface Drawing {
  /** For people who do not see it. */
  title: string;
  /** The columns of the terminal. */
  columns: number;
  lines: readonly (readonly Run[])[];
}

/** @throws if a line is wider than the terminal */
export function svgOf({ title, columns, lines }: Drawing, theme: Theme): string {
  const [width, height] = [columns * cell + 2 * padding, lines.length * lineHeight + 2 * padding].map(rounded);
  const texts = lines.flatMap((runs, row) => runs.map((run) => textOf(run, row, columns, theme)));
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title">
<title id="title">${escaped(title)}</title>
<rect x="0.5" y="0.5" width="${rounded((width ?? 0) - 1)}" height="${rounded((height ?? 0) - 1)}" rx="6" fill="${theme.background}" stroke="${theme.border}"/>
<g font-family="${fonts}" font-size="${fontSize}" fill="${theme.text}">
${texts.join('\n')}
</g>
</svg>
`;
}

/** `textLength` keeps the columns in line, whatever font there is. */
function textOf({ column, text, colour }: Run, row: number, columns: number, theme: Theme): string {
  const { length } = [...text];
  if (column + length > columns) throw new Error(`wider than ${columns} columns: ${text}`);
  const x = rounded(padding + column * cell);
  const y = rounded(padding + row * lineHeight + fontSize);
  const fill = colour === undefined ? '' : ` fill="${theme.colours[colour]}"`;
  return `<text x="${x}" y="${y}" textLength="${rounded(length * cell)}" lengthAdjust="spacingAndGlyphs"${fill}>${escaped(text)}</text>`;
}

function rounded(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

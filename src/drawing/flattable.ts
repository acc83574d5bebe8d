/** Draws flat tables as kubectl prints them. cli-table3 is loaded when the first one is drawn. */

/** Columns of the terminal between two columns of a table. */
export const gap = 2;

/** Rows that cli-table3 draws at once: its time grows with the square of their number (docs/decisions/0003-trees.md). */
const atOnce = 50;

/** @param widths the widths of the columns, in columns of the terminal; undefined for the last one cuts nothing in it */
export async function drawTable(rows: readonly string[][], widths: readonly (number | undefined)[]): Promise<string> {
  const { default: Table } = await import('cli-table3');
  const parts: string[] = [];
  for (let start = 0; start < rows.length; start += atOnce) {
    const table = new Table({
      chars: noBorders,
      colWidths: widths.map((width) => (width === undefined ? null : width + gap)),
      style: { 'padding-left': 0, 'padding-right': gap, head: [], border: [], compact: true },
    });
    table.push(...rows.slice(start, start + atOnce));
    parts.push(table.toString().replace(/ +$/gm, ''));
  }
  return `${parts.join('\n')}\n`;
}

const noBorders = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
};

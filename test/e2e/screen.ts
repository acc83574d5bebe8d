/** A tree as it stands on a screen, taken apart again. */
export interface Row {
  /** `Kind/name`, with two spaces for each level. */
  name: string;
  [column: string]: string;
}

const columns = ['NAME', 'READY', 'STATUS', 'DETAIL', 'NODE', 'AGE'];

export function rowsOf(screen: string): Row[] {
  const [header = '', ...lines] = screen.split('\n');
  const starts = columns.map((column) => header.indexOf(column));
  return lines
    .filter((line) => /[A-Z]\w+\/\S/.test(line))
    .map((line) => {
      const cells = starts.map((start, position) => line.slice(start, starts[position + 1]).trimEnd());
      const [, branches = '', name = ''] = /^([ │├└─]*)(.*)$/.exec(cells[0] ?? '') ?? [];
      const row: Row = { name: '  '.repeat(branches.length / 3) + name };
      for (const [position, column] of columns.entries()) {
        if (position > 0) row[column.toLowerCase()] = cells[position] ?? '';
      }
      return row;
    });
}

/** The rows from that of a StatefulSet to the next one's. */
export function rowsOfSet(rows: readonly Row[], set: string): Row[] {
  const from = rows.findIndex(({ name }) => name === `StatefulSet/${set}`);
  const length = rows.slice(from + 1).findIndex(({ name }) => name.startsWith('StatefulSet/'));
  return from < 0 ? [] : rows.slice(from, length < 0 ? undefined : from + 1 + length);
}

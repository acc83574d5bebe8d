/** A tree as it stands on a screen, taken apart again. */
export interface Row {
  /** `pod/web-0`, with two spaces for each level. */
  name: string;
  /** The lines below the row, and then what stands in the column. */
  detail: string;
  [column: string]: string;
}

const columns = ['NAME', 'READY', 'STATUS', 'DETAIL', 'NODE', 'AGE'];

/** A volume and its storage class are two rows, also where they share a line. */
export function rowsOf(screen: string): Row[] {
  const [header = '', ...lines] = screen.split('\n');
  const starts = columns.map((column) => header.indexOf(column));
  const rows: Row[] = [];
  const notes = new Map<Row | undefined, string[]>();
  for (const line of lines) {
    if (/^[│ ]{3,}[^│├└ ]/.test(line))
      notes.set(rows.at(-1), [...(notes.get(rows.at(-1)) ?? []), line.replace(/^[│ ]+/, '')]);
    if (!/^[│├└─ ]*(sts|svc|pod|pvc|pv|sc)\/\S/.test(line)) continue;
    const cells = starts.map((start, position) => line.slice(start, starts[position + 1]).trimEnd());
    const [, branches = '', names = ''] = /^([ │├└─]*)(.*)$/.exec(cells[0] ?? '') ?? [];
    const behind = Object.fromEntries(columns.map((column, nth) => [column.toLowerCase(), cells[nth] ?? '']).slice(1));
    const level = branches.length / 3;
    const [name = '', storageClass] = names.split(' · ');
    rows.push({ detail: '', ...behind, name: '  '.repeat(level) + name });
    if (storageClass === undefined) continue;
    // A storage class has no phase.
    const status = behind['status'] === 'Bound' ? '' : (behind['status'] ?? '');
    rows.push({ detail: '', status, name: '  '.repeat(level + 1) + storageClass });
  }
  for (const row of rows) row.detail = [...(notes.get(row) ?? []), row.detail].filter(Boolean).join(', ');
  return rows;
}

/** The rows from that of a StatefulSet to the next one's. */
export function rowsOfSet(rows: readonly Row[], set: string): Row[] {
  const from = rows.findIndex(({ name }) => name === `sts/${set}`);
  const length = rows.slice(from + 1).findIndex(({ name }) => name.startsWith('sts/'));
  return from < 0 ? [] : rows.slice(from, length < 0 ? undefined : from + 1 + length);
}

/** A row of the tree: an object's short name, the columns, and the reasons for trouble below them. */
import type { Cell } from '#src/drawing/cells.ts';
import type { Line } from '#src/drawing/tree.ts';
import { humanDuration, parseTime } from '#src/objects/time.ts';
import type { Named } from '#src/objects/types.ts';

export const columns = ['NAME', 'READY', 'STATUS', 'DETAIL', 'NODE', 'AGE'] as const;

export interface OutlineOptions {
  /** Milliseconds since the epoch, for the AGE column. */
  now: number;
  /** Shows the addresses of pods and the handles of volumes too, and gives each storage class a row. */
  wide: boolean;
}

/** What stands behind the name and below it. A column that is left out stays empty. */
export interface Columns {
  ready?: string | undefined;
  status?: Cell;
  /** Facts, which a narrow terminal cuts. */
  detail?: string | Cell;
  node?: string;
  age?: string;
  /** Reasons for trouble, which are never cut; empty ones are left out. */
  notes?: readonly Cell[];
}

export function row(
  name: string | Pick<Line, 'name' | 'shortName'>,
  { ready, status, detail, node, age, notes = [] }: Columns,
  children: readonly Line[] = [],
): Line {
  const cells = [ready, status, detail, node, age];
  return {
    ...(typeof name === 'string' ? { name } : name),
    cells: cells.map((cell = '') => (typeof cell === 'string' ? { text: cell } : cell)),
    notes: notes.filter(({ text }) => text !== ''),
    children,
  };
}

export function age({ metadata }: Named, { now }: OutlineOptions): string {
  const created = metadata.creationTimestamp;
  return created ? humanDuration(now - parseTime(created)) : '';
}

/** Notes in a tone; empty and false ones are left out. */
export function notesOf(tone: Cell['tone'], ...words: (string | undefined | false)[]): Cell[] {
  return words.flatMap((text) => (text ? [{ text, ...(tone && { tone }) }] : []));
}

/** The list of pinned Services, for people. */
import { displayWidth } from '#src/drawing/columns.ts';
import { drawTable } from '#src/drawing/flattable.ts';
import { parseTime } from '#src/objects/time.ts';
import { printable } from '#src/terminal/escape.ts';
import { paint } from '#src/terminal/paint.ts';
import { type Pin, recordOf } from '../model/pinning.ts';
import { pinState } from './words.ts';

export interface PinListStyle {
  allNamespaces: boolean;
  header: boolean;
  colour: boolean;
}

/** The columns NAMESPACE, SERVICE, POD, SINCE, BY and STATE; empty when nothing is pinned. */
export async function pinList(pins: readonly Pin[], { allNamespaces, header, colour }: PinListStyle): Promise<string> {
  if (pins.length === 0) return '';
  const titles = [...(allNamespaces ? ['NAMESPACE'] : []), 'SERVICE', 'POD', 'SINCE', 'BY', 'STATE'];
  const rows = pins.map((pin) => {
    const { service, pinning } = pin;
    const { namespace = '', name } = service.metadata;
    const record = recordOf(pinning);
    const { text, bad } = pinState(pin);
    const cells = [
      ...(allNamespaces ? [namespace] : []),
      name,
      pinning.pod ?? '-',
      record?.since && Number.isFinite(parseTime(record.since)) ? record.since : '-',
      record?.user ?? '-',
      text,
    ].map(printable);
    return { cells, bad };
  });
  const shown = [...(header ? [{ cells: titles, bad: false }] : []), ...rows];
  const widths = titles.map((_, column) => Math.max(...shown.map(({ cells }) => displayWidth(cells[column] ?? ''))));
  const lines = shown.map(({ cells, bad }) =>
    bad && colour ? [...cells.slice(0, -1), paint(cells.at(-1) ?? '', 'red')] : cells,
  );
  return drawTable(lines, widths);
}

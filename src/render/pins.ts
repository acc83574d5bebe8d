/** Pinned Services as a list for people. */
import { parseTime } from '../objects/time.ts';
import type { Pin } from '../statefulset/pin.ts';
import { printable } from '../terminal/escape.ts';
import { paint } from '../terminal/paint.ts';
import { displayWidth } from './columns.ts';
import { drawTable } from './flattable.ts';
import { pinState } from './pin-words.ts';

export interface PinListStyle {
  allNamespaces: boolean;
  header: boolean;
  colour: boolean;
}

/** SERVICE, POD, SINCE, BY and what is wrong. */
export async function pinList(pins: readonly Pin[], { allNamespaces, header, colour }: PinListStyle): Promise<string> {
  if (pins.length === 0) return '';
  const titles = [...(allNamespaces ? ['NAMESPACE'] : []), 'SERVICE', 'POD', 'SINCE', 'BY', 'STATE'];
  const rows = pins.map((pin) => {
    const { service, pinning } = pin;
    const { namespace = '', name } = service.metadata;
    const record = pinning.kind === 'ours' ? pinning.record : undefined;
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

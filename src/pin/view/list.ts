/** The list of pinned Services, for people. */
import { displayWidth } from '#src/drawing/columns.ts';
import { drawTable } from '#src/drawing/flattable.ts';
import { type Tone, tones } from '#src/drawing/tone.ts';
import { parseTime } from '#src/objects/time.ts';
import { printable } from '#src/terminal/escape.ts';
import { paint } from '#src/terminal/paint.ts';
import { type PerPodService, type Pin, podOfPin } from '../model/leading.ts';
import { perPodState, pinState } from './words.ts';

export interface PinListStyle {
  allNamespaces: boolean;
  header: boolean;
  colour: boolean;
}

/** The columns SERVICE, POD, SINCE, BY and STATE of a Service. */
interface Row {
  namespace: string;
  cells: string[];
  tone: Tone | undefined;
}

/**
 * The columns NAMESPACE, SERVICE, POD, SINCE, BY and STATE; empty when there is nothing to show.
 *
 * @param perPod stand below the pins
 */
export async function pinList(
  pins: readonly Pin[],
  perPod: readonly PerPodService[],
  { allNamespaces, header, colour }: PinListStyle,
): Promise<string> {
  const rows = [...pins.map(pinRow), ...perPod.map(perPodRow)];
  if (rows.length === 0) return '';
  const titles = { namespace: 'NAMESPACE', cells: ['SERVICE', 'POD', 'SINCE', 'BY', 'STATE'], tone: undefined };
  const shown = [...(header ? [titles] : []), ...rows].map(({ namespace, cells, tone }) => {
    const texts = [...(allNamespaces ? [namespace] : []), ...cells].map(printable);
    return { texts, tone };
  });
  const columns = [...(allNamespaces ? [''] : []), ...titles.cells];
  const widths = columns.map((_, column) => Math.max(...shown.map(({ texts }) => displayWidth(texts[column] ?? ''))));
  const lines = shown.map(({ texts, tone }) =>
    tone && colour ? [...texts.slice(0, -1), paint(texts.at(-1) ?? '', tones[tone])] : texts,
  );
  return drawTable(lines, widths);
}

function pinRow(pin: Pin): Row {
  const { namespace = '', name } = pin.service.metadata;
  const record = pin.kind === 'unreadable' ? undefined : pin.record;
  const since = record?.since && Number.isFinite(parseTime(record.since)) ? record.since : '-';
  const { text, tone } = pinState(pin);
  return { namespace, cells: [name, podOfPin(pin) ?? '-', since, record?.user ?? '-', text], tone };
}

function perPodRow(found: PerPodService): Row {
  const { service, pod } = found;
  const { namespace = '', name } = service.metadata;
  const state = perPodState(found);
  return { namespace, cells: [name, pod, '-', '-', `per-pod Service${state && `, ${state}`}`], tone: undefined };
}

/** The overview: one line for each StatefulSet, those in trouble first, and a last line that counts. */
import type { Cell } from '#src/drawing/cells.ts';
import { wrapped } from '#src/drawing/columns.ts';
import { type Column, drawSentenced, type SentencedRow, type SentencedStyle } from '#src/drawing/sentenced.ts';
import { tones } from '#src/drawing/tone.ts';
import { humanBytes } from '#src/objects/quantity.ts';
import { humanDuration, parseTime } from '#src/objects/time.ts';
import { podOfPin } from '#src/pin/model/leading.ts';
import { pinState } from '#src/pin/view/words.ts';
import { revisionHash } from '#src/statefulset/identity.ts';
import { paint } from '#src/terminal/paint.ts';
import { type Amount, summary, total } from '#src/tree/model/summary.ts';
import type { Topology } from '#src/tree/model/topology.ts';
import { readyWords, sumWords } from '#src/tree/view/setwords.ts';
import { countWords, statusWords } from './words.ts';

export interface TableStyle extends SentencedStyle {
  wide: boolean;
  /** Shows the namespace of each set. */
  allNamespaces: boolean;
  /** Milliseconds since the epoch. */
  now: number;
}

// Names that are too long for their columns have lines of their own. READY and STATUS stay whole.
const gives = [
  ['REVISION', 0],
  ['AGE', 0],
  ['PINS', 0],
  ['LEFT OVER', 0],
  ['CLAIMS', 0],
  ['NAME', 24],
  ['NAMESPACE', 12],
  ['NAME', 1],
  ['NAMESPACE', 1],
] as const;

/** @param topologies in the order of the rows */
export async function statusTable(topologies: readonly Topology[], style: TableStyle): Promise<string> {
  if (topologies.length === 0) return '';
  const { allNamespaces, wide } = style;
  const columns: Column[] = [
    ...(allNamespaces ? [{ title: 'NAMESPACE', long: 'own line' } as const] : []),
    { title: 'NAME', long: 'own line' },
    ...['READY', 'STATUS', 'CLAIMS', 'LEFT OVER', 'PINS', ...(wide ? ['REVISION'] : []), 'AGE'].map(
      (title): Column => ({ title, long: 'end' }),
    ),
  ];
  const rows = topologies.map((topology) => rowOf(topology, style));
  return drawSentenced({ columns, sentences: ['DETAIL'], rows, gives }, style);
}

function rowOf(topology: Topology, { allNamespaces, wide, now }: TableStyle): SentencedRow {
  const { set, pins } = topology;
  const { name, namespace = '', creationTimestamp } = set.metadata;
  const { status, reason } = statusWords(topology, now);
  const { claims, leftOver } = summary(topology);
  const revision = set.status?.updateRevision;
  const text = (words: string): Cell => ({ text: words });
  return {
    cells: [
      ...(allNamespaces ? [text(namespace)] : []),
      text(name),
      text(readyWords(topology) ?? '-'),
      status,
      text(amountWords(claims)),
      text(amountWords(leftOver)),
      pinCell(topology, wide),
      ...(wide ? [text(revision === undefined ? '-' : revisionHash(name, revision))] : []),
      text(creationTimestamp ? humanDuration(now - parseTime(creationTimestamp)) : '-'),
    ],
    sentences: [{ ...reason, untitled: true }],
  };

  function pinCell({ pins: all }: Topology, isWide: boolean): Cell {
    if (all.length === 0) return { text: '-' };
    const tone = pins.map((pin) => pinState(pin).tone).find((each) => each !== undefined);
    const words = all.map((pin) => `${pin.service.metadata.name}=${podOfPin(pin) ?? '?'}`);
    return { text: isWide ? words.join(' ') : String(all.length), ...(tone && { tone }) };
  }
}

/** `3, 30Gi`; `-` for none */
function amountWords({ count, bytes }: Amount): string {
  if (count === 0) return '-';
  return bytes > 0 ? `${count}, ${humanBytes(bytes)}` : String(count);
}

/** `5 sets: 1 stuck, 4 healthy · 14/15 ready · 20 claims, 200Gi`, in lines that are at most so wide. */
export function totalLine(topologies: readonly Topology[], { width, colour }: SentencedStyle): string {
  const lines = wrapped(`${countWords(topologies)} · ${sumWords(total(topologies))}`, width);
  return lines.map((line) => `${colour ? paint(line, tones.faint) : line}\n`).join('');
}

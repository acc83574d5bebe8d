/** One StatefulSet looked at closely: what the controller does next, what it waits for and since when, and the evidence. */
import { wrapped } from '#src/drawing/columns.ts';
import { controllerWords, nextWords, waitsWords } from '#src/drawing/rolloutwords.ts';
import { listed } from '#src/drawing/sentences.ts';
import { evidenceWords, isSaidTwice } from '#src/drawing/stuckwords.ts';
import { type Tone, tones } from '#src/drawing/tone.ts';
import type { Line } from '#src/drawing/tree.ts';
import { formatTime, humanDuration } from '#src/objects/time.ts';
import type { Outlook, Progress } from '#src/statefulset/rollout.ts';
import type { Stuck } from '#src/statefulset/stuck.ts';
import { printable } from '#src/terminal/escape.ts';
import { paint } from '#src/terminal/paint.ts';
import type { Topology } from '#src/tree/model/topology.ts';
import { outline } from '#src/tree/view/outline.ts';
import { troubleWords } from './words.ts';

export interface CloseStyle {
  colour: boolean;
  /** No line is wider than so many columns of the terminal; undefined wraps nothing. */
  width: number | undefined;
  /** Milliseconds since the epoch. */
  now: number;
}

/** A label, and the sentences behind it, each on lines of its own. */
interface Paragraph {
  label: string;
  sentences: readonly { text: string; tone?: Tone }[];
}

/** The set's name, and the lines about it; empty where there is nothing to tell. */
export function closeView(topology: Topology, style: CloseStyle): string {
  const { namespace = '', name } = topology.set.metadata;
  const lines = closeLines(topology, style);
  const head = wrapped(printable(`sts/${name}${namespace && ` in ${namespace}`}`), style.width);
  return lines.length === 0 ? '' : [...head, ...lines].map((line) => `${line}\n`).join('');
}

/** The labels and the sentences behind them, in columns. */
export function closeLines(topology: Topology, style: CloseStyle): string[] {
  return [...rolloutParagraphs(topology), ...troubleParagraphs(topology, style.now)]
    .filter(({ sentences }) => sentences.length > 0)
    .flatMap((paragraph) => drawn(paragraph, style));
}

const labelWidth = 11;
/** Of sentences; where a terminal leaves less, they stand below their labels. */
const narrowest = 24;

function drawn({ label, sentences }: Paragraph, { colour, width }: CloseStyle): string[] {
  const title = `  ${printable(label)}`;
  const beside = 2 + labelWidth;
  const isBeside = title.length < beside && (width === undefined || width - beside >= narrowest);
  const indent = isBeside ? beside : width === undefined || width - 4 >= narrowest ? 4 : 0;
  const lines = sentences.flatMap(({ text, tone }) =>
    wrapped(printable(text), width === undefined ? undefined : width - indent).map((line) =>
      colour && tone ? paint(line, tones[tone]) : line,
    ),
  );
  const [first = '', ...others] = lines;
  const below = isBeside ? others : lines;
  const head = isBeside ? [title.padEnd(beside) + first] : wrapped(title, width);
  return [...head, ...below.map((line) => ' '.repeat(indent) + line)];
}

function rolloutParagraphs({ rollout }: Topology): Paragraph[] {
  if (!('judgement' in rollout)) return [];
  const { judgement, otherwise } = rollout;
  const stuck = judgement.kind === 'stuck' ? judgement.stuck : undefined;
  const isKnown = judgement.kind !== 'undetermined' || !judgement.missing.includes('pods');
  const isIdle = rollout.state === 'done' && rollout.waitsFor.length === 0 && rollout.next.length === 0;
  return [
    { label: 'next', sentences: isKnown && !(isIdle && stuck === undefined) ? nextSentences(rollout) : [] },
    { label: 'waits', sentences: waitSentences(rollout, rollout) },
    ...(otherwise === undefined
      ? []
      : [
          {
            label: controllerWords(otherwise.controller),
            sentences:
              otherwise.next.length > 0 ? nextSentences(otherwise) : waitSentences(otherwise, rollout, 'waits '),
          },
        ]),
    ...(stuck === undefined ? [] : stuckParagraphs(stuck, rollout)),
    ...(judgement.kind === 'undetermined'
      ? [{ label: 'not known', sentences: [{ text: `whether it is stuck: ${judgement.missing.join(', ')} not read` }] }]
      : []),
  ];
}

function nextSentences({ next }: Outlook): { text: string }[] {
  return [{ text: nextWords(next).replace(/^next: /, '') || 'nothing' }];
}

/** `for web-1 (CrashLoopBackOff), since 2026-03-09T11:40:00Z, for 20m` */
function waitSentences({ waitsFor }: Outlook, { now }: Progress, before = ''): { text: string }[] {
  return waitsFor.map((waiting) => {
    const { since } = waiting;
    const words = waitsWords({ ...waiting, lasted: undefined }).replace(/^waits /, before);
    return { text: listed(words, since !== undefined && sinceWords(since, now)) };
  });
}

function sinceWords(since: number, now: number): string {
  return `since ${formatTime(since)}, for ${humanDuration(now - since)}`;
}

function stuckParagraphs({ ground, since, evidence }: Stuck, { now }: Progress): Paragraph[] {
  const told = evidence.filter((each) => !isSaidTwice(each, evidence)).map(evidenceWords);
  return [
    {
      label: 'stuck',
      sentences: [
        { text: listed(ground === 'certain' ? 'for certain' : ground, since !== undefined && sinceWords(since, now)) },
      ],
    },
    { label: 'evidence', sentences: told.filter(Boolean).map((text) => ({ text })) },
  ];
}

/** The rows of the set's tree below which a reason stands, and what is wrong besides. */
function troubleParagraphs(topology: Topology, now: number): Paragraph[] {
  const { children } = outline(topology, { now, wide: false });
  const rows = children.flatMap(withBelow).filter(({ notes = [] }) => notes.length > 0);
  const told = rows.map(({ name, cells, notes = [] }): Paragraph => {
    const facts = cells.slice(0, 3).map(({ text }) => text);
    return {
      label: name,
      sentences: [{ text: facts.filter(Boolean).join('  ') }, ...notes].filter(({ text }) => text !== ''),
    };
  });
  const names = new Set(rows.map(({ name }) => name));
  const others = troubleWords(topology, now).filter(({ text }) => ![...names].some((name) => text.startsWith(name)));
  return [...told, { label: 'also', sentences: others }];
}

function withBelow(line: Line): Line[] {
  return [line, ...line.children.flatMap(withBelow)];
}

/** One StatefulSet looked at closely: why it is not well, what its controller does next, and what a person can do. */
import { wrapped } from '#src/drawing/columns.ts';
import { controllerWords, nextWords, waitsWords } from '#src/drawing/rolloutwords.ts';
import { listed } from '#src/drawing/sentences.ts';
import { type Tone, tones } from '#src/drawing/tone.ts';
import { formatTime, humanDuration } from '#src/objects/time.ts';
import type { StatefulSet } from '#src/objects/types.ts';
import type { Outlook, Progress } from '#src/statefulset/rollout.ts';
import { printable } from '#src/terminal/escape.ts';
import { paint } from '#src/terminal/paint.ts';
import type { Topology } from '#src/tree/model/topology.ts';
import { actionsFor } from '../model/actions.ts';
import type { Cause } from '../model/causes.ts';
import type { ContainerLog, Diagnosis } from '../model/diagnosis.ts';
import type { Skipped } from '../model/skipped.ts';
import { type ActionWords, actionWords } from './actionwords.ts';
import { causeWords } from './causewords.ts';
import { commandLines } from './commandlines.ts';
import { inNamespace, kubectl } from './lookcommands.ts';
import { troubleWords } from './words.ts';

export interface CloseStyle {
  colour: boolean;
  /** No line is wider than so many columns of the terminal; undefined wraps nothing. */
  width: number | undefined;
}

interface Sentence {
  text: string;
  tone?: Tone;
  /** A command to copy: it is broken in a way that a shell puts together again. */
  isCommand?: boolean;
}

/** A label, and the sentences behind it, each on lines of its own. */
interface Paragraph {
  label: string;
  sentences: readonly Sentence[];
}

/** The set's name, and the lines about it; empty where there is nothing to tell. */
export function closeView(diagnosis: Diagnosis, style: CloseStyle): string {
  const { namespace = '', name } = diagnosis.topology.set.metadata;
  const lines = closeLines(diagnosis, style);
  const { age } = diagnosis;
  const old = age === undefined ? '' : `, in files whose newest time is ${humanDuration(age)} ago`;
  const head = wrapped(printable(`sts/${name}${namespace && ` in ${namespace}`}${old}`), style.width);
  return lines.length === 0 ? '' : [...head, ...lines].map((line) => `${line}\n`).join('');
}

/** The labels and the sentences behind them, in columns. The most important comes first. */
export function closeLines(diagnosis: Diagnosis, style: CloseStyle): string[] {
  const { topology, causes, skipped, log, now } = diagnosis;
  const [first, ...others] = causes;
  return [
    { label: 'cause', sentences: first ? [causeSentence(first, now)] : [] },
    ...rolloutParagraphs(topology, first),
    ...(first ? actionParagraphs(first, topology) : []),
    { label: 'log', sentences: log === undefined ? [] : logSentences(log) },
    { label: 'also', sentences: alsoSentences(others, diagnosis) },
    { label: 'skipped', sentences: skipped.map((each) => skippedSentence(each, topology.set)) },
  ]
    .filter(({ sentences }) => sentences.length > 0)
    .flatMap((paragraph) => drawn(paragraph, style));
}

const labelWidth = 9;
/** Of sentences; where a terminal leaves less, they stand below their labels. */
const narrowest = 24;

function drawn({ label, sentences }: Paragraph, { colour, width }: CloseStyle): string[] {
  const title = `  ${printable(label)}`;
  const beside = 2 + labelWidth;
  const isBeside = title.length < beside && (width === undefined || width - beside >= narrowest);
  const indent = isBeside ? beside : width === undefined || width - 4 >= narrowest ? 4 : 0;
  const room = width === undefined ? undefined : width - indent;
  const lines = sentences.flatMap(({ text, tone, isCommand }) =>
    (isCommand ? commandLines(text, room) : wrapped(printable(text), room)).map((line) =>
      colour && tone ? paint(line, tones[tone]) : line,
    ),
  );
  const [firstLine = '', ...others] = lines;
  const below = isBeside ? others : lines;
  const head = isBeside ? [title.padEnd(beside) + firstLine] : wrapped(title, width);
  return [...head, ...below.map((line) => ' '.repeat(indent) + line)];
}

const grounds: Readonly<Record<Cause['ground'], string>> = {
  certain: 'certain: only a person can change it',
  likely: 'likely',
  undetermined: 'undetermined: it may still recover',
};

const groundTones: Readonly<Record<Cause['ground'], Tone>> = { certain: 'bad', likely: 'bad', undetermined: 'warning' };

/** `db-1: container db ends with an error: exit code 1 (likely, since 2026-03-09T11:40:00Z, for 20m)` */
function causeSentence(cause: Cause, now: number): Sentence {
  const since = cause.since === undefined ? undefined : sinceWords(cause.since, now);
  return {
    text: `${causeWords(cause, now)} (${listed(grounds[cause.ground], since)})`,
    tone: groundTones[cause.ground],
  };
}

/** So many other causes are told; the rest is counted. */
const mostTold = 5;

function alsoSentences(others: readonly Cause[], { topology, causes, now }: Diagnosis): Sentence[] {
  const told = others.slice(0, mostTold).map((cause) => causeSentence(cause, now));
  const rest = others.length - told.length;
  const claims = causes.flatMap(({ what }) => (what.kind === 'claim' ? `pvc/${what.storage.name}:` : []));
  const ofService: readonly string[] = ['service missing', 'service selects no pod', 'other subdomain'];
  const isService = causes.some(({ what }) => ofService.includes(what.kind));
  const troubles = troubleWords(topology, now).filter(
    ({ text }) =>
      !claims.some((claim) => text.startsWith(claim)) && !(isService && text.startsWith('the governing Service')),
  );
  return [...told, ...(rest > 0 ? [{ text: `${rest} more` }] : []), ...troubles];
}

/** @param told the cause above, whose time is not said again */
function rolloutParagraphs({ rollout }: Topology, told: Cause | undefined): Paragraph[] {
  if (!('judgement' in rollout)) return [];
  const { judgement, otherwise } = rollout;
  const isKnown = judgement.kind !== 'undetermined' || !judgement.missing.includes('pods');
  const isIdle = rollout.state === 'done' && rollout.waitsFor.length === 0 && rollout.next.length === 0;
  return [
    {
      label: 'next',
      sentences:
        isKnown && !(isIdle && judgement.kind !== 'stuck') ? nextSentences(rollout, judgement.kind === 'stuck') : [],
    },
    { label: 'waits', sentences: waitSentences(rollout, rollout, told) },
    // Where nothing is left to do, no gate makes a difference that matters.
    ...(otherwise === undefined || rollout.state === 'not ready' || rollout.state === 'done'
      ? []
      : [
          {
            label: controllerWords(otherwise.controller),
            sentences:
              otherwise.next.length > 0 ? nextSentences(otherwise) : waitSentences(otherwise, rollout, told, 'waits '),
          },
        ]),
  ];
}

function nextSentences({ next, waitsFor }: Outlook, isStuck = false): Sentence[] {
  if (next.length > 0) return [{ text: nextWords(next).replace(/^next: /, '') }];
  // That it waits says that it does nothing else.
  if (waitsFor.length > 0) return [];
  return [{ text: isStuck ? 'nothing: the controller cannot go on' : 'nothing is left to do for the controller' }];
}

/** `for web-1 (CrashLoopBackOff), since 2026-03-09T11:40:00Z, for 20m` */
function waitSentences({ waitsFor }: Outlook, { now }: Progress, told: Cause | undefined, before = ''): Sentence[] {
  return waitsFor.map((waiting) => {
    const since = told?.pod === waiting.pod && told.since === waiting.since ? undefined : waiting.since;
    const words = waitsWords({ ...waiting, lasted: undefined }).replace(/^waits /, before);
    return { text: listed(words, since !== undefined && sinceWords(since, now)) };
  });
}

function sinceWords(since: number, now: number): string {
  return `since ${formatTime(since)}, for ${humanDuration(Math.max(now - since, 0))}`;
}

function actionParagraphs(cause: Cause, topology: Topology): Paragraph[] {
  const told = actionsFor(cause, topology).map((action) => actionWords(action, topology.set));
  const of = (kind: ActionWords['kind']) => told.filter((each) => each.kind === kind);
  const command = (text: string): Sentence => ({ text, isCommand: true });
  const withCost = ({ command: text, cost }: ActionWords) => [command(text), ...(cost ? [{ text: `  ${cost}` }] : [])];
  return [
    { label: 'look', sentences: of('look').flatMap(withCost) },
    // Each by itself: what comes then belongs to the one above it.
    ...of('change').flatMap((each) => [
      { label: 'change', sentences: withCost(each) },
      { label: 'then', sentences: each.afterwards === undefined ? [] : [command(each.afterwards)] },
    ]),
  ];
}

function logSentences({ container, previous, ...log }: ContainerLog): Sentence[] {
  const whose = `of ${previous ? 'the last run of ' : ''}container ${container}`;
  if ('refusal' in log) return [{ text: `${whose}: ${log.refusal}`, tone: 'warning' }];
  const lines = log.text.replace(/\r?\n$/, '').split(/\r?\n/);
  return [
    { text: log.text.trim() === '' ? `${whose}: empty` : `${whose}:` },
    ...lines.map((text) => ({ text }) as Sentence),
  ].filter(({ text }) => text !== '');
}

function skippedSentence({ what, why, right, name }: Skipped, set: StatefulSet): Sentence {
  switch (why) {
    case 'forbidden':
      return { text: `${what}: no right to ${right}` };
    case 'not given':
      return { text: `${what}: ${name === undefined ? '' : `${name} is `}not in the files` };
    case 'not read':
      return {
        text: `${what}: not read; ${kubectl('sts', 'status', set.metadata.name, ...inNamespace(set))} reads them`,
      };
  }
}

/** What is said of histories, for people. */
import { kindOf, nameOf } from '../../histories/history.ts';
import { type Fault, tookToTell } from '../../histories/judgement.ts';
import type { Outcome, Played } from './player.ts';
import type { NotPlayed } from './stage.ts';

/** What is wrong with what a gate said, what happened, and how to see it again; no line where nothing is. */
export function failureLines(one: Played | NotPlayed, waiter = 0): string[] {
  const { history } = one;
  const head = (what: string): string => `${nameOf(history)} (${kindOf(history)}): ${what}`;
  const again = `  again: npm run histories -- --history ${nameOf(history)}`;
  if ('error' in one) {
    const { error } = one;
    return [head(`could not be played: ${error instanceof Error ? error.message : error}`), again];
  }
  const outcome = one.outcomes[waiter];
  if (outcome?.fault === undefined) return [];
  return [head(faultWords(outcome.fault)), again, `  ${JSON.stringify(history)}`, ...timeline(one, outcome)];
}

function timeline({ changedAt, lines }: Played, { told }: Outcome): string[] {
  const after = (at: number): string => `${((at - changedAt) / 1_000).toFixed(2)} s`;
  const { failing, startedAt, endedAt, code } = told;
  return [
    ...lines.map(({ at, text }) => ({ at, text: `seen: ${text}` })),
    ...(failing ? [{ at: failing.seenAt, text: `seen: fails, since ${after(failing.since)}` }] : []),
    ...told.held.map(({ from, looks }) => ({ at: from, text: `seen: to look twice takes ${looks} ms` })),
    { at: startedAt, text: 'the gate is started' },
    ...told.lines.flatMap(({ at, text }) => saidIn(text).map((line) => ({ at, text: `> ${line}` }))),
    { at: endedAt, text: code === null ? 'the gate is stopped' : `the gate ends with ${code}` },
  ]
    .sort((a, b) => a.at - b.at)
    .map(({ at, text }) => `${after(at).padStart(10)}  ${text}`);
}

/** Of a document, what a person wants to know. */
function saidIn(text: string): string[] {
  const lines = text.trimEnd().split('\n');
  return lines.map((line) => {
    if (!line.startsWith('{')) return line;
    const { health, reason, gate } = JSON.parse(line) as Record<string, unknown>;
    return JSON.stringify({ health, reason, gate });
  });
}

function faultWords(fault: Fault): string {
  switch (fault.kind) {
    case 'too early':
      return fault.by === undefined ? 'said what never was so' : `${seconds(fault.by)} too early`;
    case 'too late':
      return `${seconds(fault.by)} too late`;
    case 'waits on':
      return `was still waiting ${seconds(fault.by)} after it should have told`;
    case 'wrong code':
      return `ended with ${fault.code}`;
    case 'wrong ground':
      return `gave ${fault.ground ?? 'no known ground'} as its ground`;
    case 'unnamed':
      return `did not name ${fault.pod}`;
  }
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1_000).toFixed(1)} s`;
}

/** A table in Markdown: of each kind, what each waiter said, and after how long. */
export function summaryLines(outcomes: readonly (Played | NotPlayed)[], waiters: readonly string[]): string[] {
  const played = outcomes.filter((one) => 'outcomes' in one);
  const kinds = [...new Set(played.map(({ history }) => kindOf(history)))].sort();
  const groups = [...kinds.map((kind) => ({ kind, of: played.filter(({ history }) => kindOf(history) === kind) }))];
  const rows = [...groups, { kind: 'in all', of: played }].map(({ kind, of }) => [
    kind,
    `${of.length}`,
    ...waiters.map((_, nth) => tally(of, nth)),
  ]);
  const followed = played.filter(({ outcomes: [first] }) => first?.followed).length;
  return [
    ...markdownTable([['', 'histories', ...waiters], ['---', '---:', ...waiters.map(() => '---')], ...rows]),
    '',
    `A newer generation was followed in ${followed} of them.`,
  ];
}

/** `12 right (0.1 s, at most 0.6 s), 3 too early (1.2 s, at most 2.0 s)`: medians, of how long after it could be told. */
function tally(played: readonly Played[], nth: number): string {
  const times = new Map<string, number[]>();
  for (const { history, outcomes } of played) {
    const outcome = outcomes[nth];
    if (outcome === undefined) continue;
    const { fault, told } = outcome;
    const word = fault === undefined ? 'right' : wordOf(fault);
    const time = fault === undefined ? tookToTell(history, told) : 'by' in fault ? fault.by : undefined;
    times.set(word, [...(times.get(word) ?? []), ...[time ?? Number.NaN]]);
  }
  return [...times]
    .sort(([a], [b]) => Number(b === 'right') - Number(a === 'right') || a.localeCompare(b))
    .map(([word, list]) => `${list.length} ${word}${timesOf(list.filter((time) => !Number.isNaN(time)))}`)
    .join(', ');
}

function timesOf(list: readonly number[]): string {
  const sorted = list.toSorted((a, b) => a - b);
  const [middle, last] = [sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
  if (middle === undefined || last === undefined) return '';
  return sorted.length === 1 ? ` (${seconds(middle)})` : ` (${seconds(middle)}, at most ${seconds(last)})`;
}

function wordOf(fault: Fault): string {
  switch (fault.kind) {
    case 'too early':
      return fault.by === undefined ? 'never so' : 'too early';
    case 'too late':
      return 'too late';
    case 'waits on':
      return 'still waiting';
    case 'wrong code':
      return `exit code ${fault.code}`;
    case 'wrong ground':
      return 'exit code 1 for another reason';
    case 'unnamed':
      return 'pods not named';
  }
}

function markdownTable(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`);
}

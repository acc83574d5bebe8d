/** What is said of histories, for people. */
import type { History } from './history.ts';
import { type Fault, type Figures, figuresOf, judged } from './judgement.ts';

/** One scenario, and what each of its histories showed. */
export interface Tried {
  title: string;
  /** The fault that the checker had to find. */
  mustFind: Fault['kind'] | undefined;
  isComparison: boolean;
  histories: readonly History[];
  /** How many could not be played to their end. */
  broken: number;
}

/** Whether a history showed what it should. Of a comparison nothing is asked. */
export function isAsItShould(
  history: History,
  { mustFind, isComparison }: Omit<Tried, 'histories' | 'broken'>,
): boolean {
  const kinds = judged(history).map(({ kind }) => kind);
  if (isComparison) return true;
  return mustFind === undefined ? kinds.length === 0 : kinds.includes(mustFind);
}

/** One line for each fault; those that sound alike in one. */
export function faultLines(faults: readonly Fault[]): string[] {
  const times = new Map<string, number>();
  for (const fault of faults) count(times, faultWords(fault));
  return [...times].map(([words, number]) => (number === 1 ? words : `${words} (${number} times)`));
}

function faultWords(fault: Fault): string {
  switch (fault.kind) {
    case 'lost':
      return `${fault.rows.length} acknowledged rows are missing on ${fault.server}: ${some(fault.rows)}`;
    case 'unwritten':
      return `${fault.rows.length} rows on ${fault.server} that nobody wrote: ${some(fault.rows)}`;
    case 'wrong writer':
      return `${fault.answer.server} acknowledged a write while ${fault.leader} led`;
    case 'wrong reader':
      return `${fault.answer.server} answered a read while ${fault.leader} led`;
    case 'two primaries':
      return `${fault.servers.join(' and ')} led at the same time`;
    case 'order':
      return `restarted: ${fault.restarted.join(', ') || 'none'}: ${fault.why}`;
    case 'other volume':
      return `${fault.server} was on ${fault.volumes[0]} before, and is on ${fault.volumes[1]}`;
    case 'leaders':
      return `leaders at the end: ${fault.leaders.join(', ') || 'none'}`;
    case 'silent':
      return `hardly any ${fault.what}: that proves nothing`;
  }
}

function some(rows: readonly string[]): string {
  return rows.length > 5 ? `${rows.slice(0, 5).join(', ')}, …` : rows.join(', ');
}

/** One line about a history: what was counted. */
export function historyLine(history: History): string {
  const { acknowledged, open, openThere, pause, reads, readsInMoves, restarts, bytes } = figuresOf(history);
  const parts = [
    `${acknowledged} acknowledged`,
    `${open} open, ${openThere} of them there`,
    `longest pause ${seconds(pause.longest)}`,
    `${reads} reads${readsInMoves > 0 ? `, ${readsInMoves} by the leader during a move` : ''}`,
    `restarted ${restarts.join(', ') || 'none'}`,
    Object.entries(bytes)
      .map(([server, count]) => `${server} ${(count / 2 ** 20).toFixed(1)} MiB`)
      .join(', '),
  ];
  return `${history.name}-${history.seed}: ${parts.join('; ')}`;
}

/** A table in Markdown. */
export function tableLines(all: readonly Tried[]): string[] {
  const head = [
    'what was done',
    'times',
    'what the checker found',
    'acknowledged rows, lost',
    'open writes, there',
    'longest pause, median',
    'reads, by the wrong server',
  ];
  const rows = all.map((tried) => rowOf(tried));
  return [head, ['---', '---:', '---', '---:', '---:', '---:', '---:'], ...rows].map((row) => `| ${row.join(' | ')} |`);
}

function rowOf({ title, histories, broken }: Tried): string[] {
  const figures = histories.map(figuresOf);
  const faults = histories.map(judged);
  const total = (count: (each: Figures) => number) => figures.map(count).reduce((sum, each) => sum + each, 0);
  const pauses = figures.map(({ pause }) => pause.longest).sort((a, b) => a - b);
  const longest = seconds(pauses.at(-1) ?? 0);
  const median = seconds(pauses[Math.floor(pauses.length / 2)] ?? 0);
  return [
    title,
    `${histories.length}${broken > 0 ? `, and ${broken} not to the end` : ''}`,
    findings(faults),
    `${total(({ acknowledged }) => acknowledged)}, ${lostIn(faults)}`,
    `${total(({ open }) => open)}, ${total(({ openThere }) => openThere)}`,
    `${longest}, ${median}`,
    `${total(({ reads }) => reads)}, ${faults.flat().filter(({ kind }) => kind === 'wrong reader').length}`,
  ];
}

/** How many histories had which fault. */
function findings(faults: readonly (readonly Fault[])[]): string {
  const kinds = new Map<string, number>();
  for (const each of faults) for (const kind of new Set(each.map((fault) => fault.kind))) count(kinds, kind);
  return [...kinds].map(([kind, times]) => `${kind} (${times} of ${faults.length})`).join(', ') || 'nothing';
}

function count(kinds: Map<string, number>, kind: string): void {
  kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
}

/** Rows that are missing on the one server or the other, each once. */
function lostIn(faults: readonly (readonly Fault[])[]): number {
  return faults
    .map((each) => new Set(each.flatMap((fault) => (fault.kind === 'lost' ? fault.rows : []))).size)
    .reduce((sum, each) => sum + each, 0);
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1_000).toFixed(1)} s`;
}

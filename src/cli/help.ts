/** The help texts, laid out as kubectl's. */
import { type HelpExtent, program } from './arguments.ts';
import type { DescribedFlag, FlagWords, HelpPlace } from './definitions.ts';

/** The commands that the list of all commands shows together, by their headings. */
const commandGroups = {
  reading: 'Commands that only read',
  changing: 'Commands that change the cluster',
  other: 'Other commands',
} as const;

export type CommandGroup = keyof typeof commandGroups;

/** A command as its help describes it: the words of `StsCommandClass`. */
export interface DescribedWords {
  id: string;
  summary: string;
  description: string;
  details?: string;
  /** A CommandGroup. */
  group: string;
  usage: string[];
  examples: Example[];
  flags: Readonly<Record<string, DescribedFlag>>;
  args: Readonly<Record<string, { description?: string }>>;
  hidden?: boolean;
}

interface Example {
  description: string;
  command: string;
}

/** Columns of the terminal; undefined for a pipe or a file. */
type Width = number | undefined;

/** What stands beside its explanation, such as a flag. */
type Row = readonly [label: string, explanation: string];

const globalFlagsHint = `Use "${program} options" for a list of all global flags.`;

const overviewExamples: readonly Example[] = [
  {
    description: 'Show the StatefulSets of a namespace, and what is wrong with them',
    command: `${program} tree -n shop`,
  },
  { description: 'Show how the pods of one set would be restarted', command: `${program} roll web --dry-run=client` },
];

/** The list of all commands. */
export function overview(commands: Readonly<Record<string, DescribedWords>>, width: Width): string {
  const shown = Object.entries(commands).filter(([, { hidden }]) => !hidden);
  const labelWidth = Math.max(...shown.map(([name]) => name.length));
  const groups = Object.entries(commandGroups).map(([group, heading]) => {
    const members = shown.filter(([, command]) => command.group === group);
    const rows = members.map(([name, { summary }]): Row => [name, summary.replace(/\.$/, '')]);
    return section(heading, table(rows, labelWidth, width));
  });
  return page([
    filled(
      `${program} shows StatefulSets with their storage and DNS names, sends the traffic of a Service to one pod, and restarts pods in order.`,
      lineWidth(width),
    ),
    ...groups,
    section('Examples', overviewExamples.flatMap(exampleLines)),
    section('Usage', [`  ${program} COMMAND [flags]`]),
    [`Use "${program} COMMAND --help" for more information about a command.`, globalFlagsHint],
  ]);
}

/**
 * The help of one command. `common` fits on one screen of 80 columns and 40 lines, above the prompt. `all` adds the other flags and the
 * details.
 */
export function commandHelp(command: DescribedWords, extent: HelpExtent, width: Width): string {
  const { id, summary, description, details = '', usage, examples, args, flags } = command;
  const [common, rare] = [flagRows(flags, 'common'), flagRows(flags, 'rare')];
  const argumentRows = Object.entries(args).map(([label, argument]): Row => [label, argument.description ?? '']);
  const isAll = extent === 'all';
  const labelWidth = longest(isAll ? [...common, ...rare] : common);
  const hasMore = rare.length + argumentRows.length > 0 || details !== '';
  const takesGlobalFlags = Object.values(flags).some(({ listed }) => listed === 'global');
  return page([
    filled(summary, lineWidth(width)),
    filled(description, lineWidth(width)),
    section(
      'Usage',
      usage.map((line) => `  ${program} ${line}`),
    ),
    isAll ? section('Arguments', table(argumentRows, longest(argumentRows), width)) : [],
    section('Examples', examples.flatMap(exampleLines)),
    section('Flags', table(common, labelWidth, width)),
    isAll ? section('More flags', table(rare, labelWidth, width)) : [],
    isAll ? section('Details', paragraphs(details, width)) : [],
    [
      ...(hasMore && !isAll ? [`Use "${program} ${id} --help=all" for all flags and details.`] : []),
      // kubectl has this line where a command takes global flags, and not in the help of `options`.
      ...(takesGlobalFlags ? [globalFlagsHint] : []),
    ],
  ]);
}

/** The list of kubectl's global flags. */
export function globalFlagsHelp(flags: readonly FlagWords[], width: Width): string {
  const rows = rowsOf(flags);
  const heading = 'The following flags can be passed to any command that asks a cluster:';
  return page([[heading], table(rows, longest(rows), width)]);
}

function exampleLines({ description, command }: Example): string[] {
  return [`  # ${description}`, `  ${command}`];
}

function flagRows(flags: Readonly<Record<string, DescribedFlag>>, place: HelpPlace): Row[] {
  return rowsOf(Object.values(flags).filter(({ listed }) => listed === place));
}

function rowsOf(flags: readonly FlagWords[]): Row[] {
  const sorted = flags.toSorted((one, other) => (one.name < other.name ? -1 : 1));
  return sorted.map((flag) => [labelOf(flag), explanationOf(flag)]);
}

function labelOf({ name, char, type, helpValue = '<value>', multiple }: FlagWords): string {
  const names = `${char === undefined ? '    ' : `-${char}, `}--${name}`;
  return type === 'boolean' ? names : `${names}=${helpValue}${multiple ? '...' : ''}`;
}

function explanationOf({ summary = '', type, options, default: value }: FlagWords): string {
  const choices = options && `One of: ${options.join(', ')}.`;
  const text = [summary, choices].filter(Boolean).join(' ');
  return type === 'boolean' || value === undefined ? text : `${text.replace(/\.$/, '')} (default ${value}).`;
}

/** A label longer than this stands on a line of its own. */
const longestLabel = 30;

function longest(rows: readonly Row[]): number {
  const widths = rows.map(([label]) => label.length);
  return Math.max(0, ...widths.filter((width) => width <= longestLabel));
}

/** Lines of labels, and beside them their explanations. */
function table(rows: readonly Row[], labelWidth: number, width: Width): string[] {
  const indent = ' '.repeat(labelWidth + 4);
  return rows.flatMap(([label, explanation]) => {
    const [first = '', ...others] = filled(explanation, lineWidth(width) - indent.length);
    const below = others.map((line) => indent + line);
    if (label.length > labelWidth) return [`  ${label}`, indent + first, ...below];
    return [`  ${label.padEnd(labelWidth)}  ${first}`, ...below];
  });
}

function paragraphs(text: string, width: Width): string[] {
  const indented = (line: string) => filled(line, lineWidth(width) - 2).map((part) => `  ${part}`.trimEnd());
  return text === '' ? [] : text.split('\n').flatMap(indented);
}

function section(heading: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`${heading}:`, ...lines];
}

function page(blocks: readonly (readonly string[])[]): string {
  const shown = blocks.filter((block) => block.length > 0);
  return `${shown.map((block) => block.join('\n')).join('\n\n')}\n`;
}

/** Long lines are hard to read: the help fills no more columns than these, however wide the terminal is. */
const widest = 80;
/** On a narrower terminal, the terminal itself breaks the lines. */
const narrowest = 60;

function lineWidth(width: Width): number {
  return Math.max(narrowest, Math.min(widest, width || widest));
}

/** The text in lines of at most so many columns, broken at blanks. A text that begins with blanks keeps its form. */
function filled(text: string, room: number): string[] {
  if (text.startsWith(' ')) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (longer.length > room && line !== '') lines.push(line);
    line = longer.length > room ? word : longer;
  }
  return [...lines, line];
}

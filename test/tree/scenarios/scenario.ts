/** Scenarios: the objects of a cluster in `NAME.yaml`, and the screens that they must give in `NAME.txt`. */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Root } from '#src/drawing/tree.ts';
import type { Absence, Part, Snapshot } from '#src/objects/snapshot.ts';
import { parseTime } from '#src/objects/time.ts';
import { readFiles } from '#src/sources/files.ts';
import { topologies } from '#src/tree/model/topology.ts';
import { render } from '#src/tree/view/format.ts';
import type { FormatOptions } from '#src/tree/view/formats.ts';
import { outline } from '#src/tree/view/outline.ts';
import { nodesOf } from '../../objects/snapshots.ts';

const folder = import.meta.dirname;

/** When all screens are drawn. */
const now = parseTime('2026-03-09T12:00:00Z');

export interface Scenario {
  /** `claims/shared` */
  name: string;
  /** What the scenario states: the first line of its file. */
  title: string;
  snapshot: Snapshot;
  /**
   * What the tree has yet to learn before it draws the screens that the scenario asks for; undefined where it draws
   * them. Whoever mends it takes the comment `# awaits: …` out.
   */
  awaits: string | undefined;
}

/** How a scenario is drawn: the words between its name and `.txt`, `80+colour` of `claims/shared.80+colour.txt`. */
export interface Screen {
  path: string;
  variant: string;
}

export function scenarioNames(): string[] {
  return namesOf('yaml');
}

/** The screens of the scenario that there are; a new one begins as an empty file. */
export function screensOf(name: string): Screen[] {
  return namesOf('txt')
    .filter((path) => scenarioOf(path) === name)
    .map((path) => ({ path: join(folder, `${path}.txt`), variant: path.slice(name.length + 1) }));
}

/** Screens of which there is no scenario. */
export function orphans(): string[] {
  const names = new Set(scenarioNames());
  return namesOf('txt').filter((path) => !names.has(scenarioOf(path)));
}

function namesOf(ending: string): string[] {
  const files = globSync(`**/*.${ending}`, { cwd: folder });
  return files.map((file) => file.slice(0, -ending.length - 1)).sort();
}

function scenarioOf(path: string): string {
  return path.split('.')[0] ?? '';
}

/**
 * Reads a scenario as `-f` reads it. What a file does not hold is `not given`; in a scenario it is `missing`, as where
 * a cluster was read, unless a comment below the title says otherwise: `# pods: forbidden`. In a file without nodes,
 * those of the pods are well.
 */
export function readScenario(name: string): Scenario {
  const path = join(folder, `${name}.yaml`);
  const [title = '', ...comments] = leadingComments(readFileSync(path, 'utf8'));
  const awaits = comments.find((comment) => comment.startsWith('awaits: '));
  const given = new Map(comments.filter((comment) => comment !== awaits).map((comment) => partComment(comment, path)));
  const read = readFiles({ paths: [path], recursive: false }, now).snapshot;
  const knowsNodes = read.nodes.items.length > 0 || given.has('nodes');
  const part = <T>(key: keyof Snapshot, { items }: Part<T>) => partOf(items, given.get(key) ?? 'missing');
  const snapshot: Snapshot = {
    statefulSets: part('statefulSets', read.statefulSets),
    services: part('services', read.services),
    pods: part('pods', read.pods),
    claims: part('claims', read.claims),
    volumes: part('volumes', read.volumes),
    classes: part('classes', read.classes),
    nodes: part('nodes', knowsNodes ? read.nodes : { ...read.nodes, items: nodesOf(read.pods.items) }),
    events: part('events', read.events),
    ...(read.budgets && { budgets: read.budgets }),
    ...(read.revisions && { revisions: read.revisions }),
    time: now,
  };
  return { name, title, snapshot, awaits: awaits?.slice('awaits: '.length) };
}

function leadingComments(text: string): string[] {
  const lines = text.split('\n');
  const end = lines.findIndex((line) => !line.startsWith('# '));
  return lines.slice(0, end).map((line) => line.slice(2));
}

function partComment(comment: string, path: string): [string, Absence] {
  const [, part, absence] = /^(\w+): (missing|forbidden|not given)$/.exec(comment) ?? [];
  if (part === undefined) throw new Error(`${relative(dirname(folder), path)}: no such comment: ${comment}`);
  return [part, absence as Absence];
}

function partOf<T>(items: readonly T[], others: Absence): Part<T> {
  const refusal = { verb: 'list', resource: 'it', message: 'forbidden' };
  return others === 'forbidden' ? { items, others, refusal } : { items, others };
}

/** The screen as it stands in a file: the escape character, which starts a colour, is spelled `\e`. */
export function draw({ snapshot }: Scenario, variant: string): string {
  const words = variant === '' ? [] : variant.split('+');
  const options: FormatOptions = Object.assign({}, plain, ...words.map(optionOf));
  return render(topologies(snapshot, snapshot.statefulSets.items), options).replaceAll('\u001b', '\\e');
}

/** What the scenario's screens are drawn from. */
export function outlineOf({ snapshot }: Scenario): Root[] {
  return topologies(snapshot, snapshot.statefulSets.items).map((topology) => outline(topology, { now, wide: false }));
}

const plain: FormatOptions = {
  format: 'tree',
  single: false,
  allNamespaces: false,
  header: true,
  now,
  colour: false,
  width: undefined,
};

const variants: Record<string, Partial<FormatOptions>> = {
  wide: { format: 'wide' },
  colour: { colour: true },
  'no-headers': { header: false },
  'all-namespaces': { allNamespaces: true },
};

function optionOf(word: string): Partial<FormatOptions> {
  const option = /^\d+$/.test(word) ? { width: Number(word) } : variants[word];
  if (option === undefined) throw new Error(`no screen is called ${word}`);
  return option;
}

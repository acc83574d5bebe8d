/** What the plugin shows without a cluster: sets in manifests, and broken sets that were dumped from a cluster. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '#src/cli/clock.ts';
import type { Clock } from '#src/objects/clock.ts';
import { readRecording, recordedAt, recordedNamespace } from '../../test/diagnosis/recording.ts';
import { withoutProgress } from './progress.ts';
import { interruption, show, tell } from './stage.ts';

export interface Exhibit {
  comment: string;
  /** Behind `kubectl sts`. `DUMP` stands for the file. */
  words: readonly string[];
  /** Of a recording in `test/diagnosis/recorded/`, whose objects are in the file. */
  dump?: string;
}

/** The first ones are shown in any case, and the others while something is being built. */
export const always = 2;

export const exhibits: readonly Exhibit[] = [
  {
    comment: 'A tree of manifests: the pods, claims and Services that they will make.',
    words: ['tree', '-f', 'examples/products-db'],
  },
  {
    comment: 'A diagnosis from a dump, as a colleague sends it: the volume of this database is full.',
    words: ['status', 'full', '-f', 'DUMP'],
    dump: 'full crash',
  },
  {
    comment: 'Another one: a pod waits for a node, and the only one that has its volume is cordoned.',
    words: ['status', 'disks', '-f', 'DUMP'],
    dump: 'disks unschedulable',
  },
  {
    comment: 'The DNS names that the pods of a set will have.',
    words: ['dns', '-f', 'examples/simple-statefulset', '-o', 'name'],
  },
  {
    comment: 'A pod that does not start, since a Secret is missing. It has no log that would tell.',
    words: ['status', 'secret-mounted', '-f', 'DUMP'],
    dump: 'secret-mounted mount',
  },
  {
    comment: 'Two sets whose pods want the same claim.',
    words: ['tree', '-f', 'examples/troubles/same-claim.yaml'],
  },
];

/** Milliseconds between two of them while something is being built. */
const interval = 15_000;

/** How they are shown; a test has a way of its own. */
interface Showing {
  clock: Pick<Clock, 'sleep'>;
  show(exhibit: Exhibit): Promise<void>;
}

const onTerminal: Showing = { clock: systemClock, show: (exhibit) => withoutProgress(() => showOne(exhibit)) };

/** Shows the first ones, and then the others until `work` is done. */
export async function showWhile<T>(work: Promise<T>, { clock, show } = onTerminal): Promise<T> {
  const over = new AbortController();
  const done = work.finally(() => over.abort());
  // It may fail while something is shown.
  done.catch(() => {});
  const wake = AbortSignal.any([over.signal, interruption.signal]);
  for (const [nth, exhibit] of exhibits.entries()) {
    if (nth >= always) await clock.sleep(interval, wake);
    if (nth >= always && over.signal.aborted) break;
    await show(exhibit);
  }
  return done;
}

async function showOne(exhibit: Exhibit): Promise<void> {
  tell(exhibit.comment);
  await withWords(exhibit, async (words, shown) => {
    await show(`kubectl sts ${shown.join(' ')}`, process.execPath, ['src/start.ts', ...words]);
  });
}

/**
 * Hands over the words of an exhibit while its dump is there.
 *
 * @param work is given the words for the plugin, and the words for people, in which the dump has a short name
 */
export async function withWords(
  { words, dump }: Exhibit,
  work: (words: readonly string[], shown: readonly string[]) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-sts-demo-'));
  try {
    const file = join(folder, 'dump.json');
    if (dump !== undefined) writeFileSync(file, dumpOf(dump));
    const called = (name: string): string[] => [
      ...words.map((word) => (word === 'DUMP' ? name : word)),
      ...(dump === undefined ? [] : ['-n', recordedNamespace]),
    ];
    await work(called(file), called('dump.json'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The objects as a cluster had them a moment ago. */
function dumpOf(key: string): string {
  const recording = readRecording(key);
  if (recording === undefined) throw new Error(`there is no recording of ${key}`);
  const shift = Date.now() - recordedAt;
  const moved = (time: string) => new Date(Date.parse(time) + shift).toISOString().replace(/\.\d+Z$/, 'Z');
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items: recording.dump }).replaceAll(
    /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g,
    moved,
  );
}

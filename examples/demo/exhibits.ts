/** What the plugin shows without a cluster: sets in manifests, and broken sets that were dumped from a cluster. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readRecording, recordedAt, recordedNamespace } from '../../test/diagnosis/recording.ts';
import { withoutProgress } from './progress.ts';
import { pause, show, tell } from './stage.ts';

interface Exhibit {
  comment: string;
  /** Behind `kubectl sts`. `DUMP` stands for the file. */
  words: readonly string[];
  /** Of a recording in `test/diagnosis/recorded/`, whose objects are in the file. */
  dump?: string;
}

/** The first ones are shown in any case, and the others while something is being built. */
const always = 2;

const exhibits: readonly Exhibit[] = [
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

/** Shows the first ones, and then the others until `work` is done. */
export async function showWhile<T>(work: Promise<T>): Promise<T> {
  let isDone = false;
  const done = work.finally(() => {
    isDone = true;
  });
  done.catch(() => {});
  for (const [nth, exhibit] of exhibits.entries()) {
    if (nth >= always) await Promise.race([done.catch(() => {}), pause(interval)]);
    if (nth >= always && isDone) break;
    await withoutProgress(() => showOne(exhibit));
  }
  return done;
}

async function showOne({ comment, words, dump }: Exhibit): Promise<void> {
  tell(comment);
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-sts-demo-'));
  try {
    const file = join(folder, 'dump.json');
    if (dump !== undefined) writeFileSync(file, dumpOf(dump));
    const isNamespaced = words[0] === 'status';
    const own = [
      ...words.map((word) => (word === 'DUMP' ? file : word)),
      ...(isNamespaced ? ['-n', recordedNamespace] : []),
    ];
    const shown = own.map((word) => (word === file ? 'dump.json' : word));
    await show(`kubectl sts ${shown.join(' ')}`, process.execPath, ['src/start.ts', ...own]);
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

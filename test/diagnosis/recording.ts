/** What kubectl said of each broken set, and its objects, as a cluster once had them: `recorded/`, written by the tests of them. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Dumped, Told } from './dump.ts';
import { shownSets } from './sets.ts';

export interface Recording {
  set: string;
  /** What `kubectl sts status NAME` told a program then; `replay.ts` has its present words. */
  told: Told;
  /** What kubectl printed, in the order of the ladder; the words behind `kubectl`, without the namespace. */
  kubectl: { words: string; output: string }[];
  /** The set's own objects, and the nodes. */
  dump: Dumped[];
}

/** When each was recorded, as they say. */
export const recordedAt = Date.parse('2026-12-01T03:00:00Z');

/** The namespace of each, as they say. */
export const recordedNamespace = 'shop';

const folder = join(import.meta.dirname, 'recorded');

function fileOf(key: string): string {
  return join(folder, `${key.replace(' ', '.')}.json.gz`);
}

export function isShown(key: string): boolean {
  return shownSets.some((each) => each.key === key);
}

/** @returns undefined where it was never recorded */
export function readRecording(key: string): Recording | undefined {
  const file = fileOf(key);
  return existsSync(file) ? JSON.parse(gunzipSync(readFileSync(file)).toString('utf8')) : undefined;
}

/** @param now when it was, in milliseconds since the epoch */
export function writeRecording(key: string, recording: Recording, namespace: string, now: number): void {
  mkdirSync(folder, { recursive: true });
  const own = { ...recording, dump: ownObjects(recording.set, recording.dump) };
  writeFileSync(fileOf(key), gzipSync(steady(JSON.stringify(own), namespace, now), { level: 9 }));
}

/** All that speaks of the set, without what a node says of its machine. */
function ownObjects(set: string, dump: readonly Dumped[]): Dumped[] {
  const isOwn = new RegExp(`^(.*-)?${set}(-.*)?$`);
  const clusterWide = new Set(['Node', 'StorageClass', 'CSINode', 'VolumeAttachment']);
  return dump.flatMap((each): Dumped[] => {
    const { metadata, involvedObject, spec, status } = each as Dumped & Parts;
    if (each.kind === 'Node') return [{ ...each, status: { ...status, images: [], nodeInfo: {} } }];
    const name = involvedObject?.name ?? spec?.claimRef?.name ?? metadata.name;
    return clusterWide.has(each.kind) || isOwn.test(name) ? [each] : [];
  });
}

interface Parts {
  metadata: { name: string };
  involvedObject?: { name: string };
  spec?: { claimRef?: { name: string } };
  status?: object;
}

/** Names, addresses and times that differ from run to run become the same in each. */
function steady(json: string, namespace: string, now: number): string {
  const shift = recordedAt - now;
  const later = (text: string) => new Date(Date.parse(text) + shift);
  const numbered = (make: (nth: number) => string) => {
    const known = new Map<string, string>();
    return (text: string) => {
      const made = known.get(text) ?? make(known.size + 1);
      known.set(text, made);
      return made;
    };
  };
  const hex = (nth: number, digits: number) => nth.toString(16).padStart(digits, '0');
  return json
    .replaceAll(namespace, recordedNamespace)
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, numbered(uuid))
    .replace(
      /(?<=containerd:\/\/)[0-9a-f]{64}/g,
      numbered((nth) => hex(nth, 64)),
    )
    .replace(
      /\b10\.(?!96\.)\d+\.\d+\.\d+\b/g,
      numbered((nth) => `10.244.0.${nth}`),
    )
    .replace(/(?<=kube-api-access-)[a-z0-9]{5}/g, 'xxxxx')
    .replace(/(?<=(?:Machine ID|System UUID|Boot ID|Kernel Version|OS Image): +)\S.*?(?=\\n)/g, '(of the machine)')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?=(\.\d+)?Z)/g, (text) => later(`${text}Z`).toISOString().slice(0, 19))
    .replace(/\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000/g, (text) =>
      later(text).toUTCString().replace('GMT', '+0000'),
    );

  function uuid(nth: number): string {
    return `${hex(nth, 8)}-0000-4000-8000-000000000000`;
  }
}

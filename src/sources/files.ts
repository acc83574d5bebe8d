/** Reads a Snapshot from files of YAML or JSON: manifests that are not applied yet, or output of kubectl from a ticket. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CORE_SCHEMA, loadAll, mergeTag, YAMLException } from 'js-yaml';
import { Failure } from '#src/objects/failure.ts';
import { fileText } from '#src/objects/filetext.ts';
import { namespacedKey } from '#src/objects/namespacedkey.ts';
import { type GroupKind, groupOf } from '#src/objects/owners.ts';
import { type AnyShape, isRecord, misfit } from '#src/objects/shape.ts';
import { shapes } from '#src/objects/shapes.ts';
import type { Part, Snapshot } from '#src/objects/snapshot.ts';
import { parseTime } from '#src/objects/time.ts';
import type {
  Claim,
  Class,
  EndpointSlice,
  Event,
  Named,
  Node,
  Pod,
  Service,
  StatefulSet,
  Volume,
} from '#src/objects/types.ts';

/** A file cannot be read, or holds no Kubernetes objects. The message names the file. */
export class FileError extends Failure {
  override readonly name = 'FileError';

  override lines(): readonly string[] {
    return [`error: ${this.message}`];
  }
}

/**
 * Reads files, folders without their subfolders, and `-`, standard input. Objects that they do not hold are `not given`:
 * a file without pods does not mean that there are none.
 *
 * @param now by this machine's clock, in milliseconds since the epoch
 * @throws {FileError}
 */
export function readFiles(paths: readonly string[], now: number): Snapshot & { slices: Part<EndpointSlice> } {
  // As in kubectl, one `-f` takes several paths.
  const objects = paths
    .flatMap((path) => path.split(','))
    .flatMap(filesAt)
    .flatMap(({ name, text }) => objectsIn(name, text));
  return {
    statefulSets: part<StatefulSet>(objects, kinds.StatefulSet),
    services: part<Service>(objects, kinds.Service),
    pods: part<Pod>(objects, kinds.Pod),
    slices: part<EndpointSlice>(objects, kinds.EndpointSlice),
    claims: part<Claim>(objects, kinds.PersistentVolumeClaim),
    volumes: part<Volume>(objects, kinds.PersistentVolume),
    classes: part<Class>(objects, kinds.StorageClass),
    nodes: part<Node>(objects, kinds.Node),
    events: part<Event>(objects, kinds.Event),
    time: newestTime(objects.map(({ object }) => object)),
    latest: now,
  };
}

/**
 * When the objects were written to the files, at least: the newest time in them, in milliseconds since the epoch. A
 * `deletionTimestamp` lies in the future.
 */
function newestTime(value: unknown, key = '', depth = 0): number {
  if (typeof value === 'string') {
    const isTime = /(Time|Timestamp|At)$/.test(key) && key !== 'deletionTimestamp' && /^\d{4}-\d\d-\d\dT/.test(value);
    return isTime ? parseTime(value) || 0 : 0;
  }
  if (typeof value !== 'object' || value === null || depth > deepestTime) return 0;
  return Object.entries(value).reduce((newest, [name, each]) => Math.max(newest, newestTime(each, name, depth + 1)), 0);
}

/** Objects of Kubernetes have their times in fewer levels. A hostile file may have any number. */
const deepestTime = 20;

/** A kind that the models read. Group and kind tell its objects from others. */
interface Kind extends GroupKind {
  shape: AnyShape;
}

const kinds = {
  StatefulSet: { group: 'apps', kind: 'StatefulSet', shape: shapes.statefulSet },
  Service: { group: '', kind: 'Service', shape: shapes.service },
  Pod: { group: '', kind: 'Pod', shape: shapes.pod },
  EndpointSlice: { group: 'discovery.k8s.io', kind: 'EndpointSlice', shape: shapes.endpointSlice },
  PersistentVolumeClaim: { group: '', kind: 'PersistentVolumeClaim', shape: shapes.claim },
  PersistentVolume: { group: '', kind: 'PersistentVolume', shape: shapes.volume },
  StorageClass: { group: 'storage.k8s.io', kind: 'StorageClass', shape: shapes.storageClass },
  Node: { group: '', kind: 'Node', shape: shapes.node },
  Event: { group: '', kind: 'Event', shape: shapes.event },
};

function part<T extends Named>(objects: readonly FileObject[], kind: Kind): Part<T> {
  // Of several objects of the same name the last one counts, as in `kubectl apply`.
  const items = new Map<string, T>();
  for (const object of objects) {
    if (!isOf(object, kind)) continue;
    const { namespace, name } = object.object.metadata;
    items.set(namespacedKey(namespace, name), shaped<T>(object, kind));
  }
  return { items: [...items.values()], others: 'not given' };
}

interface FileObject {
  /** The file and the document in it, for errors. */
  place: string;
  object: Named;
}

function isOf({ object }: FileObject, { group, kind }: Kind): boolean {
  return object.kind === kind && groupOf(object.apiVersion ?? '') === group;
}

function shaped<T extends Named>({ place, object }: FileObject, { kind, shape }: Kind): T {
  const fault = misfit(object, shape);
  if (fault !== undefined) throw new FileError(`${place}: ${kind}/${object.metadata.name}: ${fault}`);
  return object as T;
}

interface TextFile {
  name: string;
  text: string;
}

// kubectl's `-f FOLDER` reads files with these endings.
const endings = ['.json', '.yaml', '.yml'];

function filesAt(path: string): TextFile[] {
  try {
    if (path === '-') return [{ name: 'standard input', text: fileText(readFileSync(0)) }];
    if (!statSync(path).isDirectory()) return [{ name: path, text: fileText(readFileSync(path)) }];
    // bun 1.4.5 for Windows, under wine, finds no folder by a relative path of several names.
    return readdirSync(resolve(path))
      .filter((name) => endings.some((ending) => name.endsWith(ending)))
      .sort()
      .map((name) => ({ name: join(path, name), text: fileText(readFileSync(join(path, name))) }));
  } catch (error) {
    throw new FileError(reasonOf(error, path));
  }
}

function reasonOf(error: unknown, path: string): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  // kubectl's words.
  if (code === 'ENOENT') return `the path "${path}" does not exist`;
  return `cannot read "${path}": ${error instanceof Error ? error.message : String(error)}`;
}

function objectsIn(file: string, text: string): FileObject[] {
  return documentsIn(file, text).flatMap((document, position) => {
    const place = `${file}: document ${position + 1}`;
    try {
      return objectsOf(document).map((object) => ({ place, object }));
    } catch (error) {
      if (error instanceof FileError) throw new FileError(`${place}: ${error.message}`);
      throw error;
    }
  });
}

// kubectl's parser knows merge keys. Dates stay text, as in Kubernetes.
const schema = CORE_SCHEMA.withTags(mergeTag);

/** Without a limit, aliases of aliases let a few hundred bytes of YAML stand for millions of objects. */
const maxAliases = 100;

function documentsIn(file: string, text: string): unknown[] {
  // JSON is YAML too, but the YAML parser takes twenty times as long for it.
  if (/^\s*\{/.test(text)) {
    try {
      return [JSON.parse(text)];
    } catch {
      // Several JSON documents, or YAML in flow style. The YAML parser reads both, or names the line of the fault.
    }
  }
  try {
    return loadAll(text, { schema, maxAliases });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const line = error.mark ? `: line ${error.mark.line + 1}` : '';
    throw new FileError(`${file}${line}: ${error.reason}`);
  }
}

/** Levels of lists within lists. kubectl writes no nested lists. */
const deepest = 10;

function objectsOf(document: unknown, depth = 0): Named[] {
  if (document === null || document === undefined) return []; // an empty document
  if (!isRecord(document) || typeof document['kind'] !== 'string') {
    throw new FileError('not a Kubernetes object: it has no kind');
  }
  if (Array.isArray(document['items']) && document['kind'].endsWith('List')) {
    if (depth === deepest) throw new FileError(`lists within lists, more than ${deepest} deep`);
    return document['items'].flatMap((item: unknown) => objectsOf(withKind(item, document), depth + 1));
  }
  const { metadata } = document;
  if (!isRecord(metadata) || typeof metadata['name'] !== 'string') {
    throw new FileError(`${document['kind']} without metadata.name`);
  }
  return [{ ...document, metadata: { ...metadata, name: metadata['name'] } }];
}

/** The items of a typed list, such as a `PodList`, do not name their kind. */
function withKind(item: unknown, list: Record<string, unknown>): unknown {
  if (!isRecord(item) || item['kind'] !== undefined || list['kind'] === 'List') return item;
  return { apiVersion: list['apiVersion'], ...item, kind: String(list['kind']).slice(0, -'List'.length) };
}

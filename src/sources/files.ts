/** A Snapshot from YAML or JSON: what a colleague attached to a ticket, or manifests that nobody has applied yet. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll, YAMLException } from 'js-yaml';
import type { Part, Snapshot } from '../objects/snapshot.ts';
import type { Named } from '../objects/types.ts';

/** A file that cannot be read or is not what it should be; the message names it. */
export class FileError extends Error {
  override readonly name = 'FileError';
}

/**
 * Reads files, folders (not those within) and `-`, standard input. What they do not hold is `not given`: that a file
 * names no pods does not mean that there are none.
 *
 * @throws {FileError}
 */
export function readFiles(paths: readonly string[]): Snapshot {
  const objects = paths.flatMap(filesAt).flatMap(({ name, text }) => objectsIn(name, text));
  const part = <T extends Named>(group: string, kind: string): Part<T> => ({
    // Nothing but kind and metadata was looked at: the models take every field beneath as possibly absent.
    items: objects.filter((object) => isOf(object, group, kind)) as T[],
    others: 'not given',
  });
  return {
    statefulSets: part('apps', 'StatefulSet'),
    services: part('', 'Service'),
    pods: part('', 'Pod'),
    claims: part('', 'PersistentVolumeClaim'),
    volumes: part('', 'PersistentVolume'),
    classes: part('storage.k8s.io', 'StorageClass'),
    nodes: part('', 'Node'),
    events: part('', 'Event'),
  };
}

function isOf(object: Named, group: string, kind: string): boolean {
  const version = object.apiVersion ?? '';
  return object.kind === kind && (version.includes('/') ? version.split('/')[0] : '') === group;
}

interface TextFile {
  name: string;
  text: string;
}

// The endings that kubectl's `-f DIR` takes.
const endings = ['.json', '.yaml', '.yml'];

function filesAt(path: string): TextFile[] {
  try {
    if (path === '-') return [{ name: 'standard input', text: readFileSync(0, 'utf8') }];
    if (!statSync(path).isDirectory()) return [{ name: path, text: readFileSync(path, 'utf8') }];
    return readdirSync(path)
      .filter((name) => endings.some((ending) => name.endsWith(ending)))
      .sort()
      .map((name) => ({ name: join(path, name), text: readFileSync(join(path, name), 'utf8') }));
  } catch (error) {
    throw new FileError(reasonOf(error, path));
  }
}

function reasonOf(error: unknown, path: string): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  // kubectl's own sentence
  if (code === 'ENOENT') return `the path "${path}" does not exist`;
  return `cannot read "${path}": ${error instanceof Error ? error.message : String(error)}`;
}

function objectsIn(file: string, text: string): Named[] {
  return documentsIn(file, text).flatMap((document, position) => {
    try {
      return objectsOf(document);
    } catch (error) {
      if (error instanceof FileError) throw new FileError(`${file}: document ${position + 1}: ${error.message}`);
      throw error;
    }
  });
}

function documentsIn(file: string, text: string): unknown[] {
  // JSON is YAML too, but twenty times slower to read as such.
  if (/^\s*\{/.test(text)) {
    try {
      return [JSON.parse(text)];
    } catch {
      // Several JSON documents, or YAML in flow style: the YAML parser takes both, or says where it goes wrong.
    }
  }
  try {
    return loadAll(text);
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const line = error.mark ? `: line ${error.mark.line + 1}` : '';
    throw new FileError(`${file}${line}: ${error.reason}`);
  }
}

function objectsOf(document: unknown): Named[] {
  if (document === null || document === undefined) return []; // an empty document
  if (!isRecord(document) || typeof document['kind'] !== 'string') {
    throw new FileError('not a Kubernetes object: it has no kind');
  }
  if (Array.isArray(document['items']) && document['kind'].endsWith('List')) {
    return document['items'].flatMap((item: unknown) => objectsOf(withKind(item, document)));
  }
  const { metadata } = document;
  if (!isRecord(metadata) || typeof metadata['name'] !== 'string') {
    throw new FileError(`${document['kind']} without metadata.name`);
  }
  return [{ ...document, metadata: { ...metadata, name: metadata['name'] } }];
}

/** The items of a `PodList` do not repeat what they are. */
function withKind(item: unknown, list: Record<string, unknown>): unknown {
  if (!isRecord(item) || item['kind'] !== undefined || list['kind'] === 'List') return item;
  return { apiVersion: list['apiVersion'], ...item, kind: String(list['kind']).slice(0, -'List'.length) };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

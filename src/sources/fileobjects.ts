/** The objects of Kubernetes in files, and the count of those that are passed over. */

import type { PassedOver } from '#src/objects/filereading.ts';
import { type GroupKind, groupOf } from '#src/objects/owners.ts';
import { isRecord } from '#src/objects/shape.ts';
import { parseTime } from '#src/objects/time.ts';
import type { Named } from '#src/objects/types.ts';
import { documentsIn } from './documents.ts';
import { textAt } from './filebytes.ts';
import { FileError } from './fileerror.ts';
import type { Found } from './filepaths.ts';

export interface FileObject {
  object: Named;
  /** The file and the document in it, for errors. */
  place: string;
  /** Whether the file was found in a folder, and not named itself. */
  within: boolean;
}

/** While it is counted. */
interface Counted extends PassedOver {
  kinds: Map<string, number>;
  nameless: Map<string, number>;
}

export interface FileObjects {
  objects: FileObject[];
  passedOver: Counted;
  /** The faults of what was found in a folder. */
  faults: FileError[];
  /** The newest time in all objects, in milliseconds since the epoch; 0 without any. */
  newest: number;
}

/**
 * The objects of the kinds that are needed. As in kubectl, a fault in a folder does not keep the rest from being read,
 * and one of a file that was named does.
 *
 * @throws {FileError} for a file that was named
 */
export function readObjects(files: readonly Found[], needed: readonly GroupKind[]): FileObjects {
  const passedOver: Counted = { kinds: new Map(), nameless: new Map(), noObjects: 0, noFiles: 0 };
  const read: FileObjects = { objects: [], passedOver, faults: [], newest: 0 };
  for (const found of files) {
    if (found.kind === 'no file') passedOver.noFiles++;
    else if (found.kind === 'unreadable') read.faults.push(found.fault);
    else if (found.kind === 'standard input') readFile(undefined, false, needed, read);
    else readFile(found.path, found.within, needed, read);
  }
  return read;
}

/** @throws {FileError} unless the file was found in a folder */
export function addFault({ faults }: Pick<FileObjects, 'faults'>, fault: FileError, within: boolean): void {
  if (!within) throw fault;
  faults.push(fault);
}

function readFile(path: string | undefined, within: boolean, needed: readonly GroupKind[], read: FileObjects): void {
  const name = path ?? 'standard input';
  for (const [position, document] of documentsOf(path, name, within, read).entries()) {
    const place = `${name}: document ${position + 1}`;
    for (const item of itemsOf(document)) {
      switch (item.kind) {
        case 'object':
          addObject(item.object, { place, within }, needed, read);
          break;
        case 'no object':
          if (within) read.passedOver.noObjects++;
          else throw new FileError(`${place}: ${item.why}`);
          break;
      }
    }
  }
}

function documentsOf(path: string | undefined, name: string, within: boolean, read: FileObjects): unknown[] {
  try {
    return documentsIn(name, textAt(path));
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    addFault(read, error, within);
    return [];
  }
}

type KindObject = Record<string, unknown> & { kind: string };

type Item = { kind: 'object'; object: KindObject } | { kind: 'no object'; why: string };

/** Levels of lists within lists. kubectl writes no nested lists. */
const deepest = 10;

/** The objects in a document: the document itself, or the items of a list. */
function itemsOf(document: unknown): Iterable<Item> {
  // An empty document.
  return document === null || document === undefined ? [] : itemsWithin(document, 0);
}

function* itemsWithin(value: unknown, depth: number): Iterable<Item> {
  if (depth > deepest) {
    yield { kind: 'no object', why: `lists within lists, more than ${deepest} deep` };
  } else if (Array.isArray(value)) {
    for (const item of value) yield* itemsWithin(item, depth + 1);
  } else if (isKindObject(value)) {
    const items = listItems(value);
    if (items === undefined) yield { kind: 'object', object: value };
    else for (const item of items) yield* itemsWithin(withKind(item, value), depth + 1);
  } else {
    yield { kind: 'no object', why: 'not a Kubernetes object: it has no kind' };
  }
}

function isKindObject(value: unknown): value is KindObject {
  return isRecord(value) && typeof value['kind'] === 'string' && value['kind'] !== '';
}

/** The items of a list; undefined if the object is none. Go writes an empty list as null. */
function listItems({ kind, items }: KindObject): readonly unknown[] | undefined {
  if (!kind.endsWith('List')) return undefined;
  if (Array.isArray(items)) return items;
  return items === null || (items === undefined && kind === 'List') ? [] : undefined;
}

/** The items of a typed list, such as a `PodList`, do not name their kind. */
function withKind(item: unknown, list: KindObject): unknown {
  if (!isRecord(item) || item['kind'] !== undefined || list.kind === 'List') return item;
  return { apiVersion: list['apiVersion'], ...item, kind: list.kind.slice(0, -'List'.length) };
}

function addObject(
  object: KindObject,
  { place, within }: Omit<FileObject, 'object'>,
  needed: readonly GroupKind[],
  read: FileObjects,
): void {
  const { newest, isTooDeep } = survey(object);
  read.newest = Math.max(read.newest, newest);
  const other = otherKind(object, needed);
  const metadata = object['metadata'] ?? {};
  const name = isRecord(metadata) ? (metadata['name'] ?? '') : undefined;
  if (isTooDeep)
    addFault(read, new FileError(`${place}: ${object.kind}: more than ${deepestValue} levels deep`), within);
  else if (other !== undefined) count(read.passedOver.kinds, other);
  else if (name === '') count(read.passedOver.nameless, object.kind);
  else if (isRecord(metadata) && typeof name === 'string')
    read.objects.push({ object: { ...object, metadata: { ...metadata, name } }, place, within });
  else addFault(read, new FileError(`${place}: ${object.kind}: metadata.name is not a string`), within);
}

/** What to call the kind of an object that is not needed; undefined for one that is. */
function otherKind({ kind, apiVersion }: KindObject, needed: readonly GroupKind[]): string | undefined {
  const group = groupOf(typeof apiVersion === 'string' ? apiVersion : '');
  const namesakes = needed.filter((one) => one.kind === kind);
  if (namesakes.length === 0) return kind;
  return namesakes.some((one) => one.group === group) ? undefined : `${kind}.${group || 'v1'}`;
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** What all values of an object tell. */
interface Survey {
  /**
   * When the object was written to the file, at least: the newest time in it, in milliseconds since the epoch. A
   * `deletionTimestamp` lies in the future.
   */
  newest: number;
  isTooDeep: boolean;
}

/** Levels of values within values. Objects of Kubernetes have some twenty; what walks through them may not return. */
const deepestValue = 1000;

function survey(value: unknown, told: Survey = { newest: 0, isTooDeep: false }, key = '', depth = 0): Survey {
  if (typeof value === 'string') {
    const isTime = /(Time|Timestamp|At)$/.test(key) && key !== 'deletionTimestamp' && /^\d{4}-\d\d-\d\dT/.test(value);
    if (isTime) told.newest = Math.max(told.newest, parseTime(value) || 0);
  } else if (typeof value === 'object' && value !== null) {
    if (depth > deepestValue) told.isTooDeep = true;
    else for (const [name, each] of Object.entries(value)) survey(each, told, name, depth + 1);
  }
  return told;
}

/** The annotation in which a pinned Service remembers its original selector. */
import { isEmpty, type Selector } from '#src/objects/service.ts';
import { isRecord, parseObject } from '#src/objects/shape.ts';
import type { Service } from '#src/objects/types.ts';

export const pinAnnotation = 'kubectl-sts/pin';

/** A field manager that owned the selector, as an entry of managedFields names it. */
export interface SelectorOwner {
  manager: string;
  operation: 'Apply' | 'Update';
  apiVersion: string;
  /** RFC 3339 */
  time?: string | undefined;
}

/** How the pods answered when they were asked which of them leads. */
export interface LeaderRecord {
  /** The command. */
  check: string;
  /** By the names of all pods of the set: 0 of the leader. */
  exitCodes: Record<string, number>;
}

/** The annotation's content, as JSON. Undoing the pin needs the selector, the pod and the owners; the rest is shown. */
export interface PinRecord {
  /** The whole selector before the first pin, never empty. */
  selector: Selector;
  /** The pod that the Service was pinned to last. */
  pod: string;
  set?: string | undefined;
  /** When the Service was pinned to that pod, RFC 3339. */
  since?: string | undefined;
  user?: string | undefined;
  /** What made that pod the leader; undefined where the person named the pod. */
  leader?: LeaderRecord | undefined;
  /** The owners of the selector before the first pin. The API server makes the writer of a pin the only owner. */
  owners: SelectorOwner[];
}

/** The annotation's text; undefined when the Service has none. */
export function recordText({ metadata }: Service): string | undefined {
  return metadata.annotations?.[pinAnnotation];
}

export function writeRecord(record: PinRecord): string {
  return JSON.stringify(record);
}

/** @returns the record, or why the text cannot be read: anybody may have edited the annotation */
export function readRecord(text: string): PinRecord | { unreadable: string } {
  const parsed = parseObject(text);
  if ('unreadable' in parsed) return parsed;
  const { selector, pod, owners } = parsed.object;
  if (!isSelector(selector)) return { unreadable: 'its selector is not a map of labels' };
  if (isEmpty(selector)) return { unreadable: 'its selector is empty' };
  if (typeof pod !== 'string' || pod === '') return { unreadable: 'it names no pod' };
  return {
    selector,
    pod,
    ...textsIn(parsed.object, ['set', 'since', 'user']),
    owners: Array.isArray(owners) ? owners.flatMap(ownerIn) : [],
  };
}

function ownerIn(value: unknown): SelectorOwner[] {
  if (!isRecord(value)) return [];
  const { manager, operation, apiVersion } = value;
  if (typeof manager !== 'string' || typeof apiVersion !== 'string') return [];
  if (operation !== 'Apply' && operation !== 'Update') return [];
  return [{ manager, operation, apiVersion, ...textsIn(value, ['time']) }];
}

/** The entries of `value` that are texts, of those named. */
function textsIn<Name extends string>(
  value: Record<string, unknown>,
  names: readonly Name[],
): { [N in Name]?: string } {
  const found: { [N in Name]?: string } = {};
  for (const name of names) {
    const text = value[name];
    if (typeof text === 'string') found[name] = text;
  }
  return found;
}

function isSelector(value: unknown): value is Selector {
  return isRecord(value) && Object.values(value).every((label) => typeof label === 'string');
}

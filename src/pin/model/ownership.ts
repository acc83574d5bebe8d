/** Which field managers own a Service's selector (managedFields), and how a pin's writer gives its ownership up. */
import { owns } from '#src/objects/managedfields.ts';
import { isRecord } from '#src/objects/shape.ts';
import { parseTime } from '#src/objects/time.ts';
import type { ObjectMeta, Service } from '#src/objects/types.ts';
import { pinAnnotation, type SelectorOwner } from './record.ts';

export type ManagedFields = NonNullable<ObjectMeta['managedFields']>[number];

// To the API server a Service's selector is one field (`mapType=atomic`, k8s.io/api/core/v1).
const selectorPath = ['f:spec', 'f:selector'] as const;
const portsPath = ['f:spec', 'f:ports'] as const;
export const kubectlReplace = 'kubectl-replace';
const annotationPath = ['f:metadata', 'f:annotations', `f:${pinAnnotation}`] as const;

export function selectorOwners({ metadata }: Service): SelectorOwner[] {
  return (metadata.managedFields ?? []).flatMap((entry) => {
    const { manager, operation, apiVersion, subresource, time } = entry;
    if (subresource || !manager || !apiVersion || !owns(entry.fieldsV1, selectorPath)) return [];
    if (operation !== 'Apply' && operation !== 'Update') return [];
    return [{ manager, operation, apiVersion, ...(time === undefined ? {} : { time }) }];
  });
}

/** The owner of the selector that wrote last; undefined where managedFields do not tell. */
export function lastWriter(service: Service): SelectorOwner | undefined {
  const owners = selectorOwners(service);
  if (owners.length <= 1) return owners[0];
  const timed = owners.filter(({ time }) => Number.isFinite(parseTime(time ?? '')));
  return timed.sort((a, b) => parseTime(b.time ?? '') - parseTime(a.time ?? ''))[0];
}

/** A field manager that writes by server-side apply. */
export interface Applier {
  manager: string;
  /**
   * What it owns. The manifest of a Service has ports: who owns the ports and not the selector may have lost it, since a
   * write of the selector takes it from all that applied another value. Who owns neither applies something else.
   */
  owns: 'the selector' | 'the ports' | 'other fields';
}

export function appliersOf(service: Service): Applier[] {
  return entriesOf(service, 'Apply').map(({ manager, fieldsV1 }) => {
    if (owns(fieldsV1, selectorPath)) return { manager, owns: 'the selector' };
    return { manager, owns: owns(fieldsV1, portsPath) ? 'the ports' : 'other fields' };
  });
}

/** What the field managers own that write the Service itself, and not its status, in this way. */
function entriesOf({ metadata }: Service, operation: 'Apply' | 'Update'): (ManagedFields & { manager: string })[] {
  return (metadata.managedFields ?? []).flatMap((entry) => {
    const { manager, subresource } = entry;
    return manager && !subresource && entry.operation === operation ? [{ ...entry, manager }] : [];
  });
}

/** Whether somebody has run `kubectl replace`. It owns no more than the fields that it changed. */
export function wasReplaced({ metadata }: Service): boolean {
  return (metadata.managedFields ?? []).some(({ manager }) => manager === kubectlReplace);
}

/**
 * The field managers that updated the ports, and do not own the selector. They may have lost it, as an operator does
 * when somebody edits the selector: it wrote the whole Service.
 */
export function formerUpdaters(service: Service): string[] {
  return entriesOf(service, 'Update')
    .filter(({ fieldsV1 }) => owns(fieldsV1, portsPath) && !owns(fieldsV1, selectorPath))
    .map(({ manager }) => manager);
}

/** The field managers that apply the annotation of a pin on the server's side. */
export function annotationAppliers(service: Service): string[] {
  return entriesOf(service, 'Apply')
    .filter(({ fieldsV1 }) => owns(fieldsV1, annotationPath))
    .map(({ manager }) => manager);
}

/**
 * The managedFields as they were before the pin. While a writer of ours owns the selector, the next server-side apply
 * that changes the selector fails with a conflict. They go in a write of their own after the selector, for each write of
 * the selector makes its writer an owner again (`FieldManager.Update`, k8s.io/apimachinery).
 *
 * @param fieldManager gives up the selector and the annotation
 * @param owners the owners of the selector before the pin: they own it again. Everybody else who updated the selector
 * to the original gives it up too, such as another unpin that runs at the same time or was stopped half-way. Those who
 * applied it keep it, for it is in their manifest. Undefined when the original is not restored.
 * @returns the new list; undefined when nothing has to be written
 */
export function restoredManagedFields(
  { metadata }: Service,
  fieldManager: string,
  owners: readonly SelectorOwner[] | undefined,
): ManagedFields[] | undefined {
  const entries = metadata.managedFields ?? [];
  const ownsSelector = ({ fieldsV1 }: ManagedFields) => owns(fieldsV1, selectorPath);
  const losing = entries.filter((entry) => {
    if (entry.operation !== 'Update' || entry.subresource) return false;
    if (entry.manager === fieldManager) return ownsSelector(entry) || owns(entry.fieldsV1, annotationPath);
    return owners !== undefined && ownsSelector(entry) && !owners.some((owner) => isEntryOf(entry, owner));
  });
  const gaining = (owners ?? [])
    .filter(({ manager, operation }) => !(manager === fieldManager && operation === 'Update'))
    .filter((owner) => !entries.some((entry) => isEntryOf(entry, owner) && ownsSelector(entry)));
  if (losing.length === 0 && gaining.length === 0) return undefined;

  const restored = entries.flatMap((entry) => {
    if (!losing.includes(entry)) return [{ ...entry }];
    const fieldsV1 = without(without(entry.fieldsV1, selectorPath), annotationPath);
    return fieldsV1 === undefined ? [] : [{ ...entry, fieldsV1 }];
  });
  for (const owner of gaining) giveBack(restored, owner);
  // The server takes an empty list for none; a list with one empty entry resets it (`isResetManagedFields`).
  return restored.length === 0 ? [{}] : restored;
}

/** These four fields tell one entry from another (`BuildManagerIdentifier`, k8s.io/apimachinery). */
function isEntryOf(entry: ManagedFields, { manager, operation, apiVersion }: SelectorOwner): boolean {
  return (
    entry.manager === manager && entry.operation === operation && entry.apiVersion === apiVersion && !entry.subresource
  );
}

function giveBack(entries: ManagedFields[], { time, ...owner }: SelectorOwner): void {
  const entry = entries.find((one) => isEntryOf(one, owner));
  if (entry) {
    entry.fieldsV1 = withField(entry.fieldsV1, selectorPath);
    return;
  }
  const fieldsV1 = withField({}, selectorPath);
  entries.push({ ...owner, ...(time === undefined ? {} : { time }), fieldsType: 'FieldsV1', fieldsV1 });
}

/** @returns the field set without the field at `path`; undefined when it holds no other field */
function without(fields: unknown, [step, ...deeper]: readonly string[]): unknown {
  if (step === undefined) return undefined;
  if (!isRecord(fields) || !Object.hasOwn(fields, step)) return fields;
  const { [step]: inner, ...others } = fields;
  const left = without(inner, deeper);
  const result = left === undefined ? others : { ...others, [step]: left };
  // `.` stands for the map itself, which is owned as long as one of its entries is.
  return Object.keys(result).every((key) => key === '.') ? undefined : result;
}

function withField(fields: unknown, [step, ...deeper]: readonly string[]): Record<string, unknown> {
  const record = isRecord(fields) ? fields : {};
  return step === undefined ? record : { ...record, [step]: withField(record[step], deeper) };
}

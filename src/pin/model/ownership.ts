/** Which field managers own a Service's selector (managedFields), and how a pin's writer gives its ownership up. */
import { isRecord } from '#src/objects/shape.ts';
import type { ObjectMeta, Service } from '#src/objects/types.ts';
import { pinAnnotation, type SelectorOwner } from './record.ts';

export type ManagedFields = NonNullable<ObjectMeta['managedFields']>[number];

// To the API server a Service's selector is one field (`mapType=atomic`, k8s.io/api/core/v1).
const selectorPath = ['f:spec', 'f:selector'] as const;
const annotationPath = ['f:metadata', 'f:annotations', `f:${pinAnnotation}`] as const;

export function selectorOwners({ metadata }: Service): SelectorOwner[] {
  return (metadata.managedFields ?? []).flatMap((entry) => {
    const { manager, operation, apiVersion, subresource, time } = entry;
    if (subresource || !manager || !apiVersion || !owns(entry.fieldsV1, selectorPath)) return [];
    if (operation !== 'Apply' && operation !== 'Update') return [];
    return [{ manager, operation, apiVersion, ...(time === undefined ? {} : { time }) }];
  });
}

/**
 * The managedFields without what `fieldManager` came to own by pinning. While it owns the selector, the next server-side
 * apply that changes the selector fails with a conflict. They go in a write of their own after the selector, for each
 * write of the selector makes its writer an owner again (`FieldManager.Update`, k8s.io/apimachinery).
 *
 * @param owners the field managers that are to own the selector again
 * @returns `owned`, the entries of `fieldManager`: where there is none, nothing has to be written; `rest`, the new list
 */
export function ownManagedFields(
  { metadata }: Service,
  fieldManager: string,
  owners: readonly SelectorOwner[] = [],
): { owned: ManagedFields[]; rest: ManagedFields[] } {
  const entries = metadata.managedFields ?? [];
  const owned = entries.filter(
    (entry) =>
      isUpdateBy(entry, fieldManager) && (owns(entry.fieldsV1, selectorPath) || owns(entry.fieldsV1, annotationPath)),
  );
  const rest = entries.flatMap((entry) => {
    if (!owned.includes(entry)) return [{ ...entry }];
    const fieldsV1 = without(without(entry.fieldsV1, selectorPath), annotationPath);
    return fieldsV1 === undefined ? [] : [{ ...entry, fieldsV1 }];
  });
  for (const owner of owners) if (owner.manager !== fieldManager) giveBack(rest, owner);
  // The server takes an empty list for none; a list with one empty entry resets it (`isResetManagedFields`).
  return { owned, rest: rest.length === 0 ? [{}] : rest };
}

function isUpdateBy({ manager, operation, subresource }: ManagedFields, fieldManager: string): boolean {
  return manager === fieldManager && operation === 'Update' && !subresource;
}

/** These four fields tell one entry from another (`BuildManagerIdentifier`, k8s.io/apimachinery). */
function giveBack(entries: ManagedFields[], { manager, operation, apiVersion, time }: SelectorOwner): void {
  const entry = entries.find(
    (other) =>
      other.manager === manager &&
      other.operation === operation &&
      other.apiVersion === apiVersion &&
      !other.subresource,
  );
  if (entry) {
    entry.fieldsV1 = withField(entry.fieldsV1, selectorPath);
    return;
  }
  entries.push({
    manager,
    operation,
    apiVersion,
    ...(time === undefined ? {} : { time }),
    fieldsType: 'FieldsV1',
    fieldsV1: withField({}, selectorPath),
  });
}

function owns(fields: unknown, path: readonly string[]): boolean {
  let at = fields;
  for (const step of path) {
    if (!isRecord(at) || !Object.hasOwn(at, step)) return false;
    at = at[step];
  }
  return true;
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

/** What managedFields tell: https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management */
import { isRecord } from './shape.ts';
import { timeOf } from './time.ts';
import type { Named } from './types.ts';

/**
 * When the field was written at the latest: the last write of a manager that owns it, in milliseconds since the epoch.
 * Undefined where the object has no managedFields, as `kubectl get -o yaml` prints it, and where one of those managers has
 * no time: the API server notes none for a write through `scale`.
 *
 * @param path as in fieldsV1: `['f:spec', 'f:replicas']`
 */
export function fieldTime({ metadata }: Named, path: readonly string[]): number | undefined {
  const owners = (metadata.managedFields ?? []).filter(({ fieldsV1 }) => owns(fieldsV1, path));
  const times = owners.flatMap(({ time }) => timeOf(time) ?? []);
  return times.length > 0 && times.length === owners.length ? Math.max(...times) : undefined;
}

/** Whether the fields of an entry, its `fieldsV1`, hold the field at the path. */
export function owns(fields: unknown, path: readonly string[]): boolean {
  let at = fields;
  for (const step of path) {
    if (!isRecord(at) || !Object.hasOwn(at, step)) return false;
    at = at[step];
  }
  return true;
}

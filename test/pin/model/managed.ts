/** Services with managedFields, for tests of their owners. */
import type { Service } from '#src/objects/types.ts';
import type { ManagedFields } from '#src/pin/model/ownership.ts';
import { external } from './services.ts';

export const selectorFields = { 'f:spec': { 'f:selector': {} } };

export function entry(
  manager: string,
  operation: string,
  fieldsV1: ManagedFields['fieldsV1'] = selectorFields,
): ManagedFields {
  return { manager, operation, apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1, time: '2026-01-01T00:00:00Z' };
}

export function managed(...managedFields: ManagedFields[]): Service {
  return external('lb', { metadata: { managedFields } });
}

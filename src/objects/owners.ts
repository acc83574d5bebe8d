import type { Named } from './types.ts';

/** The owner that controls the object. At most one ownerReference has `controller: true`. */
export function controllerOf(object: Named): { kind: string; name: string; uid: string } | undefined {
  return object.metadata.ownerReferences?.find((reference) => reference.controller === true);
}

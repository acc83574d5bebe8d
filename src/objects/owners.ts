/** Which objects an ownerReference means. */
import type { Named, ObjectMeta } from './types.ts';

export type OwnerReference = NonNullable<ObjectMeta['ownerReferences']>[number];

/** The owner that controls the object. At most one ownerReference has `controller: true`. */
export function controllerOf(object: Named): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((reference) => reference.controller === true);
}

/**
 * A kind of objects. Kinds of several API groups may have the same name: OpenKruise has a StatefulSet too, and Knative a
 * Service.
 */
export interface GroupKind {
  /** Empty for the core group. */
  group: string;
  kind: string;
}

export const setKind: GroupKind = { group: 'apps', kind: 'StatefulSet' };
export const podKind: GroupKind = { group: '', kind: 'Pod' };

/** The API group in `apps/v1`; empty, the core group, in `v1`. */
export function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}

/**
 * Whether the reference names an object of the kind, of whatever version. The API server refuses a reference without an
 * apiVersion. In a file, such a one may mean any group.
 */
export function isOfKind(
  { apiVersion, kind }: Pick<OwnerReference, 'apiVersion' | 'kind'>,
  { group, kind: wanted }: GroupKind,
): boolean {
  return kind === wanted && (!apiVersion || groupOf(apiVersion) === group);
}

/**
 * Whether the reference means the object, which is of the kind. The UID decides, since an object that was created again
 * under the same name is another one. The name decides where a UID is missing, as in a manifest.
 */
export function refersTo(reference: OwnerReference, kind: GroupKind, { metadata }: Pick<Named, 'metadata'>): boolean {
  if (!isOfKind(reference, kind)) return false;
  return reference.uid && metadata.uid ? reference.uid === metadata.uid : reference.name === metadata.name;
}

/** The kinds that several groups have. */
const ambiguous = new Set(['StatefulSet', 'DaemonSet', 'Deployment', 'Job', 'CronJob', 'Pod', 'Service']);
const groupsOfKubernetes = new Set(['', 'apps', 'batch']);

/** `StatefulSet/web`; `StatefulSet.apps.kruise.io/web` where the kind alone would be taken for one of Kubernetes. */
export function ownerName({ apiVersion, kind, name }: Pick<OwnerReference, 'apiVersion' | 'kind' | 'name'>): string {
  const group = groupOf(apiVersion ?? '');
  const isForeign = ambiguous.has(kind) && !groupsOfKubernetes.has(group);
  return `${isForeign ? `${kind}.${group}` : kind}/${name}`;
}

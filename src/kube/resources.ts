/** The resources that the plugin reads and writes, with their paths and their names in RBAC. */

import type { AnyShape } from '#src/objects/shape.ts';
import { shapes } from '#src/objects/shapes.ts';

export interface Resource {
  /** The path before the namespace: `/api/v1`, `/apis/apps/v1`. */
  api: string;
  plural: string;
  namespaced: boolean;
  /** The fields that the plugin reads, with their types. Another object is refused. */
  shape: AnyShape;
  /** Whether objects keep their managedFields, which are often half of them. */
  managed?: true;
}

export const resources = {
  statefulSets: { api: '/apis/apps/v1', plural: 'statefulsets', namespaced: true, shape: shapes.statefulSet },
  /** With managedFields, which tell who set which field, and when. */
  managedStatefulSets: {
    api: '/apis/apps/v1',
    plural: 'statefulsets',
    namespaced: true,
    shape: shapes.statefulSet,
    managed: true,
  },
  daemonSets: { api: '/apis/apps/v1', plural: 'daemonsets', namespaced: true, shape: shapes.daemonSet },
  revisions: {
    api: '/apis/apps/v1',
    plural: 'controllerrevisions',
    namespaced: true,
    shape: shapes.controllerRevision,
  },
  services: { api: '/api/v1', plural: 'services', namespaced: true, shape: shapes.service },
  managedServices: { api: '/api/v1', plural: 'services', namespaced: true, shape: shapes.service, managed: true },
  pods: { api: '/api/v1', plural: 'pods', namespaced: true, shape: shapes.pod },
  claims: { api: '/api/v1', plural: 'persistentvolumeclaims', namespaced: true, shape: shapes.claim },
  volumes: { api: '/api/v1', plural: 'persistentvolumes', namespaced: false, shape: shapes.volume },
  classes: { api: '/apis/storage.k8s.io/v1', plural: 'storageclasses', namespaced: false, shape: shapes.storageClass },
  attachments: {
    api: '/apis/storage.k8s.io/v1',
    plural: 'volumeattachments',
    namespaced: false,
    shape: shapes.attachment,
  },
  nodeDrivers: { api: '/apis/storage.k8s.io/v1', plural: 'csinodes', namespaced: false, shape: shapes.nodeDrivers },
  namespaces: { api: '/api/v1', plural: 'namespaces', namespaced: false, shape: { fields: {} } },
  nodes: { api: '/api/v1', plural: 'nodes', namespaced: false, shape: shapes.node },
  slices: { api: '/apis/discovery.k8s.io/v1', plural: 'endpointslices', namespaced: true, shape: shapes.endpointSlice },
  networkPolicies: {
    api: '/apis/networking.k8s.io/v1',
    plural: 'networkpolicies',
    namespaced: true,
    shape: shapes.networkPolicy,
  },
  budgets: {
    api: '/apis/policy/v1',
    plural: 'poddisruptionbudgets',
    namespaced: true,
    shape: shapes.budget,
  },
  leases: { api: '/apis/coordination.k8s.io/v1', plural: 'leases', namespaced: true, shape: shapes.lease },
  configMaps: { api: '/api/v1', plural: 'configmaps', namespaced: true, shape: shapes.configMap },
  userReviews: {
    api: '/apis/authentication.k8s.io/v1',
    plural: 'selfsubjectreviews',
    namespaced: false,
    shape: { fields: {} },
  },
  accessReviews: {
    api: '/apis/authorization.k8s.io/v1',
    plural: 'selfsubjectaccessreviews',
    namespaced: false,
    shape: { fields: {} },
  },
  events: { api: '/api/v1', plural: 'events', namespaced: true, shape: shapes.event },
} as const satisfies Record<string, Resource>;

/** The resource's name in RBAC and in kubectl's messages: `pods`, `statefulsets.apps`. */
export function qualifiedName({ api, plural }: Resource): string {
  const group = api.split('/')[2];
  return api.startsWith('/apis/') && group ? `${plural}.${group}` : plural;
}

/** The URL path of a list, or of one object when `name` is given. */
export function resourcePath(resource: Resource, namespace: string | undefined, name?: string): string {
  const place = resource.namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${resource.api}${place}/${resource.plural}${name === undefined ? '' : `/${encodeURIComponent(name)}`}`;
}

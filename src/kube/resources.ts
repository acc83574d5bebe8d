/** The resources that the plugin reads and writes: where the API server serves them, and what RBAC calls them. */

export interface Resource {
  /** Path before the namespace: `/api/v1`, `/apis/apps/v1`. */
  api: string;
  plural: string;
  namespaced: boolean;
}

export const resources = {
  statefulSets: { api: '/apis/apps/v1', plural: 'statefulsets', namespaced: true },
  services: { api: '/api/v1', plural: 'services', namespaced: true },
  pods: { api: '/api/v1', plural: 'pods', namespaced: true },
  claims: { api: '/api/v1', plural: 'persistentvolumeclaims', namespaced: true },
  volumes: { api: '/api/v1', plural: 'persistentvolumes', namespaced: false },
  classes: { api: '/apis/storage.k8s.io/v1', plural: 'storageclasses', namespaced: false },
  nodes: { api: '/api/v1', plural: 'nodes', namespaced: false },
  events: { api: '/api/v1', plural: 'events', namespaced: true },
} as const satisfies Record<string, Resource>;

/** The resource as RBAC and kubectl's messages name it: `pods`, `statefulsets.apps`. */
export function qualifiedName({ api, plural }: Resource): string {
  const group = api.split('/')[2];
  return api.startsWith('/apis/') && group ? `${plural}.${group}` : plural;
}

/** The URL path of a list, or of one object when `name` is given. */
export function resourcePath(resource: Resource, namespace: string | undefined, name?: string): string {
  const place = resource.namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${resource.api}${place}/${resource.plural}${name === undefined ? '' : `/${encodeURIComponent(name)}`}`;
}

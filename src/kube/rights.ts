/** The rights of the user, asked for before work begins that a missing right would stop half-way. */
import { misfit, type Shape } from '#src/objects/shape.ts';
import type { Client } from './client.ts';
import { StatusError } from './errors.ts';
import { qualifiedName, type Resource, resources } from './resources.ts';

export interface Right {
  verb: string;
  resource: Resource;
  subresource?: string;
  /** Undefined for all namespaces, and for resources that have none. */
  namespace?: string | undefined;
  name?: string;
}

interface Review {
  status?: { allowed?: boolean };
}

const reviewShape: Shape<Review> = { fields: { status: { fields: { allowed: 'boolean' } } } };

/**
 * The `rights` that the user does not have. When the server refuses the question, the user counts as having the right:
 * the work itself then shows whether it is missing. Source: SelfSubjectAccessReview,
 * https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access
 *
 * @throws {ConnectionError} when there is no usable answer
 */
export async function missingRights(client: Client, rights: readonly Right[]): Promise<Right[]> {
  const allowed = await Promise.all(rights.map((right) => isAllowed(client, right)));
  return rights.filter((_, position) => allowed[position] === false);
}

async function isAllowed(client: Client, { verb, resource, subresource, namespace, name }: Right): Promise<boolean> {
  const [, group] = qualifiedName(resource).split(/\.(.*)/s);
  const review = await client.create(resources.accessReviews, undefined, {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes: { verb, group, resource: resource.plural, subresource, namespace, name } },
  });
  if (review instanceof StatusError || misfit(review, reviewShape) !== undefined) return true;
  return (review as Review).status?.allowed !== false;
}

/**
 * The rights for a stream into a pod. A WebSocket begins with a GET; API servers from 1.35 on want the right to `create`
 * too (AuthorizePodWebsocketUpgradeCreatePermission, KEP-4006).
 */
export function streamRights(kind: 'exec' | 'portforward', pod: { namespace: string; name: string }): Right[] {
  return ['get', 'create'].map((verb) => ({ verb, resource: resources.pods, subresource: kind, ...pod }));
}

/** The right as an administrator grants it: `create pods/exec`. */
export function rightWords({ verb, resource, subresource }: Right): string {
  return `${verb} ${qualifiedName(resource)}${subresource === undefined ? '' : `/${subresource}`}`;
}

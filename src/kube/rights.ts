/** What the person may do, asked before anything is begun that a missing right would break off half-way. */
import { misfit, type Shape } from '#src/objects/shape.ts';
import type { Client } from './client.ts';
import { StatusError } from './errors.ts';
import { qualifiedName, type Resource, resources } from './resources.ts';

export interface Right {
  verb: string;
  resource: Resource;
  subresource?: string;
  /** Undefined for all, and for what has none. */
  namespace?: string | undefined;
  name?: string;
}

interface Review {
  status?: { allowed?: boolean };
}

const reviewShape: Shape<Review> = { fields: { status: { fields: { allowed: 'boolean' } } } };

/**
 * Those of `rights` that the person has not. Whoever may not even ask is not held up: the answer is then not known, and
 * the work itself will show. Source: SelfSubjectAccessReview,
 * https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access
 *
 * @throws {ConnectionError} when the server gives no answer
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
 * What a stream into a pod needs. Over a WebSocket the request is a GET, and API servers ask for `create` besides from
 * 1.35 on (AuthorizePodWebsocketUpgradeCreatePermission, KEP-4006).
 */
export function streamRights(kind: 'exec' | 'portforward', pod: { namespace: string; name: string }): Right[] {
  return ['get', 'create'].map((verb) => ({ verb, resource: resources.pods, subresource: kind, ...pod }));
}

/** As an administrator grants it: `create pods/exec`. */
export function rightWords({ verb, resource, subresource }: Right): string {
  return `${verb} ${qualifiedName(resource)}${subresource === undefined ? '' : `/${subresource}`}`;
}

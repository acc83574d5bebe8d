/** Lists of objects, read page by page as kubectl does. */
import { misfit, type Shape } from '#src/objects/shape.ts';
import type { Named } from '#src/objects/types.ts';
import { malformed, read, received } from './answer.ts';
import { isGone, StatusError } from './errors.ts';
import type { Transport } from './http/transport.ts';
import { qualifiedName, type Resource, resourcePath } from './resources.ts';

/** Which objects the server is to pick, in the syntax of its query parameters. */
export interface Selectors {
  /** `spec.nodeName=node-1,status.phase=Running` */
  fields?: string;
  /** `app=web,tier in (db)` */
  labels?: string;
}

/** The objects of a list, and the resourceVersion of the list. */
export interface Listed<T> {
  items: readonly T[];
  resourceVersion: string;
}

export interface Listing extends Selectors {
  resource: Resource;
  /** Undefined for all namespaces. */
  namespace: string | undefined;
  /** Whether a cut connection is reported at once, for a caller that tries again by itself. */
  once?: boolean;
}

/** Objects on a page, as kubectl asks for them (`--chunk-size`). */
export const pageSize = 500;

/** Lists that may expire before their last page; the next one is read in a single page (client-go's tools/pager). */
const mostExpired = 2;

/** Consecutive pages without an object. No API server sends them, but a broken one could go on for ever. */
const mostEmpty = 100;

/** @throws {ConnectionError} when a page has no answer, or one that is not JSON */
export async function readPages<T extends Named>(
  transport: Transport,
  listing: Listing,
): Promise<Listed<T> | StatusError> {
  for (let expired = 0; ; expired++) {
    const list = await readPagesOf<T>(transport, listing, expired < mostExpired ? pageSize : 0);
    if (list instanceof StatusError) return listError(list, listing.resource);
    if (list !== 'expired') return list;
  }
}

interface Page {
  items?: unknown[];
  metadata?: { continue?: string; resourceVersion?: string };
}

const pageShape: Shape<Page> = {
  fields: {
    items: { each: { fields: {} } },
    metadata: { fields: { continue: 'string', resourceVersion: 'string' } },
  },
};

/**
 * @param limit objects on a page; 0 for one page with all of them
 * @returns `expired` when the server no longer knows the version that the pages so far are of
 */
async function readPagesOf<T extends Named>(
  transport: Transport,
  listing: Listing,
  limit: number,
): Promise<Listed<T> | StatusError | 'expired'> {
  const items: T[] = [];
  let token = '';
  let resourceVersion: string;
  let empty = 0;
  do {
    const page = await readPage<T>(transport, listing, limit, token);
    if (page instanceof StatusError) return token && isGone(page) ? 'expired' : page;
    empty = page.items.length > 0 ? 0 : empty + 1;
    if (empty > mostEmpty) return malformed('the list has no end');
    for (const item of page.items) items.push(item);
    ({ token, resourceVersion } = page);
  } while (token);
  return { items, resourceVersion };
}

/** @param token the `continue` of the page before; empty for the first page */
async function readPage<T extends Named>(
  transport: Transport,
  listing: Listing,
  limit: number,
  token: string,
): Promise<(Listed<T> & { token: string }) | StatusError> {
  const { resource, once = false } = listing;
  const path = pathOfPage(listing, limit, token);
  const answer = await read(transport, { method: 'GET', path, once }, qualifiedName(resource), resource);
  if (answer instanceof StatusError) return answer;
  const fault = misfit(answer, pageShape);
  if (fault !== undefined) return malformed(fault);
  const { items = [], metadata } = answer as Page;
  const objects: T[] = [];
  for (const item of items) {
    const object = received<T>(item, resource);
    if (object instanceof StatusError) return object;
    objects.push(object);
  }
  return {
    items: objects,
    token: metadata?.continue ?? '',
    resourceVersion: metadata?.resourceVersion ?? '',
  };
}

function pathOfPage({ resource, namespace, fields, labels }: Listing, limit: number, token: string): string {
  const query = new URLSearchParams(limit > 0 ? { limit: String(limit) } : {});
  if (fields) query.set('fieldSelector', fields);
  if (labels) query.set('labelSelector', labels);
  if (token) query.set('continue', token);
  return `${resourcePath(resource, namespace)}?${query}`;
}

/** `EnhanceListError`, k8s.io/cli-runtime/pkg/resource/helper.go */
function listError(error: StatusError, { api, plural }: Resource): StatusError {
  if (error.reason !== 'NotFound' && error.reason !== 'BadRequest') return error;
  const version = api.replace(/^\/apis?\/(?=.*\/)|^\/api(?=\/)/, '');
  return new StatusError(error.code, error.reason, `Unable to list "${version}, Resource=${plural}": ${error.detail}`);
}

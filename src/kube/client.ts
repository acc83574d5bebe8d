/** Get, list and watch of Kubernetes objects. Knows nothing of StatefulSets. */
import type { Duplex } from 'node:stream';
import { misfit, type Shape } from '#src/objects/shape.ts';
import type { Named } from '#src/objects/types.ts';
import { connect, type Surroundings } from './config/connection.ts';
import type { ConnectionOptions } from './config/connectionoptions.ts';
import { ConnectionError, failureOf, isGone, isJson, jsonFault, StatusError, statusError } from './errors.ts';
import { openTransport, type Request, type Transport, type TransportMeans } from './http/transport.ts';
import { withoutManagedFields } from './managedfields.ts';
import type { Execution, PodName } from './podstream.ts';
import { qualifiedName, type Resource, resourcePath, resources } from './resources.ts';
import { type WatchEvent, watchEvents } from './watchevents.ts';

export interface WriteOptions {
  /** Whom the server is to note for what was written. */
  fieldManager: string;
  /** The server does everything but store it. */
  dryRun?: boolean;
}

/** What the server is to pick, in its own language. */
export interface Selectors {
  fields?: string;
  labels?: string;
}

/** Objects, and the version of the whole. */
export interface Listed<T> {
  items: readonly T[];
  resourceVersion: string;
}

export interface Client {
  /** The namespace that was asked for, or the context's. */
  readonly namespace: string;
  /** The object, or the server's refusal (NotFound, Forbidden, …) as a value. */
  get<T extends Named>(resource: Resource, namespace: string | undefined, name: string): Promise<T | StatusError>;
  /** All objects of one namespace, or of all when it is undefined; of them those that the selectors pick. */
  list<T extends Named>(
    resource: Resource,
    namespace: string | undefined,
    selectors?: Selectors,
  ): Promise<readonly T[] | StatusError>;
  /** The same, with the version of the whole that a watch goes on from. */
  listAt<T extends Named>(
    resource: Resource,
    namespace: string | undefined,
    selectors?: Selectors,
  ): Promise<Listed<T> | StatusError>;
  /**
   * What happens to the objects of a list from `resourceVersion` on, as it arrives. It ends when the server ends it;
   * `watch` of ./watch.ts is what goes on.
   *
   * @throws {ConnectionError} before the first event or after any
   */
  watch<T extends Named>(
    resource: Resource,
    namespace: string | undefined,
    from: { resourceVersion: string; timeoutSeconds: number } & Selectors,
    signal: AbortSignal,
  ): Promise<AsyncIterable<WatchEvent<T>[]> | StatusError>;
  /**
   * What the kubelet of a node answers, through the API server (the right to get `nodes/proxy`).
   *
   * @param path below the kubelet's address, `stats/summary`
   * @throws {ConnectionError} when nothing came within the seconds that a node is given
   */
  askNode(node: string, path: string): Promise<unknown>;
  /** What the server tells of itself. */
  version(): Promise<unknown>;
  /** Sends an object to be made, and gives what became of it; not every kind has a name. */
  create(resource: Resource, namespace: string | undefined, object: object, options?: WriteOptions): Promise<unknown>;
  /** Changes an object by a merge patch (RFC 7386), and gives what it is then. */
  patch<T extends Named>(
    resource: Resource,
    namespace: string | undefined,
    name: string,
    patch: object,
    options: WriteOptions,
  ): Promise<T | StatusError>;
  /** Puts an object in the place of the one whose version it names, and gives what it is then. */
  replace<T extends Named>(
    resource: Resource,
    namespace: string | undefined,
    object: T,
    options: WriteOptions,
  ): Promise<T | StatusError>;
  /**
   * Asks that a pod be evicted, if it is still the one of that UID: budgets may have a say (429). It is asked once,
   * whatever the answer: before another try the caller looks at the cluster again.
   * https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/
   *
   * @returns the refusal; undefined when it goes
   */
  evict(pod: PodName, uid: string, options: { dryRun: boolean }): Promise<StatusError | undefined>;
  /** Deletes an object, if it is still the one of that UID, and version; asked once. @returns the refusal */
  remove(
    resource: Resource,
    namespace: string | undefined,
    name: string,
    uid: string,
    options: { dryRun: boolean; resourceVersion?: string },
  ): Promise<StatusError | undefined>;
  /**
   * A connection to a port of a pod.
   *
   * @throws {StatusError} when the server refuses, {ConnectionError} when it gives no answer
   */
  forwardPort(pod: PodName, port: number, signal: AbortSignal): Promise<Duplex>;
  /** Runs a program in a container of a pod; throws as `forwardPort` does. */
  execute(pod: PodName, container: string, command: readonly string[], signal: AbortSignal): Promise<Execution>;
  close(): void;
}

/** Milliseconds: a node that is gone lets the API server wait for half a minute. */
const nodePatience = 5_000;

/** As many objects a page as kubectl asks for (`--chunk-size`). */
export const pageSize = 500;

export type ClientMeans = Surroundings & TransportMeans;

/** @throws {ConfigError} when the options and the kubeconfig lead to no server */
export function openClient(options: ConnectionOptions, means: ClientMeans): Client {
  const connection = connect(options, means);
  return clientOn(connection.namespace, openTransport(connection, means));
}

function clientOn(namespace: string, transport: Transport): Client {
  return {
    namespace,

    async get<T extends Named>(resource: Resource, namespace: string | undefined, name: string) {
      const path = resourcePath(resource, namespace, name);
      return readObject<T>(transport, { method: 'GET', path }, resource, name);
    },

    async list<T extends Named>(resource: Resource, namespace: string | undefined, selectors?: Selectors) {
      const list = await readPages<T>(transport, { resource, namespace, ...selectors });
      return list instanceof StatusError ? list : list.items;
    },

    listAt(resource: Resource, namespace: string | undefined, selectors?: Selectors) {
      return readPages(transport, { resource, namespace, once: true, ...selectors });
    },

    async watch<T extends Named>(
      resource: Resource,
      namespace: string | undefined,
      { resourceVersion, timeoutSeconds, fields, labels }: Parameters<Client['watch']>[2],
      signal: AbortSignal,
    ) {
      const query = new URLSearchParams({
        watch: 'true',
        allowWatchBookmarks: 'true',
        resourceVersion,
        timeoutSeconds: String(timeoutSeconds),
        ...(fields && { fieldSelector: fields }),
        ...(labels && { labelSelector: labels }),
      });
      const answer = await transport.stream(`${resourcePath(resource, namespace)}?${query}`, signal);
      const { body } = answer;
      if (typeof body === 'string') return statusError({ ...answer, body }, `get ${qualifiedName(resource)}`);
      return watchEvents<T>(body, (object) => received(object, resource));
    },

    askNode(node, path) {
      const url = `${resourcePath(resources.nodes, undefined, node)}/proxy/${path}`;
      return read(transport, { method: 'GET', path: url, signal: AbortSignal.timeout(nodePatience) }, 'nodes');
    },

    version: () => read(transport, { method: 'GET', path: '/version' }, '/version'),

    create(resource, namespace, object, options) {
      const path = resourcePath(resource, namespace) + (options ? `?${writeQuery(options)}` : '');
      return read(transport, { method: 'POST', path, body: JSON.stringify(object) }, qualifiedName(resource));
    },

    async patch<T extends Named>(
      resource: Resource,
      namespace: string | undefined,
      name: string,
      patch: object,
      options: WriteOptions,
    ) {
      const asked: Request = {
        method: 'PATCH',
        path: `${resourcePath(resource, namespace, name)}?${writeQuery(options)}`,
        body: JSON.stringify(patch),
        contentType: 'application/merge-patch+json',
      };
      return readObject<T>(transport, asked, resource, name);
    },

    async replace<T extends Named>(
      resource: Resource,
      namespace: string | undefined,
      object: T,
      options: WriteOptions,
    ) {
      const { name } = object.metadata;
      const path = `${resourcePath(resource, namespace, name)}?${writeQuery(options)}`;
      const asked: Request = { method: 'PUT', path, body: JSON.stringify(object) };
      return readObject<T>(transport, asked, resource, name);
    },

    async evict({ namespace, name }, uid, options) {
      const path = `${resourcePath(resources.pods, namespace, name)}/eviction`;
      const eviction = {
        apiVersion: 'policy/v1',
        kind: 'Eviction',
        metadata: { namespace, name },
        deleteOptions: deletionOf(uid, options),
      };
      const asked: Request = { method: 'POST', path, body: JSON.stringify(eviction), unrepeated: true };
      const answer = await read(transport, asked, `pods ${name}`);
      return answer instanceof StatusError ? answer : undefined;
    },

    async remove(resource, namespace, name, uid, options) {
      const path = resourcePath(resource, namespace, name);
      const body = JSON.stringify({ apiVersion: 'v1', kind: 'DeleteOptions', ...deletionOf(uid, options) });
      const asked: Request = { method: 'DELETE', path, body, unrepeated: true };
      const answer = await read(transport, asked, `${qualifiedName(resource)} ${name}`);
      return answer instanceof StatusError ? answer : undefined;
    },

    async forwardPort(pod, port, signal) {
      const { forwardPort } = await import('./podstream.ts');
      return forwardPort(transport, pod, port, signal);
    },

    async execute(pod, container, command, signal) {
      const { execute } = await import('./podstream.ts');
      return execute(transport, pod, container, command, signal);
    },

    close() {
      transport.close();
    },
  };
}

interface Page {
  items?: unknown[];
  metadata?: { continue?: string; resourceVersion?: string };
}

const pageShape: Shape<Page> = {
  fields: { items: { each: { fields: {} } }, metadata: { fields: { continue: 'string', resourceVersion: 'string' } } },
};

/** What a list is to hold. */
interface Listing extends Selectors {
  resource: Resource;
  namespace: string | undefined;
  /** Whether to leave it to the caller to ask again when the connection is cut. */
  once?: boolean;
}

/** Lists that were not read to their end in time, after which all is asked for in one page (client-go's tools/pager). */
const mostExpired = 2;

/** Pages without an object, one after the other: a server that means well has none at all. */
const mostEmpty = 100;

async function readPages<T extends Named>(transport: Transport, listing: Listing): Promise<Listed<T> | StatusError> {
  for (let expired = 0; ; expired++) {
    const list = await readPagesOf<T>(transport, listing, expired < mostExpired ? pageSize : 0);
    if (list instanceof StatusError) return listError(list, listing.resource);
    if (list !== 'expired') return list;
  }
}

/**
 * @param limit objects a page; 0 for all in one
 * @returns `expired` when the server no longer knows how to go on: what was read so far is of an older state
 */
async function readPagesOf<T extends Named>(
  transport: Transport,
  { resource, namespace, fields, labels, once = false }: Listing,
  limit: number,
): Promise<Listed<T> | StatusError | 'expired'> {
  const items: T[] = [];
  let token = '';
  let resourceVersion: string;
  let empty = 0;
  do {
    const query = new URLSearchParams(limit > 0 ? { limit: String(limit) } : {});
    if (fields) query.set('fieldSelector', fields);
    if (labels) query.set('labelSelector', labels);
    if (token) query.set('continue', token);
    const path = `${resourcePath(resource, namespace)}?${query}`;
    const answer = await read(transport, { method: 'GET', path, once }, qualifiedName(resource), resource);
    if (answer instanceof StatusError) return token && isGone(answer) ? 'expired' : answer;
    const fault = misfit(answer, pageShape);
    if (fault !== undefined) return unlikely(fault);
    const page = answer as Page;
    empty = page.items?.length ? 0 : empty + 1;
    if (empty > mostEmpty) return unlikely('it goes on without an end');
    for (const item of page.items ?? []) {
      const object = received<T>(item, resource);
      if (object instanceof StatusError) return object;
      items.push(object);
    }
    token = page.metadata?.continue ?? '';
    resourceVersion = page.metadata?.resourceVersion ?? '';
  } while (token);
  return { items, resourceVersion };
}

function writeQuery({ fieldManager, dryRun = false }: WriteOptions): URLSearchParams {
  return new URLSearchParams({ fieldManager, ...(dryRun && { dryRun: 'All' }) });
}

/** What a deletion, or an eviction, asks for: the object of that UID, and no other of its name. */
function deletionOf(uid: string, { dryRun, resourceVersion }: { dryRun: boolean; resourceVersion?: string }): object {
  return {
    preconditions: { uid, ...(resourceVersion !== undefined && { resourceVersion }) },
    ...(dryRun && { dryRun: ['All'] }),
  };
}

async function readObject<T extends Named>(
  transport: Transport,
  asked: Request,
  resource: Resource,
  name: string,
): Promise<T | StatusError> {
  const object = await read(transport, asked, `${qualifiedName(resource)} ${name}`, resource);
  return object instanceof StatusError ? object : received<T>(object, resource);
}

/**
 * @param what the resource and the name, for the error
 * @param resource of the objects that are to come
 */
async function read(transport: Transport, asked: Request, what: string, resource?: Resource): Promise<unknown> {
  const answer = await transport.ask(asked);
  if (!isSuccess(answer)) return statusError(answer, `${asked.method.toLowerCase()} ${what}`);
  const { contentType, body } = answer;
  // A page of a proxy on the way, most likely.
  if (contentType !== undefined && !isJson(contentType)) {
    throw new ConnectionError(`serializer for ${contentType} doesn't exist`);
  }
  const object = parse(resource && !resource.managed ? withoutManagedFields(body) : body);
  return failureOf(object) ?? object;
}

/** `transformResponse`, k8s.io/client-go/rest/request.go */
function isSuccess({ status }: { status: number }): boolean {
  return status >= 200 && status <= 206;
}

function parse(body: string): object {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    throw new ConnectionError(jsonFault(body));
  }
  if (Array.isArray(parsed)) {
    throw new ConnectionError('json: cannot unmarshal array into Go value of type unstructured.detector');
  }
  if (typeof parsed === 'object' && parsed !== null && Object.keys(parsed).length > 0) return parsed;
  throw new ConnectionError(`Object 'Kind' is missing in '${body.trim().slice(0, 100)}'`);
}

/** `EnhanceListError`, k8s.io/cli-runtime/pkg/resource/helper.go */
function listError(error: StatusError, { api, plural }: Resource): StatusError {
  if (error.reason !== 'NotFound' && error.reason !== 'BadRequest') return error;
  const version = api.replace(/^\/apis?\/(?=.*\/)|^\/api(?=\/)/, '');
  return new StatusError(error.code, error.reason, `Unable to list "${version}, Resource=${plural}": ${error.detail}`);
}

/**
 * What a server sent as an object, when it is one that can be relied on. Without its managedFields, which are often
 * half of it and of no use to who reads it.
 */
function received<T extends Named>(value: unknown, { shape, plural, managed }: Resource): T | StatusError {
  const fault = misfit(value, shape);
  if (fault !== undefined) return unlikely(`${plural}: ${fault}`);
  const object = value as T;
  if (object.metadata?.name === undefined) return unlikely(`${plural}: an object without a name`);
  if (!managed) delete object.metadata.managedFields;
  return object;
}

function unlikely(why: string): StatusError {
  return new StatusError(200, '', `the answer is not what an API server sends: ${why}`);
}

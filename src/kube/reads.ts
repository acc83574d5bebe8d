/** The requests of a client that change nothing. */
import type { Named } from '#src/objects/types.ts';
import { isSuccess, read, readObject, received } from './answer.ts';
import { statusError } from './apistatus.ts';
import { StatusError } from './errors.ts';
import type { Transport } from './http/transport.ts';
import { type Listed, type Listing, readPages, type Selectors } from './listing.ts';
import { countObjects, readNames } from './names.ts';
import { qualifiedName, type Resource, resourcePath, resources } from './resources.ts';
import { type WatchEvent, watchEvents } from './watchevents.ts';

/** Where a watch begins, and how long the server is to keep it open. */
interface WatchFrom extends Selectors {
  /** The version of the list that the watch continues. */
  resourceVersion: string;
  timeoutSeconds: number;
}

/**
 * The server's refusal (NotFound, Forbidden, …) is a value.
 *
 * All throw a ConnectionError when there is no usable answer.
 */
export interface Reads {
  /** @param namespace undefined for a resource that has none */
  get<T extends Named>(resource: Resource, namespace: string | undefined, name: string): Promise<T | StatusError>;
  /**
   * The objects of one namespace that the selectors pick.
   *
   * @param namespace undefined for all namespaces
   */
  list<T extends Named>(
    resource: Resource,
    namespace: string | undefined,
    selectors?: Selectors,
  ): Promise<readonly T[] | StatusError>;
  /**
   * The names of the objects of one namespace, without the objects.
   *
   * @param namespace undefined for all namespaces, and for objects that have none
   */
  names(resource: Resource, namespace: string | undefined): Promise<readonly string[] | StatusError>;
  /**
   * How many objects there are; infinite where the server does not say so.
   *
   * @param namespace undefined for all namespaces, and for objects that have none
   */
  count(resource: Resource, namespace: string | undefined): Promise<number | StatusError>;
  /** All objects with the version of the list, from which a watch can go on. A cut connection is reported at once. */
  listAt<T extends Named>(
    resource: Resource,
    namespace: string | undefined,
    selectors?: Selectors,
  ): Promise<Listed<T> | StatusError>;
  /**
   * The changes to a list after `resourceVersion`, as they arrive. They end when the server ends the request; `watch`
   * of ./watch.ts then begins a new one. The iteration throws a ConnectionError when the connection breaks.
   */
  watch<T extends Named>(
    resource: Resource,
    namespace: string | undefined,
    from: WatchFrom,
    signal: AbortSignal,
  ): Promise<AsyncIterable<WatchEvent<T>[]> | StatusError>;
  /**
   * The answer of a node's kubelet, through the API server. Needs the right to get `nodes/proxy`. Gives up after 5
   * seconds.
   *
   * @param path below the kubelet's address, such as `stats/summary`
   */
  askNode(node: string, path: string): Promise<object | StatusError>;
  /**
   * The last lines of a container's log, at most `mostOfLog` bytes of them.
   *
   * @param previous of the container's last run before this one
   */
  log(
    pod: { namespace: string; name: string },
    container: string,
    lines: number,
    previous: boolean,
  ): Promise<string | StatusError>;
  /** The server's `/version`: `{major, minor, gitVersion, …}`. */
  version(): Promise<object | StatusError>;
}

/** Bytes of a log. */
const mostOfLog = 64 * 1024;

/** Milliseconds. The API server itself waits for half a minute for a node that is gone. */
const nodeTimeout = 5_000;

export function readsOn(transport: Transport): Reads {
  return {
    async get<T extends Named>(resource: Resource, namespace: string | undefined, name: string) {
      const path = resourcePath(resource, namespace, name);
      return readObject<T>(transport, { method: 'GET', path }, resource, name);
    },

    async list<T extends Named>(resource: Resource, namespace: string | undefined, selectors?: Selectors) {
      const list = await readPages<T>(transport, { resource, namespace, ...selectors });
      return list instanceof StatusError ? list : list.items;
    },

    names: (resource, namespace) => readNames(transport, { resource, namespace }),

    count: (resource, namespace) => countObjects(transport, { resource, namespace }),

    listAt(resource: Resource, namespace: string | undefined, selectors?: Selectors) {
      return readPages(transport, { resource, namespace, once: true, ...selectors });
    },

    async watch<T extends Named>(
      resource: Resource,
      namespace: string | undefined,
      from: WatchFrom,
      signal: AbortSignal,
    ) {
      const answer = await transport.stream(pathOfWatch({ resource, namespace, ...from }), signal);
      const { body } = answer;
      if (typeof body === 'string') return statusError({ ...answer, body }, `get ${qualifiedName(resource)}`);
      return watchEvents<T>(body, (object) => received(object, resource));
    },

    askNode(node, path) {
      const url = `${resourcePath(resources.nodes, undefined, node)}/proxy/${path}`;
      return read(transport, { method: 'GET', path: url, signal: AbortSignal.timeout(nodeTimeout) }, 'nodes');
    },

    async log({ namespace, name }, container, lines, previous) {
      const query = new URLSearchParams({
        container,
        tailLines: String(lines),
        limitBytes: String(mostOfLog),
        ...(previous && { previous: 'true' }),
      });
      const path = `${resourcePath(resources.pods, namespace, name)}/log?${query}`;
      const answer = await transport.ask({ method: 'GET', path });
      // A server that heeds no limit must not fill the screen.
      return isSuccess(answer) ? answer.body.slice(-mostOfLog) : statusError(answer, `get pods ${name}`);
    },

    version: () => read(transport, { method: 'GET', path: '/version' }, '/version'),
  };
}

function pathOfWatch({
  resource,
  namespace,
  resourceVersion,
  timeoutSeconds,
  fields,
  labels,
}: Listing & WatchFrom): string {
  const query = new URLSearchParams({
    watch: 'true',
    allowWatchBookmarks: 'true',
    resourceVersion,
    timeoutSeconds: String(timeoutSeconds),
    ...(fields && { fieldSelector: fields }),
    ...(labels && { labelSelector: labels }),
  });
  return `${resourcePath(resource, namespace)}?${query}`;
}

/** Get, list and watch of Kubernetes objects. Knows nothing of StatefulSets. */
import { misfit, type Shape } from '../objects/shape.ts';
import type { Named } from '../objects/types.ts';
import { StatusError, statusError } from './errors.ts';
import { type Connection, type ConnectionFlags, connect } from './kubeconfig.ts';
import { type Resource, resourcePath, resources } from './resources.ts';
import { openTransport, type Transport } from './transport.ts';
import { type WatchEvent, watchEvents } from './watchevents.ts';

export interface Client {
  /** The namespace that was asked for, or the context's. */
  readonly namespace: string;
  /** The object, or the server's refusal (NotFound, Forbidden, …) as a value. */
  get<T extends Named>(resource: Resource, namespace: string | undefined, name: string): Promise<T | StatusError>;
  /** All objects of one namespace, or of all when it is undefined; of them those that `fieldSelector` picks. */
  list<T extends Named>(
    resource: Resource,
    namespace: string | undefined,
    fieldSelector?: string,
  ): Promise<T[] | StatusError>;
  /** The same, with the version of the whole that a watch goes on from. */
  listAt<T extends Named>(
    resource: Resource,
    namespace: string | undefined,
  ): Promise<{ items: T[]; resourceVersion: string } | StatusError>;
  /**
   * What happens to the objects of a list from `resourceVersion` on, as it arrives. It ends when the server ends it;
   * `watch` of ./watch.ts is what goes on.
   *
   * @throws {ConnectionError} before the first event or after any
   */
  watch<T extends Named>(
    resource: Resource,
    namespace: string | undefined,
    from: { resourceVersion: string; timeoutSeconds: number },
    signal: AbortSignal,
  ): Promise<AsyncIterable<WatchEvent<T>[]> | StatusError>;
  /**
   * What the kubelet of a node answers, through the API server (the right to get `nodes/proxy`).
   *
   * @param path below the kubelet's address, `stats/summary`
   * @throws {ConnectionError} when nothing came within the seconds that a node is given
   */
  askNode(node: string, path: string): Promise<unknown>;
  close(): void;
}

/** Milliseconds: a node that is gone lets the API server wait for half a minute. */
const nodePatience = 5_000;

/** As many objects a page as kubectl asks for (`--chunk-size`). */
const pageSize = 500;

/** @param version the plugin's, for the User-Agent */
export async function openClient(flags: ConnectionFlags, version: string): Promise<Client> {
  const connection = await connect(flags);
  return clientOn(connection, openTransport(connection, version));
}

function clientOn(connection: Connection, transport: Transport): Client {
  return {
    namespace: connection.namespace,

    async get<T extends Named>(resource: Resource, namespace: string | undefined, name: string) {
      const object = await read(transport, resourcePath(resource, namespace, name));
      return object instanceof StatusError ? object : received<T>(object, resource);
    },

    async list<T extends Named>(resource: Resource, namespace: string | undefined, fieldSelector?: string) {
      const list = await readPages<T>(transport, resource, namespace, fieldSelector);
      return list instanceof StatusError ? list : list.items;
    },

    listAt(resource: Resource, namespace: string | undefined) {
      return readPages(transport, resource, namespace);
    },

    async watch<T extends Named>(
      resource: Resource,
      namespace: string | undefined,
      { resourceVersion, timeoutSeconds }: { resourceVersion: string; timeoutSeconds: number },
      signal: AbortSignal,
    ) {
      const query = new URLSearchParams({
        watch: 'true',
        allowWatchBookmarks: 'true',
        resourceVersion,
        timeoutSeconds: String(timeoutSeconds),
      });
      const { status, body } = await transport.stream(`${resourcePath(resource, namespace)}?${query}`, signal);
      if (status >= 200 && status <= 299) return watchEvents<T>(body, (object) => received(object, resource));
      const chunks: Buffer[] = [];
      for await (const chunk of body) chunks.push(chunk);
      return statusError(status, Buffer.concat(chunks).toString('utf8'));
    },

    askNode(node, path) {
      const url = `${resourcePath(resources.nodes, undefined, node)}/proxy/${path}`;
      return read(transport, url, AbortSignal.timeout(nodePatience));
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

async function readPages<T extends Named>(
  transport: Transport,
  resource: Resource,
  namespace: string | undefined,
  fieldSelector?: string,
): Promise<{ items: T[]; resourceVersion: string } | StatusError> {
  const items: T[] = [];
  let token = '';
  let resourceVersion: string;
  do {
    const query = new URLSearchParams({ limit: String(pageSize) });
    if (fieldSelector) query.set('fieldSelector', fieldSelector);
    if (token) query.set('continue', token);
    const answer = await read(transport, `${resourcePath(resource, namespace)}?${query}`);
    if (answer instanceof StatusError) return answer;
    const fault = misfit(answer, pageShape);
    if (fault !== undefined) return unlikely(fault);
    const page = answer as Page;
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

async function read(transport: Transport, path: string, signal?: AbortSignal): Promise<unknown> {
  const { status, body } = await transport.get(path, signal);
  if (status < 200 || status > 299) return statusError(status, body);
  try {
    return JSON.parse(body);
  } catch {
    return unlikely('it is not JSON');
  }
}

/**
 * What a server sent as an object, when it is one that can be relied on. Without its managedFields, which are often
 * half of it and of no use to who reads it.
 */
function received<T extends Named>(value: unknown, { shape, plural }: Resource): T | StatusError {
  const fault = misfit(value, shape);
  if (fault !== undefined) return unlikely(`${plural}: ${fault}`);
  const object = value as T;
  if (object.metadata?.name === undefined) return unlikely(`${plural}: an object without a name`);
  delete object.metadata.managedFields;
  return object;
}

function unlikely(why: string): StatusError {
  return new StatusError(200, '', `the answer is not what an API server sends: ${why}`);
}

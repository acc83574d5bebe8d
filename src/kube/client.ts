/** Get and list of Kubernetes objects. Knows nothing of StatefulSets. */
import type { Named } from '../objects/types.ts';
import { StatusError, statusError } from './errors.ts';
import { type Connection, type ConnectionFlags, connect } from './kubeconfig.ts';
import { type Resource, resourcePath } from './resources.ts';
import { openTransport, type Transport } from './transport.ts';

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
  close(): void;
}

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
      const object = await read<T>(transport, resourcePath(resource, namespace, name));
      return object instanceof StatusError ? object : withoutManagedFields(object);
    },

    async list<T extends Named>(resource: Resource, namespace: string | undefined, fieldSelector?: string) {
      const path = resourcePath(resource, namespace);
      const items: T[] = [];
      let token = '';
      do {
        const query = new URLSearchParams({ limit: String(pageSize) });
        if (fieldSelector) query.set('fieldSelector', fieldSelector);
        if (token) query.set('continue', token);
        const page = await read<Page<T>>(transport, `${path}?${query}`);
        if (page instanceof StatusError) return page;
        for (const item of page.items ?? []) items.push(withoutManagedFields(item));
        token = page.metadata?.continue ?? '';
      } while (token);
      return items;
    },

    close() {
      transport.close();
    },
  };
}

interface Page<T> {
  items?: T[];
  metadata?: { continue?: string };
}

async function read<T>(transport: Transport, path: string): Promise<T | StatusError> {
  const { status, body } = await transport.get(path);
  if (status < 200 || status > 299) return statusError(status, body);
  try {
    return JSON.parse(body) as T;
  } catch {
    return new StatusError(status, '', 'the server answered with something that is not JSON');
  }
}

/** They are often half of an object, and of no use to who reads it. */
function withoutManagedFields<T extends Named>(object: T): T {
  delete object.metadata.managedFields;
  return object;
}

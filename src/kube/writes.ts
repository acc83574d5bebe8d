/** The requests of a client that change the cluster. */
import type { Named } from '#src/objects/types.ts';
import { read, readObject } from './answer.ts';
import { StatusError } from './errors.ts';
import type { Request, Transport } from './http/transport.ts';
import type { PodName } from './podstream.ts';
import { qualifiedName, type Resource, resourcePath, resources } from './resources.ts';

interface WriteOptions {
  /** The name under which the server records the change in managedFields. */
  fieldManager: string;
  /** Whether the server does everything but store the object. */
  dryRun?: boolean;
}

/**
 * The server's refusal (Forbidden, Conflict, Invalid, …) is a value.
 *
 * All throw a ConnectionError when there is no usable answer. The change may have been made even so.
 */
export interface Writes {
  /** @returns what the server made of the object; some kinds, such as reviews, have no name */
  create(
    resource: Resource,
    namespace: string | undefined,
    object: object,
    options?: WriteOptions,
  ): Promise<object | StatusError>;
  /**
   * Changes an object by a merge patch (RFC 7386).
   *
   * @returns the object after the change
   */
  patch<T extends Named>(
    resource: Resource,
    namespace: string | undefined,
    name: string,
    patch: object,
    options: WriteOptions,
  ): Promise<T | StatusError>;
  /**
   * Replaces the object of the same name. When `object` names a resourceVersion, the server refuses any other
   * (Conflict).
   *
   * @returns the object after the change
   */
  replace<T extends Named>(
    resource: Resource,
    namespace: string | undefined,
    object: T,
    options: WriteOptions,
  ): Promise<T | StatusError>;
  /**
   * Asks the server to evict the pod with this UID. A PodDisruptionBudget may refuse it (429). The request is made
   * once, even if the answer names a time for the next: the caller looks at the cluster before it tries again.
   * https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/
   *
   * No resourceVersion goes with it. Where the server lets a pod go past its budget, since the pod is Pending or not
   * ready, the server adds the resourceVersion that it saw: a pod that recovers meanwhile meets its budget (`Create`,
   * pkg/registry/core/pod/storage/eviction.go).
   *
   * @returns undefined when the eviction was accepted
   */
  evict(pod: PodName, uid: string, options: { dryRun: boolean }): Promise<StatusError | undefined>;
  /**
   * Deletes the object with this UID and, where one is given, this resourceVersion. The request is made once.
   *
   * @returns undefined when the deletion was accepted
   */
  remove(
    resource: Resource,
    namespace: string | undefined,
    name: string,
    uid: string,
    options: { dryRun: boolean; resourceVersion?: string },
  ): Promise<StatusError | undefined>;
}

export function writesOn(transport: Transport): Writes {
  return {
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
      const request: Request = {
        method: 'PATCH',
        path: `${resourcePath(resource, namespace, name)}?${writeQuery(options)}`,
        body: JSON.stringify(patch),
        contentType: 'application/merge-patch+json',
      };
      return readObject<T>(transport, request, resource, name);
    },

    async replace<T extends Named>(
      resource: Resource,
      namespace: string | undefined,
      object: T,
      options: WriteOptions,
    ) {
      const { name } = object.metadata;
      const path = `${resourcePath(resource, namespace, name)}?${writeQuery(options)}`;
      return readObject<T>(transport, { method: 'PUT', path, body: JSON.stringify(object) }, resource, name);
    },

    async evict({ namespace, name }, uid, options) {
      const path = `${resourcePath(resources.pods, namespace, name)}/eviction`;
      const eviction = {
        apiVersion: 'policy/v1',
        kind: 'Eviction',
        metadata: { namespace, name },
        deleteOptions: deletionOf(uid, options),
      };
      const request: Request = { method: 'POST', path, body: JSON.stringify(eviction), unrepeated: true };
      return refusalIn(await read(transport, request, `pods ${name}`));
    },

    async remove(resource, namespace, name, uid, options) {
      const path = resourcePath(resource, namespace, name);
      const body = JSON.stringify({ apiVersion: 'v1', kind: 'DeleteOptions', ...deletionOf(uid, options) });
      const request: Request = { method: 'DELETE', path, body, unrepeated: true };
      return refusalIn(await read(transport, request, `${qualifiedName(resource)} ${name}`));
    },
  };
}

function writeQuery({ fieldManager, dryRun = false }: WriteOptions): URLSearchParams {
  return new URLSearchParams({ fieldManager, ...(dryRun && { dryRun: 'All' }) });
}

/** The fields of a deletion or an eviction that hold it to one object, whatever has its name by now. */
function deletionOf(uid: string, { dryRun, resourceVersion }: { dryRun: boolean; resourceVersion?: string }): object {
  return {
    preconditions: { uid, ...(resourceVersion !== undefined && { resourceVersion }) },
    ...(dryRun && { dryRun: ['All'] }),
  };
}

function refusalIn(answer: object): StatusError | undefined {
  return answer instanceof StatusError ? answer : undefined;
}

/** One request for an object, and the object or the refusal that the answer holds. */
import { misfit } from '#src/objects/shape.ts';
import type { Named } from '#src/objects/types.ts';
import { failureOf, isJson, statusError } from './apistatus.ts';
import { ConnectionError, StatusError } from './errors.ts';
import type { Request, Transport } from './http/transport.ts';
import { parsedWithoutManagedFields } from './managedfields.ts';
import { qualifiedName, type Resource } from './resources.ts';

/**
 * Makes the request and parses the answer.
 *
 * @param what the resource and the name, for the message of a refusal
 * @param resource of the objects in the answer; their managedFields are left out unless it wants them
 * @throws {ConnectionError} when there is no answer, or the answer is not JSON
 */
export async function read(
  transport: Transport,
  request: Request,
  what: string,
  resource?: Resource,
): Promise<object | StatusError> {
  const answer = await transport.ask(request);
  if (!isSuccess(answer)) return statusError(answer, `${request.method.toLowerCase()} ${what}`);
  const { contentType, body } = answer;
  // Most likely the web page of a proxy.
  if (contentType !== undefined && !isJson(contentType)) {
    throw new ConnectionError(`serializer for ${contentType} doesn't exist`);
  }
  const object = parse(body, resource && !resource.managed ? parsedWithoutManagedFields : JSON.parse);
  return failureOf(object) ?? object;
}

/** The same for a request whose answer is one object of the resource. */
export async function readObject<T extends Named>(
  transport: Transport,
  request: Request,
  resource: Resource,
  name: string,
): Promise<T | StatusError> {
  const object = await read(transport, request, `${qualifiedName(resource)} ${name}`, resource);
  return object instanceof StatusError ? object : received<T>(object, resource);
}

/**
 * The value as an object of the resource if it has the resource's shape, else a StatusError. The object has no
 * managedFields unless the resource wants them.
 */
export function received<T extends Named>(value: unknown, { shape, plural, managed }: Resource): T | StatusError {
  const fault = misfit(value, shape);
  if (fault !== undefined) return malformed(`${plural}: ${fault}`);
  const object = value as T;
  if (object.metadata?.name === undefined) return malformed(`${plural}: an object without a name`);
  if (!managed) delete object.metadata.managedFields;
  return object;
}

/** A successful answer with content that no API server sends. */
export function malformed(why: string): StatusError {
  return new StatusError(200, '', `the answer is not what an API server sends: ${why}`);
}

/** `transformResponse`, k8s.io/client-go/rest/request.go */
export function isSuccess({ status }: { status: number }): boolean {
  return status >= 200 && status <= 206;
}

function parse(body: string, parser: (json: string) => unknown): object {
  let parsed: unknown;
  try {
    parsed = parser(body);
  } catch {
    throw new ConnectionError(jsonFault(body));
  }
  if (Array.isArray(parsed)) {
    throw new ConnectionError('json: cannot unmarshal array into Go value of type unstructured.detector');
  }
  if (typeof parsed === 'object' && parsed !== null && Object.keys(parsed).length > 0) return parsed;
  throw new ConnectionError(`Object 'Kind' is missing in '${body.trim().slice(0, 100)}'`);
}

/** Why a body is not JSON, in the words of Go's encoding/json. Any fault after the first character counts as its end. */
function jsonFault(body: string): string {
  const first = body.trimStart().slice(0, 1);
  if (first === '' || '{[]"-0123456789tfn'.includes(first)) return 'unexpected end of JSON input';
  return `invalid character ${quotedCharacter(first)} looking for beginning of value`;
}

/** Go's `%q` of one character. */
function quotedCharacter(character: string): string {
  const code = character.charCodeAt(0);
  return code < 32 || code === 127 ? `'\\x${code.toString(16).padStart(2, '0')}'` : `'${character}'`;
}

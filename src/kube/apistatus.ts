/** The API server's refusals: a failed answer, or an object of kind Status, as a StatusError. */
import type { V1Status } from '@kubernetes/client-node';
import { misfit, type Shape } from '#src/objects/shape.ts';
import { StatusError } from './errors.ts';

/** An answer whose status code says that the request failed. */
export interface FailedAnswer {
  status: number;
  /** The media type without parameters; undefined when the answer has none. */
  contentType: string | undefined;
  body: string;
}

/**
 * The failed answer as an error with kubectl's message: the answer's own Status, else a sentence for its status code.
 * Source: `newUnstructuredResponseError` and `Result.Error`, k8s.io/client-go/rest/request.go;
 * `NewGenericServerResponse`, k8s.io/apimachinery/pkg/api/errors.
 *
 * @param what the request in words: `get pods web-0`
 */
export function statusError({ status: code, contentType, body }: FailedAnswer, what: string): StatusError {
  const status = contentType === undefined || isJson(contentType) ? failureIn(body) : undefined;
  if (status) return status;
  const isText = contentType === undefined || contentType.startsWith('text/');
  const [reason, sentence] = generic(code, isText ? body.slice(0, longestText).trim() : 'unknown');
  return new StatusError(code, reason, `${sentence} (${what})`);
}

export function isJson(contentType: string): boolean {
  return contentType === 'application/json';
}

/** Characters of a plain-text answer that the message quotes (`maxUnstructuredResponseTextBytes`). */
const longestText = 2_048;

function generic(code: number, quoted: string): [reason: string, sentence: string] {
  const known = reasons.get(code);
  if (known) return known;
  if (code === 403) return ['Forbidden', quoted];
  if (code === 406) return ['NotAcceptable', quoted];
  if (code === 415) return ['UnsupportedMediaType', quoted];
  if (code < 500) return ['', `the server responded with the status code ${code} but did not return more information`];
  return [
    'InternalError',
    `an error on the server (${JSON.stringify(quoted)}) has prevented the request from succeeding`,
  ];
}

const reasons = new Map<number, [reason: string, sentence: string]>([
  [400, ['BadRequest', 'the server rejected our request for an unknown reason']],
  [401, ['Unauthorized', 'the server has asked for the client to provide credentials']],
  [404, ['NotFound', 'the server could not find the requested resource']],
  [405, ['MethodNotAllowed', 'the server does not allow this method on the requested resource']],
  [409, ['Conflict', 'the server reported a conflict']],
  [422, ['Invalid', 'the server rejected our request due to an error in our request']],
  [429, ['TooManyRequests', 'the server has received too many requests and has asked us to try again later']],
  [503, ['ServiceUnavailable', 'the server is currently unable to handle the request']],
  [
    504,
    [
      'Timeout',
      'the server was unable to return a response in the time allotted, but may still be processing the request',
    ],
  ],
]);

type Status = Partial<Pick<V1Status, 'apiVersion' | 'kind' | 'status' | 'code' | 'reason' | 'message'>> & {
  details?: { causes?: { message?: string }[] };
};

const statusShape: Shape<Status> = {
  fields: {
    apiVersion: 'string',
    kind: 'string',
    status: 'string',
    code: 'number',
    reason: 'string',
    message: 'string',
    details: { fields: { causes: { each: { fields: { message: 'string' } } } } },
  },
};

/** The failure that an object of kind Status describes; undefined for any other value. */
export function failureOf(object: unknown): StatusError | undefined {
  if (misfit(object, statusShape) !== undefined) return undefined;
  const { apiVersion, kind, status, code = 0, reason = '', message = '', details } = object as Status;
  if (apiVersion !== 'v1' || kind !== 'Status' || status !== 'Failure') return undefined;
  const causes = (details?.causes ?? []).flatMap((cause) => cause.message ?? []);
  return new StatusError(code, reason, message, causes);
}

function failureIn(body: string): StatusError | undefined {
  try {
    return failureOf(JSON.parse(body));
  } catch {
    return undefined;
  }
}

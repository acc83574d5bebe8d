/** The heads and bodies of answers. */
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { BrokenOff, codeOf } from '../errors.ts';
import { bodyError, connectionError } from './networkerror.ts';
import type { Response } from './response.ts';
import type { Reply } from './retry.ts';

export interface AnswerHead extends Reply {
  /** The media type without parameters; undefined when the answer has none. */
  contentType: string | undefined;
}

export function headOf({ statusCode = 0, headers }: Response): AnswerHead {
  const [contentType] = headers['content-type']?.toLowerCase().split(';', 1) ?? [];
  return { status: statusCode, retryAfter: headers['retry-after'], contentType: contentType?.trim() };
}

/** Bytes of a decompressed body. A page of 500 objects has a few MiB; JavaScript's longest string is about as long. */
const largestBody = 512 * 1024 * 1024;

/**
 * The whole body as text.
 *
 * @param compressed whether the request allowed a compressed body
 * @throws {BrokenOff} when the connection was cut
 * @throws {ConnectionError} when the body is too long or cannot be decompressed
 */
export async function wholeBody(response: Response, compressed: boolean): Promise<string> {
  const body = await wholeBytes(response);
  if (!compressed || response.headers['content-encoding'] !== 'gzip' || body.length === 0) return body.toString('utf8');
  try {
    // All at once: a stream would yield pieces of 16 KiB, and copy each of them once more.
    return (await promisify(gunzip)(body, { maxOutputLength: largestBody })).toString('utf8');
  } catch (error) {
    throw bodyError(codeOf(error) === 'Z_BUF_ERROR' ? 'unexpected EOF' : 'gzip: invalid header');
  }
}

async function wholeBytes(response: Response): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of response) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > largestBody) throw bodyError(`it is longer than ${largestBody / 1024 / 1024} MiB`);
    }
  } catch (error) {
    // A cut connection is `ECONNRESET` in Node and the message alone in bun.
    const isCut = error instanceof Error && (error.message === 'aborted' || codeOf(error) === 'ECONNRESET');
    throw isCut ? new BrokenOff() : error;
  }
  return Buffer.concat(chunks);
}

/**
 * The body as it arrives.
 *
 * @throws {ConnectionError} when the connection was cut
 */
export async function* bytesOf(body: AsyncIterable<Buffer>, server: URL): AsyncGenerator<Buffer> {
  try {
    yield* body;
  } catch (error) {
    throw error instanceof Error ? connectionError(error, server) : error;
  }
}

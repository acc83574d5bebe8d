/** The heads and bodies of answers. */
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
    return (await unzipped(body)).toString('utf8');
  } catch (error) {
    throw bodyError(codeOf(error) === 'Z_BUF_ERROR' ? 'unexpected EOF' : 'gzip: invalid header');
  }
}

/** The code is loaded when it is needed: short answers are not compressed. */
async function unzipped(body: Buffer): Promise<Buffer> {
  const { constants, gunzip } = await import('node:zlib');
  const chunkSize = lengthWithin(body, constants.Z_DEFAULT_CHUNK);
  return new Promise((resolve, reject) => {
    gunzip(body, { maxOutputLength: largestBody, chunkSize }, (error, whole) =>
      error ? reject(error) : resolve(whole),
    );
  });
}

/** Bytes that are decompressed in one piece. */
const largestPiece = 16 * 1024 * 1024;

/**
 * Bytes for the decompressed body, by its last four bytes (RFC 1952, ISIZE). These may be wrong, and then there are several
 * pieces. In pieces of 16 KiB, as by default, a page of 500 pods would take twice the time and 10 MB more.
 */
function lengthWithin(body: Buffer, least: number): number {
  const told = body.length < 4 ? 0 : body.readUInt32LE(body.length - 4);
  // With room for one more byte, no second piece is begun.
  return Math.min(Math.max(told, least) + 1, largestPiece);
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

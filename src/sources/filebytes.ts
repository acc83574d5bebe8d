/** The text of a file, decompressed and decoded. Files may be hostile: however large they are, no more is read of them. */
import { closeSync, openSync, readSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { fileText } from '#src/objects/filetext.ts';
import { FileError } from './fileerror.ts';
import { unreadable } from './filepaths.ts';

/** In bytes, also once a file is decompressed. The text of a larger file may be longer than a string can be. */
const largest = 256 * 1024 * 1024;

/**
 * @param path undefined for standard input
 * @param most the limit, in bytes
 * @throws {FileError}
 */
export function textAt(path: string | undefined, most: number = largest): string {
  const name = path ?? 'standard input';
  try {
    const bytes = readAtMost(path, most);
    const plain = isGzip(bytes) ? gunzip(bytes, name, most) : bytes;
    if (isTar(plain)) throw new FileError(`${name} is a tar archive: unpack it, and read the folder with -R`);
    return fileText(plain);
  } catch (error) {
    throw unreadable(error, name);
  }
}

function readAtMost(path: string | undefined, most: number): Buffer {
  const file = path === undefined ? 0 : openSync(resolve(path), 'r');
  try {
    const chunks: Buffer[] = [];
    let size = 0;
    for (;;) {
      const chunk = Buffer.allocUnsafe(Math.min(Math.max(size, 64 * 1024), 16 * 1024 * 1024));
      const read = readInto(chunk, file);
      if (read === 0) return Buffer.concat(chunks, size);
      chunks.push(chunk.subarray(0, read));
      size += read;
      if (size > most) throw tooLarge(path ?? 'standard input', most);
    }
  } finally {
    if (path !== undefined) closeSync(file);
  }
}

/** @returns 0 at the end, which Node tells as an error where a pipe of Windows ends (UV_EOF) */
function readInto(chunk: Buffer, file: number): number {
  try {
    return readSync(file, chunk);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EOF') return 0;
    throw error;
  }
}

function tooLarge(name: string, most: number): FileError {
  return new FileError(`${name} holds more than ${most} bytes: leave out what is not needed`);
}

function isGzip([first, second]: Uint8Array): boolean {
  return first === 0x1f && second === 0x8b;
}

function gunzip(bytes: Buffer, name: string, most: number): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: most });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(name, most);
    throw new FileError(`${name} cannot be decompressed: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** By the mark in the header of the first entry (POSIX `ustar`). */
function isTar(bytes: Buffer): boolean {
  return bytes.subarray(257, 262).toString('latin1') === 'ustar';
}

/**
 * Signs an executable of macOS ad hoc, without a certificate, as Apple's linker does. bun's executable for amd64 carries
 * the signature of bun itself, which the bundle inside has made invalid.
 *
 * The format: mach-o/loader.h (cctools) for load commands, in little endian; osfmk/kern/cs_blobs.h (xnu) for the
 * signature, in big endian.
 */
import { createHash } from 'node:crypto';

const loadCommand = { segment64: 0x19, codeSignature: 0x1d };
const pageSize = 4096;
const hashSize = 32;

const superBlob = { magic: 0xfade0cc0, size: 12 + 8 };
const codeDirectory = { magic: 0xfade0c02, version: 0x20400, size: 88 };
/** CS_ADHOC | CS_LINKER_SIGNED: nothing has to be known of who signed. */
const flags = 0x20002;
const sha256 = 2;
/** CS_EXECSEG_MAIN_BINARY. */
const mainBinary = 1n;

/** @returns the executable with a signature instead of the one that it had */
export function signed(executable: Buffer, identifier: string): Buffer {
  const { text, linkedit, signature } = commandsOf(executable);
  const end = executable.readUInt32LE(signature + 8);
  const name = Buffer.from(`${identifier}\0`);
  const pages = Math.ceil(end / pageSize);
  const size = superBlob.size + codeDirectory.size + name.length + pages * hashSize;
  const result = Buffer.alloc(end + size);
  executable.copy(result, 0, 0, end);

  // The first page holds the load commands: they change before it is hashed.
  result.writeUInt32LE(size, signature + 12);
  const fileSize = end + size - Number(executable.readBigUInt64LE(linkedit + 40));
  result.writeBigUInt64LE(BigInt(Math.ceil(fileSize / pageSize) * pageSize), linkedit + 32);
  result.writeBigUInt64LE(BigInt(fileSize), linkedit + 48);

  const put = writer(result, end);
  put.uint32(superBlob.magic, size, 1, /* slot of the code directory */ 0, superBlob.size);
  put.uint32(codeDirectory.magic, size - superBlob.size, codeDirectory.version, flags);
  put.uint32(codeDirectory.size + name.length, codeDirectory.size, /* special slots */ 0, pages, end);
  put.bytes(Buffer.from([hashSize, sha256, /* platform */ 0, Math.log2(pageSize)]));
  put.uint32(/* spare */ 0, /* scatter */ 0, /* team */ 0, /* spare */ 0);
  const [textOffset, textSize] = [executable.readBigUInt64LE(text + 40), executable.readBigUInt64LE(text + 48)];
  put.uint64(/* limit of 64 bits */ 0n, textOffset, textSize, mainBinary);
  put.bytes(name);
  for (let page = 0; page < pages; page++) {
    const content = result.subarray(page * pageSize, Math.min((page + 1) * pageSize, end));
    put.bytes(createHash('sha256').update(content).digest());
  }
  return result;
}

/** Where the load commands lie that a signature changes or needs. */
function commandsOf(executable: Buffer): { text: number; linkedit: number; signature: number } {
  const found = new Map<string, number>();
  let at = 32;
  for (let left = executable.readUInt32LE(16); left > 0; left--) {
    const kind = executable.readUInt32LE(at);
    if (kind === loadCommand.codeSignature) found.set('signature', at);
    if (kind === loadCommand.segment64)
      found.set(executable.toString('latin1', at + 8, at + 24).replace(/\0+$/, ''), at);
    at += executable.readUInt32LE(at + 4);
  }
  const [text, linkedit, signature] = ['__TEXT', '__LINKEDIT', 'signature'].map((name) => found.get(name));
  if (text === undefined || linkedit === undefined || signature === undefined) {
    throw new Error('the executable lacks a segment, or the place for a signature');
  }
  return { text, linkedit, signature };
}

/** Writes one thing behind the other. */
function writer(target: Buffer, start: number) {
  let at = start;
  return {
    uint32(...values: number[]): void {
      for (const value of values) at = target.writeUInt32BE(value, at);
    },
    uint64(...values: bigint[]): void {
      for (const value of values) at = target.writeBigUInt64BE(value, at);
    },
    bytes(content: Buffer): void {
      at += content.copy(target, at);
    },
  };
}

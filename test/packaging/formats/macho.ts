/**
 * Reads an executable of macOS, and judges its signature. Written from Apple's headers (mach-o/loader.h of
 * cctools, osfmk/kern/cs_blobs.h of xnu), apart from the code that signs.
 */
import { createHash } from 'node:crypto';

interface Segment {
  name: string;
  fileOffset: number;
  fileSize: number;
  memorySize: number;
}

export interface MachO {
  cpu: 'x86_64' | 'arm64' | 'another';
  isExecutable: boolean;
  segments: Segment[];
  libraries: string[];
  /** Where the signature lies in the file. */
  signature: { offset: number; size: number } | undefined;
}

const magic = 0xfeedfacf;
const executable = 2;
const cpus: Record<number, MachO['cpu']> = { 16777223: 'x86_64', 16777228: 'arm64' };
const command = { segment64: 0x19, loadDylib: 0x0c, codeSignature: 0x1d };

export function readMachO(file: Buffer): MachO {
  if (file.readUInt32LE(0) !== magic) throw new Error('no executable of 64 bits');
  const found: MachO = {
    cpu: cpus[file.readUInt32LE(4)] ?? 'another',
    isExecutable: file.readUInt32LE(12) === executable,
    segments: [],
    libraries: [],
    signature: undefined,
  };
  let at = 32;
  for (let left = file.readUInt32LE(16); left > 0; left--) {
    const [kind, size] = [file.readUInt32LE(at), file.readUInt32LE(at + 4)];
    if (kind === command.segment64) {
      found.segments.push({
        name: text(file, at + 8),
        memorySize: Number(file.readBigUInt64LE(at + 32)),
        fileOffset: Number(file.readBigUInt64LE(at + 40)),
        fileSize: Number(file.readBigUInt64LE(at + 48)),
      });
    } else if (kind === command.loadDylib) {
      found.libraries.push(text(file, at + file.readUInt32LE(at + 8)));
    } else if (kind === command.codeSignature) {
      if (found.signature) throw new Error('two signatures');
      found.signature = { offset: file.readUInt32LE(at + 8), size: file.readUInt32LE(at + 12) };
    }
    at += size;
  }
  return found;
}

function text(file: Buffer, at: number): string {
  return file.toString('latin1', at, file.indexOf(0, at)).slice(0, 1024);
}

const embeddedSignature = 0xfade0cc0;
const codeDirectory = 0xfade0c02;
/** CS_ADHOC | CS_LINKER_SIGNED. */
const flagsOfLinker = 0x20002;
const mainBinary = 1n;
const sha256 = { type: 2, size: 32 };

/** What is wrong with the ad hoc signature of an executable, as a linker makes it; nothing where it is valid. */
export function faultsOfSignature(file: Buffer): string[] {
  const { segments, signature } = readMachO(file);
  if (signature === undefined) return ['no signature'];
  const faults: string[] = [];
  const check = (isRight: boolean, fault: string): void => void (isRight || faults.push(fault));

  const { offset, size } = signature;
  const last = segments.at(-1);
  check(offset % 16 === 0, 'it begins at no multiple of 16');
  check(offset + size === file.length, 'it does not end with the file');
  check(last?.name === '__LINKEDIT', 'the last segment is not __LINKEDIT');
  check((last?.fileOffset ?? 0) + (last?.fileSize ?? 0) === file.length, '__LINKEDIT does not end with the file');
  check((last?.memorySize ?? 0) >= (last?.fileSize ?? 0), '__LINKEDIT is larger in the file than in memory');

  const blob = file.subarray(offset, offset + size);
  check(blob.readUInt32BE(0) === embeddedSignature, 'it is no embedded signature');
  check(blob.readUInt32BE(4) <= size, 'it is longer than its place');
  const slots = Array.from({ length: blob.readUInt32BE(8) }, (_, nth) =>
    [12, 16].map((at) => blob.readUInt32BE(at + 8 * nth)),
  );
  // Without requirements, entitlements and certificates, as a linker signs.
  check(slots.length === 1 && slots[0]?.[0] === 0, 'it has other parts than a code directory');
  const directory = blob.subarray(slots[0]?.[1] ?? 0);
  check(directory.readUInt32BE(0) === codeDirectory, 'its first part is no code directory');
  return [...faults, ...faultsOfDirectory(file, directory.subarray(0, directory.readUInt32BE(4)), offset, segments[1])];
}

function faultsOfDirectory(file: Buffer, directory: Buffer, end: number, code: Segment | undefined): string[] {
  const faults: string[] = [];
  const check = (isRight: boolean, fault: string): void => void (isRight || faults.push(fault));
  const field = (nth: number): number => directory.readUInt32BE(4 * nth);
  const [version, flags, hashesAt, nameAt, special, pages, limit] = [2, 3, 4, 5, 6, 7, 8].map(field) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const [hashSize, hashType, , pageBits] = directory.subarray(36, 40) as unknown as [number, number, number, number];
  check(version === 0x20400, `version ${version.toString(16)}`);
  check(flags === flagsOfLinker, `flags ${flags.toString(16)}`);
  check(special === 0, 'it has special slots, for parts that there are not');
  check(limit === end, 'it does not cover all that comes before it');
  check(hashSize === sha256.size && hashType === sha256.type, 'its hashes are not SHA-256');
  check(pageBits === 12, `pages of 2^${pageBits} bytes`);
  check(directory.indexOf(0, nameAt) > nameAt && directory.indexOf(0, nameAt) < hashesAt, 'it has no identifier');
  check(field(11) === 0 && field(12) === 0, 'it has a scatter vector or a team');
  check(code?.name === '__TEXT', 'the second segment is not __TEXT');
  check(directory.readBigUInt64BE(64) === BigInt(code?.fileOffset ?? -1), 'its executable segment begins elsewhere');
  check(directory.readBigUInt64BE(72) === BigInt(code?.fileSize ?? -1), 'its executable segment has another size');
  check(directory.readBigUInt64BE(80) === mainBinary, 'it is not of a main executable');
  check(pages === Math.ceil(end / 4096), `${pages} pages`);
  check(hashesAt + pages * hashSize === directory.length, 'its hashes do not end with it');
  for (let page = 0; page < pages; page++) {
    const content = file.subarray(page * 4096, Math.min((page + 1) * 4096, end));
    const at = hashesAt + page * hashSize;
    const hash = createHash('sha256').update(content).digest();
    check(hash.equals(directory.subarray(at, at + hashSize)), `page ${page} has another hash`);
  }
  return faults;
}

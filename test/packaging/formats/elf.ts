/** Reads an executable of Linux, by the System V ABI and the Linux Standard Base (symbol versions). */

interface Elf {
  cpu: 'x86_64' | 'aarch64' | 'another';
  /** The program that loads it. */
  interpreter: string | undefined;
  /** The versions that it needs of each library. */
  needs: { library: string; versions: string[] }[];
}

const cpus: Record<number, Elf['cpu']> = { 62: 'x86_64', 183: 'aarch64' };
const interpreterSegment = 3;
const neededVersions = 0x6ffffffe;

export function readElf(file: Buffer): Elf {
  if (file.readUInt32BE(0) !== 0x7f454c46 || file[4] !== 2 || file[5] !== 1) throw new Error('no ELF of 64 bits');
  const number = (at: number): number => Number(file.readBigUInt64LE(at));
  const [segmentsAt, sectionsAt] = [number(32), number(40)];
  const [segmentSize, segments, sectionSize, sections] = [54, 56, 58, 60].map((at) => file.readUInt16LE(at)) as [
    number,
    number,
    number,
    number,
  ];
  const found: Elf = { cpu: cpus[file.readUInt16LE(18)] ?? 'another', interpreter: undefined, needs: [] };
  for (let nth = 0; nth < segments; nth++) {
    const at = segmentsAt + nth * segmentSize;
    if (file.readUInt32LE(at) === interpreterSegment) found.interpreter = text(file, number(at + 8));
  }
  for (let nth = 0; nth < sections; nth++) {
    const at = sectionsAt + nth * sectionSize;
    if (file.readUInt32LE(at + 4) !== neededVersions) continue;
    const names = number(sectionsAt + file.readUInt32LE(at + 40) * sectionSize + 24);
    found.needs = librariesAt(file, number(at + 24), names);
  }
  return found;
}

/** Two chains, one in the other: each entry says where the next one of its kind is, the last one 0. */
function librariesAt(file: Buffer, start: number, names: number): Elf['needs'] {
  const libraries: Elf['needs'] = [];
  for (let at = start, next = 1; next !== 0; at += next) {
    const versions: string[] = [];
    for (let part = at + file.readUInt32LE(at + 8), step = 1; step !== 0; part += step) {
      versions.push(text(file, names + file.readUInt32LE(part + 8)));
      step = file.readUInt32LE(part + 12);
    }
    libraries.push({ library: text(file, names + file.readUInt32LE(at + 4)), versions });
    next = file.readUInt32LE(at + 12);
  }
  return libraries;
}

function text(file: Buffer, at: number): string {
  return file.toString('latin1', at, file.indexOf(0, at));
}

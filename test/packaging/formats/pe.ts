/** Reads an executable of Windows, by Microsoft's "PE Format". */

interface Section {
  name: string;
  address: number;
  memorySize: number;
  fileOffset: number;
  fileSize: number;
}

interface Pe {
  cpu: 'x86_64' | 'arm64' | 'another';
  /** Whether it runs in a console. */
  isConsole: boolean;
  sections: Section[];
  /** The DLLs that are loaded with it. */
  libraries: string[];
  /** The address and size of the code signature; 0 where there is none. */
  certificates: { address: number; size: number };
  entry: number;
}

const cpus: Record<number, Pe['cpu']> = { 34404: 'x86_64', 43620: 'arm64' };
const plus = 0x20b;
const consoleSubsystem = 3;
/** The places of the data directories that are read. */
const directory = { imports: 1, certificates: 4 };

export function readPe(file: Buffer): Pe {
  const header = file.readUInt32LE(0x3c);
  if (file.toString('latin1', 0, 2) !== 'MZ' || file.toString('latin1', header, header + 4) !== 'PE\0\0') {
    throw new Error('no executable of Windows');
  }
  const optional = header + 24;
  if (file.readUInt16LE(optional) !== plus) throw new Error('no executable of 64 bits');
  const directoryAt = (nth: number) => {
    const at = optional + 112 + nth * 8;
    return { address: file.readUInt32LE(at), size: file.readUInt32LE(at + 4) };
  };
  const first = optional + file.readUInt16LE(header + 20);
  const sections = Array.from({ length: file.readUInt16LE(header + 6) }, (_, nth) => sectionAt(file, first + nth * 40));
  return {
    cpu: cpus[file.readUInt16LE(header + 4)] ?? 'another',
    isConsole: file.readUInt16LE(optional + 68) === consoleSubsystem,
    sections,
    libraries: librariesAt(file, sections, directoryAt(directory.imports).address),
    certificates: directoryAt(directory.certificates),
    entry: file.readUInt32LE(optional + 16),
  };
}

function sectionAt(file: Buffer, at: number): Section {
  return {
    name: file.toString('latin1', at, at + 8).replace(/\0+$/, ''),
    memorySize: file.readUInt32LE(at + 8),
    address: file.readUInt32LE(at + 12),
    fileSize: file.readUInt32LE(at + 16),
    fileOffset: file.readUInt32LE(at + 20),
  };
}

function librariesAt(file: Buffer, sections: readonly Section[], table: number): string[] {
  const inFile = (address: number): number => {
    const section = sections.find((one) => address >= one.address && address < one.address + one.memorySize);
    if (section === undefined) throw new Error(`no section holds the address ${address}`);
    return section.fileOffset + address - section.address;
  };
  const libraries: string[] = [];
  for (let at = inFile(table); file.readUInt32LE(at + 12) !== 0; at += 20) {
    const name = inFile(file.readUInt32LE(at + 12));
    libraries.push(file.toString('latin1', name, file.indexOf(0, name)));
  }
  return libraries;
}

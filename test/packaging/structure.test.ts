import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import packageJson from '../../package.json' with { type: 'json' };
import { executableFile } from '../../packaging/places.ts';
import { nameOf, type Platform, platforms } from '../../packaging/platform.ts';
import { builtForAll } from './built.ts';
import { readElf } from './formats/elf.ts';
import { readMachO } from './formats/macho.ts';
import { readPe } from './formats/pe.ts';

const cpus = {
  linux: { amd64: 'x86_64', arm64: 'aarch64' },
  darwin: { amd64: 'x86_64', arm64: 'arm64' },
  windows: { amd64: 'x86_64', arm64: 'arm64' },
} as const;

/** The tests of an executable for each platform of a system. */
function forEach(system: Platform['os'], test: (file: Buffer, cpu: string) => void): void {
  for (const platform of platforms.filter(({ os }) => os === system)) {
    it(nameOf(platform), () => test(readFileSync(executableFile(platform)), cpus[system][platform.arch]));
  }
}

describe('an executable', function () {
  this.timeout(120_000); // six are built

  before(builtForAll);

  describe('holds the bundle', () => {
    for (const platform of platforms) {
      it(nameOf(platform), () => {
        const file = readFileSync(executableFile(platform));
        for (const text of [packageJson.bugs.url, 'somebody else has just begun a roll of it']) {
          assert.ok(file.includes(text), text);
        }
      });
    }
  });

  describe('for Linux is loaded by glibc 2.17 and later', () => {
    forEach('linux', (file, expected) => {
      const { cpu, interpreter, needs } = readElf(file);
      const loader = { x86_64: '/lib64/ld-linux-x86-64.so.2', aarch64: '/lib/ld-linux-aarch64.so.1' }[expected];
      assert.deepEqual([cpu, interpreter], [expected, loader]);
      const versions = needs.flatMap((one) => one.versions);
      assert.ok(versions.includes('GLIBC_2.17'), versions.join(' '));
      assert.deepEqual(
        versions.filter((version) => !/^GLIBC_2\.(\d|1[0-7])(\.\d+)?$/.test(version)),
        [],
      );
    });
  });

  describe('for macOS is whole, and loads libraries of macOS alone', () => {
    forEach('darwin', (file, expected) => {
      const { cpu, isExecutable, segments, libraries } = readMachO(file);
      assert.deepEqual([cpu, isExecutable], [expected, true]);
      const inFile = segments.filter(({ fileSize }) => fileSize > 0);
      assert.deepEqual(
        inFile.map(({ name }) => name),
        ['__TEXT', '__DATA_CONST', '__DATA', '__BUN', '__LINKEDIT'],
      );
      let end = 0;
      for (const { name, fileOffset, fileSize, memorySize } of inFile) {
        assert.equal(fileOffset, end, name);
        assert.ok(memorySize >= fileSize, name);
        end += fileSize;
      }
      assert.equal(end, file.length);
      const foreign = libraries.filter((path) => !/^\/(usr\/lib|System\/Library)\//.test(path));
      assert.deepEqual(foreign, []);
    });
  });

  describe('for Windows is whole, runs in a console, and loads libraries of Windows alone', () => {
    forEach('windows', (file, expected) => {
      const { cpu, isConsole, sections, libraries, certificates, entry } = readPe(file);
      assert.deepEqual([cpu, isConsole], [expected, true]);
      assert.equal(sections.at(-1)?.name, '.bun');
      const [code] = sections;
      assert.ok(code && entry >= code.address && entry < code.address + code.memorySize, 'it begins in its code');
      for (const [nth, { name, address, fileOffset, fileSize }] of sections.entries()) {
        assert.ok(fileOffset + fileSize <= file.length, name);
        const before = sections[nth - 1];
        if (before === undefined) continue;
        assert.ok(address >= before.address + before.memorySize, `${name} in memory`);
        assert.ok(fileOffset >= before.fileOffset + before.fileSize, `${name} in the file`);
      }
      // A signature of bun itself would be wrong now.
      assert.deepEqual(certificates, { address: 0, size: 0 });
      const known = /^(ntdll|kernel32|api-ms-win-core-[\w-]+|bcryptprimitives)\.dll$/i;
      assert.deepEqual(
        libraries.filter((name) => !known.test(name)),
        [],
      );
    });
  });
});

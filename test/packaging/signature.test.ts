import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { signed } from '../../packaging/codesign.ts';
import { executableFile } from '../../packaging/places.ts';
import { runtimeFile } from '../../packaging/runtimes.ts';
import { builtForAll } from './built.ts';
import { faultsOfSignature, readMachO } from './formats/macho.ts';

const [amd64, arm64] = (['amd64', 'arm64'] as const).map((arch) => ({ os: 'darwin' as const, arch })) as [
  { os: 'darwin'; arch: 'amd64' },
  { os: 'darwin'; arch: 'arm64' },
];

describe('the executables for macOS', function () {
  this.timeout(120_000); // they are built, and hashed page by page

  before(builtForAll);

  for (const platform of [amd64, arm64]) {
    it(`carry a valid signature: ${platform.arch}`, () => {
      assert.deepEqual(faultsOfSignature(readFileSync(executableFile(platform))), []);
    });
  }

  it('are signed by us as bun signs those for arm64, byte by byte', () => {
    const file = readFileSync(executableFile(arm64));
    assert.ok(signed(file, 'a.out').equals(file));
  });

  it('would not pass with the signature that bun itself carries', () => {
    assert.deepEqual(faultsOfSignature(readFileSync(runtimeFile(amd64))).slice(0, 3), [
      'it has other parts than a code directory',
      'version 20500',
      'flags 10000',
    ]);
  });

  it('would not pass with one byte changed, wherever it is', () => {
    const file = readFileSync(executableFile(amd64));
    const { signature = { offset: 0, size: 0 }, segments } = readMachO(file);
    const hashes = signature.offset + 20 + 88 + 'kubectl-sts'.length + 1;
    for (const [at, fault] of [
      [4096 * 1000 + 17, 'page 1000 has another hash'],
      [signature.offset - 1, `page ${Math.floor((signature.offset - 1) / 4096)} has another hash`],
      [hashes + 32 * 7, 'page 7 has another hash'],
    ] as const) {
      file[at] = (file[at] ?? 0) ^ 1;
      assert.deepEqual(faultsOfSignature(file), [fault]);
      file[at] = (file[at] ?? 0) ^ 1;
    }
    assert.ok(
      segments.some(({ name }) => name === '__BUN'),
      'it holds the bundle',
    );
    assert.deepEqual(faultsOfSignature(file.subarray(0, -1)).slice(0, 2), [
      'it does not end with the file',
      '__LINKEDIT does not end with the file',
    ]);
  });
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import packageJson from '../../package.json' with { type: 'json' };
import { writeBundle } from '../../packaging/bundle.ts';
import { packagesIn, sizesIn } from '../../packaging/licences.ts';
import { metafile, root } from '../../packaging/places.ts';
import { checkout } from '../runner/files.ts';

/** A package in package-lock.json. */
interface Locked {
  hasInstallScript?: boolean;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

/** A line of a table of docs/dependencies.md. */
interface Row {
  name: string;
  version: string;
  licence: string;
  /** In bytes. */
  size: number;
  comesWith: string | undefined;
}

const { packages } = JSON.parse(readFileSync(join(checkout, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, Locked>;
};
const page = readFileSync(join(checkout, 'docs', 'dependencies.md'), 'utf8');

describe('docs/dependencies.md', function () {
  this.timeout(60_000);
  let bundled: ReturnType<typeof packagesIn>;
  let sizes: ReturnType<typeof sizesIn>;

  before(async () => {
    await writeBundle();
    const parts = JSON.parse(readFileSync(metafile, 'utf8')) as Metafile;
    bundled = packagesIn(parts, root);
    sizes = sizesIn(parts, root);
  });

  it('names each library in the bundle, with its version and licence', () => {
    const listed = rows().map(({ name, version, licence }) => `${name} ${version} ${licence}`);
    assert.deepEqual(
      listed.toSorted(),
      bundled.map(({ name, version, license }) => `${name} ${version} ${license}`).toSorted(),
    );
  });

  it('tells the size of each to a twentieth, and of the whole', () => {
    for (const { name, size } of rows()) assertAbout(size, sizes.packages.get(name) ?? 0, name);
    const [, whole = '', own = ''] =
      /one bundle of ([\d,]+) kB .*?\. ([\d,]+) kB of it are our own code/.exec(page) ?? [];
    assertAbout(bytes(whole), sizes.whole, 'the bundle');
    assertAbout(bytes(own), sizes.own, 'our own code');
  });

  it('has those that package.json names in one table, and in the other with which they come', () => {
    const chosen = bundled.map(({ name }) => name).filter((name) => Object.hasOwn(packageJson.devDependencies, name));
    const [ours, theirs] = [rows().filter(({ comesWith }) => !comesWith), rows().filter(({ comesWith }) => comesWith)];
    assert.deepEqual(ours.map(({ name }) => name).toSorted(), chosen.toSorted());
    for (const { name, comesWith } of theirs) {
      assert.ok(
        bundled.some((one) => one.name === comesWith),
        `${name} comes with ${comesWith}, which does not ship`,
      );
      const { dependencies = {}, optionalDependencies = {} } = packages[`node_modules/${comesWith}`] ?? {};
      assert.ok(name in { ...dependencies, ...optionalDependencies }, `${comesWith} does not ask for ${name}`);
    }
  });

  it('says truly that none of them runs a script when it is installed', () => {
    for (const { name, folder } of bundled) {
      const locked = packages[folder.slice(root.length)];
      assert.ok(locked, `package-lock.json does not know ${name}`);
      assert.notEqual(locked.hasInstallScript, true, name);
    }
    assert.equal(packages['node_modules/esbuild']?.hasInstallScript, true, 'npm notes such scripts there');
  });
});

function rows(): Row[] {
  const isOfTable = (cells: readonly string[]) => / \d+\.\d/.test(cells[0] ?? '');
  return page
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.split(' | ').map((cell) => cell.replaceAll('|', '').trim()))
    .filter(isOfTable)
    .map(([library = '', licence = '', size = '', fourth = '']) => {
      const [name = '', version = ''] = library.split(' ');
      const comesWith = / of \d{4}-\d\d-\d\d$/.test(fourth) ? undefined : fourth;
      return { name, version, licence, size: bytes(size), comesWith };
    });
}

/** `1,600 kB` */
function bytes(text: string): number {
  return Number.parseFloat(text.replaceAll(',', '')) * 1_000;
}

function assertAbout(told: number, real: number, what: string): void {
  assert.ok(real > 0, `${what} has no size`);
  // Small ones are told to a tenth of a kB.
  const tolerance = Math.max(real / 20, 50);
  assert.ok(Math.abs(told - real) <= tolerance, `${what}: ${told} in docs/dependencies.md, and really ${real} bytes`);
}

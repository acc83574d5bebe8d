import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import packageJson from '../../package.json' with { type: 'json' };
import { committedManifest } from '../../packaging/manifest.ts';
import { checkout } from '../runner/files.ts';

/** A file of the checkout; undefined where it is not written yet. */
function text(file: string): string | undefined {
  const path = join(checkout, file);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

describe('versions', () => {
  it('of the package, its lock file and its manifest are one', () => {
    const lock = JSON.parse(text('package-lock.json') ?? '{}') as { version: string };
    const manifest = JSON.parse(committedManifest()) as { version: string };
    assert.deepEqual([lock.version, manifest.version], [packageJson.version, packageJson.version]);
  });

  const changelog = text('CHANGELOG.md');
  if (changelog !== undefined) {
    it('stand in the changelog, the newest first', () => {
      const [newest] = [...changelog.matchAll(/^## \[?v?(\d+\.\d+\.\d+)/gm)].map(([, version]) => version);
      assert.equal(newest, packageJson.version);
    });
  }
});

describe('documents', () => {
  const scripts = new Set([...Object.keys(packageJson.scripts), 'ci', 'install', 'pack', 'publish']);

  for (const file of globSync(['*.md', 'docs/**/*.md', 'examples/**/*.md', 'test/**/*.md'], { cwd: checkout }).sort()) {
    it(`${file} names only npm scripts that there are`, () => {
      const named = [...(text(file) ?? '').matchAll(/\bnpm (?:run (?:-s |--silent )?([\w-]+(?::[\w-]+)*)|(test)\b)/g)];
      assert.deepEqual(
        named.map(([, script, test]) => script ?? test ?? '').filter((script) => !scripts.has(script)),
        [],
      );
    });

    it(`${file} links only to files that there are`, () => {
      const links = [...(text(file) ?? '').matchAll(/\]\((?!\w+:|#)([^)#\s]+)/g)].map(([, link]) => link ?? '');
      assert.deepEqual(
        links.filter((link) => !existsSync(join(checkout, file, '..', link))),
        [],
      );
    });

    it(`${file} links only to headings that there are`, () => {
      const links = [...(text(file) ?? '').matchAll(/\]\((?!\w+:)([^)#\s]*\.md|)#([^)\s]+)\)/g)];
      const missing = links.filter(([, page = '', anchor = '']) => {
        const target = page === '' ? file : join(file, '..', page);
        return !anchorsOf(text(target) ?? '').includes(anchor);
      });
      assert.deepEqual(
        missing.map(([link]) => link),
        [],
      );
    });
  }
});

/** The anchors that GitHub gives to the headings of a page. */
function anchorsOf(page: string): string[] {
  const counts = new Map<string, number>();
  const outside = page.replace(/^( *```).*?^ *```$/gms, '');
  return [...outside.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => {
    const words = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const anchor = words.replace(/[^\p{L}\p{N}_ -]/gu, '').replaceAll(' ', '-');
    const earlier = counts.get(anchor) ?? 0;
    counts.set(anchor, earlier + 1);
    return earlier === 0 ? anchor : `${anchor}-${earlier}`;
  });
}

describe('examples', () => {
  it('ask for node ports that no other example asks for, so that all can be applied side by side', () => {
    type Manifest = { spec?: { ports?: { nodePort?: number }[] } } | undefined;
    const ports = globSync('examples/*/*.yaml', { cwd: checkout })
      .flatMap((file) => loadAll(text(file) ?? '') as Manifest[])
      .flatMap((manifest) => manifest?.spec?.ports ?? [])
      .flatMap(({ nodePort }) => nodePort ?? []);
    assert.deepEqual(ports, [...new Set(ports)]);
    assert.ok(ports.includes(30010), 'simple-statefulset-np is reached at port 30010');
  });
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import packageJson from '../../package.json' with { type: 'json' };
import { krewManifest, unreleasedManifest } from '../../packaging/krew-manifest.ts';
import { indexFile } from '../../packaging/places.ts';
import { platforms } from '../../packaging/platform.ts';
import { commands } from '../../src/commands.ts';

interface Manifest {
  metadata: { name: string };
  spec: {
    version: string;
    shortDescription: string;
    description: string;
    platforms: { uri: string; sha256: string; selector: { matchLabels: object }; bin: string }[];
  };
}

describe('the krew manifest', () => {
  const platform = { os: 'darwin', arch: 'arm64' } as const;
  const manifest = load(krewManifest([{ platform, sha256: 'abc' }])) as Manifest;

  it('makes the plugin `kubectl sts`, in the version of package.json', () => {
    assert.equal(manifest.metadata.name, 'sts');
    assert.equal(manifest.spec.version, `v${packageJson.version}`);
  });

  it('names the archive of each platform with its digest', () => {
    const [{ uri, ...rest } = { uri: '' }] = manifest.spec.platforms;
    assert.ok(uri.endsWith(`/v${packageJson.version}/kubectl-sts-darwin-arm64.tar.gz`), uri);
    assert.deepEqual(rest, { selector: { matchLabels: platform }, sha256: 'abc', bin: 'kubectl-sts' });
  });

  it('is short, and lists no commands: krew asks for that', () => {
    const { shortDescription, description } = manifest.spec;
    assert.ok(shortDescription.length <= 50, shortDescription);
    for (const name of Object.keys(commands)) assert.ok(!description.includes(`kubectl sts ${name}`), name);
  });
});

describe('plugins/sts.yaml, which makes the repository an index of krew,', () => {
  const text = readFileSync(indexFile, 'utf8');
  const { metadata, spec } = load(text) as Manifest;

  it('names the archives of the version that was released last, or says that there is none', () => {
    assert.equal(metadata.name, 'sts');
    if (spec.version === 'v0.0.0')
      return assert.equal(text, unreleasedManifest(), 'npm run krew-index -- --unreleased');
    assert.deepEqual(
      spec.platforms.map(({ selector }) => selector.matchLabels),
      platforms,
    );
    for (const { uri } of spec.platforms) assert.ok(uri.includes(`/releases/download/${spec.version}/`), uri);
  });
});

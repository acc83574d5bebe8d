import assert from 'node:assert/strict';
import { load } from 'js-yaml';
import packageJson from '../../package.json' with { type: 'json' };
import { krewManifest } from '../../packaging/krew-manifest.ts';

interface Manifest {
  metadata: { name: string };
  spec: { version: string; platforms: { uri: string; sha256: string; selector: object; bin: string }[] };
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
});

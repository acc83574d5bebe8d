import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { supported } from '#src/cli/serverversion.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { checkout } from '../runner/files.ts';
import { inTurn, minors, newest, older, parseGates, releases } from '../stand/kubernetes.ts';
import { moduleFolder, olderModule } from '../stand/modules.ts';

describe('the versions of Kubernetes', () => {
  for (const minor of minors) {
    it(`${minor} is built from its release, with all its parts`, () => {
      const goMod = readFileSync(join(moduleFolder(olderModule(minor) ?? 'kubernetes'), 'go.mod'), 'utf8');
      const release = releases[minor];
      assert.match(goMod, new RegExp(`^require k8s.io/kubernetes ${release}$`, 'm'));
      // Kubernetes 1.x.y is published as k8s.io/api v0.x.y, and so are its other parts.
      const parts = [...goMod.matchAll(/^\tk8s\.io\/\S+ => k8s\.io\/\S+ (v\S+)$/gm)].map(([, version]) => version);
      assert.ok(parts.length > 25, `${parts.length} parts`);
      assert.deepEqual([...new Set(parts)], [release.replace('v1.', 'v0.')]);
    });
  }

  it('that are tested are those that the plugin and the README call supported', () => {
    assert.deepEqual(supported, { oldest: minors[0], newest: minors.at(-1) });
    assert.equal(newest, minors.at(-1));
    const has = (file: string, words: string) => {
      assert.ok(readFileSync(join(checkout, file), 'utf8').includes(words), `${file}: ${words}`);
    };
    has('README.md', `Kubernetes ${supported.oldest} to ${supported.newest} are supported`);
    has('docs/commands/version.md', `Kubernetes ${supported.oldest} to ${supported.newest} are supported`);
    has('docs/kubectl-differences.md', `as kubectl ${newest} does`);
    const [last, ...others] = Object.values(releases)
      .map((release) => release.slice(1))
      .reverse();
    has('test/stand/README.md', `${others.reverse().join(', ')} and ${last}`);
    has('test/stand/README.md', `kube-scheduler of Kubernetes ${last}`);
  });

  it('take turns: the oldest every day, the others one after the other', () => {
    const days = [20_000, 20_001, 20_002, 20_003].map(inTurn);
    for (const day of days) assert.deepEqual([day.length, day[0]], [2, minors[0]]);
    assert.deepEqual([...new Set(days.flat())].sort(), older);
  });
});

describe('the version of the plugin', () => {
  it('is in the name of the npm package that docs/install.md tells to install', () => {
    const page = readFileSync(join(checkout, 'docs/install.md'), 'utf8');
    const named = [...page.matchAll(/kubectl-sts-(\d[\w.-]*)\.tgz/g)].map(([, version]) => version);
    assert.deepEqual([...new Set(named)], [packageJson.version]);
  });
});

describe('feature gates', () => {
  it('are read as the components of Kubernetes read them', () => {
    assert.deepEqual(parseGates('A=true,Be2=false'), { A: true, Be2: false });
  });

  for (const text of ['', 'A', 'A=yes', 'A=true,', '=true', 'A=true;B=true']) {
    it(`are refused in one line: ${JSON.stringify(text)}`, () => {
      assert.match(String(parseGates(text)), /^not a feature gate: ".*" \(NAME=true or NAME=false\)$/);
    });
  }
});

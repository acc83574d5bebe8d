import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { pinWorld, podLabel, said } from './world.ts';

describe('kubectl sts pin -f', () => {
  const world = pinWorld();
  const labels = { app: 'db' };
  const set = (namespace?: string) => ({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db', ...(namespace === undefined ? {} : { namespace }) },
    spec: {
      replicas: 2,
      serviceName: 'db',
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'main' }] } },
    },
  });
  const service = (name: string, namespace?: string) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
    spec: { type: 'LoadBalancer', selector: labels, ports: [{ port: 80 }] },
  });
  const warning = (pod: string) => `warning: whether pod ${pod} exists and is ready is not known: files do not tell`;
  const pin = (words: string, ...objects: object[]) =>
    world.run(`pin ${words} --dry-run=client -f ${world.file(...objects)}`);

  afterEach(() => assert.deepEqual(world.cluster.requests, [], 'no cluster is asked'));

  it('says what a pin would change', async () => {
    assert.deepEqual(
      await pin('front 1', set(), service('front')),
      said(
        0,
        ['service/front pinned to pod/db-1 (dry run)', `  selector  app=db  →  app=db, ${podLabel}=db-1`],
        [warning('db-1')],
      ),
    );
  });

  it('prints the manifest, for Git', async () => {
    const { stdout, code } = await pin('front 1 -o yaml', set(), service('front'));
    const record = { selector: labels, pod: 'db-1', set: 'db', since: '2026-01-01T00:00:00Z', owners: [] };
    const { metadata, ...rest } = load(stdout) as { metadata: { annotations: Record<string, string> } };
    const { annotations, ...named } = metadata;
    assert.deepEqual(JSON.parse(annotations['kubectl-sts/pin'] ?? ''), record);
    assert.deepEqual(
      { ...rest, metadata: named },
      {
        ...service('front'),
        spec: { ...service('front').spec, selector: { ...labels, [podLabel]: 'db-1' } },
      },
    );
    assert.equal(code, 0);
  });

  it('takes several Services, and every way to name the pod', async () => {
    const objects = [set(), service('front'), service('back')];
    for (const target of ['1', 'db-1', 'sts/db:1']) {
      const { stdout } = await pin(`front svc/back --to ${target} -o json`, ...objects);
      assert.deepEqual(
        JSON.parse(stdout).items.map(({ spec }: { spec: { selector: object } }) => spec.selector),
        [1, 2].map(() => ({ ...labels, [podLabel]: 'db-1' })),
      );
    }
  });

  it('refuses as it does on a cluster, exit 1', async () => {
    assert.deepEqual(
      await pin('front 5', set(), service('front')),
      said(1, [], ['error: service "front" is not pinned: StatefulSet db has no ordinal 5: its ordinals are 0 to 1']),
    );
    assert.deepEqual(
      await pin('front 1', service('front')),
      said(
        1,
        [],
        ['error: service "front" is not pinned: its StatefulSet is not in the files: add its manifest with -f'],
      ),
    );
  });

  it('exits 2 for a Service that the files do not hold', async () => {
    assert.deepEqual(
      await pin('back 1', set(), service('front')),
      said(2, [], ['error: the files hold no Service "back"']),
    );
  });

  it('tells Services of one name apart by -n', async () => {
    const objects = [set('shop'), service('front', 'shop'), set('staging'), service('front', 'staging')];
    const { stdout } = await pin('front 1 -n staging -o json', ...objects);
    assert.equal(JSON.parse(stdout).metadata.namespace, 'staging');
    assert.deepEqual(
      await pin('front 1', ...objects),
      said(2, [], ['error: the files hold several Services "front": tell them apart by -n']),
    );
    assert.deepEqual(
      await pin('front 1 -n elsewhere', ...objects),
      said(2, [], ['error: the files hold no Service "front"']),
    );
  });

  it('takes a Service without a namespace for one of the default namespace', async () => {
    const found = await pin('front 1 -n default', set(), service('front'));
    assert.equal(found.code, 0);
  });

  it('takes the folders within a folder with -R, and exits 2 for a file in them that cannot be read', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kubectl-sts-pin-'));
    mkdirSync(join(folder, 'set'));
    writeFileSync(join(folder, 'front.json'), JSON.stringify(service('front')));
    writeFileSync(join(folder, 'set', 'set.json'), JSON.stringify(set()));
    const run = (words: string) => world.run(`pin front 1 --dry-run=client -f ${folder} ${words}`);
    assert.equal((await run('')).code, 1, 'without the set');
    assert.equal((await run('-R')).code, 0);
    const wrong = join(folder, 'set', 'wrong.yaml');
    writeFileSync(wrong, 'a: [\n');
    const { code, stdout, stderr } = await run('-R');
    assert.deepEqual([code, stdout.split('\n')[0]], [2, 'service/front pinned to pod/db-1 (dry run)']);
    assert.ok(stderr.startsWith(`error: ${wrong}: line `), stderr);
    rmSync(folder, { recursive: true });
  });

  it('exits 2 for a file that cannot be read', async () => {
    const { code, stdout, stderr } = await world.run('pin front 1 --dry-run=client -f /nowhere/x.yaml');
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, /^error: .*\/nowhere\/x\.yaml/);
  });
});

import assert from 'node:assert/strict';
import { published, service, set } from './dns/sets.ts';
import { apply, kubectl } from './kubectl.ts';
import { ownNamespace } from './namespace.ts';
import { type Applier, appliersIn, type Manifest } from './pin/appliers.ts';
import { done, entrance, patched, podLabel, refused, type Selector, selectorOf, serviceOf } from './pin/services.ts';

type Deed = 'keeps' | 'reverts' | 'replaces' | 'conflicts';

/** What `pin` says of the owner's next apply, by what that then does. */
const said: Readonly<Record<Deed, RegExp>> = {
  keeps: /, which leaves the pin alone$/,
  reverts: /, which undoes the pin the next time it applies$/,
  replaces: /: its next replace undoes the pin, and forgets it with the annotation$/,
  conflicts:
    /: its next apply fails with a conflict until the Service is unpinned, or undoes the pin when it is forced$/,
};
const alsoUnpinned = /; it may fail after unpin too, since somebody else owned the selector before the pin$/;
const mayUndo = /, which may undo the pin$/;

describe('the next apply of the owner of a pinned Service does what pin said', () => {
  const namespace = ownNamespace('pin-appliers');
  const { clientSide, serverSide, replacing, helm3 } = appliersIn(namespace);
  const balanced: Selector = { app: 'web' };
  const perPod: Selector = { app: 'web', [podLabel]: 'web-0' };
  const pinned: Selector = { app: 'web', [podLabel]: 'web-1' };

  const release = {
    labels: { 'app.kubernetes.io/managed-by': 'Helm' },
    annotations: { 'meta.helm.sh/release-name': 'shop', 'meta.helm.sh/release-namespace': namespace },
  };
  const tracked = { annotations: { 'argocd.argoproj.io/tracking-id': 'shop:/Service:shop/web' } };
  const replaced = { annotations: { ...tracked.annotations, 'argocd.argoproj.io/sync-options': 'Replace=true' } };
  const ofFlux = { labels: { 'kustomize.toolkit.fluxcd.io/name': 'shop' } };
  const ofHelmRelease = { labels: { 'helm.toolkit.fluxcd.io/name': 'shop' } };

  before(async () => {
    await apply(namespace, [service('web'), set('web', { replicas: 3 })]);
    await published(namespace, 'web', ['web-0', 'web-1', 'web-2']);
  });

  let made = 0;
  /** A Service of the applier, and what `pin` says of this owner. */
  async function pinnedBy(owner: string, applier: Applier, selector: Selector, edit?: () => Promise<void>) {
    const manifest: Manifest = { name: `lb-${made}`, version: '1', selector };
    await applier.create(manifest);
    await edit?.();
    const { stderr } = await done(['pin', manifest.name, '1', '-n', namespace]);
    assert.deepEqual(await selectorOf(namespace, manifest.name), pinned);
    const lines = stderr.split('\n').filter((line) => line.includes(` managed by ${owner} (`));
    assert.equal(lines.length, 1, stderr);
    return { manifest, line: lines[0] ?? '' };
  }
  beforeEach(() => {
    made++;
  });

  async function deedOf(applier: Applier, manifest: Manifest, version: string): Promise<Deed> {
    const { code, stderr } = await applier.again({ ...manifest, version }, manifest);
    const { spec, metadata } = await serviceOf(namespace, manifest.name);
    if (code !== 0) {
      assert.match(stderr, /conflict.*kubectl-sts.*\.spec\.selector/is);
      assert.deepEqual(spec.selector, pinned);
      return 'conflicts';
    }
    assert.equal(metadata.labels?.['version'], version);
    const isKept = JSON.stringify(spec.selector) === JSON.stringify(pinned);
    if (!isKept) assert.deepEqual(spec.selector, manifest.selector);
    if (isKept) return 'keeps';
    return metadata.annotations?.['kubectl-sts/pin'] === undefined ? 'replaces' : 'reverts';
  }

  const migrated: Applier = {
    async create(manifest) {
      await clientSide().create(manifest);
      await serverSide('kubectl').create(manifest);
    },
    again: serverSide('kubectl').again,
  };
  const replaces = replacing('kubectl-replace', {});
  const kubectlReplaces: Applier = {
    async create(manifest) {
      await replacing('kubectl-create', {}).create(manifest);
      await replaces.again({ ...manifest, version: '1b' }, manifest);
    },
    again: replaces.again,
  };
  const rows: readonly [what: string, owner: string, applier: Applier, without: Deed, withPod: Deed][] = [
    ['kubectl apply', 'kubectl apply', clientSide(), 'keeps', 'reverts'],
    ['kubectl apply --server-side', 'kubectl apply', serverSide('kubectl'), 'conflicts', 'conflicts'],
    ['kubectl apply, then on the server side', 'kubectl apply', migrated, 'conflicts', 'conflicts'],
    ['Helm 3', 'Helm', helm3('helm', release), 'keeps', 'reverts'],
    ['Helm 3 in Terraform', 'Helm', helm3('terraform-provider-helm_v2.17.0_x5', release), 'keeps', 'reverts'],
    ['Helm 4', 'Helm', serverSide('helm', release), 'conflicts', 'conflicts'],
    ['Argo CD', 'Argo CD', clientSide('argocd-controller', tracked), 'keeps', 'reverts'],
    [
      'Argo CD with ServerSideApply',
      'Argo CD',
      serverSide('argocd-controller', { ...tracked, force: true }),
      'reverts',
      'reverts',
    ],
    ['Argo CD that was told to replace', 'Argo CD', replacing('argocd-controller', replaced), 'replaces', 'replaces'],
    ['kubectl replace', 'kubectl replace', kubectlReplaces, 'replaces', 'replaces'],
    ['Flux', 'Flux', serverSide('kustomize-controller', { ...ofFlux, force: true }), 'reverts', 'reverts'],
    ['another applier', 'platform', serverSide('platform'), 'conflicts', 'conflicts'],
  ];
  for (const [what, owner, applier, without, withPod] of rows) {
    for (const [title, selector, deed] of [
      ['whose manifest names no pod', balanced, without],
      ['whose manifest names a pod', perPod, withPod],
    ] as const) {
      it(`${what}, ${title}: it ${deed}`, async () => {
        const { manifest, line } = await pinnedBy(owner, applier, selector);
        assert.match(line, said[deed]);
        assert.equal(await deedOf(applier, manifest, '2'), deed);
        if (deed === 'reverts' || deed === 'replaces') return;
        await done(['unpin', manifest.name, '-n', namespace]);
        assert.deepEqual(await selectorOf(namespace, manifest.name), selector);
        // It owns its selector again, and may change it.
        const changed = { ...manifest, version: '3', selector: { ...selector, tier: 'data' } };
        const { code, stderr } = await applier.again(changed, { ...manifest, version: '2' });
        assert.equal(code, 0, stderr);
        assert.deepEqual(await selectorOf(namespace, manifest.name), changed.selector);
      });
    }
  }

  it('Helm 4 that is forced, and every other applier: it undoes the pin', async () => {
    const { manifest, line } = await pinnedBy('Helm', serverSide('helm', release), balanced);
    assert.match(line, said.conflicts);
    assert.equal(await deedOf(serverSide('helm', { ...release, force: true }), manifest, '2'), 'reverts');
  });

  it('kubectl apply, whose manifest names the very pod: it keeps the pin', async () => {
    const moved = () => patched(namespace, `service/lb-${made}`, { spec: { selector: { [podLabel]: 'web-0' } } });
    const { manifest, line } = await pinnedBy('kubectl apply', clientSide(), pinned, moved);
    assert.match(line, said.keeps);
    assert.equal(await deedOf(clientSide(), manifest, '2'), 'keeps');
  });

  it('kubectl apply, whose manifest names no pod, of a selector to which somebody added one: it keeps the pin', async () => {
    const added = () => patched(namespace, `service/lb-${made}`, { spec: { selector: { [podLabel]: 'web-0' } } });
    const { manifest, line } = await pinnedBy('kubectl apply', clientSide(), balanced, added);
    assert.match(line, said.keeps);
    assert.equal(await deedOf(clientSide(), manifest, '2'), 'keeps');
  });

  it('kubectl apply, whose manifest names a pod that somebody took out of the selector: it undoes the pin', async () => {
    const taken = () => patched(namespace, `service/lb-${made}`, { spec: { selector: { [podLabel]: null } } });
    const { manifest, line } = await pinnedBy('kubectl apply', clientSide(), perPod, taken);
    assert.match(line, said.reverts);
    assert.equal(await deedOf(clientSide(), manifest, '2'), 'reverts');
  });

  for (const [what, owner, applier, words] of [
    ['Helm 4', 'Helm', serverSide('helm', release), alsoUnpinned],
    ['another applier', 'platform', serverSide('platform'), /may fail with a conflict, also after unpin, since/],
  ] as const) {
    it(`${what}, from which somebody took the selector: it conflicts, also when the Service is unpinned`, async () => {
      const taken = () => patched(namespace, `service/lb-${made}`, { spec: { selector: { [podLabel]: 'web-2' } } });
      const { manifest, line } = await pinnedBy(owner, applier, perPod, taken);
      assert.match(line, words);
      assert.equal(await deedOf(applier, manifest, '2'), 'conflicts');
      await done(['unpin', manifest.name, '-n', namespace]);
      const { code, stderr } = await applier.again({ ...manifest, version: '2' }, manifest);
      assert.equal(code, 1);
      assert.match(stderr, /conflict.*kubectl-patch.*\.spec\.selector/is);
    });
  }

  it('an operator from whose Service a person took the selector: it may undo the pin, and is told as a keeper', async () => {
    const edited = () =>
      patched(
        namespace,
        `service/lb-${made}`,
        { spec: { selector: { [podLabel]: 'web-2' } } },
        '--field-manager=kubectl-edit',
      );
    const operator = replacing('strimzi-cluster-operator', {});
    const { manifest, line } = await pinnedBy('strimzi-cluster-operator', operator, perPod, edited);
    assert.match(line, mayUndo);
    await done(['unpin', manifest.name, '-n', namespace]);
    const { stderr } = await refused(namespace, manifest.name, ['unpin', manifest.name]);
    assert.match(stderr, /written by kubectl-edit \(Update, /);
    assert.match(stderr, /written by strimzi-cluster-operator \(Update\), which does not own its selector now/);
    await operator.again(manifest, manifest);
    assert.deepEqual(await selectorOf(namespace, manifest.name), perPod);
  });

  for (const [title, selector, deed] of [
    ['names no pod', balanced, 'keeps'],
    ['names a pod', perPod, 'reverts'],
  ] as const) {
    it(`Helm 3, of whose selector somebody else is the last writer: it may undo the pin, as its manifest ${title}`, async () => {
      const written = () => patched(namespace, `service/lb-${made}`, { spec: { selector: { [podLabel]: 'web-2' } } });
      const { manifest, line } = await pinnedBy('Helm', helm3('helm', release), selector, written);
      assert.match(line, mayUndo);
      assert.equal(await deedOf(helm3('helm', release), manifest, '2'), deed);
    });

    it(`Flux by Helm: it may undo the pin, as its manifest ${title}`, async () => {
      const upgrade = helm3('helm-controller', { ...release, labels: { ...release.labels, ...ofHelmRelease.labels } });
      const { manifest, line } = await pinnedBy('Flux', upgrade, selector);
      assert.match(line, mayUndo);
      assert.equal(await deedOf(upgrade, manifest, '2'), deed);
    });
  }

  it('a program that moves the pod’s name by kubectl: it may undo the pin', async () => {
    const failover = () => patched(namespace, `service/lb-${made}`, { spec: { selector: { [podLabel]: 'web-2' } } });
    const { manifest, line } = await pinnedBy('kubectl-patch', helm3('helm', release), perPod, failover);
    assert.match(line, mayUndo);
    await failover();
    assert.deepEqual(await selectorOf(namespace, manifest.name), { ...perPod, [podLabel]: 'web-2' });
  });

  it('an export without managedFields does not tell which way: both are said', async () => {
    await helm3('helm', release).create({ name: `lb-${made}`, version: '1', selector: balanced });
    const exported = await kubectl(['get', 'service,sts,pod', '-o', 'yaml', '-n', namespace]);
    const args = ['pin', `lb-${made}`, '1', '-f', '-', '--dry-run=client', '-o', 'name'];
    const { stderr } = await done(args, { stdin: exported });
    assert.match(
      stderr,
      /managed by Helm .*leaves the pin alone where it merges.*fails with a conflict.*on the server side$/m,
    );
  });

  for (const [what, owner, args] of [
    ['on the client side', 'kubectl apply (annotation kubectl.kubernetes.io/last-applied-configuration)', []],
    ['on the server side', 'kubectl apply (field manager kubectl)', ['--server-side']],
  ] as const) {
    it(`a manifest that holds the pin, applied ${what}: it pins the Service again after unpin, which says so`, async () => {
      const name = `lb-${made}`;
      const objects = [entrance(name, '', { selector: balanced }), set('web', { replicas: 3 })];
      const stdin = objects.map((object) => JSON.stringify(object)).join('\n---\n');
      const manifest = await done(['pin', name, 'sts/web:1', '-f', '-', '--dry-run=client', '-o', 'yaml'], { stdin });
      const applyIt = () => kubectl(['apply', ...args, '-n', namespace, '-f', '-'], { stdin: manifest.stdout });
      await applyIt();
      const { stderr } = await done(['unpin', name, '-n', namespace]);
      assert.ok(stderr.includes(`warning: the manifest of ${owner} holds the pin: its next apply pins`), stderr);
      assert.deepEqual(await selectorOf(namespace, name), balanced);
      await applyIt();
      assert.deepEqual(await selectorOf(namespace, name), pinned);
      assert.notEqual((await serviceOf(namespace, name)).metadata.annotations?.['kubectl-sts/pin'], undefined);
    });
  }
});

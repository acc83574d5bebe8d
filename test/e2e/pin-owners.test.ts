import assert from 'node:assert/strict';
import { published, service, set } from './dns/sets.ts';
import { apply, getJson, kubectl, tryKubectl } from './kubectl.ts';
import { ownNamespace } from './namespace.ts';
import {
  done,
  entrance,
  lasting,
  patched,
  pinAnnotation,
  podLabel,
  reaches,
  rememberedBy,
  type Selector,
  selectorOf,
  serviceOf,
} from './pin/services.ts';
import type { Ran } from './ran.ts';

describe('the owner of a pinned Service', () => {
  const namespace = ownNamespace('pin-owners');
  const original = { app: 'web' };
  const pinned = { app: 'web', [podLabel]: 'web-1' };

  before(async () => {
    await apply(namespace, [service('web'), set('web', { labels: { tier: 'data' } })]);
    await published(namespace, 'web', ['web-0', 'web-1']);
  });

  async function warnedOnPin(name: string): Promise<string> {
    const { stderr } = await done(['pin', name, '1', '-n', namespace]);
    assert.deepEqual(await selectorOf(namespace, name), pinned);
    return stderr;
  }
  const unpin = (name: string, ...args: string[]) => done(['unpin', name, ...args, '-n', namespace]);

  /** As an owner writes it: with a selector, and something else that changes from time to time. */
  function manifest(name: string, version: string, selector: Selector = original): string {
    const { metadata, ...rest } = entrance(name, '', { selector }) as { metadata: object };
    return JSON.stringify({ ...rest, metadata: { ...metadata, labels: { version } } });
  }
  const serverSide = (manager: string, text: string, ...args: string[]): Promise<Ran> =>
    tryKubectl(['apply', '--server-side', `--field-manager=${manager}`, '-n', namespace, '-f', '-', ...args], {
      stdin: text,
    });

  it('who applies on the client’s side keeps the pin, and is named', async () => {
    const write = (version: string, selector?: Selector) =>
      kubectl(['apply', '-n', namespace, '-f', '-'], { stdin: manifest('client-side', version, selector) });
    await write('1');
    await reaches(namespace, 'client-side', ['web-0', 'web-1']);
    const before = await serviceOf(namespace, 'client-side');
    assert.match(await warnedOnPin('client-side'), /^warning: .*kubectl apply.*(keep|leave)/im);
    await write('1');
    assert.deepEqual(await selectorOf(namespace, 'client-side'), pinned);
    await unpin('client-side');
    assert.deepEqual(lasting(await serviceOf(namespace, 'client-side')), lasting(before));

    await done(['pin', 'client-side', '1', '-n', namespace]);
    await write('2');
    assert.deepEqual(await selectorOf(namespace, 'client-side'), pinned);
    await unpin('client-side');
    await write('3', { app: 'web', tier: 'data' });
    assert.deepEqual(await selectorOf(namespace, 'client-side'), { app: 'web', tier: 'data' });
  });

  for (const manager of ['fleet', 'kubectl']) {
    it(`who applies on the server’s side meets a conflict, and none after unpin: ${manager}`, async () => {
      const name = `server-side-${manager}`;
      assert.equal((await serverSide(manager, manifest(name, '1'))).code, 0);
      await reaches(namespace, name, ['web-0', 'web-1']);
      const before = await serviceOf(namespace, name);
      assert.match(await warnedOnPin(name), new RegExp(`^warning: .*${manager}.*(conflict|fail)`, 'im'));

      const meanwhile = await serverSide(manager, manifest(name, '2', { app: 'web', tier: 'data' }));
      assert.equal(meanwhile.code, 1);
      assert.match(meanwhile.stderr, /conflict.*kubectl-sts/is);
      assert.deepEqual(await selectorOf(namespace, name), pinned);

      await unpin(name);
      assert.deepEqual(lasting(await serviceOf(namespace, name)), lasting(before));
      const changed = await serverSide(manager, manifest(name, '3', { app: 'web', tier: 'data' }));
      assert.equal(changed.code, 0, changed.stderr);
      assert.deepEqual(await selectorOf(namespace, name), { app: 'web', tier: 'data' });
    });
  }

  it('who applies on the server’s side gets the field back after moves, and another’s unpin', async () => {
    assert.equal((await serverSide('fleet', manifest('moved', '1'))).code, 0);
    const before = await serviceOf(namespace, 'moved');
    for (const [ordinal, manager] of [
      [0, 'day-shift'],
      [1, 'night-shift'],
    ] as const) {
      await done(['pin', 'moved', String(ordinal), '--field-manager', manager, '-n', namespace]);
    }
    await unpin('moved');
    assert.deepEqual(lasting(await serviceOf(namespace, 'moved')), lasting(before));
    const changed = await serverSide('fleet', manifest('moved', '2', { app: 'web', tier: 'data' }));
    assert.equal(changed.code, 0, changed.stderr);
  });

  it('who forces the old selector back has unpinned it; what is left is forgotten by unpin', async () => {
    assert.equal((await serverSide('fleet', manifest('forced', '1'))).code, 0);
    await warnedOnPin('forced');
    const { code, stderr } = await serverSide('fleet', manifest('forced', '2'), '--force-conflicts');
    assert.equal(code, 0, stderr);
    assert.deepEqual(await selectorOf(namespace, 'forced'), original);
    await unpin('forced');
    const after = await serviceOf(namespace, 'forced');
    assert.deepEqual(after.spec.selector, original);
    assert.equal(after.metadata.annotations?.[pinAnnotation], undefined);
    const again = await serverSide('fleet', manifest('forced', '3', { app: 'web', tier: 'data' }));
    assert.equal(again.code, 0, again.stderr);
  });

  it('who is Helm merges what changed, which keeps the pin, and is named by its mark', async () => {
    const { metadata, ...rest } = entrance('charted', 'web') as { metadata: object };
    const labels = { 'app.kubernetes.io/managed-by': 'Helm' };
    const annotations = { 'meta.helm.sh/release-name': 'shop', 'meta.helm.sh/release-namespace': namespace };
    const stdin = JSON.stringify({ ...rest, metadata: { ...metadata, labels, annotations } });
    await kubectl(['create', '--field-manager=helm', '-n', namespace, '-f', '-'], { stdin });
    const before = await serviceOf(namespace, 'charted');
    assert.match(await warnedOnPin('charted'), /^warning: .*Helm/m);
    // What changed between two releases, and no more.
    const release = (version: string) =>
      patched(namespace, 'service/charted', { metadata: { labels: { version } } }, '--field-manager=helm');
    await release('2');
    assert.deepEqual(await selectorOf(namespace, 'charted'), pinned);
    await unpin('charted');
    assert.deepEqual((await serviceOf(namespace, 'charted')).spec, before.spec);
    await release('3');
    assert.deepEqual(await selectorOf(namespace, 'charted'), original);
  });

  it('who is an operator may put its own selector back, and is named by its kind', async () => {
    const { metadata: owner } = await getJson<{ metadata: { uid: string } }>(['statefulset/web', '-n', namespace]);
    const controller = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'web', uid: owner.uid, controller: true };
    const { metadata, ...rest } = entrance('operated', 'web') as { metadata: object };
    const stdin = JSON.stringify({ ...rest, metadata: { ...metadata, ownerReferences: [controller] } });
    await kubectl(['create', '--field-manager=db-operator', '-n', namespace, '-f', '-'], { stdin });
    assert.match(await warnedOnPin('operated'), /^warning: .*StatefulSet\/web/m);

    /** Reads the whole object, and writes it back with its own selector. */
    const reconciled = async () => {
      const current = await getJson<{ spec: object }>(['service/operated', '-n', namespace]);
      const text = JSON.stringify({ ...current, spec: { ...current.spec, selector: original } });
      await kubectl(['replace', '--field-manager=db-operator', '-n', namespace, '-f', '-'], { stdin: text });
    };
    await reconciled();
    assert.deepEqual(await selectorOf(namespace, 'operated'), original);
    const { stdout } = await done(['pin', '--list', '-n', namespace]);
    assert.match(stdout, /operated/, 'the annotation is still there');

    await done(['pin', 'operated', '0', '-n', namespace]);
    assert.deepEqual(await selectorOf(namespace, 'operated'), { ...original, [podLabel]: 'web-0' });
    assert.deepEqual(rememberedBy(await serviceOf(namespace, 'operated')).selector, original);
    await reconciled();
    await unpin('operated');
    assert.deepEqual(await selectorOf(namespace, 'operated'), original);
    assert.equal((await serviceOf(namespace, 'operated')).metadata.annotations?.[pinAnnotation], undefined);
    await reconciled();
  });
});

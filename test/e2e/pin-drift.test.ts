import assert from 'node:assert/strict';
import { published, service, set } from './dns/sets.ts';
import { apply, kubectl, sts } from './kubectl.ts';
import { ownNamespace } from './namespace.ts';
import {
  done,
  entrance,
  patched,
  pinAnnotation,
  podLabel,
  reaches,
  refused,
  rememberedBy,
  type Selector,
  selectorOf,
  serviceOf,
} from './pin/services.ts';

describe('a pinned Service that somebody else has changed', () => {
  const namespace = ownNamespace('pin-drift');
  const name = 'web-lb';
  const original = { app: 'web', tier: 'data' };

  before(async () => {
    await apply(namespace, [service('web'), set('web', { labels: { tier: 'data', track: 'stable' } })]);
    await published(namespace, 'web', ['web-0', 'web-1']);
  });

  beforeEach(async () => {
    await apply(namespace, [entrance(name, 'web', { selector: original })]);
    await reaches(namespace, name, ['web-0', 'web-1']);
    await done(['pin', name, '1', '-n', namespace]);
  });
  afterEach(() => kubectl(['delete', 'service', name, '-n', namespace]));

  const edited = (selector: Record<string, string | null>): Promise<void> =>
    patched(namespace, `service/${name}`, { spec: { selector } });

  for (const [what, edit, shown, kept] of [
    ['a key was added', { track: 'stable' }, /track/, { ...original, track: 'stable' }],
    ['a key was taken away', { tier: null }, /tier/, { app: 'web' }],
    ['a value was changed', { tier: 'cache' }, /tier.*cache/, { app: 'web', tier: 'cache' }],
    ['the pod was changed', { [podLabel]: 'web-0' }, /web-0/, { ...original, [podLabel]: 'web-0' }],
  ] as const) {
    it(`is not unpinned, and the difference is shown: ${what}`, async () => {
      await edited(edit);
      const { stderr } = await refused(namespace, name, ['unpin', name]);
      assert.match(stderr, shown);
      assert.match(stderr, /--force/);
      assert.match(stderr, /--keep-changes/);
    });

    it(`is put back to the original by --force: ${what}`, async () => {
      await edited(edit);
      await done(['unpin', name, '--force', '-n', namespace]);
      const { metadata, spec } = await serviceOf(namespace, name);
      assert.deepEqual(spec.selector, original);
      assert.equal(metadata.annotations?.[pinAnnotation], undefined);
    });

    it(`keeps the change but not the pin with --keep-changes: ${what}`, async () => {
      await edited(edit);
      await done(['unpin', name, '--keep-changes', '-n', namespace]);
      assert.deepEqual(await selectorOf(namespace, name), kept satisfies Selector);
    });
  }

  it('needs only to be forgotten when they have put the original back', async () => {
    await edited({ [podLabel]: null });
    await done(['unpin', name, '-n', namespace]);
    const { metadata, spec } = await serviceOf(namespace, name);
    assert.deepEqual(spec.selector, original);
    assert.equal(metadata.annotations?.[pinAnnotation], undefined);
  });

  it('keeps the first original when it is moved then', async () => {
    await edited({ track: 'stable' });
    await done(['pin', name, '0', '-n', namespace]);
    assert.deepEqual(await selectorOf(namespace, name), { ...original, track: 'stable', [podLabel]: 'web-0' });
    assert.deepEqual(rememberedBy(await serviceOf(namespace, name)).selector, original);
    const { stderr } = await refused(namespace, name, ['unpin', name]);
    assert.match(stderr, /track/);
  });

  it('is one of several: the others are unpinned, exit 1', async () => {
    await apply(namespace, [entrance('other', 'web')]);
    await done(['pin', 'other', '0', '-n', namespace]);
    await edited({ track: 'stable' });
    const before = await serviceOf(namespace, name);
    const { stderr, code } = await sts(['unpin', '--all', '-n', namespace]);
    assert.equal(code, 1, stderr);
    assert.deepEqual(await selectorOf(namespace, 'other'), { app: 'web' });
    assert.deepEqual(await serviceOf(namespace, name), before);
  });

  for (const [what, note] of [
    ['no JSON', 'not JSON'],
    ['no selector', '{"pod":"web-1"}'],
    ['an empty selector', '{"pod":"web-1","selector":{}}'],
    ['a selector that is none', '{"pod":"web-1","selector":{"app":1}}'],
    ['control characters', '\u001b[2J'],
  ] as const) {
    it(`is not guessed at when its annotation holds ${what}`, async () => {
      await patched(namespace, `service/${name}`, { metadata: { annotations: { [pinAnnotation]: note } } });
      const { stderr } = await refused(namespace, name, ['unpin', name, '--force']);
      assert.match(stderr, /--selector/);
      assert.ok(!stderr.includes('\u001b'), JSON.stringify(stderr));
      await done(['unpin', name, '--selector', 'app=web,tier=data', '-n', namespace]);
      assert.deepEqual(await selectorOf(namespace, name), original);
    });
  }
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Service } from '#src/objects/types.ts';
import { pinnedTo } from '#src/pin/model/pinning.ts';
import { podNameLabel } from '#src/statefulset/identity.ts';
import { external, patched, pinned, restoring, unpin, unpinned, withNote, withSelector } from './services.ts';

const lb = external('lb', { spec: { selector: { app: 'web' } } });

/** Pinned by a record alone, so that any selector will do. */
function pinnedFrom(selector: Record<string, string>): Service {
  return withNote(
    withSelector(lb, pinnedTo(selector, 'web-1')),
    JSON.stringify({ selector, pod: 'web-1', owners: [] }),
  );
}

const selectors = fc
  .array(fc.tuple(fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom('constructor', podNameLabel)), fc.string()), {
    minLength: 1,
  })
  .map((entries): Record<string, string> => Object.fromEntries(entries));

describe('unpinning', () => {
  it('leaves the Service as it was before the pin', () => {
    assert.deepEqual(unpinned(pinned(lb)), lb);
    assert.deepEqual(unpinned(pinned(pinned(lb, 0))), lb);
    const noted = external('lb', { metadata: { annotations: { note: 'x' } } });
    assert.deepEqual(unpinned(pinned(noted)), noted);
  });

  it('restores any selector exactly, and removes the annotation', () => {
    fc.assert(
      fc.property(selectors, (selector) => {
        const result = unpinned(pinnedFrom(selector));
        assert.deepEqual(result.spec?.selector, selector);
        assert.equal(result.metadata.annotations, undefined);
      }),
    );
  });

  it('restores the original from any selector when forced, and never writes an empty one', () => {
    fc.assert(
      fc.property(selectors, fc.option(selectors, { nil: {} }), (original, current) => {
        const service = withSelector(pinnedFrom(original), current);
        assert.deepEqual(unpinned(service, { force: true }).spec?.selector, original);
        for (const keepChanges of [false, true]) {
          const answer = unpin(service, { keepChanges });
          if (answer.kind === 'restore') patched(service, answer.patch);
          else assert.ok(answer.kind === 'drift' || (answer.kind === 'refused' && keepChanges));
        }
      }),
    );
  });

  it('has nothing to write for a Service that is not pinned', () => {
    assert.equal(unpin(lb).kind, 'not pinned');
    assert.equal(unpin(lb, { force: true, selector: { a: 'b' } }).kind, 'not pinned');
  });

  it('removes the annotation when somebody restored the original already', () => {
    assert.deepEqual(unpinned(withSelector(pinned(lb), { app: 'web' })), lb);
  });
});

describe('a selector that somebody changed after the pin', () => {
  const edited = withSelector(pinned(lb), { [podNameLabel]: 'web-1', app: 'shop', zone: 'b' });

  it('is shown, and not written', () => {
    const answer = unpin(edited);
    assert.ok(answer.kind === 'drift');
    assert.deepEqual(answer.drift, {
      added: { zone: 'b' },
      removed: {},
      changed: { app: { from: 'web', to: 'shop' } },
    });
    assert.deepEqual([answer.original, answer.merged], [{ app: 'web' }, { app: 'shop', zone: 'b' }]);
  });

  it('becomes the original by force', () => {
    assert.deepEqual(unpinned(edited, { force: true }), lb);
  });

  it('is kept without the pin when asked to', () => {
    for (const force of [false, true]) {
      const result = unpinned(edited, { keepChanges: true, force });
      assert.deepEqual(result, withSelector(lb, { app: 'shop', zone: 'b' }));
    }
  });

  it('keeps an earlier pin by hand', () => {
    const original = { app: 'web', [podNameLabel]: 'web-0' };
    const service = withSelector(pinnedFrom(original), { app: 'web', zone: 'b', [podNameLabel]: 'web-1' });
    assert.deepEqual(unpinned(service, { keepChanges: true }).spec?.selector, { ...original, zone: 'b' });
  });

  it('is not kept when it would become empty', () => {
    const answer = unpin(withSelector(pinned(lb), { [podNameLabel]: 'web-1' }), { keepChanges: true });
    assert.deepEqual(answer.kind === 'refused' && answer.reason, { kind: 'nothing would be left' });
  });
});

describe('a Service pinned by hand', () => {
  const byHand = withSelector(lb, pinnedTo({ app: 'web' }, 'web-1'));
  const bare = withSelector(lb, { [podNameLabel]: 'web-1' });

  it('loses the one label', () => {
    assert.equal(restoring(byHand).fromRecord, false);
    assert.deepEqual(unpinned(byHand), lb);
  });

  it('whose selector would become empty needs one, and not an empty one', () => {
    for (const wish of [{}, { force: true }, { selector: {} }]) {
      const answer = unpin(bare, wish);
      assert.deepEqual(answer.kind === 'refused' && answer.reason, { kind: 'nothing would be left' });
    }
    assert.deepEqual(unpinned(bare, { selector: { app: 'web' } }), lb);
  });
});

describe('a selector that is given', () => {
  it('replaces an original that cannot be read; without it unpin is refused', () => {
    const broken = withNote(withSelector(lb, pinnedTo({ app: 'web' }, 'web-1')), '{"selector":');
    const answer = unpin(broken, { force: true, keepChanges: true });
    assert.ok(answer.kind === 'refused' && answer.reason.kind === 'unreadable annotation');
    assert.equal(unpin(broken, { selector: {} }).kind, 'refused');
    assert.deepEqual(unpinned(broken, { selector: { app: 'web' } }), lb);
  });

  it('never replaces an original that is known', () => {
    const answer = unpin(pinned(lb), { selector: { app: 'shop' }, force: true });
    assert.deepEqual(answer.kind === 'refused' && answer.reason, {
      kind: 'original is known',
      original: { app: 'web' },
    });
    assert.deepEqual(unpinned(pinned(lb), { selector: { app: 'web' } }), lb);
  });
});

describe('the former owners of the selector', () => {
  const owners = [{ manager: 'fleet', operation: 'Apply', apiVersion: 'v1' }] as const;
  const owned = withNote(
    withSelector(lb, pinnedTo({ app: 'web' }, 'web-1')),
    JSON.stringify({ selector: { app: 'web' }, pod: 'web-1', owners }),
  );
  const edited = withSelector(owned, { ...pinnedTo({ app: 'web' }, 'web-1'), zone: 'b' });

  it('own it again once the original is restored', () => {
    assert.deepEqual(restoring(owned).owners, owners);
    assert.deepEqual(restoring(edited, { force: true }).owners, owners);
    assert.equal(restoring(edited, { force: true }).fromRecord, true);
  });

  it('are not known where the annotation names none', () => {
    const text = JSON.stringify({ selector: { app: 'web' }, pod: 'web-1' });
    assert.equal(restoring(withNote(withSelector(lb, pinnedTo({ app: 'web' }, 'web-1')), text)).owners, undefined);
  });

  it('do not when somebody’s changes are kept', () => {
    assert.equal(restoring(edited, { keepChanges: true }).owners, undefined);
    assert.equal(restoring(edited, { keepChanges: true }).fromRecord, true);
  });
});

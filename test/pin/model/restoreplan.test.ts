import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Service } from '#src/objects/types.ts';
import { pinnedTo } from '#src/pin/model/pinning.ts';
import { podNameLabel } from '#src/statefulset/identity.ts';
import { external, patched, pinned, unpin, unpinned, withNote, withSelector } from './services.ts';

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

  it('restores any selector exactly, and takes the annotation away', () => {
    fc.assert(
      fc.property(selectors, (selector) => {
        const result = unpinned(pinnedFrom(selector));
        assert.deepEqual(result.spec?.selector, selector);
        assert.equal(result.metadata.annotations, undefined);
      }),
    );
  });

  it('restores exactly the original from whatever it became, when forced, and never an empty one when not', () => {
    fc.assert(
      fc.property(selectors, fc.option(selectors, { nil: {} }), (original, current) => {
        const service = withSelector(pinnedFrom(original), current);
        assert.deepEqual(unpinned(service, { force: true }).spec?.selector, original);
        for (const keepChanges of [false, true]) {
          const answer = unpin(service, { keepChanges });
          if (answer.kind === 'unpin') patched(service, answer.patch);
          else assert.ok(answer.kind === 'drift' || (answer.kind === 'refused' && keepChanges));
        }
      }),
    );
  });

  it('has nothing to do for a Service that is not pinned', () => {
    assert.equal(unpin(lb).kind, 'not pinned');
    assert.equal(unpin(lb, { force: true, selector: { a: 'b' } }).kind, 'not pinned');
  });

  it('forgets the pin where somebody put the original back', () => {
    const answer = unpin(withSelector(pinned(lb), { app: 'web' }));
    assert.ok(answer.kind === 'unpin' && answer.drift === undefined);
    assert.deepEqual(unpinned(withSelector(pinned(lb), { app: 'web' })), lb);
  });
});

describe('a selector that somebody changed since', () => {
  const edited = withSelector(pinned(lb), { [podNameLabel]: 'web-1', app: 'shop', zone: 'b' });

  it('is shown, and not touched', () => {
    const answer = unpin(edited);
    assert.ok(answer.kind === 'drift');
    assert.deepEqual(answer.drift, {
      added: { zone: 'b' },
      removed: {},
      changed: { app: { from: 'web', to: 'shop' } },
    });
    assert.deepEqual([answer.record.selector, answer.merged], [{ app: 'web' }, { app: 'shop', zone: 'b' }]);
  });

  it('goes back to the original by force', () => {
    assert.deepEqual(unpinned(edited, { force: true }), lb);
  });

  it('is kept, but for the pin, when asked to', () => {
    for (const force of [false, true]) {
      const result = unpinned(edited, { keepChanges: true, force });
      assert.deepEqual(result, withSelector(lb, { app: 'shop', zone: 'b' }));
    }
  });

  it('keeps the pin by hand that was there before ours', () => {
    const original = { app: 'web', [podNameLabel]: 'web-0' };
    const service = withSelector(pinnedFrom(original), { app: 'web', zone: 'b', [podNameLabel]: 'web-1' });
    assert.deepEqual(unpinned(service, { keepChanges: true }).spec?.selector, { ...original, zone: 'b' });
  });

  it('is not kept when nothing of it would be left', () => {
    const answer = unpin(withSelector(pinned(lb), { [podNameLabel]: 'web-1' }), { keepChanges: true });
    assert.deepEqual(answer.kind === 'refused' && answer.reason, { kind: 'nothing would be left' });
  });
});

describe('a Service pinned by hand', () => {
  const byHand = withSelector(lb, pinnedTo({ app: 'web' }, 'web-1'));
  const bare = withSelector(lb, { [podNameLabel]: 'web-1' });

  it('loses the one label', () => {
    const answer = unpin(byHand);
    assert.ok(answer.kind === 'by hand' && answer.pod === 'web-1');
    assert.deepEqual(unpinned(byHand), lb);
  });

  it('of which nothing would be left needs a selector, and not an empty one', () => {
    for (const wish of [{}, { force: true }, { selector: {} }]) {
      const answer = unpin(bare, wish);
      assert.deepEqual(answer.kind === 'refused' && answer.reason, { kind: 'nothing would be left' });
    }
    assert.deepEqual(unpinned(bare, { selector: { app: 'web' } }), lb);
  });
});

describe('a selector that is given', () => {
  it('replaces an original that cannot be read, which is refused without it', () => {
    const broken = withNote(withSelector(lb, pinnedTo({ app: 'web' }, 'web-1')), '{"selector":');
    const answer = unpin(broken, { force: true, keepChanges: true });
    assert.ok(answer.kind === 'refused' && answer.reason.kind === 'unreadable annotation');
    assert.equal(unpin(broken, { selector: {} }).kind, 'refused');
    assert.deepEqual(unpinned(broken, { selector: { app: 'web' } }), lb);
  });

  it('does not go before the original that is remembered', () => {
    const answer = unpin(pinned(lb), { selector: { app: 'shop' }, force: true });
    assert.deepEqual(answer.kind === 'refused' && answer.reason, {
      kind: 'original is known',
      original: { app: 'web' },
    });
    assert.deepEqual(unpinned(pinned(lb), { selector: { app: 'web' } }), lb);
  });
});

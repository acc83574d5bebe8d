import assert from 'node:assert/strict';
import fc from 'fast-check';
import { withoutManagedFields } from '#src/kube/managedfields.ts';
import { runs } from '../properties.ts';

/** Characters that mean something in JSON, and words that look like the beginning of managedFields. */
const text = fc
  .array(fc.constantFrom('"', '\\', '[', ']', '{', '}', ',', ':', 'managedFields', 'managedFields":[', '数', 'a'))
  .map((parts) => parts.join(''));
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    text,
    fc.constantFrom(null, true, 1),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.oneof(text, fc.constant('__proto__x')), tie('value'), { maxKeys: 3 }),
  ),
}));
const object = fc.record({ name: text, managedFields: fc.array(value, { maxLength: 4 }), labels: value, spec: value });

describe('what a server sent, without managedFields', () => {
  it('is the same but for them, whatever else is in it', () => {
    fc.assert(
      fc.property(fc.array(object), (items) => {
        const lean = JSON.parse(withoutManagedFields(JSON.stringify({ items })), emptied);
        assert.deepEqual(lean, JSON.parse(JSON.stringify({ items }), emptied));
        assert.ok(lean.items.every(({ managedFields }: { managedFields: unknown[] }) => managedFields.length === 0));
      }),
      { numRuns: runs(2_000) },
    );
  });

  it('is the same text where there are none, or they do not end', () => {
    for (const json of ['', '{}', '{"name":"managedFields"}', '{"managedFields":{}}', '{"managedFields":[{"a":"]']) {
      assert.equal(withoutManagedFields(json), json);
    }
    const begun = '{"managedFields":[[]],"b":{"managedFields":["\\\\"';
    assert.equal(withoutManagedFields(begun), '{"managedFields":[],"b":{"managedFields":["\\\\"');
  });

  it('is no JSON where that which was sent is none behind them', () => {
    assert.throws(() => JSON.parse(withoutManagedFields('{"managedFields":[1]]}')), SyntaxError);
  });

  /** The lists of that name, wherever they are. */
  function emptied(key: string, held: unknown): unknown {
    return key === 'managedFields' && Array.isArray(held) ? [] : held;
  }
});

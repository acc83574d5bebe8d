import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parsedWithoutManagedFields } from '#src/kube/managedfields.ts';
import { runs } from '../properties.ts';

/** Characters that mean something in JSON, and words that look like the beginning and the end of managedFields. */
const text = fc
  .array(
    fc.constantFrom('"', '\\', '[', ']', '{', '}', '}]', ',', ':', 'managedFields', 'managedFields":[{', '数', '1'),
  )
  .map((parts) => parts.join(''));
const { value, fields } = fc.letrec<{ value: unknown; fields: Record<string, unknown> }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    text,
    fc.constantFrom(null, true, 1),
    // What stands in a list has one type. A list of managedFields holds objects.
    fc.array(text, { maxLength: 3 }),
    fc.array(tie('fields'), { maxLength: 3 }),
    tie('fields'),
  ),
  fields: fc.dictionary(fc.oneof(text, fc.constantFrom('managedFields', '__proto__x')), tie('value'), { maxKeys: 3 }),
}));
const object = fc.record({
  name: text,
  managedFields: fc.array(fields, { maxLength: 4 }),
  labels: value,
  spec: value,
});

describe('what a server sent, without managedFields', () => {
  it('is the same but for them, whatever else is in it', () => {
    fc.assert(
      fc.property(fc.array(object), (items) => {
        const json = JSON.stringify({ items });
        assert.deepEqual(emptied(parsedWithoutManagedFields(json)), emptied(JSON.parse(json)));
      }),
      { numRuns: runs(5_000) },
    );
  });

  it('has none where each entry is an object without lists, as API servers send them', () => {
    const entry = {
      manager: 'kubectl',
      fieldsV1: { 'f:spec': { 'f:ports': { '.': {}, 'k:{"port":80,"protocol":"TCP"}': { 'v:"]"': {} } } } },
    };
    const json = JSON.stringify({ items: [1, 2].map((name) => ({ name, managedFields: [entry, entry], spec: [{}] })) });
    const items = [1, 2].map((name) => ({ name, managedFields: [], spec: [{}] }));
    assert.deepEqual(parsedWithoutManagedFields(json), { items });
  });

  it('is no JSON where that which was sent is none', () => {
    for (const json of ['', '{"managedFields":[{}]]}', '{"managedFields":[{"a":"]', '{"managedFields":[{}],"b":"']) {
      assert.throws(() => parsedWithoutManagedFields(json), SyntaxError);
    }
  });

  /** The lists of that name, wherever they are, without what is in them. */
  function emptied(parsed: unknown): unknown {
    return JSON.parse(JSON.stringify(parsed), (key, held) => {
      return key === 'managedFields' && Array.isArray(held) ? [] : held;
    });
  }
});

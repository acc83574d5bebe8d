import assert from 'node:assert/strict';
import fc from 'fast-check';
import { pinsOf } from '#src/pin/model/leading.ts';
import { pinnedTo, pinningOf } from '#src/pin/model/pinning.ts';
import { readRecord } from '#src/pin/model/record.ts';
import { anyText } from '../../properties.ts';
import { around, external, plan, unpin, withNote, withSelector } from './services.ts';

const leading = withSelector(external('lb'), pinnedTo({ app: 'web' }, 'web-1'));

describe('an annotation that was edited', () => {
  it('cannot be read when it lacks what undoes the pin, and says why', () => {
    const texts = ['', '{', 'null', '[]', '"x"', '{}', '{"selector":{}}', '{"selector":{},"pod":"web-1"}'];
    const wrong = ['{"selector":{"a":1},"pod":"web-1"}', '{"selector":["a"],"pod":"p"}', '{"selector":{"a":"b"}}'];
    for (const text of [...texts, ...wrong, '{"selector":{"a":"b"},"pod":1}', '{"selector":{"a":"b"},"pod":""}']) {
      const pinning = pinningOf(withNote(leading, text), around());
      assert.ok(pinning.kind === 'unreadable' && pinning.why !== '', text);
    }
  });

  it('is read when only entries that are shown are wrong', () => {
    const text = '{"selector":{"a":"b"},"pod":"web-1","since":5,"user":[],"owners":[1,{"manager":"x"},null]}';
    assert.deepEqual(readRecord(text), { selector: { a: 'b' }, pod: 'web-1', owners: [] });
  });

  it('never makes a plan throw, nor lose the annotation without restoring its selector', () => {
    const junk = fc.oneof(
      anyText(),
      fc.json(),
      fc.constant('['.repeat(100_000)),
      fc
        .record({ selector: fc.jsonValue(), pod: fc.jsonValue(), owners: fc.jsonValue() })
        .map((v) => JSON.stringify(v)),
      fc.constant('{"selector":{"__proto__":"x"},"pod":"constructor"}'),
    );
    fc.assert(
      fc.property(junk, fc.boolean(), (text, force) => {
        const service = withNote(leading, text);
        const [pin] = pinsOf([service], around()).pins;
        assert.ok(pin);
        plan(service);
        const answer = unpin(service, { force });
        const record = readRecord(text);
        if ('unreadable' in record) assert.equal(answer.kind, 'refused');
        else if (answer.kind === 'restore') assert.deepEqual(answer.after, record.selector);
        else assert.equal(answer.kind, 'drift');
      }),
    );
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { documentsIn } from '#src/sources/documents.ts';
import { FileError } from '#src/sources/fileerror.ts';
import { runs } from '../properties.ts';

function refusal(text: string): string {
  try {
    documentsIn('dump.json', text);
  } catch (error) {
    assert.ok(error instanceof FileError);
    return error.message;
  }
  assert.fail('read without complaint');
}

describe('the documents of a file', () => {
  it('are JSON values, one after another, on lines of their own or not', () => {
    const values = [{ a: '}{"' }, [{ b: [1, '\\"]'] }], { c: null }];
    for (const space of ['', '\n', '\r\n', ' \t\n\n']) {
      const text = `${space}${values.map((value) => JSON.stringify(value)).join(space)}${space}`;
      assert.deepEqual(documentsIn('dump.json', text), values);
    }
    const pretty = values.map((value) => JSON.stringify(value, undefined, '\t')).join('\n');
    assert.deepEqual(documentsIn('dump.json', pretty), values);
  });

  it('are the same values of whatever JSON', () => {
    const value = fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.array(fc.jsonValue()));
    fc.assert(
      fc.property(fc.array(value, { minLength: 1 }), fc.constantFrom(undefined, 1, '\t'), (values, indent) => {
        const read = documentsIn('dump.json', values.map((each) => JSON.stringify(each, undefined, indent)).join('\n'));
        assert.equal(JSON.stringify(read), JSON.stringify(values));
      }),
      { numRuns: runs(300) },
    );
  });

  it('may be one of JSON, and then YAML', () => {
    assert.deepEqual(documentsIn('dump.yaml', '{"a":1}\n---\n{"a":2}\n---\na: 3\n'), [{ a: 1 }, { a: 2 }, { a: 3 }]);
    assert.deepEqual(documentsIn('dump.yaml', '{"a":1}\na: 2\n---\na: 3\n'), [{ a: 1 }, { a: 2 }, { a: 3 }]);
    assert.deepEqual(documentsIn('dump.yaml', '{a: 1}'), [{ a: 1 }]);
    assert.deepEqual(documentsIn('dump.yaml', '{"a": 1, # one\n"b": 2,}'), [{ a: 1, b: 2 }]);
  });

  it('are refused with the line where JSON ends early, or something else begins', () => {
    assert.equal(refusal('{"a":1}\n{"a":2}\n{"a":'), 'dump.json: line 3: not JSON, or not the whole of it');
    assert.match(refusal('{"a":1}\n\n{"a":'), /^dump\.json: line 3: /);
    assert.equal(refusal('{"a":1}\n{"a":2}\n\nhello'), 'dump.json: line 4: not JSON, or not the whole of it');
    assert.equal(refusal('{"a":1}\n{"a":2}\n"hello"'), 'dump.json: line 3: not JSON, or not the whole of it');
    assert.equal(refusal('{"a":1}\n{"a":2}\n{"a":tru}'), 'dump.json: line 3: not JSON, or not the whole of it');
  });

  it('have scalars as kubectl reads them, which is YAML 1.1', () => {
    const [scalars] = documentsIn(
      'f',
      'a: yes\nb: Off\nc: 010\nd: 0o10\ne: 0x1f\nf: 1_000\ng: 22:22\nh: 08\ni: "yes"\nj: n\n',
    );
    const expected = { a: true, b: false, c: 8, d: 8, e: 31, f: 1000, g: '22:22', h: 8, i: 'yes', j: 'n' };
    assert.deepEqual({ ...(scalars as object) }, expected);
  });

  it('keep the last of a key that is there twice, and do without tags that nobody knows', () => {
    const [read] = documentsIn('f', 'a: 1\na: 2\nb: !reference [x]\nc: !vault secret\nd: !!python/object { e: f }\n');
    assert.equal(JSON.stringify(read), '{"a":2,"b":["x"],"c":"secret","d":{"e":"f"}}');
  });

  it('are refused unread where they would take more memory than there may be', () => {
    assert.equal(
      refusal(`a: b\n${' '.repeat(64 * 1024 * 1024)}`),
      'dump.json: more than 67108864 characters of YAML: kubectl get -o json gives JSON, which may be longer',
    );
    assert.equal(refusal(`[${'[],'.repeat(16_000_000)}0]`), 'dump.json: more than 16000000 objects and lists');
    const long = { text: 'x'.repeat(70_000_000) };
    assert.deepEqual(documentsIn('dump.json', JSON.stringify(long)), [long]);
  });

  it('may repeat parts by many aliases, but not without end', () => {
    const names = Array.from({ length: 1000 }, (_, position) => `n${position}: *labels`).join('\n');
    const [read] = documentsIn('f', `labels: &labels { app: web }\n${names}\n`);
    assert.equal(Object.keys(read as object).length, 1001);
    const levels = Array.from({ length: 20 }, (_, level) =>
      level === 0 ? 'l0: &l0 [a]' : `l${level}: &l${level} [*l${level - 1}, *l${level - 1}, *l${level - 1}]`,
    );
    const began = performance.now();
    assert.equal(refusal(levels.join('\n')), 'dump.json: aliases repeat its parts too often');
    assert.equal(refusal('a: &a [*a]'), 'dump.json: aliases repeat its parts too often');
    assert.ok(performance.now() - began < 5_000, 'at once');
  });

  it('are refused with what to do where they hold null bytes, as UTF-16 without its mark does', () => {
    const words = 'dump.json holds null bytes: it is no text, or UTF-16 without a byte order mark. Save it as UTF-8';
    assert.equal(refusal('{\0"\0k\0'), words);
    assert.equal(refusal('k\0i\0n\0d\0'), words);
  });
});

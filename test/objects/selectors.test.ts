import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseSelector } from '#src/objects/selectors.ts';

function matches(selector: string, labels: Record<string, string> | undefined): boolean {
  const parsed = parseSelector(selector);
  assert.ok(typeof parsed === 'function', `${selector} is a selector`);
  return parsed(labels);
}

describe('a label selector', () => {
  const labels = { app: 'web', tier: 'front', 'kubernetes.io/name': 'web', empty: '', weight: '10' };
  const table: [selector: string, matches: boolean][] = [
    ['', true],
    ['app=web', true],
    ['app==web', true],
    ['app = web', true],
    ['app=db', false],
    ['app!=db', true],
    ['app!=web', false],
    ['none!=web', true],
    ['app=web,tier=front', true],
    ['app=web,tier=back', false],
    ['app', true],
    ['none', false],
    ['!none', true],
    ['! none', true],
    ['!app', false],
    ['app in (web,db)', true],
    ['app in (db)', false],
    ['app in (a, web , b)', true],
    ['app notin (db)', true],
    ['app notin (web)', false],
    ['none notin (web)', true],
    ['none in (web)', false],
    ['app in (web,db),tier notin (back),!none', true],
    ['kubernetes.io/name=web', true],
    ['empty=', true],
    ['app=', false],
    ['empty', true],
    ['app in (web),empty', true],
    ['weight>5', true],
    ['weight > 10', false],
    ['weight<11', true],
    ['weight < 10', false],
    ['app>1', false],
    ['none<1', false],
  ];
  for (const [selector, expected] of table) {
    it(`${JSON.stringify(selector)} ${expected ? 'matches' : 'does not match'}`, () => {
      assert.equal(matches(selector, labels), expected);
    });
  }

  it('meets objects without labels', () => {
    assert.equal(matches('app=web', undefined), false);
    assert.equal(matches('app!=web', undefined), true);
    assert.equal(matches('', undefined), true);
  });

  it('is not led astray by what every object of JavaScript has', () => {
    assert.equal(matches('constructor', {}), false);
    assert.equal(matches('toString', {}), false);
  });

  it('that is none is refused', () => {
    for (const text of [
      '=web',
      'app=web=db',
      'app in',
      'app in (',
      'a b',
      ',',
      'app,',
      '-a=b',
      'a=b c',
      'app in web',
    ]) {
      assert.ok('error' in parseSelector(text), text);
    }
  });

  it('of whatever text is read or refused at once', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab=!,() in-./'), maxLength: 60 }), (text) => {
        const parsed = parseSelector(text);
        if (typeof parsed === 'function') assert.equal(typeof parsed({ a: 'b' }), 'boolean');
      }),
    );
    // Quadratic expressions would take minutes for these.
    parseSelector(`${'a('.repeat(20_000)},`);
    parseSelector(`${'a'.repeat(50_000)}!`);
    parseSelector(','.repeat(20_000));
  });
});

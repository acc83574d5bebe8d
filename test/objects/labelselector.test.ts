import assert from 'node:assert/strict';
import { selectorText, selects } from '#src/objects/labelselector.ts';
import type { LabelSelector } from '#src/objects/types.ts';

describe('a label selector', () => {
  const labels = { app: 'web', tier: 'front', empty: '' };
  const cases: [what: string, selector: LabelSelector | undefined, selected: boolean][] = [
    ['that is absent selects nothing', undefined, false],
    ['that is empty selects everything', {}, true],
    ['selects what has all its labels', { matchLabels: { app: 'web', tier: 'front' } }, true],
    ['does not select what has some of its labels', { matchLabels: { app: 'web', tier: 'back' } }, false],
    ['tells an empty label from an absent one', { matchLabels: { none: '' } }, false],
  ];
  const expressions: [key: string, operator: string, values: string[] | undefined, selected: boolean][] = [
    ['app', 'In', ['db', 'web'], true],
    ['app', 'In', ['db'], false],
    ['none', 'In', ['web'], false],
    ['app', 'NotIn', ['db'], true],
    ['app', 'NotIn', ['web'], false],
    ['none', 'NotIn', ['web'], true],
    ['empty', 'Exists', undefined, true],
    ['none', 'Exists', undefined, false],
    ['none', 'DoesNotExist', undefined, true],
    ['empty', 'DoesNotExist', undefined, false],
    ['constructor', 'Exists', undefined, false],
    ['app', 'Like', ['web'], false],
  ];
  for (const [what, selector, selected] of cases) it(what, () => assert.equal(selects(selector, labels), selected));
  for (const [key, operator, values, selected] of expressions) {
    const requirement = { key, operator, ...(values && { values }) };
    it(`${selected ? 'selects' : 'does not select'} by ${key} ${operator} ${values ?? ''}`, () => {
      assert.equal(selects({ matchExpressions: [requirement] }, labels), selected);
    });
  }

  it('selects only what meets its labels and its expressions', () => {
    const both = { matchLabels: { app: 'web' }, matchExpressions: [{ key: 'tier', operator: 'Exists' }] };
    assert.equal(selects(both, labels), true);
    assert.equal(selects(both, { app: 'web' }), false);
    assert.equal(selects(both, undefined), false);
  });
});

describe('a selector of an object as a query', () => {
  it('asks for the same', () => {
    assert.equal(selectorText({ matchLabels: { app: 'web', tier: 'db' } }), 'app=web,tier=db');
    assert.equal(
      selectorText({
        matchLabels: { app: 'web' },
        matchExpressions: [
          { key: 'zone', operator: 'In', values: ['a', 'b'] },
          { key: 'old', operator: 'NotIn', values: ['yes'] },
          { key: 'tier', operator: 'Exists' },
          { key: 'legacy', operator: 'DoesNotExist' },
        ],
      }),
      'app=web,zone in (a,b),old notin (yes),tier,!legacy',
    );
    assert.equal(selectorText({}), '');
  });

  it('is none where it has an operator that nobody knows', () => {
    assert.equal(selectorText({ matchExpressions: [{ key: 'a', operator: 'Near' }] }), undefined);
  });
});

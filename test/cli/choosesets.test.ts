import assert from 'node:assert/strict';
import { chooseSets, ofNamespace, type SelectionFlags, setsInFiles } from '#src/cli/choosesets.ts';
import { UsageError } from '#src/cli/usageerror.ts';
import type { PassedOver } from '#src/objects/filereading.ts';
import { snapshotOf, statefulSet } from '../objects/snapshots.ts';

const none = { selector: undefined, 'all-namespaces': false };

describe('the StatefulSets that a command line asks for', () => {
  it('are all, those that are named, or those that a selector matches', () => {
    assert.deepEqual(chooseSets([], none), { names: [], labels: undefined });
    assert.deepEqual(chooseSets(['web', 'sts/db', 'web'], none).names, ['web', 'db']);
    const { names, labels } = chooseSets([], { selector: 'app=web', 'all-namespaces': true });
    assert.deepEqual([names, labels?.({ app: 'web' }), labels?.({ app: 'db' })], [[], true, false]);
  });

  const refusals: [words: string[], flags: Partial<SelectionFlags>, message: string][] = [
    [['svc/web'], {}, 'svc/web is not a StatefulSet: name one as NAME or sts/NAME'],
    [['web'], { 'all-namespaces': true }, 'a resource cannot be retrieved by name across all namespaces'],
    [['web'], { selector: 'app=web' }, 'name StatefulSets or select them by -l, not both'],
    [[], { selector: '=' }, 'unable to parse requirement: "="'],
  ];
  for (const [words, flags, message] of refusals) {
    it(`are refused: ${message}`, () => {
      assert.throws(
        () => chooseSets(words, { ...none, ...flags }),
        (error) => {
          assert.ok(error instanceof UsageError);
          assert.deepEqual([error.lines(), error.exitCode], [[`error: ${message}`], 2]);
          return true;
        },
      );
    });
  }
});

describe('the StatefulSets in files', () => {
  const nothing: PassedOver = { kinds: new Map(), nameless: new Map(), noObjects: 0, noFiles: 0 };
  const two = snapshotOf({
    statefulSets: [statefulSet('web'), statefulSet('db', { metadata: { namespace: 'stock' } })],
  });
  const found = (words: string[], namespace?: string, snapshot = two, passedOver = nothing) => {
    const { sets, failures } = setsInFiles({ snapshot, passedOver }, chooseSets(words, none), namespace);
    return [sets.map(({ metadata }) => metadata.name), failures.map(({ message }) => message)];
  };

  it('are those that were asked for, in the order of the names', () => {
    assert.deepEqual(found([]), [['web', 'db'], []]);
    assert.deepEqual(found(['db', 'web']), [['db', 'web'], []]);
    assert.deepEqual(found([], 'stock'), [['db'], []]);
  });

  it('leave a failure for each name that is missing', () => {
    assert.deepEqual(found(['web', 'db'], 'shop'), [
      ['web'],
      ['error: the files hold no StatefulSet "db" in the namespace shop'],
    ]);
    assert.deepEqual(found(['nosql']), [[], ['error: the files hold no StatefulSet "nosql"']]);
  });

  it('leave one failure if none of them was asked for, which names the sets that there are', () => {
    const failure = 'error: the files hold no StatefulSet that was asked for, but shop/web and stock/db';
    assert.deepEqual(found([], 'nowhere'), [[], [failure]]);
  });

  it('leave one failure if there are none, whatever was asked for', () => {
    const failure = 'error: the files hold no StatefulSet';
    assert.deepEqual(found([], undefined, snapshotOf({})), [[], [failure]]);
    assert.deepEqual(found(['web'], 'shop', snapshotOf({})), [[], [failure]]);
  });

  it('leave a failure with a word about those of other API groups, and those without a name', () => {
    const passedOver = {
      ...nothing,
      kinds: new Map([
        ['Secret', 3],
        ['StatefulSet.apps.kruise.io', 2],
      ]),
      nameless: new Map([
        ['Pod', 1],
        ['StatefulSet', 1],
      ]),
    };
    const failure = 'error: the files hold no StatefulSet, but 2 StatefulSet.apps.kruise.io and 1 without a name';
    assert.deepEqual(found([], undefined, snapshotOf({}), passedOver), [[], [failure]]);
  });

  it('belong to the namespace default if they name none', () => {
    const object = { metadata: { name: 'web' } };
    assert.deepEqual(ofNamespace([object], 'default'), [object]);
    assert.deepEqual(ofNamespace([object], 'shop'), []);
    assert.deepEqual(ofNamespace([object], undefined), [object]);
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseService, parseServiceSelector, parseTarget } from '#src/pin/model/target.ts';
import { anyText } from '../../properties.ts';

describe('the pod to pin to', () => {
  it('is an ordinal, a pod, or an ordinal of a named set', () => {
    assert.deepEqual(parseTarget('0'), { kind: 'ordinal', ordinal: 0 });
    assert.deepEqual(parseTarget('12'), { kind: 'ordinal', ordinal: 12 });
    for (const word of ['1-1', ' 1 ']) assert.deepEqual(parseTarget(word), { kind: 'ordinal', ordinal: 1 }, word);
    for (const word of ['web-1', 'pod/web-1', 'pods/web-1', 'po/web-1']) {
      assert.deepEqual(parseTarget(word), { kind: 'pod', pod: 'web-1' }, word);
    }
    for (const word of ['sts/web:1', 'statefulset/web:1', 'statefulsets.apps/web:1', 'sts/web:1-1']) {
      assert.deepEqual(parseTarget(word), { kind: 'set', set: 'web', ordinal: 1 }, word);
    }
  });

  it('is refused with what was typed when it is neither', () => {
    const words = ['', 'web', '-1', '01', '1.5', '99999999999', 'pod/', 'pod/web', 'svc/web-1', 'sts/web', 'sts/web:x'];
    for (const word of [...words, 'sts/:1', 'sts/web:-1', 'deploy/web:1', 'sts/a/b:1', 'pod/web-1/x', 'Web-1', ':1']) {
      const answer = parseTarget(word);
      assert.ok('error' in answer && answer.error.includes(JSON.stringify(word)), word);
    }
  });

  it('is one pod, and not several', () => {
    for (const word of ['1-3', '1,2', '0-0,0']) {
      assert.deepEqual(parseTarget(word), {
        error: `${JSON.stringify(word)} names several pods, and a Service is pinned to one: give one ordinal`,
      });
    }
    assert.ok('error' in parseTarget('sts/web:1-3'));
    assert.deepEqual(parseTarget('pod/1-3'), { kind: 'pod', pod: '1-3' });
  });

  it('never throws', () => {
    fc.assert(fc.property(anyText(), (text) => [parseTarget(text), parseService(text)].length === 2));
  });
});

describe('a Service', () => {
  it('is named with its type or without', () => {
    for (const word of ['db', 'svc/db', 'service/db', 'services/db', 'Service/db']) {
      assert.deepEqual(parseService(word), { name: 'db' }, word);
    }
  });

  it('is refused under another type, and without a name', () => {
    for (const word of ['', 'svc/', 'pod/db', 'svc/a/b', '/db', '-db']) assert.ok('error' in parseService(word), word);
  });
});

describe('the selector of a Service', () => {
  it('is labels and their values', () => {
    assert.deepEqual(parseServiceSelector('app=web, tier==db,x/y='), {
      selector: { app: 'web', tier: 'db', 'x/y': '' },
    });
  });

  it('can hold nothing but equalities, each key once, and never nothing', () => {
    for (const text of ['', 'app', 'app!=web', 'app in (a)', 'a=b,', 'a=b,a=c', '=b', 'a=b=c']) {
      assert.ok('error' in parseServiceSelector(text), text);
    }
  });
});

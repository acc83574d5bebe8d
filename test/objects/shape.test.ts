import assert from 'node:assert/strict';
import { type AnyShape, isRecord, misfit, parseObject } from '#src/objects/shape.ts';
import { shapes } from '#src/objects/shapes.ts';

describe('an object of JSON', () => {
  const shape: AnyShape = {
    fields: {
      name: 'string',
      replicas: 'number',
      paused: 'boolean',
      labels: { values: 'string' },
      requests: { values: 'quantity' },
      ports: { each: { fields: { port: 'number' } } },
    },
  };

  const faults: [value: unknown, fault: string][] = [
    ['text', 'it is not an object'],
    [null, 'it is not an object'],
    [[], 'it is not an object'],
    [{ name: 1 }, 'name is not a string'],
    [{ replicas: '3' }, 'replicas is not a number'],
    [{ replicas: Number.POSITIVE_INFINITY }, 'replicas is not a number'],
    [{ paused: 'true' }, 'paused is not a boolean'],
    [{ labels: { 'a.b/c': 1 } }, 'labels["a.b/c"] is not a string'],
    [{ labels: ['a'] }, 'labels is not an object'],
    [{ requests: { storage: true } }, 'requests["storage"] is not a quantity'],
    [{ ports: {} }, 'ports is not a list'],
    [{ ports: [{ port: 1 }, { port: 'http' }] }, 'ports[1].port is not a number'],
  ];
  for (const [value, fault] of faults) {
    it(`does not have a shape: ${fault}`, () => assert.equal(misfit(value, shape), fault));
  }

  it('has a shape that leaves out fields, and has others', () => {
    assert.equal(misfit({ name: 'web', other: 1, ports: [{ port: 80, name: 'http' }] }, shape), undefined);
    assert.equal(misfit({}, shape), undefined);
  });

  it('loses the fields that are null, as in Kubernetes', () => {
    const value = { name: null, ports: [{ port: null }] };
    assert.equal(misfit(value, shape), undefined);
    assert.deepEqual(value, { ports: [{}] });
  });

  it('has quantities as text, though a manifest may have numbers', () => {
    const value = { requests: { storage: 1073741824 } };
    assert.equal(misfit(value, shape), undefined);
    assert.deepEqual(value, { requests: { storage: '1073741824' } });
  });

  it('does not have the fields of every object of JavaScript', () => {
    assert.equal(misfit({}, { fields: { toString: 'string' as const } }), undefined);
  });

  it('is a StatefulSet, a pod or a claim by their own fields', () => {
    assert.equal(
      misfit({ metadata: { name: 'web' }, spec: { replicas: '3' } }, shapes.statefulSet),
      'spec.replicas is not a number',
    );
    const status = { containerStatuses: [{ name: 'db', ready: 'yes' }] };
    assert.equal(misfit({ status }, shapes.pod), 'status.containerStatuses[0].ready is not a boolean');
    assert.equal(misfit({ spec: { resources: { requests: { storage: 5 } } } }, shapes.claim), undefined);
  });
});

describe('a text that a person may have edited', () => {
  it('is an object, or not', () => {
    assert.deepEqual(parseObject('{"a":1}'), { object: { a: 1 } });
    assert.deepEqual(parseObject('{'), { unreadable: 'it is not JSON' });
    for (const text of ['[]', 'null', '1', '"a"']) {
      assert.deepEqual(parseObject(text), { unreadable: 'it is not an object' });
    }
    assert.deepEqual([{}, [], null, 'a', undefined].map(isRecord), [true, false, false, false, false]);
  });
});

import assert from 'node:assert/strict';
import { nameFaults } from '#src/statefulset/namelimits.ts';
import { statefulSet } from '../objects/snapshots.ts';

describe('the name of a StatefulSet', () => {
  /** Without a hash, a manifest. */
  const faults = (length: number, hash?: string, serviceName = 'db') => {
    const name = 'n'.repeat(length);
    const { status: _, ...manifest } = statefulSet(name, { spec: { serviceName } });
    return nameFaults(
      hash === undefined ? manifest : { ...manifest, status: { replicas: 0, updateRevision: `${name}-${hash}` } },
    );
  };

  it('always fits up to 52 characters', () => {
    for (const length of [1, 51, 52]) {
      assert.deepEqual(faults(length), []);
      assert.deepEqual(faults(length, '4294967295'), []);
    }
  });

  it('probably does not fit above that while no revision is known, and never from 62 on', () => {
    for (const length of [53, 61]) {
      assert.deepEqual(faults(length), [{ kind: 'pods refused', certainty: 'likely', length }]);
    }
    for (const length of [62, 63]) {
      assert.deepEqual(faults(length), [{ kind: 'pods refused', certainty: 'certain', length }]);
    }
  });

  it('fits or does not by the update revision, and the next one may be longer', () => {
    const [later, certain] = (['later', 'certain'] as const).map((certainty) => [
      { kind: 'pods refused', certainty, length: 53 },
    ]);
    assert.deepEqual(faults(53, '123456789'), later);
    assert.deepEqual(faults(53, '1234567890'), certain);
  });

  it('is refused together with the set above 63, and so are the names of its Service and its claim templates', () => {
    const length = 64;
    assert.deepEqual(faults(length), [{ kind: 'set refused', field: 'name', length }]);
    assert.deepEqual(faults(10, undefined, 's'.repeat(length)), [
      { kind: 'set refused', field: 'serviceName', length },
    ]);
    const templates = ['t'.repeat(63), 't'.repeat(length)];
    assert.deepEqual(nameFaults(statefulSet('web', { templates: templates.slice(0, 1) })), []);
    assert.deepEqual(nameFaults(statefulSet('web', { templates })), [
      { kind: 'set refused', field: 'claimTemplate', length },
    ]);
    const many = Array.from({ length: 200_000 }, () => 't');
    assert.deepEqual(nameFaults(statefulSet('web', { templates: many })), []);
    assert.deepEqual(nameFaults({ metadata: { name: 'web' } }), []);
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { nameLines } from '#src/tree/view/objectnames.ts';
import { snapshotOf, statefulSet } from '../../objects/snapshots.ts';
import { acting, anySnapshot } from './arbitrary.ts';
import { littleAllowed, nobodyThere, scaledDown, shared, told, well } from './scenarios.ts';

function names(snapshot: Parameters<typeof told>[0]): string[] {
  return nameLines(told(snapshot)).split('\n').slice(0, -1);
}

describe('the names of a StatefulSet', () => {
  it('are those that kubectl prints and takes, in the order of the tree', () => {
    assert.deepEqual(names(well()), [
      'statefulset.apps/web',
      'service/web',
      'pod/web-0',
      'persistentvolumeclaim/data-web-0',
      'persistentvolume/pv-data-web-0',
      'storageclass.storage.k8s.io/standard',
      'pod/web-1',
      'persistentvolumeclaim/data-web-1',
      'persistentvolume/pv-data-web-1',
    ]);
  });

  it('name a claim that several pods share once', () => {
    assert.deepEqual(names(shared()), [
      'statefulset.apps/web',
      'service/web',
      'pod/web-0',
      'persistentvolumeclaim/files',
      'persistentvolume/pv-files',
      'pod/web-1',
      'pod/web-2',
    ]);
  });

  it('end with the claims that it left over', () => {
    assert.deepEqual(names(scaledDown()).slice(-4), [
      'persistentvolumeclaim/data-web-1',
      'persistentvolume/pv-data-web-1',
      'persistentvolumeclaim/data-web-2',
      'persistentvolume/pv-data-web-2',
    ]);
  });

  it('leave out what is missing or may not be read', () => {
    assert.deepEqual(names(littleAllowed()), ['statefulset.apps/web', 'pod/web-0', 'pod/web-1']);
    assert.deepEqual(names(nobodyThere()), ['statefulset.apps/web']);
  });

  it('of several namespaces are told for each, as kubectl does', () => {
    const other = statefulSet('web', { replicas: 0, metadata: { namespace: 'other', uid: 'other' } });
    const snapshot = snapshotOf({ statefulSets: [statefulSet('web', { replicas: 0 }), other] });
    assert.deepEqual(names(snapshot), ['statefulset.apps/web', 'statefulset.apps/web']);
  });

  it('never let a character through that acts on a terminal', () => {
    fc.assert(
      fc.property(anySnapshot, (snapshot) => {
        const lines = names(snapshot);
        assert.ok(lines.every((line) => /^[a-z.0-9]+\//.test(line) && !acting.test(line)));
      }),
    );
  });
});

import assert from 'node:assert/strict';
import { nothingFound, notWatchedLine, outageLine, passedOverLine, refusalLine } from '#src/drawing/notices.ts';
import { forbidden, read } from '../objects/snapshots.ts';

describe('the notice', () => {
  it('that nothing was found is kubectl’s', () => {
    assert.equal(nothingFound('shop'), 'No resources found in shop namespace.');
    assert.equal(nothingFound(undefined), 'No resources found');
  });

  it('about missing rights names all of them, and quotes the first refusal', () => {
    const parts = [read(), forbidden('pods'), forbidden('services')];
    const expected = 'warning: not read for lack of the right to list pods, list services: no such right';
    assert.equal(refusalLine(parts), expected);
    assert.equal(refusalLine([read()]), undefined);
  });

  it('about a missing right to watch says what happens instead', () => {
    assert.equal(
      notWatchedLine({ verb: 'watch', resource: 'pods', message: 'no such right' }),
      'warning: no right to watch pods, listed every few seconds instead: no such right',
    );
  });

  it('about an outage says what went wrong', () => {
    assert.equal(outageLine('no route'), 'warning: no route, trying again');
    assert.equal(outageLine('refused\u001b[2J'), 'warning: refused\\u001b[2J, trying again');
  });

  it('about files counts what was passed over, the most frequent kinds first', () => {
    const nothing = { kinds: new Map<string, number>(), nameless: new Map<string, number>(), noObjects: 0, noFiles: 0 };
    assert.equal(passedOverLine(nothing), undefined);
    const kinds = new Map([
      ['Job', 1],
      ['Secret', 12],
      ['ConfigMap', 3],
      ['Deployment', 1],
      ['StatefulSet.apps.kruise.io', 1],
    ]);
    const nameless = new Map([['Pod', 2]]);
    assert.equal(
      passedOverLine({ kinds, nameless, noObjects: 2, noFiles: 1 }),
      'note: passed over 18 objects of other kinds (12 Secret, 3 ConfigMap, 1 Deployment and 2 more), 2 objects without a name (2 Pod), 2 documents without an object of Kubernetes and 1 path that is no file',
    );
    assert.equal(
      passedOverLine({ ...nothing, noObjects: 1 }),
      'note: passed over 1 document without an object of Kubernetes',
    );
    assert.equal(passedOverLine({ ...nothing, noFiles: 2 }), 'note: passed over 2 paths that are no files');
  });

  it('escapes what could act on a terminal', () => {
    const refusal = { verb: 'list', resource: 'pods', message: '\u001b' };
    const all = [
      nothingFound('\u001b'),
      outageLine('\u001b'),
      notWatchedLine(refusal),
      refusalLine([{ items: [], others: 'forbidden', refusal }]) ?? '',
      passedOverLine({ kinds: new Map([['\u001b', 1]]), nameless: new Map(), noObjects: 0, noFiles: 0 }) ?? '',
    ];
    for (const line of all) assert.ok(line.includes('\\u001b') && !line.includes('\u001b'), line);
  });
});

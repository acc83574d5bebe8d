import assert from 'node:assert/strict';
import { nothingFound, notWatchedLine, outageLine, refusalLine } from '#src/drawing/notices.ts';
import { forbidden, read } from '../objects/snapshots.ts';

describe('the notice', () => {
  it('that nothing was found is kubectl’s', () => {
    assert.equal(nothingFound('shop'), 'No resources found in shop namespace.');
    assert.equal(nothingFound(undefined), 'No resources found');
  });

  it('about missing rights names all of them, and quotes the first refusal', () => {
    const parts = [read(), forbidden('pods'), forbidden('services')];
    const expected = 'warning: shown as forbidden for lack of the right to list pods, list services: no such right';
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

  it('escapes what could act on a terminal', () => {
    const refusal = { verb: 'list', resource: 'pods', message: '\u001b' };
    const all = [
      nothingFound('\u001b'),
      outageLine('\u001b'),
      notWatchedLine(refusal),
      refusalLine([{ items: [], others: 'forbidden', refusal }]) ?? '',
    ];
    for (const line of all) assert.ok(line.includes('\\u001b') && !line.includes('\u001b'), line);
  });
});

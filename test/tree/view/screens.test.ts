import assert from 'node:assert/strict';
import fc from 'fast-check';
import { topologies } from '#src/tree/model/topology.ts';
import { render } from '#src/tree/view/format.ts';
import { outline } from '#src/tree/view/outline.ts';
import { widths } from '../../drawing/flatscreens.ts';
import { time } from '../../objects/snapshots.ts';
import { runs } from '../../properties.ts';
import { anySet } from './anyset.ts';
import { assertComplete, linesOf } from './complete.ts';

describe('the screen of a set of any shape', () => {
  it('has no line that is too wide, no two objects that read the same, and every status and reason whole', () => {
    fc.assert(
      fc.property(anySet, (snapshot) => {
        const shown = topologies(snapshot, snapshot.statefulSets.items);
        const roots = shown.map((topology) => outline(topology, { now: time, wide: false }));
        for (const width of [...widths, undefined]) {
          const screen = render(shown, { ...plain, width });
          assertComplete(roots, screen, width);
          if (width === 80)
            assertShortNamesWhole(
              roots.flatMap(linesOf).map(({ name }) => name),
              screen,
            );
        }
      }),
      { numRuns: runs(200) },
    );
  });
});

const plain = {
  format: 'tree',
  single: false,
  allNamespaces: false,
  header: true,
  now: time,
  colour: false,
} as const;

/** Names of pods and claims that have 40 characters or fewer stand on one line. */
function assertShortNamesWhole(names: readonly string[], screen: string): void {
  const short = names.filter((name) => /^(?:pod|pvc)\/.{1,40}$/.test(name));
  for (const name of short) assert.match(screen, new RegExp(`${name}(?: |$)`, 'm'));
}

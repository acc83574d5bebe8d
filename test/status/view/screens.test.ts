import assert from 'node:assert/strict';
import fc from 'fast-check';
import { displayWidth } from '#src/drawing/columns.ts';
import type { Snapshot } from '#src/objects/snapshot.ts';
import { diagnose } from '#src/status/model/diagnosis.ts';
import { render } from '#src/status/view/format.ts';
import { statusWords, troubleWords } from '#src/status/view/words.ts';
import { type Topology, topologies } from '#src/tree/model/topology.ts';
import { time } from '../../objects/snapshots.ts';
import { runs } from '../../properties.ts';
import { anySet } from '../../tree/view/anyset.ts';

const widths = [60, 80, 100, 120, 200, undefined];

/** Without what a line break adds or takes. */
const bare = (text: string) => text.replace(/\s+/g, '');

async function assertFits(snapshot: Snapshot, closely: boolean, allNamespaces: boolean): Promise<void> {
  const shown = topologies(snapshot, snapshot.statefulSets.items);
  for (const width of widths) {
    const style = {
      format: 'table',
      single: false,
      allNamespaces,
      header: true,
      now: time,
      colour: false,
    } as const;
    const diagnosed = closely ? (topology: Topology) => diagnose(topology, snapshot) : undefined;
    const screen = await render(shown, { ...style, diagnosed, width });
    for (const line of screen.split('\n')) {
      // A name in a command to copy is not broken.
      const isWord = closely && /^ *\S+(?: \\)?$/.test(line);
      assert.ok(width === undefined || displayWidth(line) <= width || isWord, `${width}: ${line}`);
    }
    for (const topology of shown) {
      const { status, reason } = statusWords(topology, time);
      const { name } = topology.set.metadata;
      assert.match(
        screen,
        new RegExp(`^ *${allNamespaces ? '(?:shop +)?' : ''}${name}(?: |$)`, 'm'),
        'the name is whole',
      );
      if (allNamespaces) assert.match(screen, /^ *shop(?: |$)/m, 'the namespace is whole');
      assert.match(screen, new RegExp(`\\b${status.text}\\b`), 'the status is whole');
      assert.ok(bare(screen).includes(bare(reason.text)), `${width}: ${reason.text}\n${screen}`);
      if (!closely) continue;
      for (const { text } of troubleWords(topology, time)) {
        const [, sentence = text] = /^pvc\/\S+: (.*)$/.exec(text) ?? [];
        // Several findings of a claim have lines of their own.
        for (const part of sentence.split('; '))
          assert.ok(bare(screen).includes(bare(part)), `${width}: ${part}\n${screen}`);
      }
    }
  }
}

describe('the status of sets of any shape', () => {
  it('has no line that is too wide, and every name, status and reason whole', async () => {
    await fc.assert(
      fc.asyncProperty(anySet, fc.boolean(), (snapshot, all) => assertFits(snapshot, false, all)),
      { numRuns: runs(200) },
    );
  });

  it('has them looked at closely, too', async () => {
    await fc.assert(
      fc.asyncProperty(anySet, fc.boolean(), (snapshot, all) => assertFits(snapshot, true, all)),
      { numRuns: runs(200) },
    );
  });
});

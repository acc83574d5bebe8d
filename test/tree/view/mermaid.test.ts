import assert from 'node:assert/strict';
import DOMPurify from 'dompurify';
import fc from 'fast-check';
import { mermaidText } from '#src/tree/view/mermaid.ts';
import { pictureOf } from '#src/tree/view/picture.ts';
import { snapshotOf, statefulSet } from '../../objects/snapshots.ts';
import { acting, anySnapshot } from './arbitrary.ts';
import { scaledDown, scenarios, told } from './scenarios.ts';

// Mermaid cleans the HTML of labels, which takes a browser. Its parser needs none: without the cleaning we see more.
Object.assign(DOMPurify, { addHook: () => {}, sanitize: (text: string) => text });
const { default: mermaid } = await import('mermaid');

interface Chart {
  vertices: Map<string, { text?: string; classes: string[]; type?: string }>;
  edges: { start: string; end: string }[];
  groups: { title: string; nodes: string[] }[];
}

/** What Mermaid's own parser understands of a text. */
async function understood(text: string): Promise<Chart> {
  const { db } = await mermaid.mermaidAPI.getDiagramFromText(text);
  const flowchart = db as unknown as {
    getVertices(): Chart['vertices'];
    getEdges(): Chart['edges'];
    getSubGraphs(): Chart['groups'];
  };
  return { vertices: flowchart.getVertices(), edges: flowchart.getEdges(), groups: flowchart.getSubGraphs() };
}

/** A label as a viewer shows it: Mermaid marks entities so, until they are drawn. */
function shown(label: string): string {
  return label.replace(/ﬂ°°(\d+)¶ß/g, (_, code: string) => String.fromCodePoint(Number(code)));
}

describe('the picture of StatefulSets for Mermaid', function () {
  this.timeout(60_000);

  for (const [title, snapshot] of Object.entries(scenarios)) {
    it(`is accepted for a set ${title}`, async () => {
      const { diagramType } = await mermaid.parse(mermaidText(told(snapshot)));
      assert.equal(diagramType, 'flowchart-v2');
    });
  }

  it('keeps left-over claims in a box apart', async () => {
    const { vertices, groups } = await understood(mermaidText(told(scaledDown())));
    assert.deepEqual(
      groups.map(({ title, nodes }) => [
        title,
        nodes.map((id) => shown(vertices.get(id)?.text ?? '').split('<br/>')[1]),
      ]),
      [['left over by web', ['data-web-1', 'data-web-2']]],
    );
  });

  it('says nothing but what the model says, whatever the names hold', async () => {
    await fc.assert(
      fc.asyncProperty(anySnapshot, async (snapshot) => {
        const { nodes, edges } = pictureOf(told(snapshot));
        const chart = await understood(mermaidText(told(snapshot)));
        const ids = nodes.map((_, position) => `n${position}`);
        assert.deepEqual([...chart.vertices.keys()].filter((id) => /^n\d/.test(id)).sort(), [...ids].sort());
        for (const [position, { lines }] of nodes.entries()) {
          const label = lines.map((line) => line.toWellFormed()).join('<br/>');
          assert.equal(shown(chart.vertices.get(`n${position}`)?.text ?? '').trim(), label.trim());
        }
        assert.equal(chart.edges.length, edges.length);
      }),
    );
  });

  it('lets nothing through that acts on a terminal, a directive or markup', () => {
    fc.assert(fc.property(anySnapshot, (snapshot) => assert.doesNotMatch(mermaidText(told(snapshot)), acting)));
    const set = statefulSet('%%{init: {}}%%', { replicas: 0, metadata: { namespace: '`<b>"]; click n0' } });
    const text = mermaidText(told(snapshotOf({ statefulSets: [set] })));
    assert.ok(text.includes('#37;#37;#123;init#58; #123;#125;#125;#37;#37;'), text);
    assert.ok(text.includes('namespace #96;#60;b#62;#34;#93;#59; click n0'), text);
  });
});

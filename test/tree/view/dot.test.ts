import assert from 'node:assert/strict';
import { instance } from '@viz-js/viz';
import fc from 'fast-check';
import { printable } from '#src/terminal/escape.ts';
import { dotText } from '#src/tree/view/dot.ts';
import { pictureOf } from '#src/tree/view/picture.ts';
import { boundClaim, snapshotOf, statefulSet } from '../../objects/snapshots.ts';
import { runs } from '../../properties.ts';
import { acting, anySnapshot, nasty } from './arbitrary.ts';
import { scaledDown, scenarios, shared, stuck, told, twoSetsOneClaim, well } from './scenarios.ts';

/** Graphviz, compiled to WebAssembly. */
const graphviz = await instance();

/** This build has no fonts. It guesses how wide letters outside of ASCII are, and warns of it once. */
const guessesWidth = 'Warning: no value for width of non-ASCII character';

/** What Graphviz makes of a text that it has nothing to say against. */
function rendered(text: string, format: 'dot_json' | 'plain' | 'svg'): string {
  // As a pipe would carry it: UTF-8 has no lone surrogates.
  const result = graphviz.render(text.toWellFormed(), { format });
  assert.deepEqual(
    result.errors.filter(({ message }) => !message.startsWith(guessesWidth)),
    [],
  );
  return result.output ?? '';
}

interface Drawn {
  objects?: { name: string }[];
  edges?: { tail: number; head: number; style?: string }[];
}

/** What Graphviz understands of a text, without a layout. */
function understood(text: string): Drawn {
  return JSON.parse(rendered(text, 'dot_json')) as Drawn;
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' };

/** The lines written on each node, in the order in which they are drawn. */
function linesOfNodes(svg: string): string[][] {
  const shown = (xml: string): string =>
    xml.replace(/&(?:#(\d+)|(\w+));/g, (entity, code?: string, name = '') =>
      code === undefined ? (entities[name] ?? entity) : String.fromCodePoint(Number(code)),
    );
  return [...svg.matchAll(/<g id="\w+" class="node">(.*?)<\/g>/gs)].map(([, node = '']) =>
    [...node.matchAll(/<text [^>]*>(.*?)<\/text>/gs)].map(([, text = '']) => shown(text)),
  );
}

describe('the picture of StatefulSets for Graphviz', function () {
  this.timeout(60_000);

  for (const [title, snapshot] of Object.entries(scenarios)) {
    it(`draws a set ${title}`, () => {
      const shown = told(snapshot);
      const nodes = linesOfNodes(rendered(dotText(shown), 'svg'));
      assert.equal(nodes.length, pictureOf(shown).nodes.length);
    });
  }

  it('has the pods in the order of their ordinals, from top to bottom', () => {
    const plain = rendered(dotText(told(shared())), 'plain');
    const heights = [0, 1, 2].map((ordinal) =>
      Number(new RegExp(`^node "Pod/shop/web-${ordinal}" \\S+ (\\S+)`, 'm').exec(plain)?.[1]),
    );
    assert.deepEqual(
      heights,
      [...heights].sort((a, b) => b - a),
    );
    assert.ok(heights.every((height) => height > 0));
  });

  it('says nothing but what the model says, whatever the names hold', () => {
    fc.assert(
      fc.property(anySnapshot, (snapshot) => {
        const picture = pictureOf(told(snapshot));
        const { objects = [], edges = [] } = understood(dotText(told(snapshot)));
        const nodes = objects.filter(({ name }) => !/^(cluster |%|$)/.test(name));
        assert.deepEqual(
          new Set(nodes.map(({ name }) => name)),
          // An id keeps its backslashes doubled: https://graphviz.org/doc/info/lang.html
          new Set(picture.nodes.map(({ id }) => id.toWellFormed().replaceAll('\\', '\\\\'))),
        );
        assert.equal(edges.filter(({ style }) => style !== 'invis').length, picture.edges.length);
      }),
      { numRuns: runs(40) },
    );
  });

  it('shows hostile names as they are', () => {
    const statefulSets = nasty.map((name) => statefulSet(`${name}-`, { replicas: 0, spec: { serviceName: '' } }));
    // Graphviz 16 draws backslashes as they are, but doubles them where its JSON says what it has drawn.
    const nodes = linesOfNodes(rendered(dotText(told(snapshotOf({ statefulSets }))), 'svg'));
    assert.deepEqual(
      nodes.map(([, title]) => title),
      nasty.map((name) => printable(`${name}-`.toWellFormed())),
    );
  });

  it('lets no character through that acts on a terminal', () => {
    fc.assert(fc.property(anySnapshot, (snapshot) => assert.doesNotMatch(dotText(told(snapshot)), acting)));
  });

  it('escapes quotes, backslashes and what reads as an entity', () => {
    const set = statefulSet('a"b\\N&lt;', { replicas: 0, metadata: { namespace: 'x"]; y -> z' } });
    const text = dotText(told(snapshotOf({ statefulSets: [set] })));
    assert.ok(text.includes('label="StatefulSet\\na\\"b\\\\N&amp;lt;\\nnamespace x\\"]; y -> z'), text);
  });
});

describe('the picture of StatefulSets', () => {
  it('has one node for a claim that several pods share, and an edge from each', () => {
    const { nodes, edges } = pictureOf(told(shared()));
    assert.equal(nodes.filter(({ kind }) => kind === 'PersistentVolumeClaim').length, 1);
    assert.equal(edges.filter(({ to }) => to === 'PersistentVolumeClaim/shop/files').length, 3);
  });

  it('has one node for a claim that two sets share', () => {
    const { edges } = pictureOf(told(twoSetsOneClaim()));
    assert.deepEqual(
      edges.filter(({ to }) => to === 'PersistentVolumeClaim/shop/a-b-c-0').map(({ from }) => from),
      ['Pod/shop/c-0', 'Pod/shop/b-c-0'],
    );
  });

  it('has one node for the class of several volumes', () => {
    const { edges } = pictureOf(told(well()));
    assert.equal(edges.filter(({ to }) => to === 'StorageClass/standard').length, 2);
  });

  it('joins a claim that no pod mounts with the set whose pod template names it', () => {
    const set = statefulSet('web', { replicas: 0, shared: ['common'] });
    const topologies = told(snapshotOf({ statefulSets: [set], claims: [boundClaim('common')] }));
    const edge = pictureOf(topologies).edges.find(({ to }) => to === 'PersistentVolumeClaim/shop/common');
    assert.deepEqual([edge?.from, edge?.kind], ['StatefulSet/shop/web', 'not mounted']);
    assert.match(
      dotText(topologies),
      /"StatefulSet\/shop\/web" -> "PersistentVolumeClaim\/shop\/common" \[style=dashed/,
    );
  });

  it('keeps left-over claims apart', () => {
    const { nodes } = pictureOf(told(scaledDown()));
    assert.deepEqual(
      nodes.filter(({ group }) => group?.title === 'left over by web').map(({ lines }) => lines[1]),
      ['data-web-1', 'data-web-2'],
    );
  });

  it('shows faults and absences by colour, line and words', () => {
    const { nodes } = pictureOf(told(stuck()));
    const shown = nodes.map(({ lines, tone, absent }) => [lines[1], tone, absent, lines.slice(2, 3).join()]);
    assert.deepEqual(shown, [
      ['web', 'bad', false, 'namespace shop'],
      ['web', 'bad', true, 'governing, missing'],
      ['web-0', 'bad', false, 'CrashLoopBackOff, 0/1 ready'],
      ['web-1', 'warning', true, 'missing'],
      ['web-2', 'warning', true, 'missing'],
    ]);
  });
});

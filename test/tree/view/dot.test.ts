import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { printable } from '#src/terminal/escape.ts';
import { dotText } from '#src/tree/view/dot.ts';
import { pictureOf } from '#src/tree/view/picture.ts';
import { snapshotOf, statefulSet } from '../../objects/snapshots.ts';
import { needs } from '../../runner/needs.ts';
import { acting, anySnapshot, nasty } from './arbitrary.ts';
import { scaledDown, scenarios, shared, stuck, told, twoSetsOneClaim, well } from './scenarios.ts';

const graphviz = spawnSync('dot', ['-V']).error === undefined;

/** In CI nothing is skipped for want of Graphviz: the test then fails at the command that is not there. */
function needsGraphviz(context: Mocha.Context): void {
  if (process.env['CI'] !== 'true') needs(context, graphviz, 'Graphviz (Debian: apt-get install graphviz)');
}

interface Drawn {
  /** `_ldraw_`: what is written on it, line by line. */
  objects?: { name: string; _ldraw_?: { op: string; text?: string }[] }[];
  edges?: { tail: number; head: number; style?: string }[];
}

/** What Graphviz understands of a text: `dot_json` is without a layout, `json` with one. */
function understood(text: string, format: 'dot_json' | 'json'): Drawn {
  const { status, stdout, stderr } = spawnSync('dot', [`-T${format}`], { input: text, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  assert.equal(stderr, '');
  return JSON.parse(stdout) as Drawn;
}

describe('the picture of StatefulSets for Graphviz', function () {
  this.timeout(60_000);

  for (const [title, snapshot] of Object.entries(scenarios)) {
    it(`draws a set ${title}`, function () {
      needsGraphviz(this);
      const { status, stdout, stderr } = spawnSync('dot', ['-Tsvg'], {
        input: dotText(told(snapshot)),
        encoding: 'utf8',
      });
      assert.equal(status, 0, stderr);
      assert.equal(stderr, '');
      assert.match(stdout, /<\/svg>/);
    });
  }

  it('has the pods in the order of their ordinals, from top to bottom', function () {
    needsGraphviz(this);
    const { stdout } = spawnSync('dot', ['-Tplain'], { input: dotText(told(shared())), encoding: 'utf8' });
    const heights = [0, 1, 2].map((ordinal) =>
      Number(new RegExp(`^node "Pod/shop/web-${ordinal}" \\S+ (\\S+)`, 'm').exec(stdout)?.[1]),
    );
    assert.deepEqual(
      heights,
      [...heights].sort((a, b) => b - a),
    );
    assert.ok(heights.every((height) => height > 0));
  });

  it('says nothing but what the model says, whatever the names hold', function () {
    needsGraphviz(this);
    fc.assert(
      fc.property(anySnapshot, (snapshot) => {
        const picture = pictureOf(told(snapshot));
        const { objects = [], edges = [] } = understood(dotText(told(snapshot)), 'dot_json');
        const nodes = objects.filter(({ name }) => !/^(cluster |%|$)/.test(name));
        assert.deepEqual(
          new Set(nodes.map(({ name }) => name)),
          // An id keeps its backslashes doubled: https://graphviz.org/doc/info/lang.html
          new Set(picture.nodes.map(({ id }) => id.toWellFormed().replaceAll('\\', '\\\\'))),
        );
        assert.equal(edges.filter(({ style }) => style !== 'invis').length, picture.edges.length);
      }),
      { numRuns: 40 },
    );
  });

  it('shows hostile names as they are', function () {
    needsGraphviz(this);
    const statefulSets = nasty.map((name) => statefulSet(`${name}-`, { replicas: 0, spec: { serviceName: '' } }));
    const { objects = [] } = understood(dotText(told(snapshotOf({ statefulSets }))), 'json');
    const titles = objects.map(({ _ldraw_ = [] }) => _ldraw_.filter(({ op }) => op === 'T')[1]?.text);
    assert.deepEqual(
      titles,
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

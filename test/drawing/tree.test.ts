import assert from 'node:assert/strict';
import type { Cell } from '#src/drawing/cells.ts';
import { drawTree, type Line, type TreeStyle } from '#src/drawing/tree.ts';

const plain: TreeStyle = { colour: false, width: undefined, header: true, groups: undefined, total: '' };

function line(cells: (string | Cell)[], children: Line[] = []): Line {
  return { cells: cells.map((cell) => (typeof cell === 'string' ? { text: cell } : cell)), children };
}

const columns = ['NAME', 'STATUS', 'DETAIL'];
const pods = line(
  ['sts/web', 'Updated', 'revision 1'],
  [
    line(['pod/web-0', 'Running', ''], [line(['pvc/data-web-0', 'Bound', '50Mi'])]),
    line(['pod/web-1', { text: 'missing', tone: 'bad' }, '']),
  ],
);

function draw(roots: Line[], style: Partial<TreeStyle> = {}, cuts: [string, number][] = []): string[] {
  return drawTree(columns, roots, cuts, { ...plain, ...style }).split('\n');
}

describe('a tree with columns', () => {
  it('has branches before its names, and no blanks at the ends of its rows', () => {
    assert.deepEqual(draw([pods]), [
      'NAME                  STATUS   DETAIL',
      'sts/web               Updated  revision 1',
      '├─ pod/web-0          Running',
      '│  └─ pvc/data-web-0  Bound    50Mi',
      '└─ pod/web-1          missing',
      '',
    ]);
  });

  it('may have no header, and has an empty line between two roots', () => {
    const [first, second] = [line(['a', '', '']), line(['b', '', ''])];
    assert.deepEqual(draw([first, second], { header: false }), ['a', '', 'b', '']);
  });

  it('has a footer below each root, faint where there is colour', () => {
    const root = { ...line(['a', '', '']), footer: '1 ready\u001b' };
    assert.deepEqual(draw([root], { header: false }), ['a', '1 ready\\u001b', '']);
    assert.deepEqual(draw([root], { header: false, colour: true }), ['a', '\u001b[2m1 ready\\u001b\u001b[0m', '']);
    assert.deepEqual(draw([root], { header: false, width: 5 }), ['a', '1 re…', '']);
  });

  it('names the group of a root in the first row of it', () => {
    const [, first = '', second = ''] = draw([{ ...pods, group: 'shop' }, line(['x', '', ''])], {
      groups: 'NAMESPACE',
    });
    assert.match(first, /^shop {7}sts\/web /);
    assert.match(second, /^ {11}├─ pod\/web-0 /);
  });

  it('shows tones as colours', () => {
    const rows = draw([pods], { colour: true });
    assert.equal(rows[4], '└─ pod/web-1          \u001b[31mmissing\u001b[0m');
  });

  it('is cut step by step, in the order of the cuts, until it fits', () => {
    const cuts: [string, number][] = [
      ['DETAIL', 4],
      ['NAMESPACE', 0],
      ['NAME', 10],
      ['DETAIL', 0],
    ];
    assert.deepEqual(draw([pods], { width: 38 }, cuts).slice(1, 2), ['sts/web               Updated  revisi…']);
    assert.deepEqual(draw([pods], { width: 30 }, cuts), [
      'NAME             STATUS   DET…',
      'sts/web          Updated  rev…',
      '├─ pod/web-0     Running',
      '│  └─ pvc…web-0  Bound    50Mi',
      '└─ pod/web-1     missing',
      '',
    ]);
    assert.deepEqual(draw([pods], { width: 10 }, cuts).slice(1, 3), ['sts/web     Updated', '├─ pod…b-0  Running']);
  });

  it('escapes what could act on a terminal', () => {
    assert.deepEqual(draw([line(['a\u001b[2J', '', ''])], { header: false }), ['a\\u001b[2J', '']);
  });
});

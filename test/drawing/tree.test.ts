import assert from 'node:assert/strict';
import type { Cell } from '#src/drawing/cells.ts';
import { drawTree, type Line, type Root, type TreeStyle } from '#src/drawing/tree.ts';

const plain: TreeStyle = { colour: false, width: undefined, header: true, groups: undefined, total: '' };

function line(name: string, cells: (string | Cell)[], more: Partial<Line> = {}): Line {
  return {
    name,
    cells: cells.map((cell) => (typeof cell === 'string' ? { text: cell } : cell)),
    children: [],
    ...more,
  };
}

const columns = ['NAME', 'STATUS', 'DETAIL'];
const uid = '1e978d3f-5d32-4135-b27a-5e4e5884423c';
const volume = line(`pv/pvc-${uid}`, ['Bound'], { shortName: 'pv/pvc-1e9…4423c' });
const pods = line('sts/web', ['Updated', 'revision 1'], {
  children: [
    line('pod/web-0', ['Running', ''], {
      children: [line('pvc/data-web-0', ['Bound', '50Mi'], { children: [volume] })],
    }),
    line('pod/web-1', [{ text: 'missing', tone: 'bad' }, ''], {
      notes: [{ text: 'waits for web-0 to be ready', tone: 'warning' }],
    }),
  ],
});

function draw(roots: Root[], style: Partial<TreeStyle> = {}, cuts: [string, number][] = []): string[] {
  return drawTree(columns, roots, cuts, { ...plain, ...style }).split('\n');
}

describe('a tree with columns', () => {
  it('has branches before its names, notes below its rows, and no blanks at the ends of its lines', () => {
    assert.deepEqual(draw([pods]), [
      'NAME                                                  STATUS   DETAIL',
      'sts/web                                               Updated  revision 1',
      '├─ pod/web-0                                          Running',
      '│  └─ pvc/data-web-0                                  Bound    50Mi',
      `│     └─ pv/pvc-${uid}  Bound`,
      '└─ pod/web-1                                          missing',
      '      waits for web-0 to be ready',
      '',
    ]);
  });

  it('leads the branches of a row past its notes to the rows below it', () => {
    const root = line('a', [], { notes: [{ text: 'one' }, { text: 'two' }], children: [line('b', [])] });
    assert.deepEqual(draw([root], { header: false }), ['a', '│  one', '│  two', '└─ b', '']);
  });

  it('may have no header, and has an empty line between two roots', () => {
    assert.deepEqual(draw([line('a', []), line('b', [])], { header: false }), ['a', '', 'b', '']);
  });

  it('has a footer below each root, faint where there is colour, and wraps it', () => {
    const root = { ...line('a', []), footer: '1 ready\u001b' };
    assert.deepEqual(draw([root], { header: false }), ['a', '1 ready\\u001b', '']);
    assert.deepEqual(draw([root], { header: false, colour: true }), ['a', '\u001b[2m1 ready\\u001b\u001b[0m', '']);
    assert.deepEqual(draw([root], { header: false, width: 13 }), ['a', '1 ready\\u001b', '']);
    assert.deepEqual(draw([root], { header: false, width: 11 }), ['a', '1', '  ready\\u00', '  1b', '']);
  });

  it('names the group of a root in its first row', () => {
    const [, first = '', second = ''] = draw([{ ...pods, group: 'shop' }, line('x', [])], { groups: 'NAMESPACE' });
    assert.match(first, /^shop {7}sts\/web /);
    assert.match(second, /^ {11}├─ pod\/web-0 /);
  });

  it('shows tones as colours, on each line of a note', () => {
    const rows = draw([pods], { colour: true, width: 26 }, [['DETAIL', 0]]);
    assert.ok(rows.includes('└─ pod/web-1       \u001b[31mmissing\u001b[0m'), rows.join('\n'));
    assert.deepEqual(rows.slice(-3, -1), ['\u001b[33mwaits for web-0 to be\u001b[0m', '\u001b[33m  ready\u001b[0m']);
  });

  it('takes short names first where it is too wide, and then makes columns narrower, step by step', () => {
    const cuts: [string, number][] = [
      ['DETAIL', 6],
      ['DETAIL', 0],
    ];
    assert.deepEqual(draw([pods], { width: 46 }, cuts).slice(0, 5), [
      'NAME                       STATUS   DETAIL',
      'sts/web                    Updated  revision 1',
      '├─ pod/web-0               Running',
      '│  └─ pvc/data-web-0       Bound    50Mi',
      '│     └─ pv/pvc-1e9…4423c  Bound',
    ]);
    assert.equal(draw([pods], { width: 43 }, cuts)[1], 'sts/web                    Updated  revisi…');
    assert.equal(draw([pods], { width: 35 }, cuts)[1], 'sts/web                    Updated');
  });

  it('gives a name that is too long lines of its own, and its cells the line after', () => {
    const long = line('a', ['ok'], { children: [line('0123456789012345678901234567890123456789', ['Running', 'x'])] });
    assert.deepEqual(draw([long], { width: 36 }, [['DETAIL', 0]]), [
      'NAME                         STATUS',
      'a                            ok',
      '└─ 012345678901234567890123456789',
      '        0123456789           Running',
      '',
    ]);
  });

  it('uses no short name that two rows would share', () => {
    const twins = ['a', 'b'].map((each) => line(`pv/${each.repeat(30)}`, [], { shortName: 'pv/…' }));
    const rows = draw([line('sts/web', [], { children: twins })], { width: 40 });
    assert.match(rows.join('\n'), /pv\/a{30}\n.*pv\/b{30}\n/);
  });

  it('escapes what could act on a terminal', () => {
    const root = line('a\u001b[2J', ['\u009b1m'], { notes: [{ text: '\u202eb' }] });
    assert.deepEqual(draw([root], { header: false }), ['a\\u001b[2J  \\u009b1m', '   \\u202eb', '']);
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import stringWidth from 'string-width';
import {
  type Column,
  drawSentenced,
  type Sentence,
  type SentencedRow,
  type SentencedStyle,
  type SentencedTable,
  withBrief,
} from '#src/drawing/sentenced.ts';
import { printable } from '#src/terminal/escape.ts';
import { anyText, runs } from '../properties.ts';

const plain: SentencedStyle = { header: true, colour: false, width: undefined };
const columns: Column[] = [
  { title: 'POD', long: 'own line' },
  { title: 'NAME', long: 'middle' },
  { title: 'TTL', long: 'end' },
];

function row(cells: string[], ...sentences: (string | Sentence)[]): SentencedRow {
  return {
    cells: cells.map((text) => ({ text })),
    sentences: sentences.map((each) => (typeof each === 'string' ? { text: each } : each)),
  };
}

const lags = {
  text: 'wrong address: coredns-1 still gives 10.0.2.9, coredns-0 is right',
  brief: 'wrong address',
  tone: 'bad' as const,
};
const names: SentencedTable = {
  columns,
  sentences: ['VERDICT'],
  rows: [
    row(['web-0', 'web-0.web.shop.svc.cluster.local', '5'], { text: 'ok', tone: 'good' }),
    row(['web-1', 'web-1.web.shop.svc.cluster.local', '5'], lags),
  ],
  gives: [
    ['NAME', 12],
    ['TTL', 0],
    ['NAME', 0],
    ['POD', 4],
  ],
};

async function lines(table: Partial<SentencedTable>, style: Partial<SentencedStyle> = {}): Promise<string[]> {
  return (await drawSentenced({ ...names, ...table }, { ...plain, ...style })).split('\n');
}

describe('the beginning of a sentence', () => {
  it('goes up to the first colon, comma or parenthesis, and is left out where it is long', () => {
    const briefOf = (text: string) => withBrief({ text, tone: 'bad' }).brief;
    assert.equal(briefOf('no endpoints: the pod is missing'), 'no endpoints');
    assert.equal(briefOf('the pin was undone (last write by ada): traffic goes to no pod'), 'the pin was undone');
    assert.equal(briefOf('per-pod Service, no endpoints: the pod is missing'), 'per-pod Service');
    assert.equal(briefOf('ok'), 'ok');
    assert.equal(briefOf('until products-db-of-the-shop-2 goes: products-db wants no such ordinal'), undefined);
    assert.deepEqual(withBrief({ text: 'a: b', tone: 'bad' }), { text: 'a: b', tone: 'bad', brief: 'a' });
  });
});

describe('a flat table with sentences', () => {
  const whole = [
    'POD    NAME                              TTL  VERDICT',
    'web-0  web-0.web.shop.svc.cluster.local  5    ok',
    'web-1  web-1.web.shop.svc.cluster.local  5    wrong address: coredns-1 still gives 10.0.2.9, coredns-0 is right',
    '',
  ];

  it('has each sentence behind its row in a pipe, and where the terminal has room', async () => {
    assert.deepEqual(await lines({}), whole);
    assert.deepEqual(await lines({}, { width: 111 }), whole);
    assert.equal((await lines({}, { header: false }))[0], 'web-0  web-0.web.shop.svc.cluster.local  5  ok');
  });

  it('has the beginning of a sentence behind its row, and the rest below it, where the whole does not fit', async () => {
    assert.deepEqual(await lines({}, { width: 110 }), [
      ...whole.slice(0, 2),
      'web-1  web-1.web.shop.svc.cluster.local  5    wrong address',
      '  coredns-1 still gives 10.0.2.9, coredns-0 is right',
      '',
    ]);
  });

  it('makes columns narrower until the beginnings fit, and wraps the rest', async () => {
    assert.deepEqual(await lines({}, { width: 40 }), [
      'POD    NAME           TTL  VERDICT',
      'web-0  web-0.we…ocal  5    ok',
      'web-1  web-1.we…ocal  5    wrong address',
      '  coredns-1 still gives 10.0.2.9,',
      '    coredns-0 is right',
      '',
    ]);
    assert.deepEqual((await lines({}, { width: 30 })).slice(0, 3), [
      'POD    VERDICT',
      'web-0  ok',
      'web-1  wrong address',
    ]);
  });

  it('puts the whole sentence below its row where its beginning does not fit either', async () => {
    assert.deepEqual(await lines({}, { width: 12, header: false }), [
      'web-0',
      '   ok',
      'web-1',
      'verdict:',
      '  wrong',
      '  address:',
      '  coredns-1',
      '  still',
      '  gives',
      '  10.0.2.9,',
      '  coredns-0',
      '  is right',
      '',
    ]);
  });

  it('gives a name that may not be cut a line of its own where it is too long for its column', async () => {
    const pods = [{ title: 'SERVICE', long: 'own line' as const }, ...columns.slice(0, 1)];
    const rows = [
      row(['external-of-the-database', 'products-db-0'], 'ok'),
      row(['lb', 'products-database-12'], 'no endpoints: the pod is missing'),
    ];
    const gives: SentencedTable['gives'] = [
      ['SERVICE', 10],
      ['POD', 14],
    ];
    const sentences = ['STATE'];
    assert.deepEqual(await lines({ columns: pods, rows, gives, sentences }, { width: 34 }), [
      'SERVICE     POD              STATE',
      'external-of-the-database',
      '            products-db-0    ok',
      'lb          products-database-12',
      '  state: no endpoints: the pod is',
      '    missing',
      '',
    ]);
    // Where a name needs more room than there is below its title, it begins farther left.
    assert.deepEqual((await lines({ columns: pods, rows, gives, sentences }, { width: 30 })).slice(-5, -1), [
      'lb',
      '          products-database-12',
      '  state: no endpoints: the pod',
      '    is missing',
    ]);
  });

  it('has the titles of further sentences before them where they stand below the row', async () => {
    const rows = [row(['web-0', 'web-0.web', '5'], 'ok', 'coredns-0=10.0.0.1')];
    const wide = { sentences: ['VERDICT', 'SERVERS'], rows };
    assert.deepEqual(await lines(wide), [
      'POD    NAME       TTL  VERDICT  SERVERS',
      'web-0  web-0.web  5    ok       coredns-0=10.0.0.1',
      '',
    ]);
    assert.deepEqual(await lines(wide, { width: 50 }), await lines(wide));
    assert.deepEqual(await lines(wide, { width: 49 }), [
      'POD    NAME       TTL  VERDICT',
      'web-0  web-0.web  5    ok',
      '  servers: coredns-0=10.0.0.1',
      '',
    ]);
  });

  it('shows tones as colours, on each line of a sentence', async () => {
    const shown = await lines({}, { width: 40, colour: true });
    assert.deepEqual(shown.slice(1), [
      'web-0  web-0.we…ocal  5    \u001b[32mok\u001b[0m',
      'web-1  web-1.we…ocal  5    \u001b[31mwrong address\u001b[0m',
      '\u001b[31m  coredns-1 still gives 10.0.2.9,\u001b[0m',
      '\u001b[31m    coredns-0 is right\u001b[0m',
      '',
    ]);
  });

  it('is empty without rows and header', async () => {
    assert.deepEqual(await lines({ rows: [] }, { header: false }), ['']);
  });

  it('is never wider than the terminal, and cuts neither sentences nor names that have lines of their own', () => {
    const text = fc.oneof(anyText({ maxLength: 60 }), fc.constantFrom('', 'ok', 'web-0', 'x'.repeat(70), '수평선'));
    const rows = fc.array(
      fc.tuple(fc.array(text, { minLength: 3, maxLength: 3 }), text, text, fc.nat(9)).map(([cells, one, two, at]) => {
        return row(cells, { text: one, brief: [...one].slice(0, at).join(''), tone: 'bad' }, two);
      }),
      { minLength: 1, maxLength: 8 },
    );
    return fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: 3, max: 200 }), async (shown, width) => {
        const table = { sentences: ['VERDICT', 'SERVERS'], rows: shown };
        const drawn = await lines(table, { width });
        for (const line of drawn) assert.ok(stringWidth(line) <= width, `${width} columns: ${line}`);
        const all = squeezed(drawn.join(''));
        let from = 0;
        for (const {
          cells: [pod],
          sentences: [verdict, servers],
        } of shown) {
          const { text: said = '', brief = '' } = verdict ?? {};
          const pieces = [pod?.text, brief, said.slice(brief.length).replace(/^[:;,]? /, ''), servers?.text];
          for (const piece of pieces.map((each) => squeezed(printable(each ?? '')))) {
            const found = all.indexOf(piece, from);
            assert.ok(found >= from, `${width} columns: no ${piece} in\n${drawn.join('\n')}`);
            from = found + piece.length;
          }
        }
      }),
      { numRuns: runs(500) },
    );
  });
});

function squeezed(text: string): string {
  return text.replaceAll(/\s/gu, '');
}

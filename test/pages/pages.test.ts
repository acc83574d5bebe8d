/** The pages that `npm run docs` writes parts of. */
import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { commands } from '#src/commands.ts';
import { checkout } from '../runner/files.ts';
import { commandTable, helpPart, prose } from './helppart.ts';
import { marksOf, withMadeParts } from './madeparts.ts';
import { madePages, pageOf } from './pages.ts';
import { pageScreen, scenarioScreen } from './screenpart.ts';

describe('the pages of the commands', () => {
  for (const { file, present, text } of madePages()) {
    it(`are as the script writes them: ${file}`, () => {
      assert.ok(present !== undefined, `${file} is missing: \`npm run docs\` makes it`);
      assert.equal(present, text, `${file} is stale: \`npm run docs\` writes it anew`);
    });
  }

  for (const command of Object.keys(commands)) {
    it(`hold the help of the command, and more: ${command}`, () => {
      const { present = '' } = madePages().find(({ file }) => file === pageOf(command)) ?? {};
      assert.deepEqual(
        marksOf(present).filter((mark) => mark === 'help'),
        ['help'],
        `${pageOf(command)} has no part for the help, or several`,
      );
      const [, byHand = ''] = present.split('<!-- end -->');
      assert.match(byHand, /^## /m, `${pageOf(command)} has nothing but the help`);
    });
  }

  it('are there for no command that does not exist', () => {
    const files = globSync('docs/commands/*.md', { cwd: checkout });
    assert.deepEqual(files.sort(), Object.keys(commands).map(pageOf).sort());
  });

  it('README names each command of the help', () => {
    const { present = '' } = madePages().find(({ file }) => file === 'README.md') ?? {};
    assert.ok(marksOf(present).includes('commands'));
  });
});

describe('a made part of a page', () => {
  const page = ['above', '<!-- made by npm run docs: one -->', 'old', '', 'old', '<!-- end -->', 'below', ''].join(
    '\n',
  );

  it('is replaced, and nothing else is', () => {
    const text = withMadeParts(page, (mark) => `new ${mark}\nand more`);
    assert.equal(text, page.replace('old\n\nold', 'new one\nand more'));
    assert.equal(
      withMadeParts(text, (mark) => `new ${mark}\nand more`),
      text,
    );
    assert.deepEqual(marksOf(page), ['one']);
  });

  it('must begin and end', () => {
    const made = () => '';
    assert.throws(() => withMadeParts(page.replace('<!-- end -->', ''), made), /no "<!-- end -->" after/);
    assert.throws(() => withMadeParts(`${page}<!-- end -->`, made), /without a part/);
    assert.throws(
      () => withMadeParts(page.replace('old', '<!-- made by npm run docs: two -->'), made),
      /no "<!-- end -->"/,
    );
  });
});

describe('the help on a page', () => {
  const command = {
    id: 'grow',
    summary: 'Grow a set.',
    description: 'grow adds pods to a set.',
    details: 'With --by <n>, it adds several (-v shows each).\n\n  keeps   its *form*\n  as it is',
    group: 'changing',
    usage: ['grow NAME [flags]'],
    examples: [{ description: 'Grow web by 2', command: 'kubectl sts grow web --by 2' }],
    args: { NAME: { description: 'A StatefulSet.' } },
    flags: {
      by: { type: 'option', name: 'by', listed: 'common', helpValue: '<n>', summary: 'How many pods to add.' },
      slow: { type: 'boolean', name: 'slow', listed: 'rare', summary: 'Wait in between.' },
    },
  };

  it('has its sentences as text, and the rest as the terminal shows it', () => {
    assert.equal(
      helpPart(command),
      `Grow a set.

grow adds pods to a set.

With \`--by\` \\<n>, it adds several (\`-v\` shows each).

\`\`\`text
keeps   its *form*
as it is
\`\`\`

## Usage

\`\`\`text
kubectl sts grow NAME [flags]

NAME  A StatefulSet.
\`\`\`

## Examples

\`\`\`sh
# Grow web by 2
kubectl sts grow web --by 2
\`\`\`

## Flags

\`\`\`text
    --by=<n>  How many pods to add.

    --slow    Wait in between.
\`\`\``,
    );
  });

  it('is one row of the table of commands, unless the command is hidden', () => {
    const [, , ...rows] = commandTable({ grow: command, shrink: { ...command, hidden: true } }).split('\n');
    assert.deepEqual(rows, ['| [`kubectl sts grow`](docs/commands/grow.md) | Grow a set. | yes |']);
  });

  it('lets Markdown take no word for its own', () => {
    assert.equal(
      prose('a|b, `c`, d*e, kubectl_complete-sts, --wait=false, -o json'),
      'a\\|b, \\`c\\`, d\\*e, kubectl_complete-sts, `--wait=false`, `-o json`',
    );
  });
});

describe('a screen on a page', () => {
  it('is that of a scenario, at 80 columns', () => {
    const [fence, command, ...screen] = scenarioScreen('left-over/held').split('\n');
    assert.deepEqual([fence, command], ['```console', '$ kubectl sts tree db']);
    assert.ok(screen.some((line) => line.includes('left over')));
    for (const line of screen) assert.ok(line.length <= 80, line);
  });

  it('is the narrower one of docs/screens.md', () => {
    const [fence, command, header = ''] = pageScreen('tree products-db').split('\n');
    assert.deepEqual([fence, command], ['```console', '$ kubectl sts tree products-db']);
    assert.ok(header.length <= 80 && header.startsWith('NAME '), header);
    assert.match(pageScreen('pin --list, below "A set in trouble"'), /^orders-database-eu-production-external$/m);
    assert.throws(() => pageScreen('pin --list, below "Nothing"'), /no screen of kubectl sts pin --list/);
    assert.throws(() => pageScreen('tree nobody'), /no screen of kubectl sts tree nobody/);
  });
});

import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { readPage } from './markdown.ts';
import { type Played, play } from './play.ts';
import { startShell } from './shell.ts';

/** Runs a page of these lines. */
async function played(...lines: string[]): Promise<Played> {
  const shell = startShell(tmpdir(), { PATH: process.env['PATH'] ?? '' }, 5_000);
  try {
    return await play(shell, readPage('docs/page.md', lines.join('\n')));
  } finally {
    await shell.end();
  }
}

describe('a page that is run', () => {
  it('is right when its commands print what it says, in one shell', async () => {
    const { broken, differing, printed } = await played(
      '<!-- test: verdict=ok -->',
      '```sh',
      'size=3',
      '```',
      '```console',
      '$ echo "$verdict  $size"',
      'ok      3',
      '$ (exit 7)',
      '$ echo $?',
      '7',
      '```',
    );
    assert.deepEqual([broken, differing, printed], [[], [], []]);
  });

  for (const [what, command, said] of [
    ['another verdict', 'echo Updated', 'Stuck'],
    ['a line less', 'echo one', 'one\ntwo'],
    ['a line more', 'printf "one\\ntwo\\n"', 'one'],
    ['a warning', 'echo one; echo warning >&2', 'one'],
    ['nothing', 'true', 'one'],
    ['another exit code', '(exit 2)\n$ echo $?', '1'],
  ] as const) {
    it(`is wrong when a command prints ${what}`, async () => {
      const { differing } = await played('```console', `$ ${command}`, said, '```');
      assert.equal(differing.length, 1);
      assert.match(differing[0] ?? '', /^docs\/page\.md:[23]: \$ /);
    });
  }

  it('is wrong when a command fails, and the page does not show its exit code', async () => {
    const { broken, differing } = await played('```console', '$ echo one; false', 'one', '$ echo two', 'two', '```');
    assert.deepEqual(differing, []);
    assert.deepEqual(broken, ['docs/page.md:2: $ echo one; false\nexit code 1, and no `$ echo $?` after it:\none']);
  });

  it('ends at the first preparation or block of commands that fails', async () => {
    for (const begin of [['<!-- test: false -->'], ['```sh', 'false', 'true', '```']]) {
      const { broken, differing } = await played(...begin, '```console', '$ echo one', 'two', '```');
      assert.match(broken.join('\n'), /^docs\/page\.md:[12]: exit code 1 of:\n/);
      assert.deepEqual(differing, []);
    }
  });

  it('that ends its shell is wrong', async () => {
    assert.match((await played('```console', '$ exit 0', '```')).broken.join(), /the shell ended/);
  });

  it('leaves blocks of other languages alone', async () => {
    const { broken } = await played('```yaml', 'a: b', '```', '```', '$ false', '```');
    assert.deepEqual(broken, []);
  });
});

import assert from 'node:assert/strict';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Shell, startShell } from './shell.ts';

describe('a shell that runs a page', () => {
  let shell: Shell;
  const env = { PATH: process.env['PATH'] ?? '' };

  before(() => {
    shell = startShell(tmpdir(), env);
  });
  after(() => shell.end());

  async function assertRuns(script: string, output: string, code = 0): Promise<void> {
    assert.deepEqual(await shell.run(script), { output, code });
  }

  it('keeps its folder, its variables and its functions', async () => {
    await assertRuns('cd /; a=1; f() { echo "$a"; }', '');
    await assertRuns('pwd; f', '/\n1\n');
  });

  it('tells what is written to both streams, in order', async () => {
    await assertRuns('echo one; echo two >&2; sh -c "echo three >&2"; echo four', 'one\ntwo\nthree\nfour\n');
  });

  it('tells an exit code, and so does the next command by `echo $?`', async () => {
    await assertRuns('(exit 3)', '', 3);
    await assertRuns('echo $?', '3\n');
  });

  it('gives commands nothing to read', async () => {
    await assertRuns('cat; read -r line', '', 1);
    await assertRuns('cat <<EOF\nhere\nEOF', 'here\n');
  });

  for (const [what, script, code] of [
    ['one in the middle', 'true\n(exit 4)\ntrue', 4],
    ['one at the beginning of a pipe', 'false | cat\ntrue', 1],
    ['one in a function', 'f() { (exit 4); true; }\nf\ntrue', 4],
    ['one in `$(…)`', 'echo "$(false; echo printed)"\ntrue', 1],
    ['one in a subshell', '(false; true)', 1],
    ['two: the first tells', '(exit 5)\n(exit 6)', 5],
    ['none, also where a condition fails', 'if false; then true; fi\nfalse || true\n! true || true', 0],
    ['none until a condition holds', 'n=0; until [ "$(false; echo "$n")" = 2 ]; do n=$((n + 1)); done', 0],
    ['none, where a function is a condition', 'g() { false; }\nuntil ! g; do true; done', 0],
  ] as const) {
    it(`knows the command that fails among those that must succeed: ${what}`, async () => {
      assert.equal((await shell.mustSucceed(script)).code, code);
      assert.equal((await shell.run('false | cat; set -o | grep pipefail')).output.trim().split(/\s+/)[1], 'off');
    });
  }

  it('that hangs is ended with all that it has started', async () => {
    const hanging = startShell(tmpdir(), env, 200);
    await assert.rejects(hanging.run('echo begun; sleep 60 | cat'), /took longer than 0\.2 s:\n.*\nbegun/s);
    await hanging.end();
  });

  it('that hangs tidies up by `trap … EXIT`', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'kubectl-sts-shell-')), 'left');
    const hanging = startShell(tmpdir(), env, 500);
    await assert.rejects(hanging.run(`trap 'rm "${file}"' EXIT; touch "${file}"; sleep 60`), /took longer/);
    await hanging.end();
    // Empty, or this fails.
    rmdirSync(dirname(file));
  });

  it('that a page ends is no success', async () => {
    const ended = startShell(tmpdir(), env);
    await assert.rejects(ended.run('exit 0'), /the shell ended/);
    await ended.end();
  });

  it('tidies up by `trap … EXIT`', async () => {
    const tidy = startShell(tmpdir(), env);
    await tidy.run('file=$(mktemp); trap \'rm "$file"\' EXIT');
    const file = (await tidy.run('echo "$file"')).output.trim();
    await tidy.end();
    assert.equal((await shell.run(`test -e ${file}`)).code, 1);
  });
});

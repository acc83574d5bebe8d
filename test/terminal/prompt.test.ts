import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { checkout } from '../runner/files.ts';
import { needs } from '../runner/needs.ts';

/** Asks, and tells what it got; tells too when keys are read one by one. */
function asking(how: 'askFor' | 'askForSecret'): string[] {
  const prompt = JSON.stringify(join(checkout, 'src', 'terminal', 'prompt.ts'));
  const program = `
    import { ${how} } from ${prompt};
    const reading = setInterval(() => {
      if (!process.stdin.isRaw) return;
      clearInterval(reading);
      process.stdout.write('<reading>');
    }, 1);
    const answer = await ${how}('Name? ', process);
    clearInterval(reading);
    process.stdout.write('<' + JSON.stringify(answer ?? null) + '>');
    process.stdin.destroy();
  `;
  return [process.execPath, '--input-type=module', '-e', program];
}

/** All that a program has said so far; `until` it has said something. */
function heard(child: ChildProcess) {
  let text = '';
  const waiting = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      for (const look of waiting) look();
    });
  }
  return {
    text: () => text,
    until: (wanted: string) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (text.includes(wanted)) resolve();
        };
        waiting.add(look);
        look();
      }),
  };
}

describe('a question to a pipe', function () {
  this.timeout(10_000);

  async function answerTo(how: 'askFor' | 'askForSecret', ...chunks: string[]): Promise<string> {
    const [program = '', ...args] = asking(how);
    const child = spawn(program, args, { stdio: 'pipe' });
    const { text } = heard(child);
    child.stdin.on('error', () => {});
    for (const chunk of chunks) child.stdin.write(chunk);
    child.stdin.end();
    await once(child, 'close');
    return text();
  }

  const answers: [what: string, chunks: string[], answer: string | null][] = [
    ['a line', ['somebody\n'], 'somebody'],
    ['the first word of it', ['  somebody else\nmore\n'], 'somebody'],
    ['a word behind empty lines', ['\n\n', 'some', 'body\n'], 'somebody'],
    ['a word without an end', ['somebody'], 'somebody'],
  ];
  for (const [what, chunks, answer] of answers) {
    it(`is answered by ${what}`, async () => {
      assert.equal(
        (await answerTo('askFor', ...chunks)).replace('Name? \n', 'Name? '),
        `Name? <${JSON.stringify(answer)}>`,
      );
    });
  }

  for (const chunks of [[], [' \n']]) {
    it(`is not answered by ${JSON.stringify(chunks.join(''))}`, async () => {
      assert.equal(await answerTo('askFor', ...chunks), 'Name? \n<null>');
    });
  }

  it('is not put where the answer is a secret', async () => {
    assert.equal(await answerTo('askForSecret', 'secret\n'), '<null>');
  });
});

describe('a question on a terminal', function () {
  this.timeout(10_000);

  before(function () {
    const { stdout } = spawnSync('script', ['--version'], { encoding: 'utf8' });
    needs(this, /util-linux/.test(stdout ?? ''), 'script(1) of util-linux, which gives it a terminal');
  });

  /** What stands on the screen, once `keys` were pressed. */
  async function screen(how: 'askFor' | 'askForSecret', keys: string): Promise<{ text: string; code: unknown }> {
    const line = asking(how).map((word) => `'${word.replaceAll("'", "'\\''")}'`);
    const env = { ...process.env, SHELL: '/bin/sh', TERM: 'dumb' };
    const child = spawn('script', ['-qefc', line.join(' '), '/dev/null'], { env, stdio: 'pipe' });
    const { text, until } = heard(child);
    await until('<reading>');
    child.stdin.write(keys);
    const [code] = await once(child, 'close');
    child.stdin.destroy();
    return { text: text().replaceAll('\r', ''), code };
  }

  it('is answered by a line, blanks and all', async () => {
    const { text, code } = await screen('askFor', 'some body\r');
    assert.ok(text.includes('<"some body">'), text);
    assert.match(text.replace('<"some body">', ''), /some body/);
    assert.equal(code, 0);
  });

  it('does not show a secret', async () => {
    const { text } = await screen('askForSecret', 'se\u007fsecret\r');
    assert.ok(text.includes('<"ssecret">'), text);
    assert.doesNotMatch(text.replace('<"ssecret">', ''), /se/);
    assert.match(text, /Name\? /);
  });

  for (const how of ['askFor', 'askForSecret'] as const) {
    it(`is not answered by the end of the input: ${how}`, async () => {
      assert.match((await screen(how, '\u0004')).text, /<null>/);
    });

    it(`ends the program with Ctrl-C: ${how}`, async () => {
      const { text, code } = await screen(how, 'some\u0003');
      assert.doesNotMatch(text, /<"|<null>/);
      assert.equal(code, 130);
    });
  }
});

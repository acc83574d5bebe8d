import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { askFor, askForSecret } from '#src/terminal/prompt.ts';
import { memoryHost } from '../memory/host.ts';
import { checkout } from '../runner/files.ts';
import { needs } from '../runner/needs.ts';

const asking = { askFor, askForSecret };
type Asking = keyof typeof asking;

describe('a question to a pipe', () => {
  async function answerTo(how: Asking, ...chunks: string[]) {
    const { host, stdout, stderr } = memoryHost();
    for (const chunk of chunks) host.stdin.push(chunk);
    host.stdin.push(null);
    const answer = await asking[how]('Name? ', host);
    return { answer, stdout: stdout(), stderr: stderr() };
  }

  const answers: [what: string, chunks: string[], answer: string][] = [
    ['a line', ['somebody\n'], 'somebody'],
    ['the first word of it', ['  somebody else\nmore\n'], 'somebody'],
    ['a word behind empty lines', ['\n\n', 'some', 'body\n'], 'somebody'],
    ['a word without an end', ['somebody'], 'somebody'],
  ];
  for (const [what, chunks, answer] of answers) {
    it(`is answered by ${what}, and stands on standard error`, async () => {
      assert.deepEqual(await answerTo('askFor', ...chunks), { answer, stdout: '', stderr: 'Name? \n' });
    });
  }

  for (const chunks of [[], [' \n']]) {
    it(`is not answered by ${JSON.stringify(chunks.join(''))}`, async () => {
      assert.deepEqual(await answerTo('askFor', ...chunks), { answer: undefined, stdout: '', stderr: 'Name? \n' });
    });
  }

  it('is not asked if the answer is a secret', async () => {
    assert.deepEqual(await answerTo('askForSecret', 'secret\n'), { answer: undefined, stdout: '', stderr: '' });
  });
});

describe('a question on a terminal', () => {
  /** Asks, types the keys, and gives the answer and the text on the screen. */
  async function answerTo(how: Asking, keys: string) {
    const memory = memoryHost({ columns: 80, typed: true });
    const asked = asking[how]('Name? ', memory.host);
    await memory.until('Name? ');
    memory.host.stdin.push(keys);
    return { answer: await asked, screen: memory.stderr() };
  }

  it('is answered by a line, blanks and all', async () => {
    const { answer, screen } = await answerTo('askFor', 'some body\r');
    assert.equal(answer, 'some body');
    assert.match(screen, /Name\? .*some body/s);
    assert.ok(!screen.endsWith('\n\n'), screen);
  });

  it('does not show a secret', async () => {
    const { answer, screen } = await answerTo('askForSecret', 'se\u007fsecret\r');
    assert.equal(answer, 'ssecret');
    assert.equal(screen, 'Name? \n');
  });

  for (const how of ['askFor', 'askForSecret'] as const) {
    it(`is not answered by the end of the input: ${how}`, async () => {
      const { answer, screen } = await answerTo(how, '\u0004');
      assert.equal(answer, undefined);
      assert.ok(screen.endsWith('\n'), screen);
    });

    it(`sends the process the signal of Ctrl-C: ${how}`, async () => {
      const memory = memoryHost({ columns: 80, typed: true });
      const { host } = memory;
      const sent = new Promise((resolve) => {
        host.kill = (pid, signal) => {
          resolve([pid, signal]);
          return true;
        };
      });
      void asking[how]('Name? ', host);
      await memory.until('Name? ');
      host.stdin.push('some\u0003');
      assert.deepEqual(await sent, [host.pid, 'SIGINT']);
    });
  }

  it('can be withdrawn, and is not asked afterwards', async () => {
    const memory = memoryHost({ columns: 80, typed: true });
    const controller = new AbortController();
    const asked = askFor('Name? ', memory.host, controller.signal);
    await memory.until('Name? ');
    controller.abort();
    assert.equal(await asked, undefined);
    assert.equal(await askFor('Again? ', memory.host, controller.signal), undefined);
    assert.doesNotMatch(memory.stderr(), /Again/);
  });
});

/** A program that asks and tells the answer. It also tells when keys are read one by one. */
function program(how: Asking): string[] {
  const prompt = JSON.stringify(join(checkout, 'src', 'terminal', 'prompt.ts'));
  const text = `
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
  return [process.execPath, '--input-type=module', '-e', text];
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

describe('a process that asks on a real terminal', function () {
  this.timeout(10_000);

  before(function () {
    const { stdout } = spawnSync('script', ['--version'], { encoding: 'utf8' });
    needs(this, /util-linux/.test(stdout ?? ''), 'script(1) of util-linux, which gives it a terminal');
  });

  /** The text on the screen after `keys` were pressed. */
  async function screen(how: Asking, keys: string): Promise<{ text: string; code: unknown }> {
    const line = program(how).map((word) => `'${word.replaceAll("'", "'\\''")}'`);
    const env = { ...process.env, SHELL: '/bin/sh', TERM: 'dumb' };
    const child = spawn('script', ['-qefc', line.join(' '), '/dev/null'], { env, stdio: 'pipe' });
    const { text, until } = heard(child);
    await until('<reading>');
    child.stdin.write(keys);
    const [code] = await once(child, 'close');
    child.stdin.destroy();
    return { text: text().replaceAll('\r', ''), code };
  }

  it('does not show a secret', async () => {
    const { text } = await screen('askForSecret', 'se\u007fsecret\r');
    assert.ok(text.includes('<"ssecret">'), text);
    assert.doesNotMatch(text.replace('<"ssecret">', ''), /se/);
    assert.match(text, /Name\? /);
  });

  it('is ended by Ctrl-C', async () => {
    const { text, code } = await screen('askFor', 'some\u0003');
    assert.doesNotMatch(text, /<"|<null>/);
    assert.equal(code, 130);
  });
});

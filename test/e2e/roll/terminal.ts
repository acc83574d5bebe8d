/** The plugin on a terminal of its own: what is typed, what the terminal is sent, and how wide it is. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { needs } from '../../runner/needs.ts';
import { eventually } from '../eventually.ts';
import { uniqueName } from '../namespace.ts';
import { personEnv, sandbox } from '../sandbox.ts';

/** Skips what needs a terminal where nobody can give one. */
export function needsTerminal(context: Mocha.Context): void {
  const { stdout } = spawnSync('script', ['--version'], { encoding: 'utf8' });
  needs(context, /util-linux/.test(stdout ?? ''), 'script(1) of util-linux, which gives it a terminal');
}

export interface Terminal {
  /** All that it was sent so far, escape sequences and all. */
  sent(): string;
  type(keys: string): void;
  resize(columns: number, rows: number): void;
  /** Waits until it was sent something that matches, from `since` on. */
  until(what: RegExp, since?: number): Promise<void>;
  /** How the program ended. */
  ended(): Promise<number>;
  end(): void;
}

/** Runs `kubectl sts …` on a terminal of 80 columns. */
export function onTerminal(args: readonly string[]): Terminal {
  return programOnTerminal([join(sandbox(), 'bin', 'kubectl'), 'sts', ...args], personEnv());
}

/** Runs any program on a terminal of 80 columns. */
export function programOnTerminal(line: readonly string[], person: Record<string, string>): Terminal {
  const device = join(sandbox(), uniqueName('tty'));
  const words = line.map((word) => `'${word.replaceAll("'", "'\\''")}'`);
  const { PATH: own = '', ...rest } = person;
  const { PATH: path = '' } = process.env;
  // `stty` and `tty` are the test's, not the person's.
  const inside = `PATH='${path}'; tty > '${device}'; stty cols 80 rows 24; PATH='${own}'; exec ${words.join(' ')}`;
  const env = { ...rest, PATH: path, SHELL: '/bin/sh', TERM: 'xterm-256color' };
  const child: ChildProcess = spawn('script', ['-qefc', inside, '/dev/null'], { env, stdio: 'pipe' });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
  }
  child.stdin?.on('error', () => {});
  const ended = once(child, 'close');
  return {
    sent: () => text,
    type: (keys) => void child.stdin?.write(keys),
    resize(columns, rows) {
      const name = readFileSync(device, 'utf8').trim();
      const { status, stderr } = spawnSync('stty', ['-F', name, 'cols', `${columns}`, 'rows', `${rows}`]);
      assert.equal(status, 0, String(stderr));
    },
    async until(what, since = 0) {
      await eventually(`${what} on the terminal`, async () => assert.match(text.slice(since), what));
    },
    async ended() {
      const [code] = (await ended) as [number];
      child.stdin?.destroy();
      return code;
    },
    end: () => void child.kill('SIGKILL'),
  };
}

/** What was drawn: each line that was put into a row of the screen. */
export function drawnLines(sent: string): string[] {
  // As src/terminal/screen.ts writes them; colours take no room.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const bare = sent.replace(/\u001b\[[0-9;]*m/g, '');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return [...bare.matchAll(/\u001b\[\d+;1H\u001b\[2K([^\u001b\r\n]*)/g)].map(([, line = '']) => line);
}

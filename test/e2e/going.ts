import assert from 'node:assert/strict';
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { eventually } from './eventually.ts';
import type { As } from './kubectl.ts';
import { personEnv, sandbox } from './sandbox.ts';

/** The plugin while it runs, its output in a pipe. */
export interface Going {
  /** The whole lines of standard output so far. */
  lines(): string[];
  stderr(): string;
  /**
   * Waits for the first line that matches.
   *
   * @param longest milliseconds from now
   */
  line(what: RegExp, longest?: number): Promise<string>;
  /** Reads no more of its standard output. */
  closeOutput(): void;
  /**
   * How it ended, once it has, and how many milliseconds after the last signal that was sent.
   *
   * @param longest after so many milliseconds it is killed
   */
  end(signal?: NodeJS.Signals, longest?: number): Promise<{ code: number | null; milliseconds: number }>;
}

/** Starts `kubectl sts …`. It is killed after the tests of the `describe` that it is used in. */
export function start(args: readonly string[], { kubeconfig }: As = {}): Going {
  return watched(
    spawn(join(sandbox(), 'bin', 'kubectl'), ['sts', ...args], {
      env: personEnv(kubeconfig),
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  );
}

/** A process that has just been started. */
export function watched(child: ChildProcessByStdio<null, Readable, Readable>): Going {
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    // Not at `exit`: what it said last may not have been read by then.
    child.on('close', resolve);
  });
  const lines = () => stdout.split('\n').slice(0, -1);

  return {
    lines,
    stderr: () => stderr,
    async line(what, longest) {
      const look = async () => {
        const found = lines().find((line) => what.test(line));
        assert.ok(found !== undefined, `${stdout}\n${stderr}`);
        return found;
      };
      return eventually(`a line ${what}`, look, longest);
    },
    closeOutput: () => void child.stdout.destroy(),
    // A budget that is in the way of two pods may hold each up for the 10 s of Retry-After.
    async end(signal, longest = 45_000) {
      const begun = performance.now();
      if (signal) child.kill(signal);
      const timer = setTimeout(() => child.kill('SIGKILL'), longest);
      const code = await ended;
      clearTimeout(timer);
      return { code, milliseconds: performance.now() - begun };
    },
  };
}

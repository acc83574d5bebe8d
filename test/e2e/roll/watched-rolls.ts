/** Rolls while they go on: each by a person at a machine of their own, who may be killed, put to sleep or interrupted. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../eventually.ts';
import type { As } from '../kubectl.ts';
import { personEnv, sandbox } from '../sandbox.ts';

export interface GoingRoll {
  stdout(): string;
  stderr(): string;
  /** Waits for it to say something, on either stream. */
  says(what: RegExp, deadline?: number): Promise<string>;
  signal(signal: NodeJS.Signals): void;
  /** Its exit code, when it has ended; null when a signal ended it. */
  ended: Promise<number | null>;
}

/** Milliseconds, on a busy machine. */
export const patience = 60_000;

/** Those of the `describe` that it is called in, which are killed after its tests. */
export function ownRolls(namespace: string) {
  const going: GoingRoll[] = [];
  after(async () => {
    for (const one of going) one.signal('SIGKILL');
    await Promise.all(going.map(({ ended }) => ended));
  });
  return (args: readonly string[], as: As = {}): GoingRoll => {
    const one = startRoll([...args, '-n', namespace], as);
    going.push(one);
    return one;
  };
}

/** Starts `kubectl sts roll …` on a machine where nobody has done so before. */
function startRoll(args: readonly string[], { kubeconfig }: As): GoingRoll {
  const home = mkdtempSync(join(sandbox(), 'machine-'));
  const child = spawn(join(sandbox(), 'bin', 'kubectl'), ['sts', 'roll', ...args], {
    env: { ...personEnv(kubeconfig), HOME: home, KUBECACHEDIR: join(home, 'cache') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  let isOver = false;
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      isOver = true;
      resolve(code);
    });
  });
  return {
    stdout: () => stdout,
    stderr: () => stderr,
    async says(what, deadline = patience) {
      const isSaid = async () => {
        const said = [...stdout.split('\n'), ...stderr.split('\n')].find((line) => what.test(line));
        if (said === undefined && isOver) throw new Error(`it has ended and not said ${what}:\n${stdout}\n${stderr}`);
        assert.ok(said !== undefined, `${stdout}\n${stderr}`);
        return said;
      };
      return eventually(`words like ${what}`, isSaid, deadline);
    },
    signal: (signal) => void child.kill(signal),
    ended,
  };
}

import { spawn } from 'node:child_process';

/** How a program ended. */
export interface Ran {
  stdout: string;
  stderr: string;
  code: number | null;
}

export interface RunOptions {
  env: Record<string, string>;
  /** Given on standard input; without it there is none. */
  stdin?: string;
  cwd?: string;
}

/** Runs a program to its end. */
export function run(program: string, args: readonly string[], { env, stdin, cwd }: RunOptions): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, cwd, stdio: [stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'] });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => err.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString(), code });
    });
    // Who ends without reading all of it is judged by how it ended.
    child.stdin?.on('error', () => {});
    child.stdin?.end(stdin);
  });
}

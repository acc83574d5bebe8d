import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { checkout } from '../runner/files.ts';

/** Runs a development tool of node_modules, and returns its exit code and all that it says. */
export function tool(script: string, args: readonly string[], cwd = checkout): Promise<{ code: number; said: string }> {
  const file = join(checkout, 'node_modules', script);
  return new Promise((resolve) => {
    execFile(process.execPath, [file, ...args], { cwd, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), said: `${stdout}${stderr}` });
    });
  });
}

export const biome = '@biomejs/biome/bin/biome';
export const tsc = 'typescript/bin/tsc';
export const knip = 'knip/bin/knip.js';
export const mocha = 'mocha/bin/mocha.js';

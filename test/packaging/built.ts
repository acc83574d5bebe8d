/** What all platforms get, built once for all test files of a process. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { buildExecutables } from '../../packaging/executable.ts';
import { platforms } from '../../packaging/platform.ts';
import { fetchRuntimes } from '../../packaging/runtimes.ts';
import { checkout } from '../runner/files.ts';

let here: Promise<unknown> | undefined;
let packagedAll: Promise<unknown> | undefined;
let built: Promise<unknown> | undefined;

/** Runs `npm run package`. */
export async function packaged(): Promise<void> {
  here ??= promisify(execFile)(process.execPath, ['packaging/package.ts'], { cwd: checkout });
  await here;
}

/** Runs `npm run package -- --all`. */
export async function packagedForAll(): Promise<void> {
  packagedAll ??= promisify(execFile)(process.execPath, ['packaging/package.ts', '--all'], { cwd: checkout });
  await packagedAll;
}

/** Builds the executables for all platforms. */
export async function builtForAll(): Promise<void> {
  built ??= packagedAll ?? build();
  await built;
}

async function build(): Promise<void> {
  await fetchRuntimes(platforms, () => {});
  await buildExecutables(platforms, () => {});
}

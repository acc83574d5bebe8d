/**
 * The file of a program, found by the rules and with the messages of Go's `exec.Command` and `exec.LookPath`
 * (os/exec/lp_unix.go and lp_windows.go).
 */
import { accessSync, constants, statSync } from 'node:fs';
import { basename, isAbsolute, join, normalize, sep } from 'node:path';
import { getSystemErrorMap } from 'node:util';
import type { Environment } from './environment.ts';
import { foundAmongFolders, type Lookup, withEnding } from './windowslookpath.ts';

/** @param env its `PATH` does not matter for a name with a slash */
export function lookPath(name: string, env: Environment): Lookup {
  if (process.platform === 'win32') return foundAmongFolders(name, env, disk);
  const failed = (why: string): Lookup => ({ fault: `exec: ${JSON.stringify(name)}: ${why}` });
  if (name.includes(sep)) {
    const why = notExecutable(name);
    return why === undefined ? { found: name } : failed(why);
  }
  const path = env['PATH'] ?? '';
  const folders = path === '' || ['', '.', '..'].includes(name) ? [] : path.split(':');
  const found = folders.map((folder) => join(folder, name)).find((file) => notExecutable(file) === undefined);
  if (found === undefined) return failed('executable file not found in $PATH');
  // Anybody who can write to the current folder could otherwise choose the program.
  return isAbsolute(found) ? { found } : failed('cannot run executable found relative to current directory');
}

/** The file that `name` starts. Where it is a path, only Windows may look further: for one with an ending. */
export function programFile(name: string, env: Environment): Lookup {
  if (basename(name) === name) return lookPath(name, env);
  return process.platform === 'win32' ? withEnding(name, env, disk) : { found: name };
}

const disk = {
  hasFile(file: string): boolean {
    return statSync(file, { throwIfNoEntry: false })?.isDirectory() === false;
  },
  isSame(one: string, other: string): boolean {
    const [first, second] = [one, other].map((file) => statSync(file, { bigint: true }));
    return first?.dev === second?.dev && first?.ino === second?.ino;
  },
};

function notExecutable(file: string): string | undefined {
  try {
    if (statSync(file).isDirectory()) return 'is a directory';
    accessSync(file, constants.X_OK);
    return undefined;
  } catch (error) {
    const isPresent = error instanceof Error && 'syscall' in error && error.syscall === 'access';
    return `${isPresent ? '' : `stat ${file}: `}${systemErrorWords(error)}`;
  }
}

/** The text of strerror(3), as Go prints it. */
export function systemErrorWords(error: unknown): string {
  const errno = error instanceof Error && 'errno' in error && typeof error.errno === 'number' ? error.errno : 0;
  return getSystemErrorMap().get(errno)?.[1] ?? String(error);
}

/** Go's `filepath.Clean`. */
export function cleanPath(path: string): string {
  const normal = normalize(path);
  return normal.length > 1 && normal.endsWith(sep) ? normal.slice(0, -1) : normal;
}

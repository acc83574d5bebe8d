/**
 * Which file a program's name stands for, by the rules and in the words of Go's `exec.LookPath` (os/exec/lp_unix.go).
 */
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, normalize, sep } from 'node:path';
import { getSystemErrorMap } from 'node:util';

export type Lookup = { found: string } | { fault: string };

/** @param path the folders to look in, as `PATH` lists them; a name with a slash is looked for nowhere else */
export function lookPath(name: string, path = ''): Lookup {
  const failed = (why: string): Lookup => ({ fault: `exec: ${JSON.stringify(name)}: ${why}` });
  if (name.includes(sep)) {
    const why = notExecutable(name);
    return why === undefined ? { found: name } : failed(why);
  }
  const folders = path === '' || ['', '.', '..'].includes(name) ? [] : path.split(delimiter);
  const found = folders.map((folder) => join(folder, name)).find((file) => notExecutable(file) === undefined);
  if (found === undefined) return failed('executable file not found in $PATH');
  // Whoever can write to the current folder must not choose what runs.
  return isAbsolute(found) ? { found } : failed('cannot run executable found relative to current directory');
}

function notExecutable(file: string): string | undefined {
  try {
    if (statSync(file).isDirectory()) return 'is a directory';
    accessSync(file, constants.X_OK);
    return undefined;
  } catch (error) {
    const isThere = error instanceof Error && 'syscall' in error && error.syscall === 'access';
    return `${isThere ? '' : `stat ${file}: `}${systemErrorWords(error)}`;
  }
}

/** strerror(3), as Go prints it. */
export function systemErrorWords(error: unknown): string {
  const errno = error instanceof Error && 'errno' in error && typeof error.errno === 'number' ? error.errno : 0;
  return getSystemErrorMap().get(errno)?.[1] ?? String(error);
}

/** Go's `filepath.Clean`. */
export function cleanPath(path: string): string {
  const normal = normalize(path);
  return normal.length > 1 && normal.endsWith(sep) ? normal.slice(0, -1) : normal;
}

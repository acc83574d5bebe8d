/** Faults of the file system in the words that kubectl has for them, which are Go's. */
import { codeOf } from './errors.ts';

/** Whether the file or folder is missing. */
export function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT';
}

/** Why a file could not be read, written or deleted, in Go's words: `open /x: permission denied`. */
export function fileErrorWords(error: unknown, path: string, operation: 'open' | 'remove' = 'open'): string {
  const code = codeOf(error);
  if (code === 'EISDIR') return `read ${path}: is a directory`;
  const words = code === undefined ? undefined : fileErrors.get(code);
  return words === undefined ? String(error) : `${operation} ${path}: ${words}`;
}

/** The texts of strerror(3), as Go prints them. */
const fileErrors = new Map([
  ['ENOENT', 'no such file or directory'],
  ['EACCES', 'permission denied'],
  ['EPERM', 'operation not permitted'],
  ['ENOTDIR', 'not a directory'],
  ['ELOOP', 'too many levels of symbolic links'],
  ['ENAMETOOLONG', 'file name too long'],
  ['EEXIST', 'file exists'],
  ['EBUSY', 'device or resource busy'],
  ['ENOSPC', 'no space left on device'],
  ['EROFS', 'read-only file system'],
  ['ETXTBSY', 'text file busy'],
]);

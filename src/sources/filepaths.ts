/**
 * The files that the paths of `-f` name, as kubectl finds them: `FilenameParam` and `ExpandPathsToFileVisitors` of
 * k8s.io/cli-runtime/pkg/resource.
 */
import { lstatSync, readdirSync, statSync } from 'node:fs';
import { join, parse, resolve, sep } from 'node:path';
import { FileError } from './fileerror.ts';

export type Found =
  /** `-` */
  | { kind: 'standard input' }
  /** `within`: whether it was found in a folder, and not named itself. */
  | { kind: 'file'; path: string; within: boolean }
  /** It ends like a manifest and is no file: a folder behind a symbolic link, a pipe, a device. */
  | { kind: 'no file'; path: string }
  /** A folder or an entry of a folder cannot be looked at. */
  | { kind: 'unreadable'; fault: FileError };

/** kubectl takes the first three. The others are as common in bundles. */
const endings = ['.json', '.yaml', '.yml', '.json.gz', '.yaml.gz', '.yml.gz'];

/**
 * @param path a file, a folder, `-`, or a pattern of names that stands for several
 * @param recursive whether the folders within a folder are read too
 * @throws {FileError} if there is nothing of that name, or nothing to read in a folder
 */
export function filesAt(path: string, recursive: boolean): Found[] {
  if (path === '-') return [{ kind: 'standard input' }];
  if (/^https?:\/\//.test(path)) {
    throw new FileError(`"${path}" is no file: curl -sSL reads it, and -f - reads what curl prints`);
  }
  return matching(path).flatMap((match) => (isFolder(match) ? filesOf(match, recursive) : [file(match, false)]));
}

function file(path: string, within: boolean): Found {
  return { kind: 'file', path, within };
}

function filesOf(folder: string, recursive: boolean): Found[] {
  const found = [...walk(folder, recursive)];
  if (found.length > 0) return found;
  const hint = !recursive && entriesOf(folder).some((path) => isFolder(path)) ? ': -R reads the folders within it' : '';
  throw new FileError(`"${folder}" holds no file that ends with .json, .yaml or .yml${hint}`);
}

/** Like kubectl, it follows no symbolic link to a folder, so that it always comes to an end. */
function* walk(folder: string, recursive: boolean): Iterable<Found> {
  for (const path of entriesOf(folder)) {
    try {
      // Of a symbolic link, the link itself.
      if (lstatSync(resolve(path)).isDirectory()) {
        if (recursive) yield* walk(path, recursive);
      } else if (endings.some((ending) => path.endsWith(ending))) {
        yield statSync(resolve(path)).isFile() ? file(path, true) : { kind: 'no file', path };
      }
    } catch (error) {
      yield { kind: 'unreadable', fault: unreadable(error, path) };
    }
  }
}

/** The paths of a folder's entries. */
function entriesOf(folder: string): string[] {
  // bun 1.4.5 for Windows, under wine, finds no folder by a relative path of several names.
  return readdirSync(resolve(folder))
    .sort()
    .map((name) => join(folder, name));
}

function isFolder(path: string): boolean {
  try {
    return statSync(resolve(path)).isDirectory();
  } catch (error) {
    throw unreadable(error, path);
  }
}

/** The error for a path that cannot be read. */
export function unreadable(error: unknown, path: string): FileError {
  if (error instanceof FileError) return error;
  // kubectl's words.
  if (isMissing(error)) return new FileError(`the path "${path}" does not exist`);
  return new FileError(`cannot read "${path}": ${error instanceof Error ? error.message : String(error)}`);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** The path itself, or the paths that it stands for as a pattern. */
function matching(path: string): string[] {
  if (!/[*?[]/.test(path) || exists(path)) return [path];
  const matches = expand(path);
  if (matches.length === 0) throw new FileError(`the path "${path}" does not exist`);
  return matches;
}

function exists(path: string): boolean {
  try {
    return statSync(resolve(path), { throwIfNoEntry: false }) !== undefined;
  } catch {
    // Something is there, and whoever reads it learns what is wrong with it.
    return true;
  }
}

/** The paths that a pattern stands for, as Go's `filepath.Glob` finds them: no part of it stands for several folders. */
function expand(pattern: string): string[] {
  // `/`, on Windows also `C:\`, or nothing.
  const { root } = parse(pattern);
  let paths = [root];
  for (const segment of pattern.slice(root.length).split(sep === '\\' ? /[\\/]/ : '/')) {
    if (segment !== '') paths = paths.flatMap((path) => expandIn(path, segment));
  }
  return paths;
}

function expandIn(folder: string, segment: string): string[] {
  if (!/[*?[]/.test(segment)) return [join(folder, segment)].filter(exists);
  const names = namePattern(segment);
  try {
    return readdirSync(resolve(folder))
      .filter((name) => names.test(name))
      .sort()
      .map((name) => join(folder, name));
  } catch {
    // As in Go, a folder that cannot be read has nothing that matches.
    return [];
  }
}

function namePattern(segment: string): RegExp {
  const source = segment.replace(/\[\^?[^\]]+\]|[\s\S]/g, (part) => {
    if (part === '*') return '.*';
    if (part === '?') return '.';
    return part.length > 1 ? part.replace(/\\/g, '\\\\') : part.replace(/[\\^$.|+(){}[\]]/, '\\$&');
  });
  try {
    return new RegExp(`^${source}$`, 'su');
  } catch {
    throw new FileError(`the pattern "${segment}" is not valid`);
  }
}

/** Writes and deletes the script for completion in a folder of the PATH. */
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  lstatSync,
  readFileSync,
  realpathSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileErrorWords } from '#src/kube/fileerror.ts';
import { Failure } from '#src/objects/failure.ts';
import {
  completionScript,
  type Environment,
  homeFolder,
  isOurs,
  isSystemFolder,
  isWithin,
  krewFolder,
  pathFolders,
  type Script,
} from './completionscript.ts';
import { UsageError } from './usageerror.ts';

/** What there is under the script's name. */
type Found =
  | { kind: 'nothing' }
  /** A script that `completion install` wrote. */
  | { kind: 'ours'; text: string; mode: number }
  /** A link, a folder, or a file that something else wrote. */
  | { kind: 'foreign' }
  /** The folder may not be searched. kubectl does not look there, either. */
  | { kind: 'unreachable'; failure: FileFailure }
  /** A file that may not be read: perhaps one of ours. */
  | { kind: 'unreadable'; failure: FileFailure };

/** Whether kubectl finds the script that was written. */
type Reach = { kind: 'found' } | { kind: 'notOnPath' } | { kind: 'shadowed'; by: string };

export type Installed = { kind: 'written' | 'unchanged'; file: string; reach: Reach };
export type Removed = { removed: readonly string[]; foreign: readonly string[]; failures: readonly Failure[] };

/** A folder of the PATH that exists. */
interface Folder {
  /** As the PATH names it. */
  path: string;
  /** Without links, by which a folder may have several names. */
  real: string;
}

/** Something else has the script's name, and it is left alone. */
class ForeignFile extends Failure {
  override readonly name = 'ForeignFile';
  override readonly exitCode = 1;

  override lines(): readonly string[] {
    return [this.message];
  }
}

/** The file system refuses, in Go's words. */
class FileFailure extends UsageError {}

/** @param dir undefined for a folder of the PATH */
export function installScript(environment: Environment, dir: string | undefined): Installed {
  const script = completionScript(environment.platform);
  const folders = foldersOf(environment);
  if (dir !== undefined) {
    refuseNoFolder(dir);
    refuseOthers(script, [dir]);
    return { ...written(script, dir), reach: reachOf(script, dir, folders) };
  }
  const paths = folders.map(({ path }) => path);
  refuseOthers(script, paths);
  const reach: Reach = { kind: 'found' };
  const serving = paths.find((path) => look(script, path).kind === 'ours');
  if (serving !== undefined) return { ...written(script, serving), reach };
  for (const path of byPreference(environment, folders)) {
    try {
      return { ...written(script, path), reach };
    } catch (error) {
      if (!(error instanceof FileFailure)) throw error;
    }
  }
  throw new UsageError(
    `no folder of the PATH can be written, but perhaps the system's own, into which the script goes only with --dir. Make one of your own, such as ~/.local/bin, add it to the PATH, and try again with --dir`,
  );
}

/** @param dir undefined for all of the PATH */
export function removeScript(environment: Environment, dir: string | undefined): Removed {
  const script = completionScript(environment.platform);
  if (dir !== undefined) refuseNoFolder(dir);
  const result = { removed: [] as string[], foreign: [] as string[], failures: [] as FileFailure[] };
  for (const path of dir === undefined ? foldersOf(environment).map((folder) => folder.path) : [dir]) {
    const found = look(script, path);
    const file = join(path, script.name);
    if (found.kind === 'foreign') result.foreign.push(file);
    if (found.kind === 'unreadable') result.failures.push(found.failure);
    if (found.kind === 'unreachable' && dir !== undefined) result.failures.push(found.failure);
    if (found.kind !== 'ours') continue;
    const failure = removed(script, path);
    if (failure === undefined) result.removed.push(file);
    else result.failures.push(failure);
  }
  return result;
}

/** The folders of the PATH that exist, each once. */
function foldersOf(environment: Environment): Folder[] {
  const folders = pathFolders(environment).flatMap((path) => {
    const real = realFolder(path);
    return real === undefined ? [] : [{ path, real }];
  });
  return folders.filter(({ real }, index) => folders.findIndex((one) => one.real === real) === index);
}

/**
 * The order in which folders are tried: where programs of kubectl or the person are already, before other people's. The
 * system's own are for its packages.
 */
function byPreference(environment: Environment, folders: readonly Folder[]): string[] {
  const [krew, home] = [krewFolder(environment), homeFolder(environment)].map(realFolder);
  const isSystems = ({ path, real }: Folder) => [path, real].some((one) => isSystemFolder(environment, one));
  const preferred = [
    ({ real }: Folder) => real === krew,
    ({ path }: Folder) => ['kubectl-sts', 'kubectl-sts.exe'].some((name) => existsSync(join(path, name))),
    ({ real }: Folder) => home !== undefined && isWithin(environment, real, home),
    () => true,
  ];
  const free = folders.filter((folder) => !isSystems(folder));
  return [...new Set(preferred.flatMap((fits) => free.filter(fits)))].map(({ path }) => path);
}

function reachOf(script: Script, dir: string, folders: readonly Folder[]): Reach {
  const real = realFolder(dir);
  const index = folders.findIndex((folder) => folder.real === real);
  if (index < 0) return { kind: 'notOnPath' };
  const earlier = folders.slice(0, index).map(({ path }) => path);
  const shadowing = earlier.find((path) => look(script, path).kind !== 'ours' && isProgram(join(path, script.name)));
  return shadowing === undefined ? { kind: 'found' } : { kind: 'shadowed', by: join(shadowing, script.name) };
}

/** Whether kubectl takes the file for a program (`exec.LookPath` of Go). */
function isProgram(file: string): boolean {
  const isFile = tried(file, () => {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  });
  return isFile === true;
}

/** Refuses to write beside a file of the same name that this command did not write, or cannot read. */
function refuseOthers(script: Script, folders: readonly string[]): void {
  for (const folder of folders) {
    const found = look(script, folder);
    if (found.kind === 'unreadable') throw found.failure;
    if (found.kind === 'foreign') {
      throw new ForeignFile(
        `error: ${join(folder, script.name)} was not written by this command, and is left as it is. Delete it first if it does not serve you`,
      );
    }
  }
}

function refuseNoFolder(dir: string): void {
  const stats = tried(dir, () => statSync(dir, { throwIfNoEntry: false }));
  if (stats instanceof FileFailure) throw new UsageError(`--dir ${dir} is not a folder: ${stats.message}`);
  if (stats?.isDirectory() !== true) throw new UsageError(`--dir ${dir} is not a folder`);
}

/** @throws {FileFailure} */
function written(script: Script, folder: string): { kind: 'written' | 'unchanged'; file: string } {
  const file = join(folder, script.name);
  const isNew = writeScript(script, file, look(script, folder));
  const isNewBeside = writeBareFile(script, folder);
  return { kind: isNew || isNewBeside ? 'written' : 'unchanged', file };
}

/** @returns whether the script was missing, another one, or one that not everybody may run */
function writeScript({ text, mode }: Script, file: string, found: Found): boolean {
  if (found.kind === 'ours') {
    const mayRun = mode === undefined || (found.mode & mode) === mode;
    if (found.text === text && mayRun) return false;
    must(remove(file));
  }
  // Fails if something else has put a file there since.
  must(tried(file, () => writeFileSync(file, text, { flag: 'wx' })));
  if (mode !== undefined) must(tried(file, () => chmodSync(file, mode)));
  return true;
}

/** @returns whether it was missing; anything of that name serves kubectl as well */
function writeBareFile({ bareFile }: Script, folder: string): boolean {
  if (bareFile === undefined) return false;
  const file = join(folder, bareFile.name);
  if (must(statsOf(file)) !== undefined) return false;
  must(tried(file, () => writeFileSync(file, bareFile.text, { flag: 'wx' })));
  return true;
}

/** Deletes the script and the file beside it. A file beside it that this command did not write stays. */
function removed(script: Script, folder: string): FileFailure | undefined {
  const file = join(folder, script.name);
  const failure = remove(file);
  if (failure !== undefined || script.bareFile === undefined) return failure;
  const bare = { ...script, name: script.bareFile.name };
  return look(bare, folder).kind === 'ours' ? remove(join(folder, bare.name)) : undefined;
}

function remove(file: string): FileFailure | undefined {
  const act = () => rmSync(file);
  return tried(file, act, 'remove') ?? undefined;
}

function look({ name }: Script, folder: string): Found {
  const file = join(folder, name);
  const stats = statsOf(file);
  if (stats instanceof FileFailure) return { kind: 'unreachable', failure: stats };
  if (stats === undefined) return { kind: 'nothing' };
  if (!stats.isFile()) return { kind: 'foreign' };
  const text = tried(file, () => readFileSync(file, 'utf8'));
  if (text instanceof FileFailure) return { kind: 'unreadable', failure: text };
  return isOurs(text) ? { kind: 'ours', text, mode: stats.mode } : { kind: 'foreign' };
}

/** Undefined if there is no such file. */
function statsOf(file: string): Stats | FileFailure | undefined {
  return tried(file, () => lstatSync(file, { throwIfNoEntry: false }));
}

/** What the act returns, or why the file system refuses. */
function tried<Result>(
  file: string,
  act: () => Result,
  operation: Parameters<typeof fileErrorWords>[2] = 'open',
): Result | FileFailure {
  try {
    return act();
  } catch (error) {
    return new FileFailure(fileErrorWords(error, file, operation));
  }
}

function must<Result>(result: Result | FileFailure): Result {
  if (result instanceof FileFailure) throw result;
  return result;
}

/** Undefined if there is none, or if it cannot be reached: kubectl passes over it as well. */
function realFolder(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  const real = tried(path, () => realpathSync(path));
  return real instanceof FileFailure || !isFolder(real) ? undefined : real;
}

function isFolder(path: string): boolean {
  const stats = tried(path, () => statSync(path));
  return !(stats instanceof FileFailure) && stats.isDirectory();
}

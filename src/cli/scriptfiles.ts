/** Writes and deletes the script for completion in a folder of the PATH. */
import { existsSync, lstatSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileErrorWords } from '#src/kube/fileerror.ts';
import { Failure } from '#src/objects/failure.ts';
import {
  completionScript,
  type Environment,
  isOurs,
  krewFolder,
  pathFolders,
  type Script,
} from './completionscript.ts';
import { UsageError } from './usageerror.ts';

/** What there is under the script's name. */
type Found =
  | { kind: 'nothing' }
  /** A script that `completion install` wrote. */
  | { kind: 'ours'; text: string }
  /** A link, a folder, or a file that something else wrote. */
  | { kind: 'foreign' };

export type Installed = { kind: 'written' | 'unchanged'; file: string; onPath: boolean };
export type Removed = { removed: readonly string[]; foreign: readonly string[] };

/** Something else has the script's name, and it is left alone. */
class ForeignFile extends Failure {
  override readonly name = 'ForeignFile';
  override readonly exitCode = 1;

  override lines(): readonly string[] {
    return [this.message];
  }
}

/** @param folder undefined for one of the PATH that can be written */
export function installScript(environment: Environment, folder: string | undefined): Installed {
  const script = completionScript(environment.platform);
  const onPath = pathFolders(environment);
  refuseForeign(script, folder === undefined ? onPath : [folder]);
  if (folder !== undefined) {
    if (!isFolder(folder)) throw new UsageError(`--dir ${folder} is not a folder`);
    return { ...written(script, folder), onPath: onPath.includes(folder) };
  }
  const serving = onPath.find((one) => look(script, one).kind === 'ours');
  if (serving !== undefined) return { ...written(script, serving), onPath: true };
  for (const one of byPreference(environment, onPath)) {
    try {
      return { ...written(script, one), onPath: true };
    } catch (error) {
      if (!(error instanceof FileFailure)) throw error;
    }
  }
  throw new UsageError(
    `no folder of the PATH can be written. Make one of your own, such as ~/.local/bin, add it to the PATH, and try again with --dir`,
  );
}

/** @param folder undefined for all of the PATH */
export function removeScript(environment: Environment, folder: string | undefined): Removed {
  const script = completionScript(environment.platform);
  const folders = folder === undefined ? pathFolders(environment) : [folder];
  const of = (kind: Found['kind']) =>
    folders.filter((one) => look(script, one).kind === kind).map((one) => join(one, script.name));
  const [removed, foreign] = [of('ours'), of('foreign')];
  for (const file of removed) {
    attempt(file, () => rmSync(file));
    removeEmptyFile(script, dirname(file));
  }
  return { removed, foreign };
}

/** Where the plugin is found stands before other folders: somebody has put programs there already. */
function byPreference(environment: Environment, folders: readonly string[]): string[] {
  const preferred = [
    (folder: string) => folder === krewFolder(environment),
    (folder: string) => ['kubectl-sts', 'kubectl-sts.exe'].some((name) => existsSync(join(folder, name))),
    () => true,
  ];
  return [...new Set(preferred.flatMap((fits) => folders.filter((folder) => fits(folder) && isFolder(folder))))];
}

function refuseForeign(script: Script, folders: readonly string[]): void {
  const folder = folders.find((one) => look(script, one).kind === 'foreign');
  if (folder === undefined) return;
  throw new ForeignFile(
    `error: ${join(folder, script.name)} was not written by this command, and is left as it is. Delete it first if it does not serve you`,
  );
}

function written(script: Script, folder: string): { kind: 'written' | 'unchanged'; file: string } {
  const file = join(folder, script.name);
  const found = look(script, folder);
  const isNewBeside = writeEmptyFile(script, folder);
  if (found.kind === 'ours' && found.text === script.text) return { kind: isNewBeside ? 'written' : 'unchanged', file };
  attempt(file, () => {
    if (found.kind === 'ours') rmSync(file);
    // Fails if something else has put a file there since.
    writeFileSync(file, script.text, { flag: 'wx', mode: 0o755 });
  });
  return { kind: 'written', file };
}

/** @returns whether it was missing; anything of that name serves kubectl as well */
function writeEmptyFile({ emptyFile }: Script, folder: string): boolean {
  if (emptyFile === undefined) return false;
  const file = join(folder, emptyFile);
  if (lstatSync(file, { throwIfNoEntry: false }) !== undefined) return false;
  attempt(file, () => writeFileSync(file, '', { flag: 'wx' }));
  return true;
}

/** A file that holds something is somebody else's, for instance a plugin that is a script. */
function removeEmptyFile({ emptyFile }: Script, folder: string): void {
  if (emptyFile === undefined) return;
  const file = join(folder, emptyFile);
  const stats = lstatSync(file, { throwIfNoEntry: false });
  if (stats?.isFile() === true && stats.size === 0) attempt(file, () => rmSync(file));
}

function look({ name }: Script, folder: string): Found {
  const file = join(folder, name);
  const stats = lstatSync(file, { throwIfNoEntry: false });
  if (stats === undefined) return { kind: 'nothing' };
  if (!stats.isFile()) return { kind: 'foreign' };
  const text = attempt(file, () => readFileSync(file, 'utf8'));
  return isOurs(text) ? { kind: 'ours', text } : { kind: 'foreign' };
}

/** The file system refuses, in Go's words. */
class FileFailure extends UsageError {}

function attempt<Result>(file: string, act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    throw new FileFailure(fileErrorWords(error, file));
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

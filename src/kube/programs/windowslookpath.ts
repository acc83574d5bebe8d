/** The file of a program on Windows: Go's os/exec/lp_windows.go. */
import { win32 } from 'node:path';
import { pathList } from '../paths.ts';
import type { Environment } from './environment.ts';

export type Lookup = { found: string } | { fault: string };

/** The files of a machine. */
export interface Disk {
  /** Whether there is such a file, and it is no folder. */
  hasFile(file: string): boolean;
  /** Whether both names are those of one file. */
  isSame(one: string, other: string): boolean;
}

/** `LookPath`: a name is looked for in the folders of PATH, with the endings of PATHEXT; a path only gets an ending. */
export function foundAmongFolders(name: string, env: Environment, disk: Disk): Lookup {
  const failed = (why: string): Lookup => ({ fault: `exec: ${JSON.stringify(name)}: ${why}` });
  const missing = failed('executable file not found in %PATH%');
  if (['', '.', '..'].includes(name)) return missing;
  const endings = endingsOf(env);
  if (/[:\\/]/.test(name)) {
    const found = executable(name, endings, disk);
    if (found !== undefined) return { found };
    return hasEnding(name) ? failed('file does not exist') : missing;
  }
  // Windows itself looks in the current folder first. Anybody who can write to it could otherwise choose the program.
  const relative = failed('cannot run executable found relative to current directory');
  const isSkipped = env['NoDefaultCurrentDirectoryInExePath'] !== undefined;
  const here = isSkipped ? undefined : executable(name, endings, disk);
  let isRelative = here !== undefined;
  for (const folder of pathList(env['PATH'] ?? '', 'win32').filter(Boolean)) {
    const found = executable(win32.join(folder, name), endings, disk);
    if (found === undefined) continue;
    if (here !== undefined && !disk.isSame(here, found)) return relative;
    if (win32.isAbsolute(found)) return { found };
    isRelative = true;
  }
  return isRelative ? relative : missing;
}

/** `lookExtensions`: the file that a path without an ending means. One with an ending of PATHEXT is taken as it is. */
export function withEnding(path: string, env: Environment, disk: Disk): Lookup {
  const isWhole = endingsOf(env).includes(win32.extname(path).toLowerCase());
  return isWhole ? { found: path } : foundAmongFolders(path, env, disk);
}

function endingsOf({ PATHEXT: listed }: Environment): string[] {
  const endings = (listed || '.com;.exe;.bat;.cmd').toLowerCase().split(';').filter(Boolean);
  return endings.map((ending) => (ending.startsWith('.') ? ending : `.${ending}`));
}

/** `findExecutable` */
function executable(file: string, endings: readonly string[], { hasFile }: Disk): string | undefined {
  if (hasEnding(file) && hasFile(file)) return file;
  return endings.map((ending) => `${file}${ending}`).find(hasFile);
}

function hasEnding(file: string): boolean {
  return /\.[^.:\\/]*$/.test(file);
}

/**
 * The script by which kubectl completes the plugin's command lines: kubectl runs `kubectl_complete-sts` of the PATH when
 * Tab is pressed (`lookupCompletionExec`, pkg/cmd/plugin/plugin_completion.go of kubectl). The script asks the plugin through
 * kubectl, so that it goes on to work when the plugin is upgraded or moved.
 */
import { posix, win32 } from 'node:path';

/** The words by which a script is known to be ours, in each version of it. */
const mark = 'Written by: kubectl sts completion install';

export interface Script {
  name: string;
  text: string;
  /** The rights of the file: anybody may run it. Undefined on Windows, which goes by the ending. */
  mode: number | undefined;
  /**
   * A file beside the script, for Windows: kubectl offers plugins under the names of their files, so that
   * `kubectl-sts.exe` becomes a command `sts.exe`, and only a file without an ending makes it look for our script. kubectl
   * reads nothing of it.
   */
  bareFile: { name: string; text: string } | undefined;
}

export function completionScript(platform: NodeJS.Platform): Script {
  if (platform === 'win32') {
    const text = (lines: string[]) => lines.map((line) => `${line}\r\n`).join('');
    return {
      name: 'kubectl_complete-sts.cmd',
      text: text(['@echo off', `rem ${mark}`, 'kubectl sts __complete %*']),
      mode: undefined,
      bareFile: {
        name: 'kubectl-sts',
        text: text(['By the name of this file kubectl knows that it can complete kubectl sts.', mark]),
      },
    };
  }
  const lines = ['#!/bin/sh', `# ${mark}`, 'exec kubectl sts __complete "$@"'];
  const text = lines.map((line) => `${line}\n`).join('');
  return { name: 'kubectl_complete-sts', text, mode: 0o755, bareFile: undefined };
}

/** Whether `completion install` wrote this file, of whatever version. */
export function isOurs(text: string): boolean {
  return text.split(/\r?\n/, 2)[1]?.replace(/^(?:#|rem) /, '') === mark;
}

/** The variables that say where programs are. */
export interface Environment {
  platform: NodeJS.Platform;
  env: Readonly<Record<string, string | undefined>>;
}

/** The folders of the PATH. One that depends on the current folder is left out: the script would be found only there. */
export function pathFolders({ platform, env }: Environment): string[] {
  const { delimiter, isAbsolute } = pathsOf(platform);
  const folders = (env['PATH'] ?? env['Path'] ?? '').split(delimiter).filter((folder) => isAbsolute(folder));
  return [...new Set(folders)];
}

/** krew's folder of programs (`GetKrewRoot` and `BinPath`, internal/environment of krew). */
export function krewFolder(environment: Environment): string {
  const { join } = pathsOf(environment.platform);
  return join(environment.env['KREW_ROOT'] || join(homeFolder(environment) ?? '', '.krew'), 'bin');
}

/**
 * Whether the operating system keeps the folder for its own programs: /bin, /usr/bin, and each `sbin` (hier(7)); on Windows
 * the folder of Windows, with all below it.
 */
export function isSystemFolder(environment: Environment, folder: string): boolean {
  const { platform, env } = environment;
  if (platform === 'win32') {
    const windows = env['SystemRoot'] || env['SYSTEMROOT'] || env['windir'] || 'C:\\Windows';
    return isWithin(environment, folder, windows);
  }
  const name = posix.resolve(folder);
  return ['/bin', '/usr/bin'].includes(name) || posix.basename(name) === 'sbin';
}

/** Undefined where the environment names none. */
export function homeFolder({ platform, env }: Environment): string | undefined {
  return (platform === 'win32' ? env['USERPROFILE'] : env['HOME']) || undefined;
}

/** Whether the folder is another one, or lies in it. */
export function isWithin({ platform }: Environment, folder: string, other: string): boolean {
  const { relative, isAbsolute } = pathsOf(platform);
  const way = relative(other, folder);
  return !isAbsolute(way) && !/^\.\.([\\/]|$)/.test(way);
}

function pathsOf(platform: NodeJS.Platform): typeof posix {
  return platform === 'win32' ? win32 : posix;
}

/** The line with which each shell loads kubectl's own completion. */
export const shells: readonly { name: string; line: string }[] = [
  { name: 'bash', line: 'source <(kubectl completion bash)' },
  { name: 'zsh', line: 'source <(kubectl completion zsh)' },
  { name: 'fish', line: 'kubectl completion fish | source' },
  { name: 'PowerShell', line: 'kubectl completion powershell | Out-String | Invoke-Expression' },
];

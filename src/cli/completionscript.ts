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
  /**
   * An empty file beside the script, for Windows: kubectl offers plugins under the names of their files, so that
   * `kubectl-sts.exe` becomes a command `sts.exe`, and only a file without an ending makes it look for our script.
   */
  emptyFile: 'kubectl-sts' | undefined;
}

export function completionScript(platform: NodeJS.Platform): Script {
  if (platform === 'win32') {
    const lines = ['@echo off', `rem ${mark}`, 'kubectl sts __complete %*'];
    return {
      name: 'kubectl_complete-sts.cmd',
      text: lines.map((line) => `${line}\r\n`).join(''),
      emptyFile: 'kubectl-sts',
    };
  }
  const lines = ['#!/bin/sh', `# ${mark}`, 'exec kubectl sts __complete "$@"'];
  return { name: 'kubectl_complete-sts', text: lines.map((line) => `${line}\n`).join(''), emptyFile: undefined };
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
  const { delimiter, isAbsolute } = platform === 'win32' ? win32 : posix;
  const folders = (env['PATH'] ?? env['Path'] ?? '').split(delimiter).filter((folder) => isAbsolute(folder));
  return [...new Set(folders)];
}

/** krew's folder of programs (`GetKrewRoot` and `BinPath`, internal/environment of krew). */
export function krewFolder({ platform, env }: Environment): string {
  const { join } = platform === 'win32' ? win32 : posix;
  const home = (platform === 'win32' ? env['USERPROFILE'] : env['HOME']) ?? '';
  return join(env['KREW_ROOT'] || join(home, '.krew'), 'bin');
}

/** The line with which each shell loads kubectl's own completion. */
export const shells: readonly { name: string; line: string }[] = [
  { name: 'bash', line: 'source <(kubectl completion bash)' },
  { name: 'zsh', line: 'source <(kubectl completion zsh)' },
  { name: 'fish', line: 'kubectl completion fish | source' },
  { name: 'PowerShell', line: 'kubectl completion powershell | Out-String | Invoke-Expression' },
];

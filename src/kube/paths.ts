/** Folders and lists of paths, by the rules of each system: Go's path/filepath and k8s.io/client-go/util/homedir. */
import { statSync } from 'node:fs';
import { win32 } from 'node:path';
import type { Environment } from './programs/environment.ts';

/** The paths of a variable such as KUBECONFIG. On Windows a semicolon within quotes belongs to a path (`SplitList`). */
export function pathList(text: string, platform: NodeJS.Platform = process.platform): string[] {
  if (platform !== 'win32') return text.split(':');
  const paths: string[] = [];
  let path = '';
  for (const [position, part] of text.split('"').entries()) {
    // Every second part stands within quotes.
    const pieces = position % 2 === 0 ? part.split(';') : [part];
    for (const [nth, piece] of pieces.entries()) {
      if (nth > 0) {
        paths.push(path);
        path = '';
      }
      path += piece;
    }
  }
  return [...paths, path];
}

export type FolderState = 'missing' | 'not writable' | 'writable';

/**
 * The folder with `.kube`. On Windows the first of several that has a kubeconfig, else the first that can be written to
 * (`HomeDir`, homedir.go).
 *
 * @param stateOf looks at a folder or a file; a file is never writable
 */
export function homeFolder(
  env: Environment,
  platform: NodeJS.Platform = process.platform,
  stateOf: (path: string) => FolderState = stateOnDisk,
): string {
  const { HOME: home = '', HOMEDRIVE: drive = '', HOMEPATH: path = '', USERPROFILE: profile = '' } = env;
  if (platform !== 'win32') return home;
  const onDrive = drive && path && `${drive}${path}`;
  const hasConfig = (folder: string) => stateOf(win32.join(folder, '.kube', 'config')) !== 'missing';
  const withConfig = [home, onDrive, profile].filter(Boolean).find(hasConfig);
  if (withConfig !== undefined) return withConfig;
  const folders = [home, profile, onDrive].filter(Boolean);
  const writable = folders.find((folder) => stateOf(folder) === 'writable');
  return writable ?? folders.find((folder) => stateOf(folder) !== 'missing') ?? folders[0] ?? '';
}

function stateOnDisk(path: string): FolderState {
  try {
    const stats = statSync(path);
    return stats.isDirectory() && (stats.mode & 0o200) !== 0 ? 'writable' : 'not writable';
  } catch {
    // As in client-go, a folder that cannot be looked at is none.
    return 'missing';
  }
}

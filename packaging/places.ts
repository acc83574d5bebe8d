/** The paths of the files that packaging makes. */
import { fileURLToPath } from 'node:url';
import type { Platform } from './platform.ts';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** The bundle. npm users run it on their Node, and the executable contains it. */
export const bundleFile = `${root}dist/kubectl-sts.cjs`;
/** What is in the bundle and why. `esbuild --analyze` reads it. */
export const metafile = `${root}dist/kubectl-sts.meta.json`;
export const licencesFile = `${root}dist/THIRD-PARTY-LICENSES`;
export const executableFile = `${root}dist/kubectl-sts`;
/** The archive that krew downloads for a platform. */
export function archiveFile({ os, arch }: Platform): string {
  return `${root}dist/kubectl-sts-${os}-${arch}.tar.gz`;
}
export const manifestFile = `${root}dist/sts.yaml`;

/** Where things lie in the checkout, and what for. */
import { fileURLToPath } from 'node:url';
import type { Platform } from './platform.ts';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** The one bundle: npm users run it on their Node, the executable holds it. */
export const bundleFile = `${root}dist/kubectl-sts.cjs`;
/** What is in the bundle and why, for `esbuild --analyze` and its web page. */
export const metafile = `${root}dist/kubectl-sts.meta.json`;
export const licencesFile = `${root}dist/THIRD-PARTY-LICENSES`;
export const executableFile = `${root}dist/kubectl-sts`;
/** The archive that krew downloads, for one platform. */
export function archiveFile({ os, arch }: Platform): string {
  return `${root}dist/kubectl-sts-${os}-${arch}.tar.gz`;
}
export const manifestFile = `${root}dist/sts.yaml`;

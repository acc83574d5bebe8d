/** The paths of the files that packaging makes. */
import { fileURLToPath } from 'node:url';
import { executableName, nameOf, type Platform, thisPlatform } from './platform.ts';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** The bundle that npm users run on their Node. */
export const bundleFile = `${root}dist/kubectl-sts.cjs`;
/** The same in several files, which the executables contain. */
export const chunksFolder = `${root}dist/chunks`;
/** What is in the bundle and why. `esbuild --analyze` reads it. */
export const metafile = `${root}dist/kubectl-sts.meta.json`;
export const licencesFile = `${root}dist/THIRD-PARTY-LICENSES`;

/** The executable for a platform. The one for this machine lies in dist/ itself. */
export function executableFile(platform: Platform): string {
  const folder = nameOf(platform) === nameOf(thisPlatform()) ? '' : `${nameOf(platform)}/`;
  return `${root}dist/${folder}${executableName(platform)}`;
}

/** The archive that krew downloads for a platform. */
export function archiveFile(platform: Platform): string {
  return `${root}dist/kubectl-sts-${nameOf(platform)}.tar.gz`;
}

export const manifestFile = `${root}dist/sts.yaml`;
/** The manifest by which this repository is an index of krew. */
export const indexFile = `${root}plugins/sts.yaml`;
export const sbomFile = `${root}dist/kubectl-sts.cdx.json`;
/** The SHA-256 sums of all that is released, for `sha256sum -c`. */
export const sumsFile = `${root}dist/SHA256SUMS`;

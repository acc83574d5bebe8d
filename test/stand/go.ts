import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** The lowest Go that the modules' go.mod files accept. */
const lowest = { major: 1, minor: 26 };

/** What `go` builds with; part of what a built executable is known by. */
export type Toolchain = { readonly version: string; readonly os: string; readonly arch: string };

/**
 * The environment in which every `go` command runs: this Go, no workspace, no C compiler needed.
 *
 * @param target the platform that it builds for; this one unless given
 */
export function goEnvironment(target?: Pick<Toolchain, 'os' | 'arch'>): NodeJS.ProcessEnv {
  const own = { GOTOOLCHAIN: 'local', GOWORK: 'off', GOFLAGS: '-mod=readonly', CGO_ENABLED: '0' };
  return { ...process.env, ...own, ...(target && { GOOS: target.os, GOARCH: target.arch }) };
}

/** The installed Go. Throws one clear line when it is missing or too old. */
export async function toolchain(): Promise<Toolchain> {
  const needed = `Go ${lowest.major}.${lowest.minor} or later is needed to build the stand`;
  const output = await promisify(execFile)('go', ['env', 'GOVERSION', 'GOOS', 'GOARCH'], {
    env: goEnvironment(),
  })
    .then(({ stdout }) => stdout)
    .catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') throw new Error(`${needed}, and no go was found on the PATH: see https://go.dev/dl`);
      throw error;
    });
  const [version = '', os = '', arch = ''] = output.trim().split('\n');
  if (!isRecent(version)) throw new Error(`${needed}, and this is ${version}: see https://go.dev/dl`);
  return { version, os, arch };
}

function isRecent(version: string): boolean {
  const found = /^go(\d+)\.(\d+)/.exec(version);
  // A development version has no number ('devel go1.28-…'); it is newer than any release.
  if (!found) return version.startsWith('devel');
  const [major, minor] = [Number(found[1]), Number(found[2])];
  return major > lowest.major || (major === lowest.major && minor >= lowest.minor);
}

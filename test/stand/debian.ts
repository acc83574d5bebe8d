/** Packages of Debian that tests need: programs that are not built from Go modules. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Report } from '../../packaging/progress.ts';

/** The file by which each package is known to be there. */
export type DebianPackages = Readonly<Record<string, string>>;

/** Whether packages of Debian can be installed here. */
export function hasDebianPackages(): boolean {
  return existsSync('/usr/bin/apt-get');
}

/** The packages that are not installed. */
export function missingOf(packages: DebianPackages): string[] {
  return Object.keys(packages).filter((name) => !existsSync(packages[name] ?? ''));
}

export async function installPackages(names: readonly string[], report: Report): Promise<void> {
  const run = promisify(execFile);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  report({ kind: 'begin', text: `installing ${names.join(', ')}` });
  // Two runs of tests may install at the same time, and apt-get fails where another one runs.
  const aptGet = (...args: string[]) => run('flock', ['/var/lock/kubectl-sts-apt', 'apt-get', ...args], { env });
  await aptGet('update', '-qq');
  await aptGet('install', '-y', '-qq', '--no-install-recommends', ...names);
  report({ kind: 'done', text: `installed ${names.join(', ')}` });
}

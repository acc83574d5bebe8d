/** What real nodes need of Debian: programs that are not built from Go modules. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Report } from '../../../packaging/progress.ts';

/** A file by which a package is known to be there. */
const packages: Readonly<Record<string, string>> = {
  runc: '/usr/sbin/runc',
  'containernetworking-plugins': '/usr/lib/cni/ptp',
  iptables: '/usr/sbin/iptables',
  conntrack: '/usr/sbin/conntrack',
  iproute2: '/usr/sbin/ip',
  mmdebstrap: '/usr/bin/mmdebstrap',
  'musl-tools': '/usr/bin/musl-gcc',
  gcc: '/usr/bin/gcc',
};

/** Why no real node can run here; undefined where one can. */
export function whyNot({
  platform,
  getuid,
}: Pick<NodeJS.Process, 'platform' | 'getuid'> = process): string | undefined {
  if (platform !== 'linux') return 'real nodes need Linux';
  if (getuid?.() !== 0) return 'real nodes need root';
  return existsSync('/usr/bin/apt-get') ? undefined : 'real nodes need the packages of Debian';
}

/** The packages that are not installed. */
export function missingPackages(): string[] {
  return Object.keys(packages).filter((name) => !existsSync(packages[name] ?? ''));
}

export async function installPackages(names: readonly string[], report: Report): Promise<void> {
  const run = promisify(execFile);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  report({ kind: 'begin', text: `installing ${names.join(', ')}` });
  await run('apt-get', ['update', '-qq'], { env });
  await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...names], { env });
  report({ kind: 'done', text: `installed ${names.join(', ')}` });
}

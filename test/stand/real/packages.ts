/** What real nodes need of Debian. */
import { type DebianPackages, hasDebianPackages, missingOf } from '../debian.ts';

const packages: DebianPackages = {
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
  return hasDebianPackages() ? undefined : 'real nodes need the packages of Debian';
}

/** The packages that are not installed. */
export function missingPackages(): string[] {
  return missingOf(packages);
}

/** What runs executables of other platforms on this machine. */

import type { Platform } from '../../packaging/platform.ts';
import { thisPlatform } from '../../packaging/platform.ts';
import { type DebianPackages, hasDebianPackages, missingOf } from '../stand/debian.ts';

export const linuxArm64: Platform = { os: 'linux', arch: 'arm64' };
export const windowsAmd64: Platform = { os: 'windows', arch: 'amd64' };

/** The platforms of other machines whose executables run here. */
export const emulated: readonly Platform[] = [linuxArm64, windowsAmd64];

export const emulators: DebianPackages = {
  'qemu-user': '/usr/bin/qemu-aarch64',
  'libc6-arm64-cross': '/usr/aarch64-linux-gnu/lib/ld-linux-aarch64.so.1',
  wine: '/usr/bin/wine',
  wine64: '/usr/lib/wine/wine64',
  'gcc-mingw-w64-x86-64-win32': '/usr/bin/x86_64-w64-mingw32-gcc-win32',
};

/** Why no executable of another platform can run here; undefined where one can. */
export function whyNoEmulators({
  platform,
  arch,
  getuid,
}: Pick<NodeJS.Process, 'platform' | 'arch' | 'getuid'> = process): string | undefined {
  const { os, arch: goArch } = thisPlatform({ platform, arch });
  if (os !== 'linux' || goArch !== 'amd64') return 'emulators of other platforms need Linux on amd64';
  const missing = missingOf(emulators);
  if (missing.length === 0) return undefined;
  if (!hasDebianPackages()) return `these programs are missing: ${missing.join(', ')}`;
  return getuid?.() === 0 ? undefined : `installing ${missing.join(', ')} needs root`;
}

/** Platforms, by their names in Go, kubectl and krew. */

export interface Platform {
  os: 'linux' | 'darwin' | 'windows';
  arch: 'amd64' | 'arm64';
}

/** All for which executables are made. */
export const platforms: readonly Platform[] = (['linux', 'darwin', 'windows'] as const).flatMap((os) =>
  (['amd64', 'arm64'] as const).map((arch) => ({ os, arch })),
);

/** `linux-amd64`. */
export function nameOf({ os, arch }: Platform): string {
  return `${os}-${arch}`;
}

/** The executable's name on a platform. */
export function executableName({ os }: Platform): string {
  return os === 'windows' ? 'kubectl-sts.exe' : 'kubectl-sts';
}

/** The platform of this machine, which must be one that packages can be made on. */
export function thisPlatform({ platform, arch }: { platform: string; arch: string } = process): Platform {
  const os = platform === 'linux' || platform === 'darwin' ? platform : undefined;
  const goArch = arch === 'x64' ? 'amd64' : arch === 'arm64' ? arch : undefined;
  if (os === undefined || goArch === undefined) throw new Error(`no executable can be made on ${platform}/${arch}`);
  return { os, arch: goArch };
}

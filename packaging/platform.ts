/** Platforms, by their names in Go, kubectl and krew. */

export interface Platform {
  os: 'linux' | 'darwin';
  arch: 'amd64' | 'arm64';
}

/** The platform of this machine. */
export function thisPlatform({ platform, arch }: { platform: string; arch: string } = process): Platform {
  const os = platform === 'linux' || platform === 'darwin' ? platform : undefined;
  const goArch = arch === 'x64' ? 'amd64' : arch === 'arm64' ? arch : undefined;
  if (os === undefined || goArch === undefined) throw new Error(`no executable can be made on ${platform}/${arch}`);
  return { os, arch: goArch };
}

import type { Deps } from './deps.ts';

/** The plugin with its version, and the runtime: bun in the executable, otherwise Node. */
export function versionWords({ version, host }: Deps): string {
  const { bun, node } = host.versions;
  const runtime = bun === undefined ? `node ${node}` : `bun ${bun}`;
  return `kubectl-sts ${version} ${host.platform}/${host.arch} ${runtime}`;
}

/**
 * `npm run lockfile`: leaves the `engines` of dependencies out of package-lock.json. Development runs on the Node that
 * `npm ci` brings, whatever Node runs npm, so npm's warnings about an older one would say nothing that is true.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const file = fileURLToPath(new URL('../package-lock.json', import.meta.url));

interface Lockfile {
  packages: Record<string, { engines?: unknown; optional?: boolean; os?: string[]; cpu?: string[] }>;
}

/** The dependencies whose `engines` npm would warn about. The project's own, at the empty path, are for its users. */
export function withEngines({ packages }: Lockfile): string[] {
  return Object.entries(packages).flatMap(([path, { engines }]) => (path !== '' && engines !== undefined ? path : []));
}

export function readLockfile(): Lockfile {
  return JSON.parse(readFileSync(file, 'utf8')) as Lockfile;
}

if (import.meta.main) {
  const lockfile = readLockfile();
  for (const path of withEngines(lockfile)) delete lockfile.packages[path]?.engines;
  writeFileSync(file, `${JSON.stringify(lockfile, undefined, 2)}\n`);
}

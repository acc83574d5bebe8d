import { join } from 'node:path';
import { needs } from '../runner/needs.ts';
import { type DebianPackages, hasDebianPackages, installPackages, missingOf } from '../stand/debian.ts';
import { cacheFolder } from '../stand/folders.ts';
import { alone } from '../stand/lock.ts';

/** Installs packages of Debian that are missing, or skips the suite where nobody can. For a hook `before`. */
export async function needsDebian(context: Mocha.Context, packages: DebianPackages): Promise<void> {
  context.timeout(120_000);
  const missing = missingOf(packages);
  if (missing.length === 0) return;
  const able = process.platform === 'linux' && process.getuid?.() === 0 && hasDebianPackages();
  needs(context, able, `${missing.join(', ')}, and installing that needs root on Debian`);
  // Another test file may be installing, too, and apt-get has one lock for all.
  const lock = join(cacheFolder(), 'locks', 'debian.lock');
  await alone(
    lock,
    () => {},
    () => installPackages(missing, () => {}),
  );
}

import { needs } from '../runner/needs.ts';
import { type DebianPackages, hasDebianPackages, installPackages, missingOf } from '../stand/debian.ts';

/** Installs packages of Debian that are missing, or skips the suite where nobody can. For a hook `before`. */
export async function needsDebian(context: Mocha.Context, packages: DebianPackages): Promise<void> {
  context.timeout(120_000);
  const missing = missingOf(packages);
  if (missing.length === 0) return;
  const able = process.platform === 'linux' && process.getuid?.() === 0 && hasDebianPackages();
  needs(context, able, `${missing.join(', ')}, and installing that needs root on Debian`);
  await installPackages(missing, () => {});
}

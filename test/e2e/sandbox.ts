import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sharedStand } from '../runner/stand-variables.ts';

let folder: string | undefined;

/** A folder of this test run alone, gone when it ends. */
export function sandbox(): string {
  if (folder !== undefined) return folder;
  const made = mkdtempSync(join(tmpdir(), 'kubectl-sts-e2e-'));
  process.on('exit', () => rmSync(made, { recursive: true, force: true, maxRetries: 5 }));
  for (const name of ['bin', 'home', 'cache']) mkdirSync(join(made, name));
  symlinkSync(sharedStand().plugin, join(made, 'bin', 'kubectl-sts'));
  symlinkSync(sharedStand().kubectl, join(made, 'bin', 'kubectl'));
  folder = made;
  return made;
}

/**
 * The environment of a person who has installed the plugin and nothing else: the PATH holds the plugin and kubectl, and
 * no Node. Nothing of whoever runs the tests is read or written.
 */
export function personEnv(kubeconfig: string = sharedStand().kubeconfig): Record<string, string> {
  const own = sandbox();
  return {
    PATH: join(own, 'bin'),
    HOME: join(own, 'home'),
    KUBECONFIG: kubeconfig,
    KUBECACHEDIR: join(own, 'cache'),
  };
}

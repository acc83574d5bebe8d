import { homedir } from 'node:os';
import { join } from 'node:path';

/** The environment variables that say where a person keeps caches and state. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where the stand's definition lies in the checkout. */
export const definitionFolder = import.meta.dirname;

/** Where built executables are kept, outside the checkout: they are big, and serve every checkout. */
export function cacheFolder(env: Environment = process.env): string {
  const { KUBECTL_STS_CACHE: own, XDG_CACHE_HOME: caches } = env;
  return own || join(caches || join(homedir(), '.cache'), 'kubectl-sts', 'stand');
}

/** Where running stands are kept, one folder for each. */
export function stateFolder(env: Environment = process.env): string {
  const { KUBECTL_STS_STATE: own, XDG_STATE_HOME: states } = env;
  return own || join(states || join(homedir(), '.local', 'state'), 'kubectl-sts', 'stand');
}

export function standFolder(name: string): string {
  return join(stateFolder(), name);
}

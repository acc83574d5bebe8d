import { randomBytes } from 'node:crypto';
import { eventually } from './eventually.ts';
import { kubectl } from './kubectl.ts';
import { looked, paths } from './look.ts';

/** A name that no other test and no earlier run has. */
export function uniqueName(what: string): string {
  return `${what}-${randomBytes(4).toString('hex')}`;
}

/** A namespace for the tests of one `describe`, made before them and deleted after them, without waiting. */
export function ownNamespace(what: string): string {
  return ownNamespaces([what])[0] ?? '';
}

/** Several of them, made at the same time. */
export function ownNamespaces(whats: readonly string[]): string[] {
  const names = whats.map(uniqueName);
  before(() => Promise.all(names.map(make)));
  after(async () => {
    await kubectl(['delete', 'namespace', ...names, '--wait=false']);
  });
  return names;
}

async function make(name: string): Promise<void> {
  await kubectl(['create', 'namespace', name]);
  // Without it the API server refuses pods.
  await eventually('a ServiceAccount for pods', () => looked(`${paths.serviceAccounts(name)}/default`));
}

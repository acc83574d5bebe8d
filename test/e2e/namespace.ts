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
  const name = uniqueName(what);
  before(async () => {
    await kubectl(['create', 'namespace', name]);
    // Without it the API server refuses pods.
    await eventually('a ServiceAccount for pods', () => looked(`${paths.serviceAccounts(name)}/default`));
  });
  after(async () => {
    await kubectl(['delete', 'namespace', name, '--wait=false']);
  });
  return name;
}

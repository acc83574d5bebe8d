import { eventually } from '../../e2e/eventually.ts';
import { kubectl } from '../../e2e/kubectl.ts';
import { looked, paths } from '../../e2e/look.ts';

/** Makes a namespace in which pods can be made. */
export async function newNamespace(name: string): Promise<void> {
  await kubectl(['create', 'namespace', name]);
  // Without it the API server refuses pods.
  await eventually('a ServiceAccount for pods', () => looked(`${paths.serviceAccounts(name)}/default`));
}

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Rule } from '../runner/documented.ts';
import { sharedStand } from '../runner/stand-variables.ts';
import { kubeconfig } from '../stand/kubeconfig.ts';
import { eventually } from './eventually.ts';
import { apply, kubectl, tryKubectl } from './kubectl.ts';
import { sandbox } from './sandbox.ts';

/**
 * A real user of the cluster, a ServiceAccount with these rights alone, and the path of a kubeconfig with its token.
 *
 * @param rules rights in the namespace
 * @param clusterRules rights to what belongs to no namespace
 */
export async function userWith(
  namespace: string,
  name: string,
  rules: Rule[],
  clusterRules: Rule[] = [],
): Promise<string> {
  const rbac = 'rbac.authorization.k8s.io';
  const apiVersion = `${rbac}/v1`;
  const metadata = { name };
  const subjects = [{ kind: 'ServiceAccount', name, namespace }];
  // A cluster role outlives the namespace, and must not meet another test's.
  const wide = { name: `${namespace}-${name}` };
  await apply(namespace, [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    { apiVersion, kind: 'Role', metadata, rules },
    { apiVersion, kind: 'RoleBinding', metadata, subjects, roleRef: { apiGroup: rbac, kind: 'Role', name } },
    { apiVersion, kind: 'ClusterRole', metadata: wide, rules: clusterRules },
    {
      apiVersion,
      kind: 'ClusterRoleBinding',
      metadata: wide,
      subjects,
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: wide.name },
    },
  ]);
  after(async () => {
    await kubectl(['delete', 'clusterrole,clusterrolebinding', wide.name, '--wait=false']);
  });

  const file = kubeconfigOf(wide.name, (await kubectl(['create', 'token', name, '-n', namespace])).trim());
  // What is in one role is there at once.
  await Promise.all([hasRight(file, namespace, rules[0]), hasRight(file, namespace, clusterRules[0])]);
  return file;
}

/** Writes a kubeconfig of the shared stand. @returns its path */
export function kubeconfigOf(user: string, token: string): string {
  const { server, ca } = sharedStand();
  const file = join(sandbox(), `${user}.kubeconfig`);
  writeFileSync(file, kubeconfig('user', server, readFileSync(ca), { token }), { mode: 0o600 });
  return file;
}

/** Waits until the API server knows that the user has the first right of a rule. */
export async function hasRight(kubeconfig: string, namespace: string, rule: Rule | undefined): Promise<void> {
  if (rule === undefined) return;
  const { apiGroups, resources, verbs } = rule;
  const [plural, subresource] = resources[0]?.split('/') ?? [];
  const resource = [plural ?? '', apiGroups[0]].filter(Boolean).join('.');
  const question = ['auth', 'can-i', verbs[0] ?? '', resource, '-n', namespace];
  if (subresource !== undefined) question.push('--subresource', subresource);
  await eventually(`the right to ${verbs[0]} ${resources[0]}`, async () => {
    assert.equal((await tryKubectl(question, { kubeconfig })).stdout.trim(), 'yes');
  });
}

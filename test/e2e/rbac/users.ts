/** Users with the roles of docs/rbac/, and users who lack one right of them. */
import assert from 'node:assert/strict';
import { type Rule, without } from '../../runner/documented.ts';
import { eventually } from '../eventually.ts';
import { kubectl } from '../kubectl.ts';
import { sent } from '../look.ts';
import { kubeconfigOf } from '../user.ts';

/** A role, and where it is bound: in a namespace, or in the cluster where it is undefined. */
export interface Binding {
  role: string;
  namespace: string | undefined;
}

/** A verb of a resource: `list pods`. */
export interface Lack {
  role: string;
  verb: string;
  resource: string;
}

/** The rights of some rules, each as one verb of one resource. */
export function rightsIn(rules: readonly Rule[]): string[] {
  return rules.flatMap(({ resources, verbs }) =>
    resources.flatMap((resource) => verbs.map((verb) => `${verb} ${resource}`)),
  );
}

const group = 'rbac.authorization.k8s.io';
const apiVersion = `${group}/v1`;

/** The label of all that `userWho` makes outside the namespace. */
const label = 'kubectl-sts-test/rbac';

/**
 * A ServiceAccount of the namespace with these roles alone, which are in the cluster already.
 *
 * @param rulesOf the rules of each role
 * @param lack a right that the user has by none of the roles there
 * @returns the path of its kubeconfig
 */
export async function userWho(
  namespace: string,
  name: string,
  bindings: readonly Binding[],
  rulesOf: (role: string) => readonly Rule[],
  lack?: Lack,
): Promise<string> {
  await made(`/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name } });
  const grants = bindings.map((binding, nth) => ({
    ...binding,
    own: `${namespace}-${name}-${nth}`,
    ...rulesWithout(rulesOf(binding.role), binding, bindings, lack),
  }));
  await Promise.all(grants.map((grant) => grantTo({ name, namespace }, grant)));
  const answer = await made<{ status: { token: string } }>(
    `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`,
    { spec: {} },
  );
  await Promise.all(
    grants.map(({ namespace: where, rules: [rule] }) =>
      allowed(`system:serviceaccount:${namespace}:${name}`, where, rule),
    ),
  );
  return kubeconfigOf(`${namespace}-${name}`, answer.status.token);
}

/** Deletes what the users of a namespace have outside of it. */
export async function forgetUsers(namespace: string): Promise<void> {
  const chosen = ['-l', `${label}=${namespace}`, '--wait=false', '--ignore-not-found'];
  await kubectl(['delete', 'clusterrole,clusterrolebinding', ...chosen]);
  await kubectl(['delete', 'role,rolebinding', '-n', 'kube-system', ...chosen]);
}

/** A right that another role gives too, at the same place or in the whole cluster, is taken from that as well. */
function rulesWithout(
  rules: readonly Rule[],
  { role, namespace }: Binding,
  bindings: readonly Binding[],
  lack: Lack | undefined,
): { rules: readonly Rule[]; isWhole: boolean } {
  if (lack === undefined) return { rules, isWhole: true };
  const places = bindings.filter((binding) => binding.role === lack.role).map((binding) => binding.namespace);
  const isOfCluster = places.every((place) => place === undefined);
  const covers = namespace === undefined ? !isOfCluster : places.includes(namespace);
  if (role !== lack.role && !covers) return { rules, isWhole: true };
  const left = without(rules, lack.resource, lack.verb);
  return { rules: left, isWhole: rightsIn(left).length === rightsIn(rules).length };
}

interface Grant extends Binding {
  own: string;
  rules: readonly Rule[];
  /** Whether the role itself is bound, and not a role made of what is left of it. */
  isWhole: boolean;
}

async function grantTo(
  subject: { name: string; namespace: string },
  { role, namespace, own, rules, isWhole }: Grant,
): Promise<void> {
  if (rules.length === 0) return;
  const metadata = { name: own, labels: { [label]: subject.namespace } };
  const kind = isWhole || namespace === undefined ? 'ClusterRole' : 'Role';
  const folder = `/apis/${apiVersion}${namespace === undefined ? '/cluster' : `/namespaces/${namespace}/`}`;
  if (!isWhole) await made(`${folder}roles`, { metadata, rules });
  await made(`${folder}rolebindings`, {
    metadata,
    roleRef: { apiGroup: group, kind, name: isWhole ? role : own },
    subjects: [{ kind: 'ServiceAccount', ...subject }],
  });
}

async function made<T>(path: string, object: object): Promise<T> {
  const { code, body } = await sent<T>('POST', path, object);
  assert.equal(code, 201, `${path}: ${JSON.stringify(body)}`);
  return body;
}

/** Waits until the API server knows of the first right of a rule. What is in one role is known at once. */
async function allowed(user: string, namespace: string | undefined, rule: Rule | undefined): Promise<void> {
  if (rule === undefined) return;
  const [resource, subresource] = rule.resources[0]?.split('/') ?? [];
  const attributes = {
    verb: rule.verbs[0],
    group: rule.apiGroups[0],
    resource,
    subresource,
    namespace,
    name: rule.resourceNames?.[0],
  };
  await eventually(`${user} may ${attributes.verb} ${resource}`, async () => {
    const review = { spec: { user, resourceAttributes: attributes } };
    const { status } = await made<{ status: { allowed: boolean } }>(
      '/apis/authorization.k8s.io/v1/subjectaccessreviews',
      review,
    );
    assert.ok(status.allowed);
  });
}

/**
 * The API server as the judge of evictions. It is asked by its own dry run, about pods and budgets in any state: the
 * pods are on no node, so that nobody else writes their status, and an admission policy keeps the controller from
 * counting the budgets anew.
 */
import assert from 'node:assert/strict';
import type { Budget, Pod } from '#src/objects/types.ts';
import { eventually } from '../eventually.ts';
import { apply, kubectl } from '../kubectl.ts';
import { listed, paths, sent } from '../look.ts';

/** How an eviction is answered: the status code of HTTP, and why. */
interface Verdict {
  code: number;
  why: string;
}

interface Status {
  message?: string;
  details?: { causes?: { message: string }[] };
}

/** Asks for the eviction of a pod without doing it. */
export async function tried(namespace: string, pod: string): Promise<Verdict> {
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: pod, namespace } };
  const path = `${paths.pods(namespace)}/${pod}/eviction?dryRun=All`;
  const { code, body } = await sent<Status>('POST', path, eviction);
  const causes = body.details?.causes?.map(({ message }) => message) ?? [];
  return { code, why: [body.message ?? '', ...causes].join(' ') };
}

/** The one user whom the policy lets write the status of budgets. */
const counter = 'budget-counter';

/** From now on no controller counts the budgets of the namespace. */
export async function holdCounts(namespace: string): Promise<void> {
  const apiVersion = 'admissionregistration.k8s.io/v1';
  const metadata = { name: namespace };
  const labels = { 'kubernetes.io/metadata.name': namespace };
  const written = {
    apiGroups: ['policy'],
    apiVersions: ['*'],
    operations: ['UPDATE'],
    resources: ['poddisruptionbudgets/status'],
  };
  const expression = `request.userInfo.username == '${counter}'`;
  await apply(namespace, [
    {
      apiVersion,
      kind: 'ValidatingAdmissionPolicy',
      metadata,
      spec: {
        matchConstraints: { namespaceSelector: { matchLabels: labels }, resourceRules: [written] },
        validations: [{ expression }],
      },
    },
    {
      apiVersion,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata,
      spec: { policyName: namespace, validationActions: ['Deny'] },
    },
    { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'probe' }, spec: { minAvailable: 1 } },
  ]);
  let turn = 0;
  await eventually('a policy that keeps the controller from counting', async () => {
    const counts = { status: { expectedPods: ++turn } };
    const { code } = await sent('PATCH', `${paths.budgets(namespace)}/probe/status`, counts);
    assert.equal(code, 422);
  });
  await kubectl(['delete', 'pdb', 'probe', '-n', namespace]);
}

export async function dropCounts(namespace: string): Promise<void> {
  const kinds = 'validatingadmissionpolicy,validatingadmissionpolicybinding';
  await kubectl(['delete', kinds, namespace, '--wait=false']);
}

/** A pod and the budgets that select it, all in the states that they are to be in. */
export interface Scene {
  pod: string;
  /** Its status; `ending`: it is being deleted. */
  state: { status: NonNullable<Pod['status']>; ending?: boolean };
  budgets: { name: string; spec: NonNullable<Budget['spec']>; status: NonNullable<Budget['status']> }[];
}

/** Makes them, and returns all pods and budgets of the namespace as the API server has them. */
export async function staged(namespace: string, scenes: readonly Scene[]): Promise<{ pods: Pod[]; budgets: Budget[] }> {
  await Promise.all(scenes.flatMap((scene) => [podIn(namespace, scene), ...budgetsIn(namespace, scene)]));
  const [pods, budgets] = await Promise.all([
    listed<Pod>(paths.pods(namespace)),
    listed<Budget>(paths.budgets(namespace)),
  ]);
  return { pods, budgets };
}

async function podIn(namespace: string, { pod, state }: Scene): Promise<void> {
  const collection = paths.pods(namespace);
  const path = `${collection}/${pod}`;
  const finalizers = state.ending ? ['example.com/held'] : [];
  await done('POST', collection, {
    metadata: { name: pod, labels: { pod }, finalizers },
    spec: { schedulerName: 'nobody', containers: [{ name: 'main', image: 'registry.example/main' }] },
  });
  await done('PATCH', `${path}/status`, { status: state.status });
  if (state.ending) await done('DELETE', path, {});
}

function budgetsIn(namespace: string, { pod, budgets }: Scene): Promise<void>[] {
  return budgets.map(async ({ name, spec, status }) => {
    const path = `${paths.budgets(namespace)}/${name}`;
    const selector = { matchLabels: { pod } };
    await done('POST', paths.budgets(namespace), { metadata: { name }, spec: { selector, ...spec } });
    await done('PATCH', `${path}/status`, { status });
  });
}

async function done(method: string, path: string, body: object): Promise<void> {
  const { code, body: answer } = await sent<Status>(method, path, body, { user: counter });
  assert.ok(code < 300, `${method} ${path}: ${JSON.stringify(answer)}`);
}

/** Lets the pods go that were held while they end. */
export async function letGo(namespace: string, scenes: readonly Scene[]): Promise<void> {
  const ending = scenes.filter(({ state }) => state.ending);
  await Promise.all(
    ending.map(({ pod }) => sent('PATCH', `${paths.pods(namespace)}/${pod}`, { metadata: { finalizers: null } })),
  );
}

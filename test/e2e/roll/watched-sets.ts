/** Sets whose pods take their time to end and to start, so that two that are down at once are seen. */
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { Budget, StatefulSet } from '#src/objects/types.ts';
import { eventually } from '../eventually.ts';
import { type As, kubectl, tryKubectl } from '../kubectl.ts';
import { listed, looked, paths } from '../look.ts';
import { briefly, budget, rollSet } from './sets.ts';

export interface SlowSet {
  name: string;
  replicas: number;
  parallel?: boolean;
  /** Names of claims that each pod has. */
  claims?: readonly string[];
  /** How many of its pods a PodDisruptionBudget lets go: 1 unless given; none where it is undefined. */
  budget?: number | undefined;
  /** How long each pod is Terminating, where it is to be longer: a duration of Go's. */
  end?: string;
}

/** Makes them, and waits until they are ready and their budgets count. */
export async function makeSlowSets(namespace: string, sets: readonly SlowSet[], as: As = {}): Promise<void> {
  const items = sets.flatMap((set) => {
    const { name, budget: maxUnavailable, end } = { budget: 1, ...set };
    const annotations = { ...briefly, ...(end && { 'stand.kubectl-sts/end-after': end }) };
    const made = rollSet(name, { ...set, annotations });
    return maxUnavailable === undefined ? [made] : [made, budget(name, { app: name }, { maxUnavailable })];
  });
  const list = { apiVersion: 'v1', kind: 'List', items };
  await kubectl(['apply', '-n', namespace, '-f', '-'], { ...as, stdin: JSON.stringify(list) });
  for (const { name } of sets) await allReady(namespace, name, as);
}

/** Waits until all pods of the set are ready, and its budget lets one go. */
export async function allReady(namespace: string, name: string, as: As = {}): Promise<void> {
  await eventually(`all pods of ${name}`, async () => {
    const { spec, status } = await looked<StatefulSet>(`${paths.sets(namespace)}/${name}`, as);
    assert.equal(status?.readyReplicas, spec?.replicas);
    const items = await listed<Budget>(paths.budgets(namespace), as);
    const own = items.find(({ metadata }) => metadata.name === name);
    assert.ok((own?.status?.disruptionsAllowed ?? 1) > 0, JSON.stringify(own?.status));
  });
}

/** Milliseconds, long enough for any eviction. */
const patience = 3_000;

/**
 * Evictions that a budget counts for two minutes, by the pods' names (`DeletionTimeout`,
 * pkg/controller/disruption/disruption.go): those that were broken off before the pod was deleted, and those of which the
 * controller has missed that it was. In the namespace of the `describe` that this is called in, they are forgotten after
 * seconds.
 */
export function ownImpatientBudgets(namespace: string, as: () => As = () => ({})): void {
  const stopped = new AbortController();
  let going: Promise<void> | undefined;

  async function forget(): Promise<void> {
    // The server may be down.
    const items = await listed<Budget & Disrupted>(paths.budgets(namespace), as()).catch(() => []);
    for (const { metadata, status } of items) {
      const times = Object.values(status?.disruptedPods ?? {}).map((time) => Date.parse(time));
      if (times.length === 0 || Date.now() - Math.max(...times) < patience) continue;
      const patch = JSON.stringify({ status: { disruptedPods: null } });
      const words = ['patch', 'poddisruptionbudget', metadata.name, '-n', namespace, '--subresource=status'];
      await tryKubectl([...words, '--type=merge', '-p', patch], as());
    }
  }

  async function goOn(): Promise<void> {
    while (!stopped.signal.aborted) {
      await forget();
      await delay(patience / 3, undefined, { signal: stopped.signal }).catch(() => {});
    }
  }

  before(() => {
    going = goOn();
  });
  after(async () => {
    stopped.abort();
    await going;
  });
}

interface Disrupted {
  status?: { disruptedPods?: Record<string, string> };
}

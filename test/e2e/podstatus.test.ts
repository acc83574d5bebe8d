import assert from 'node:assert/strict';
import { podStatus } from '#src/objects/podstatus.ts';
import { humanDuration, parseTime } from '#src/objects/time.ts';
import type { Pod } from '#src/objects/types.ts';
import { eventually } from './eventually.ts';
import { getJson, kubectl, tryKubectl } from './kubectl.ts';
import { ownNamespace } from './namespace.ts';
import { type PodCase, podCases } from './podstatus-cases.ts';

/** READY, STATUS and RESTARTS. */
interface Columns {
  ready: string;
  status: string;
  restarts: string;
}

// A finalizer, so that a deleted pod stays to be looked at.
const finalizer = 'kubectl-sts/test';

describe('a pod’s status, told from the object alone, is kubectl’s own: a pod that', () => {
  const namespace = ownNamespace('podstatus');
  const kubectlSays = new Map<string, Columns>();
  const pods = new Map<string, Pod>();
  let lookedAt = 0;
  const deleted = podCases.flatMap((one, position) => (one.deleted ? [nameOf(position)] : []));

  before(async function () {
    this.timeout(120_000);
    await kubectl(['create', '-n', namespace, '-f', '-'], { stdin: listOf(podCases.map(podOf)) });
    await writeStatuses();
    await kubectl(['delete', 'pod', '-n', namespace, '--wait=false', ...deleted]);
    await eventually('pods that hold still in the states that the table gives them', look);
  });

  after(async () => {
    for (const name of deleted) {
      await tryKubectl(['patch', 'pod', name, '-n', namespace, '-p', '{"metadata":{"finalizers":null}}']);
    }
  });

  async function writeStatuses(): Promise<void> {
    await kubectl(['apply', '-n', namespace, '--server-side', '--force-conflicts', '--subresource=status', '-f', '-'], {
      stdin: listOf(podCases.map(({ status }, position) => ({ metadata: { name: nameOf(position) }, status }))),
    });
  }

  /** Takes both views of the same pods: none of them may have changed in between. */
  async function look(): Promise<void> {
    // Every 20 s the controller manager makes deleted pods that have no node Failed.
    await writeStatuses();
    const first = await podsNow();
    const table = await kubectl(['get', 'pods', '-n', namespace, '--no-headers']);
    lookedAt = Date.now();
    const second = await podsNow();
    assert.deepEqual(versions(second), versions(first));
    for (const pod of second) pods.set(pod.metadata.name, pod);
    for (const line of table.trim().split('\n')) {
      const [name = '', ready = '', status = '', restarts = ''] = line.split(/ {2,}/);
      kubectlSays.set(name, { ready, status, restarts });
    }
  }

  async function podsNow(): Promise<Pod[]> {
    return (await getJson<{ items: Pod[] }>(['pods', '-n', namespace])).items;
  }

  for (const [position, { what, word }] of podCases.entries()) {
    it(`${what} is ${word}`, () => {
      const pod = pods.get(nameOf(position));
      assert.ok(pod);
      const expected = kubectlSays.get(nameOf(position));
      assert.deepEqual(columnsOf(pod, lookedAt), expected);
      assert.equal(expected?.status, word, 'the table of cases says what kubectl says');
    });
  }

  it('was looked at in 80 states or more', () => {
    assert.ok(pods.size >= 80, `${pods.size} states`);
    assert.equal(kubectlSays.size, pods.size);
  });
});

function nameOf(position: number): string {
  return `case-${position}`;
}

function podOf({ init = [], containers = ['main'], deleted }: PodCase, position: number): object {
  const image = 'busybox';
  return {
    metadata: { name: nameOf(position), ...(deleted ? { finalizers: [finalizer] } : {}) },
    spec: {
      // So that no node gets it, and nobody but the test writes its status.
      schedulerName: 'nobody',
      initContainers: init.map(({ name, sidecar }) => ({
        name,
        image,
        ...(sidecar ? { restartPolicy: 'Always' } : {}),
      })),
      containers: containers.map((name) => ({ name, image })),
    },
  };
}

function listOf(pods: readonly object[]): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'List',
    items: pods.map((pod) => ({ apiVersion: 'v1', kind: 'Pod', ...pod })),
  });
}

function versions(pods: readonly Pod[]): (string | undefined)[] {
  return pods.map(({ metadata }) => metadata.resourceVersion);
}

function columnsOf(pod: Pod, now: number): Columns {
  const { word, ready, containers, restarts, lastRestart } = podStatus(pod);
  const when = lastRestart === undefined ? '' : ` (${humanDuration(now - parseTime(lastRestart))} ago)`;
  return { ready: `${ready}/${containers}`, status: word, restarts: `${restarts}${when}` };
}

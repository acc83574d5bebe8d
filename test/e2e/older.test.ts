import assert from 'node:assert/strict';
import { recordedLeaseSpec, recordedPin, recordedRoll } from '../recorded-0.1/recorded.ts';
import { published, service, set } from './dns/sets.ts';
import { apply, getJson, sts } from './kubectl.ts';
import { ownNamespace } from './namespace.ts';
import { selectorOf } from './pin/services.ts';
import { rolled } from './roll/rolls.ts';
import { briefly, leasesIn, rollSet, settled, uidsOf } from './roll/sets.ts';

interface Recorded {
  set: { uid: string; generation: number };
  steps: { pod: string; uid: string; held?: object[] }[];
}

describe('of version 0.1', () => {
  const namespace = ownNamespace('older');

  before(async () => {
    const { selector, pod } = JSON.parse(recordedPin);
    const leading = { ...selector, 'statefulset.kubernetes.io/pod-name': pod };
    await apply(namespace, [
      service('web'),
      set('web'),
      {
        ...service('outside', { clusterIP: undefined, selector: leading }),
        metadata: { name: 'outside', annotations: { 'kubectl-sts/pin': recordedPin } },
      },
      service('rolled'),
      rollSet('rolled', { annotations: briefly }),
    ]);
    await published(namespace, 'web', ['web-0', 'web-1']);
    await settled(namespace, 'rolled');
  });

  it('a pin is listed and undone', async () => {
    const { stdout } = await sts(['pin', '--list', '-n', namespace]);
    assert.match(stdout, /^outside +web-1 +2026-11-29T12:33:50Z +kwok-admin +ok/m);
    const { code, stderr } = await sts(['unpin', 'outside', '-n', namespace]);
    assert.equal(code, 0, stderr);
    assert.deepEqual(await selectorOf(namespace, 'outside'), { app: 'web' });
    const { metadata } = await getJson<{ metadata: { annotations?: object } }>(['svc/outside', '-n', namespace]);
    assert.equal('kubectl-sts/pin' in (metadata.annotations ?? {}), false);
  });

  it('a roll that was interrupted is gone on with, and no pod is restarted twice', async () => {
    const before = await uidsOf(namespace, 'rolled');
    await apply(namespace, [await leaseOf(before)]);
    const refused = await sts(['roll', 'rolled', '-n', namespace, '--stable', '0s']);
    assert.deepEqual([refused.code, /roll 8fcf/.test(refused.stderr)], [2, true], refused.stderr);
    await rolled(namespace, ['rolled', '--resume']);
    const after = await uidsOf(namespace, 'rolled');
    const replaced = Object.keys(before).filter((pod) => before[pod] !== after[pod]);
    assert.deepEqual(replaced.sort(), ['rolled-0', 'rolled-1']);
    assert.deepEqual(await leasesIn(namespace), []);
  });

  /** The recorded Lease, with the names and UIDs of this set. */
  async function leaseOf(uids: Record<string, string>): Promise<object> {
    const { metadata } = await getJson<{ metadata: Recorded['set'] }>(['sts/rolled', '-n', namespace]);
    const record = JSON.parse(recordedRoll) as Recorded;
    record.set = { uid: metadata.uid, generation: metadata.generation };
    for (const step of record.steps) {
      step.pod = step.pod.replace('web', 'rolled');
      // The pod of a step that is done has another UID by now.
      if (step.held !== undefined) Object.assign(step, { uid: uids[step.pod], held: [] });
    }
    return {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: {
        name: 'kubectl-sts-roll-rolled',
        labels: { 'app.kubernetes.io/managed-by': 'kubectl-sts' },
        annotations: { 'kubectl-sts/roll': JSON.stringify(record) },
      },
      // Its holder is gone, and the test need not wait for long until that is certain.
      spec: { ...recordedLeaseSpec, leaseDurationSeconds: 2 },
    };
  }
});

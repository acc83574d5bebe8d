/**
 * Sets whose machine fails: its container runtime, its kubelet, all of it. The diagnosis tells a machine that still speaks
 * from one of which nobody knows, and what it suggests never makes two pods of one identity.
 */
import assert from 'node:assert/strict';
import { eventually } from '../e2e/eventually.ts';
import { apply, kubectl } from '../e2e/kubectl.ts';
import { lookingIn } from '../e2e/looking.ts';
import { ownNamespace } from '../e2e/namespace.ts';
import { agnhostImage } from '../stand/real/images.ts';
import { type Machine, machines } from '../stand/real/network.ts';
import { killed, type Restore, runsSomewhere, stopped, switchedOff } from '../stand/real/outage.ts';
import { patience, podOf, ready, set } from './pods.ts';

describe('a set whose machine fails', function () {
  this.timeout(400_000);
  const namespace = ownNamespace('outages');
  const { causes, first, copied, change } = lookingIn(namespace, patience);
  const [firstMachine, secondMachine] = machines;
  const restores: Restore[] = [];

  before(async () => {
    const on = ({ name }: Machine) => ({ pod: { nodeSelector: { 'kubernetes.io/hostname': name } } });
    await apply(namespace, [
      ...set('runtime', { image: agnhostImage, ...on(secondMachine) }),
      ...set('silent', { image: agnhostImage, ...on(firstMachine) }),
      ...set('off', { image: agnhostImage, pod: { affinity: preferring(secondMachine) } }),
    ]);
    await Promise.all(['runtime', 'silent', 'off'].map((name) => ready(namespace, name)));
    assert.equal((await podOf(namespace, 'off-0')).spec.nodeName, secondMachine.name);
    // Side by side: it takes half a minute until anybody is sure that something is wrong.
    restores.push(await killed(secondMachine, 'containerd'), stopped(firstMachine, 'kubelet'));
  });

  after(restored);

  async function restored(): Promise<void> {
    for (const restore of restores) await restore();
  }

  function preferring({ name }: Machine): object {
    const matchExpressions = [{ key: 'kubernetes.io/hostname', operator: 'In', values: [name] }];
    const wish = { weight: 100, preference: { matchExpressions } };
    return { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [wish] } };
  }

  /** Whether the program in the pod answers, though no kubelet says so. */
  async function answers(pod: string): Promise<string> {
    const { podIP } = (await podOf(namespace, pod)).status;
    return (await fetch(`http://${podIP}:8080/hostname`)).text();
  }

  it('by a stopped kubelet may still have its pod there: a change is suggested only for a machine that is off', async () => {
    const { name } = firstMachine;
    const sentence = new RegExp(
      `^silent-0: its node ${name} is not ready: nobody knows whether the pod still runs there$`,
    );
    const cause = await first('silent', 'node', sentence);
    assert.equal(cause.actions[0]?.command, `kubectl describe node ${name}`);
    assert.match(await copied(cause.actions[0].command), /Kubelet stopped posting node status/);
    assert.match(change(cause, /./).cost, new RegExp(`^only once you are sure that the machine ${name} is off: `));
    assert.equal(await answers('silent-0'), 'silent-0');
  });

  it('by a killed container runtime keeps a pod that is to go, and nothing is suggested that would make two of it', async () => {
    const { name } = secondMachine;
    const { uid } = (await podOf(namespace, 'runtime-0')).metadata;
    await kubectl(['wait', `node/${name}`, '--for=condition=Ready=False', `--timeout=${patience / 1_000}s`]);
    // The kubelet still says that its pods are ready, and they are.
    assert.deepEqual([await causes('runtime'), await answers('runtime-0')], [[], 'runtime-0']);
    await kubectl(['delete', 'pod', 'runtime-0', '-n', namespace, '--wait=false']);
    const cause = await first(
      'runtime',
      'doesNotEnd',
      new RegExp(
        `^runtime-0: it is being deleted, and its node ${name} is not ready; its kubelet says: .*container runtime is down`,
      ),
    );
    assert.deepEqual(
      cause.actions.map(({ kind, command }) => [kind, command]),
      [
        ['look', `kubectl describe pod runtime-0 -n ${namespace}`],
        ['look', `kubectl describe node ${name}`],
      ],
    );
    assert.match(await copied(cause.actions[1]?.command ?? ''), /container runtime is down/);
    assert.equal(await answers('runtime-0'), 'runtime-0');
    await restored();
    await eventually(
      'the successor, by itself',
      async () => assert.notEqual((await podOf(namespace, 'runtime-0')).metadata.uid, uid),
      patience,
    );
    await Promise.all(['runtime', 'silent', 'off'].map((each) => ready(namespace, each)));
    for (const each of ['runtime', 'silent', 'off']) assert.deepEqual(await causes(each), []);
  });

  it('by a machine that is off gets its pod elsewhere by what is suggested, and the old one never runs again', async () => {
    const { name } = secondMachine;
    await restored();
    const { uid } = (await podOf(namespace, 'off-0')).metadata;
    assert.ok(runsSomewhere(uid));
    restores.push(await switchedOff(secondMachine));
    const sentence = new RegExp(
      `^off-0: its node ${name} is not ready: nobody knows whether the pod still runs there$`,
    );
    const { command, cost, afterwards = assert.fail() } = change(await first('off', 'node', sentence), /taint nodes/);
    assert.match(cost, new RegExp(`^only once you are sure that the machine ${name} is off: `));
    assert.ok(!runsSomewhere(uid));
    await copied(command);
    await eventually(
      'the successor elsewhere',
      async () => {
        const { metadata, spec } = await podOf(namespace, 'off-0');
        assert.notEqual(metadata.uid, uid);
        assert.equal(spec.nodeName, firstMachine.name);
      },
      patience,
    );
    await ready(namespace, 'off');
    assert.deepEqual(await causes('off'), []);
    await restored();
    await copied(afterwards);
    // Its node selector holds this one there.
    await ready(namespace, 'runtime');
    assert.deepEqual(await causes('runtime'), []);
    assert.ok(!runsSomewhere(uid));
    assert.equal(await answers('off-0'), 'off-0');
  });
});

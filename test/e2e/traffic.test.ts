import assert from 'node:assert/strict';
import { type Kubectl, kubectlOf, makeClutter, makeSet, outsideName, setName } from '../bench/sets.ts';
import { type Traffic, trafficOf } from '../bench/traffic.ts';
import { temporaryFolder } from '../packaging/temporary.ts';
import { sharedStand } from '../runner/stand-variables.ts';
import { uniqueName } from './namespace.ts';
import { personEnv } from './sandbox.ts';

/** What a command asks about a set of 3 pods with a claim each. */
interface Limits {
  args: readonly string[];
  /** Exactly so many, alone and among many other pods and volumes. */
  requests: readonly [alone: number, crowded: number];
  /** Bytes received alone, and so many more in the crowd, at most. */
  received: readonly [alone: number, more: number];
}

const commands: Record<string, Limits> = {
  tree: { args: ['tree', setName], requests: [9, 9], received: [60_000, 25_000] },
  status: { args: ['status', setName], requests: [6, 6], received: [50_000, 25_000] },
  'roll, planned': { args: ['roll', setName, '--dry-run=client'], requests: [15, 15], received: [75_000, 5_000] },
  'roll --status': { args: ['roll', setName, '--status'], requests: [1, 1], received: [10_000, 1_000] },
  completion: { args: ['__complete', 'tree', ''], requests: [1, 1], received: [10_000, 1_000] },
  // These read all pods of the namespace, compressed.
  'status of the namespace': { args: ['status'], requests: [4, 4], received: [50_000, 40_000] },
  dns: { args: ['dns', setName], requests: [12, 12], received: [70_000, 40_000] },
  pin: { args: ['pin', outsideName, '1', '--dry-run=server'], requests: [6, 6], received: [50_000, 40_000] },
  'pin --list': { args: ['pin', '--list'], requests: [3, 3], received: [45_000, 40_000] },
};

describe('what a command asks of the API server', () => {
  const folder = temporaryFolder();
  const namespace = uniqueName('traffic');
  const alone: Record<string, Traffic> = {};
  const crowded: Record<string, Traffic> = {};
  let kubectl: Kubectl;
  let removeVolumes = async () => {};

  before(async function () {
    // Each command twice, and twice for the counter, in both clusters.
    this.timeout(180_000);
    kubectl = kubectlOf(sharedStand(), personEnv());
    await makeSet(kubectl, namespace, 3, () => {});
    await measure(alone);
    removeVolumes = await makeClutter(kubectl, namespace, { pods: 150, volumes: 300 });
    await measure(crowded);
  });
  after(async () => {
    await removeVolumes();
    await kubectl(['delete', 'namespace', namespace, '--wait=false']);
  });

  async function measure(traffic: Record<string, Traffic>): Promise<void> {
    const { auditLog, kubeconfig, server, plugin } = sharedStand();
    assert.ok(auditLog, 'the stand has an audit log');
    const env = personEnv();
    for (const [name, { args }] of Object.entries(commands)) {
      const [first = '', ...rest] = args;
      const command = { program: plugin, args: [first, '-n', namespace, ...rest], env };
      traffic[name] = await trafficOf(command, 'kubectl-sts', { auditLog, kubeconfig, server }, folder);
    }
  }

  for (const [name, { requests, received }] of Object.entries(commands)) {
    it(`${name}: so many requests and bytes alone, and hardly more in a crowd`, () => {
      const [own, among] = [alone[name], crowded[name]];
      assert.ok(own && among);
      assert.deepEqual([own.requests, among.requests], requests);
      assert.ok(own.received < received[0], `${own.received} bytes`);
      assert.ok(own.sent < 20_000, `${own.sent} bytes`);
      const more = among.received - own.received;
      assert.ok(more < received[1], `${own.received} bytes, and then ${more} more`);
    });
  }
});

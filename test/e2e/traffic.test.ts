import assert from 'node:assert/strict';
import { kubectlOf, makeSet, setName } from '../bench/sets.ts';
import { type Traffic, trafficOf } from '../bench/traffic.ts';
import { temporaryFolder } from '../packaging/temporary.ts';
import { sharedStand } from '../runner/stand-variables.ts';
import { kubectl } from './kubectl.ts';
import { uniqueName } from './namespace.ts';
import { personEnv } from './sandbox.ts';

describe('what a tree of a small set asks of the API server', () => {
  const folder = temporaryFolder();
  const namespace = uniqueName('traffic');
  let traffic: Traffic;

  before(async () => {
    const { auditLog, kubeconfig, server, plugin } = sharedStand();
    assert.ok(auditLog, 'the stand has an audit log');
    const env = personEnv();
    await makeSet(kubectlOf(sharedStand(), env), namespace, 3, () => {});
    const command = { program: plugin, args: ['tree', setName, '-n', namespace], env };
    traffic = await trafficOf(command, 'kubectl-sts', { auditLog, kubeconfig, server }, folder);
  });
  after(() => kubectl(['delete', 'namespace', namespace, '--wait=false']));

  it('is one request for each kind of object, and one for each volume', () => {
    assert.equal(traffic.requests, 8);
  });

  it('is little', () => {
    assert.ok(traffic.received < 60_000, `${traffic.received} bytes`);
    assert.ok(traffic.sent < 20_000, `${traffic.sent} bytes`);
  });
});

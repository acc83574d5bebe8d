import assert from 'node:assert/strict';
import { type Kubectl, kubectlOf, makeClutter, makeSet, setName } from '../bench/sets.ts';
import { type Traffic, trafficOf } from '../bench/traffic.ts';
import { temporaryFolder } from '../packaging/temporary.ts';
import { sharedStand } from '../runner/stand-variables.ts';
import { uniqueName } from './namespace.ts';
import { personEnv } from './sandbox.ts';

describe('what a tree of a small set asks of the API server', () => {
  const folder = temporaryFolder();
  const namespace = uniqueName('traffic');
  let kubectl: Kubectl;
  let alone: Traffic;
  let crowded: Traffic;
  let removeVolumes = async () => {};

  before(async () => {
    const { auditLog, kubeconfig, server, plugin } = sharedStand();
    assert.ok(auditLog, 'the stand has an audit log');
    const env = personEnv();
    kubectl = kubectlOf(sharedStand(), env);
    await makeSet(kubectl, namespace, 3, () => {});
    const command = { program: plugin, args: ['tree', setName, '-n', namespace], env };
    const measured = () => trafficOf(command, 'kubectl-sts', { auditLog, kubeconfig, server }, folder);
    alone = await measured();
    removeVolumes = await makeClutter(kubectl, namespace, { pods: 150, volumes: 300 });
    crowded = await measured();
  });
  after(async () => {
    await removeVolumes();
    await kubectl(['delete', 'namespace', namespace, '--wait=false']);
  });

  it('is one request for each kind of object, and one for each volume', () => {
    assert.equal(alone.requests, 8);
  });

  it('is little', () => {
    assert.ok(alone.received < 60_000, `${alone.received} bytes`);
    assert.ok(alone.sent < 20_000, `${alone.sent} bytes`);
  });

  it('is one request more among many other pods and volumes, and one short page of those pods', () => {
    assert.equal(crowded.requests, 9);
    assert.ok(crowded.received - alone.received < 60_000, `${alone.received} bytes, and then ${crowded.received}`);
  });
});

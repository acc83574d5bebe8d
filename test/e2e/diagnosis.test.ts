/**
 * Broken sets on a real control plane: the diagnosis names the cause in the words of who saw it, and the change that it
 * suggests does what was said. What needs a kubelet or a container is in test/real.
 */
import assert from 'node:assert/strict';
import type { Budget } from '#src/objects/types.ts';
import { documented, without } from '../runner/documented.ts';
import { eventually } from './eventually.ts';
import { apply, getJson, kubectl, sts, tryKubectl } from './kubectl.ts';
import { listed, paths } from './look.ts';
import { type CauseDocument, lookingIn } from './looking.ts';
import { ownNamespace } from './namespace.ts';
import { tried } from './roll/budget-judge.ts';
import { rollingIn } from './rollout/rolling.ts';
import { userWith } from './user.ts';
import { giveWarning } from './warning.ts';

describe('a broken set', () => brokenSets(ownNamespace('diagnosis')));

describe('a set whose volumes are not where they should be', () => strandedSets(ownNamespace('stranded')));

describe('a set whose pods nobody can evict', () => guardedSets(ownNamespace('guarded')));

describe('a set whose pods the API server refuses', () => refusedSets(ownNamespace('refused')));

function brokenSets(namespace: string): void {
  const rolling = rollingIn(namespace);
  const { causes, first, copied, change } = lookingIn(namespace);

  it('that crashes in its update revision gets well when it is undone and the broken pod is deleted', async () => {
    await rolling.apply('crash', { replicas: 2 });
    await rolling.ready('crash', 2);
    await rolling.apply('crash', { replicas: 2, annotations: { crash: 'true', since: '1h' } });
    const cause = await first(
      'crash',
      'crash',
      /^crash-1: container main ends with an error: exit code 1, \d+ restarts/,
    );
    assert.equal(cause.ground, 'likely');
    assert.equal(cause.actions[0]?.command, `kubectl logs crash-1 -c main --previous -n ${namespace}`);
    const undo = change(cause, /rollout undo/);
    const broken = await rolling.uid('crash-1');
    await copied(undo.command);
    // As it was said: the controller does not replace the broken pod.
    const then = undo.afterwards ?? assert.fail(undo.cost);
    await rolling.seen('crash');
    const older = await first('crash', 'crash', /^crash-1: /);
    assert.equal(await rolling.uid('crash-1'), broken);
    assert.equal(change(older, /delete pod/).command, then);
    await copied(then);
    await rolling.ready('crash', 2);
    assert.deepEqual(await causes('crash'), []);
  });

  it('that was changed twice in vain goes back to the revision of its other pods, which a dump knows by its number', async () => {
    const crash = (extra: object) => ({ replicas: 2, annotations: { crash: 'true', since: '1h', ...extra } });
    await rolling.apply('thrice', { replicas: 2 });
    await rolling.ready('thrice', 2);
    for (const extra of [{}, { more: 'true' }]) {
      await rolling.apply('thrice', crash(extra));
      await rolling.seen('thrice');
    }
    // It is in the first of the two as yet, and comes back in the second.
    const uid = await rolling.uid('thrice-1');
    await copied(change(await first('thrice', 'crash', /^thrice-1: /), /delete pod/).command);
    await rolling.replaced('thrice-1', uid);
    await first('thrice', 'crash', /^thrice-1: /);
    const path = ['-n', namespace, '-o', 'jsonpath={.status.currentRevision}'];
    const current = await kubectl(['get', 'statefulset', 'thrice', ...path]);
    const { items } = await getJson<{ items: object[] }>(['statefulsets,pods,controllerrevisions', '-n', namespace]);
    const dump = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    const { stdout } = await sts(['status', 'thrice', '-n', namespace, '-o', 'json', '-f', '-'], { stdin: dump });
    const undo = (JSON.parse(stdout).causes as CauseDocument[])[0];
    assert.ok(undo, stdout);
    await copied(change(undo, /rollout undo .*--to-revision=1 /).command);
    await rolling.seen('thrice');
    const update = await kubectl([
      'get',
      'statefulset',
      'thrice',
      ...path.slice(0, 3),
      'jsonpath={.status.updateRevision}',
    ]);
    assert.equal(update, current);
  });

  it('whose image cannot be pulled gets well with another image, once the broken pod is deleted', async () => {
    await rolling.apply('image', { replicas: 1, annotations: { 'pull-fails': 'true', since: '1h' } });
    const cause = await first(
      'image',
      'image',
      /^image-0: the image of container main cannot be pulled: registry\.example\/main/,
    );
    const { command, afterwards = assert.fail() } = change(cause, /set image/);
    // On simulated nodes, no image fails by its name.
    await rolling.apply('image', { replicas: 1 });
    await copied(command.replace('IMAGE', 'registry.example/other'));
    await copied(afterwards);
    await rolling.ready('image', 1);
    assert.equal((await rolling.pod('image-0'))?.spec?.containers?.[0]?.image, 'registry.example/other');
  });

  it('whose probe fails is told so, without an answer that nobody saw', async () => {
    const readinessProbe = { tcpSocket: { port: 80 } };
    await rolling.apply('probe', { replicas: 1, annotations: { unready: 'true' }, container: { readinessProbe } });
    const cause = await first(
      'probe',
      'probe',
      /^probe-0: the readiness probe of container main fails, and no event tells its answer/,
    );
    assert.equal(cause.actions[0]?.command, `kubectl describe pod probe-0 -n ${namespace}`);
    await copied(cause.actions[0].command);
    // Started anew, a container that still loads would begin again.
    assert.deepEqual(
      cause.actions.filter(({ kind }) => kind === 'change'),
      [],
    );
  });

  it('that no node takes has the scheduler’s words', async () => {
    await rolling.apply('nowhere', { replicas: 1, pod: { nodeSelector: { disk: 'fast' } } });
    const cause = await first(
      'nowhere',
      'unschedulable',
      /^nowhere-0: no node takes it: 0\/\d nodes are available: \d node\(s\) didn't match Pod's node affinity\/selector/,
    );
    assert.deepEqual(
      cause.actions.map(({ kind }) => kind),
      ['look', 'look'],
    );
    for (const { command } of cause.actions) await copied(command);
  });

  it('that waits for a claim of a missing class says which class', async () => {
    await rolling.apply('classless', { replicas: 1, claims: ['data'], storageClass: 'no-such-class' });
    const cause = await first(
      'classless',
      'claim',
      /^classless-0: its claim data-classless-0 is Pending: there is no StorageClass no-such-class/,
    );
    assert.deepEqual(
      cause.actions.map(({ command }) => command),
      [`kubectl describe pvc data-classless-0 -n ${namespace}`, 'kubectl get storageclasses'],
    );
    for (const { command } of cause.actions) await copied(command);
  });

  it('whose pods nobody finds gets a Service by the command that is suggested', async () => {
    await rolling.apply('lonely', { replicas: 1, spec: { serviceName: 'lonely' } });
    await rolling.ready('lonely', 1);
    const cause = await first('lonely', 'serviceMissing', /^the governing Service lonely is missing/);
    assert.equal(cause.ground, 'certain');
    const { command, afterwards = assert.fail() } = change(cause, /create service/);
    await copied(command);
    assert.deepEqual(await causes('lonely'), []);
    const ips = await eventually('an endpoint', async () => {
      const found = await kubectl([
        'get',
        'endpointslices',
        '-n',
        namespace,
        '-l',
        'kubernetes.io/service-name=lonely',
        '-o',
        'jsonpath={.items[*].endpoints[*].targetRef.name}',
      ]);
      assert.equal(found, 'lonely-0');
      return found;
    });
    assert.equal(ips, 'lonely-0');
    await copied(afterwards);
    const path = 'jsonpath={.spec.publishNotReadyAddresses}';
    assert.equal(await kubectl(['get', 'service', 'lonely', '-n', namespace, '-o', path]), 'true');
  });

  it('whose Service selects none of its pods says so, and gets well by the command for it', async () => {
    await apply(namespace, [
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'astray' },
        spec: { clusterIP: 'None', selector: { app: 'other' }, ports: [{ port: 80 }] },
      },
    ]);
    await rolling.apply('astray', { replicas: 1, spec: { serviceName: 'astray' } });
    const cause = await first(
      'astray',
      'serviceSelectsNoPod',
      /^the governing Service astray selects no pod of the set/,
    );
    await copied(change(cause, /^kubectl set selector service astray /).command);
    await eventually('a set that is well', async () => assert.deepEqual(await causes('astray'), []));
  });

  it('whose name another pod has gets it when that pod is deleted', async () => {
    await apply(namespace, [
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'taken-0' },
        spec: { containers: [{ name: 'main', image: 'x' }] },
      },
    ]);
    await rolling.apply('taken', { replicas: 1 });
    const cause = await first(
      'taken',
      'nameTaken',
      /^taken-0: it cannot be created: a pod that nobody controls has its name$/,
    );
    const { command, cost } = change(cause, /delete pod/);
    assert.match(cost, /^this pod is gone for good, .*; then the controller creates its own taken-0$/);
    await copied(command);
    await rolling.ready('taken', 1);
  });

  it('whose pod a finalizer holds says which, and suggests no force', async () => {
    await rolling.apply('held', { replicas: 1 });
    await rolling.ready('held', 1);
    const patch = (finalizers: string[] | null) =>
      kubectl([
        'patch',
        'pod',
        'held-0',
        '-n',
        namespace,
        '--type=merge',
        '-p',
        JSON.stringify({ metadata: { finalizers } }),
      ]);
    await patch(['backup.example/keep']);
    await kubectl(['delete', 'pod', 'held-0', '-n', namespace, '--wait=false']);
    const cause = await first(
      'held',
      'doesNotEnd',
      /^held-0: it is being deleted, and held by 1 finalizer: backup\.example\/keep; ask who keeps it/,
    );
    assert.deepEqual(
      cause.actions.map(({ kind }) => kind),
      ['look'],
    );
    await patch(null);
    await rolling.ready('held', 1);
  });

  it('whose claim templates were changed comes back, pod by pod, on an empty volume, as was said', async () => {
    await rolling.apply('fitted', { replicas: 1, claims: ['data'] });
    await rolling.ready('fitted', 1);
    await kubectl(['delete', 'statefulset', 'fitted', '-n', namespace, '--cascade=orphan']);
    await rolling.apply('fitted', { replicas: 1, claims: ['data', 'wal'] });
    const cause = await first('fitted', 'claimsDoNotFit', /^fitted-0: it lacks a volume for claim template wal/);
    assert.equal(cause.ground, 'certain');
    const { command, cost } = change(cause, /delete pod/);
    assert.match(cost, /it begins on an empty volume for wal; its claims and their data stay/);
    const before = await kubectl(['get', 'pvc', 'data-fitted-0', '-n', namespace, '-o', 'jsonpath={.metadata.uid}']);
    await copied(command);
    await rolling.ready('fitted', 1);
    assert.equal(
      await kubectl(['get', 'pvc', 'data-fitted-0', '-n', namespace, '-o', 'jsonpath={.metadata.uid}']),
      before,
    );
    const claims = (await rolling.pod('fitted-0'))?.spec?.volumes?.flatMap(
      (each) => each.persistentVolumeClaim?.claimName ?? [],
    );
    assert.deepEqual(claims?.sort(), ['data-fitted-0', 'wal-fitted-0']);
  });

  it('is never asked for its Secrets, nor is any request made but for what is told', async () => {
    const { stderr, code } = await sts(['status', 'crash', '-n', namespace, '-v', '6']);
    assert.equal(code, 0);
    assert.doesNotMatch(stderr, /secrets/);
    assert.match(stderr, /statefulsets/);
    assert.equal((await tryKubectl(['get', 'statefulset', 'crash', '-n', namespace])).code, 0);
  });
}

function refusedSets(namespace: string): void {
  const rolling = rollingIn(namespace);
  const { first, copied, change } = lookingIn(namespace);

  it('by a quota has the quota’s words, and comes up once the quota allows it', async () => {
    const quota = (pods: string) => ({
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'small' },
      spec: { hard: { pods } },
    });
    await apply(namespace, [quota('0')]);
    await rolling.apply('quota', { replicas: 1 });
    const cause = await first(
      'quota',
      'podRefused',
      /^quota-0: the API server refuses it, by a quota: exceeded quota: small, requested: pods=1/,
    );
    assert.equal(cause.actions[0]?.command, `kubectl describe quota -n ${namespace}`);
    assert.match(await copied(cause.actions[0].command), /pods +0 +0/);
    assert.equal(cause.actions.length, 1, 'who may raise the quota is not known');
    await apply(namespace, [quota('9')]);
    await rolling.ready('quota', 1);
  });

  it('for want of its ServiceAccount comes up once that is created, as was said', async () => {
    await rolling.apply('account', { replicas: 1, pod: { serviceAccountName: 'keeper' } });
    const cause = await first(
      'account',
      'podRefused',
      /^account-0: the API server refuses it, because its ServiceAccount is missing: .*serviceaccount "keeper" not found/,
    );
    await copied(change(cause, /create serviceaccount keeper/).command);
    await rolling.ready('account', 1);
  });

  it('by its Pod Security standard has the words of that', async () => {
    await kubectl(['label', 'namespace', namespace, 'pod-security.kubernetes.io/enforce=restricted']);
    await rolling.apply('insecure', { replicas: 1 });
    const cause = await first(
      'insecure',
      'podRefused',
      /^insecure-0: the API server refuses it, by its Pod Security standard: violates PodSecurity "restricted:latest": allowPrivilegeEscalation/,
    );
    assert.deepEqual(
      cause.actions.map(({ kind }) => kind),
      ['look'],
    );
  });
}

function guardedSets(namespace: string): void {
  const rolling = rollingIn(namespace);
  const { first, causes, copied, change } = lookingIn(namespace);

  /** Two pods that are ready, and budgets that have counted them. */
  async function guarded(name: string, budgets: object[]): Promise<void> {
    await rolling.apply(name, { replicas: 2 });
    await rolling.ready(name, 2);
    const selector = { matchLabels: { app: name } };
    const items = budgets.map((spec, nth) => ({
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: `${name}-${nth}` },
      spec: { selector, ...spec },
    }));
    await apply(namespace, items);
    await eventually('budgets that have counted', async () => {
      for (const { status } of await listed<Budget>(paths.budgets(namespace))) assert.ok(status?.expectedPods);
    });
  }

  /** The set is well, whatever drains meet. */
  async function isWell(name: string): Promise<void> {
    const { code, stderr } = await sts(['status', name, '--wait', '--timeout', '30s', '-n', namespace]);
    assert.equal(code, 0, stderr);
  }

  async function rollGoes(name: string): Promise<void> {
    const roll = ['roll', name, '--ordinals', '1', '--stable', '0s', '--timeout', '60s', '-n', namespace];
    const { code, stderr } = await sts(roll);
    assert.equal(code, 0, stderr);
  }

  it('since a budget wants all of them can be rolled once one may go at a time', async () => {
    await guarded('rigid', [{ minAvailable: '100%' }]);
    const cause = await first(
      'rigid',
      'budget',
      /^PodDisruptionBudget rigid-0 never lets rigid-0 and rigid-1 be evicted/,
    );
    assert.equal(cause.ground, 'certain');
    await isWell('rigid');
    const before = await tried(namespace, 'rigid-1');
    assert.equal(before.code, 429, before.why);
    for (const { kind, command } of cause.actions) if (kind === 'look') await copied(command);
    const { command, cost } = change(cause, /patch pdb rigid-0/);
    assert.match(cost, /one of the 2 pods at a time/);
    await copied(command);
    await eventually('no cause', async () => assert.deepEqual(await causes('rigid'), []));
    await rollGoes('rigid');
  });

  it('since two budgets select them can be rolled once one of these is deleted, and the stricter one stays', async () => {
    await guarded('twice', [{ maxUnavailable: 1 }, { minAvailable: 2 }, { maxUnavailable: 1 }]);
    const cause = await first(
      'twice',
      'budget',
      /^PodDisruptionBudgets twice-1, twice-0 and twice-2 select twice-0 and/,
    );
    await isWell('twice');
    const before = await tried(namespace, 'twice-1');
    assert.equal(before.code, 500, before.why);
    const { command } = change(cause, /delete pdb twice-0 twice-2/);
    await copied(command);
    const left = await first(
      'twice',
      'budget',
      /^PodDisruptionBudget twice-1 never lets twice-0 and twice-1 be evicted/,
    );
    await copied(change(left, /patch pdb twice-1/).command);
    await rollGoes('twice');
  });

  it('for now only has no cause', async () => {
    await guarded('spent', [{ maxUnavailable: 1 }]);
    await rolling.annotate('spent-1', 'unready', 'true');
    await first('spent', 'probe', /^spent-1: /);
    const before = await eventually('a budget that is spent', async () => {
      const answer = await tried(namespace, 'spent-0');
      assert.equal(answer.code, 429);
      return answer;
    });
    const kinds = (await causes('spent')).map(({ kind }) => kind);
    assert.deepEqual(kinds, ['probe'], before.why);
  });
}

/** What KWOK's nodes do not do is written by hand: the events of a kubelet, VolumeAttachments and CSINodes. */
function strandedSets(namespace: string): void {
  const rolling = rollingIn(namespace);
  const { first, sameFromDumps, copied, change } = lookingIn(namespace);
  const driver = 'ebs.csi.example';

  before(async () => {
    await rolling.apply('stranded', { replicas: 1, annotations: { 'start-after': '8760h', since: '1h' } });
    await eventually('a pod with a node', async () => assert.ok((await rolling.pod('stranded-0'))?.spec?.nodeName));
  });

  async function warn(reason: string, message: string): Promise<void> {
    await kubectl(['delete', 'events', '--all', '-n', namespace]);
    await giveWarning(namespace, { name: 'stranded-0', uid: await rolling.uid('stranded-0') }, reason, message);
  }

  /** What users see who have the documented roles, and those who may not see how volumes are attached. */
  async function seen(): Promise<{ all: string; some: string }> {
    const [own, cluster] = [documented('kubectl-sts-status'), documented('kubectl-sts-status-cluster')];
    const less = ['volumeattachments', 'csinodes', 'pods'].reduce((rules, one) => without(rules, one), cluster);
    const suffix = String(Date.now());
    const [all, some] = await Promise.all([
      userWith(namespace, `all-${suffix}`, own, cluster),
      userWith(namespace, `some-${suffix}`, own, less),
    ]);
    const look = async (kubeconfig: string) => {
      const { stdout, stderr, code } = await sts(['status', 'stranded', '-n', namespace], { kubeconfig });
      assert.deepEqual([code, stderr], [0, '']);
      return stdout;
    };
    return { all: await look(all), some: await look(some) };
  }

  it('says which node still has a volume, or that it may not look', async () => {
    const name = `${namespace}-attachment`;
    after(() => kubectl(['delete', 'volumeattachment', name, '--ignore-not-found']));
    const spec = { attacher: driver, nodeName: 'node-2', source: { persistentVolumeName: 'pv-far' } };
    await apply(namespace, [{ apiVersion: 'storage.k8s.io/v1', kind: 'VolumeAttachment', metadata: { name }, spec }]);
    const attached = JSON.stringify({ status: { attached: true } });
    await kubectl(['patch', 'volumeattachment', name, '--subresource=status', '--type=merge', '-p', attached]);
    const exclusive = "Volume is already exclusively attached to one node and can't be attached to another";
    await warn('FailedAttachVolume', `Multi-Attach error for volume "pv-far" ${exclusive}`);
    await sameFromDumps('stranded');
    const { all, some } = await seen();
    assert.match(all, /cause {4}stranded-0: its volume pv-far cannot be attached: it is still attached to node node-2/);
    assert.doesNotMatch(all, /skipped/);
    assert.match(some, /its volume cannot be attached: Multi-Attach error for volume "pv-far"/);
    assert.match(some, /skipped {2}volume attachments: no right to list volumeattachments\.storage\.k8s\.io/);
  });

  /** As drivers come: a DaemonSet whose registrar is told its socket by the environment. */
  function driverOn(node: string): object {
    const labels = { app: 'driver' };
    const plugin = `/var/lib/kubelet/plugins/${driver}`;
    const registrar = {
      ...{ name: 'node-driver-registrar', image: 'x' },
      args: ['--csi-address=/csi/csi.sock', '--kubelet-registration-path=$(DRIVER_REG_SOCK_PATH)'],
      env: [{ name: 'DRIVER_REG_SOCK_PATH', value: `${plugin}/csi.sock` }],
    };
    const volumes = [
      { name: 'plugin-dir', hostPath: { path: `${plugin}/` } },
      { name: 'registration-dir', hostPath: { path: '/var/lib/kubelet/plugins_registry/' } },
    ];
    const containers = [registrar, { name: 'driver', image: 'x' }];
    const nodeSelector = { 'kubernetes.io/hostname': node };
    const metadata = { labels, annotations: { 'stand.kubectl-sts/crash': 'true' } };
    return {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'driver' },
      spec: { selector: { matchLabels: labels }, template: { metadata, spec: { nodeSelector, containers, volumes } } },
    };
  }

  it('says that a CSI driver is not registered on the node, which are, and how its pod there is, or that it may not look', async () => {
    const node = (await rolling.pod('stranded-0'))?.spec?.nodeName ?? '';
    await warn(
      'FailedMount',
      `MountVolume.MountDevice failed for volume "pv-far" : driver name ${driver} not found in the list of registered CSI drivers`,
    );
    await sameFromDumps('stranded');
    const { all, some } = await seen();
    assert.match(
      all,
      new RegExp(
        `the CSI driver ${driver} is not registered on node ${node}; no driver is registered there; no pod there says that it registers this driver`,
      ),
    );
    assert.match(some, new RegExp(`the CSI driver ${driver} is not registered on node ${node} \\(`));
    assert.match(some, /skipped {2}drivers of nodes: no right to get csinodes\.storage\.k8s\.io/);
    assert.match(some, /\n {11}pods of nodes: no right to list pods in all namespaces\n/);

    await apply(namespace, [driverOn(node)]);
    const cause = await first(
      'stranded',
      'mount',
      new RegExp(`; its pod there, ${namespace}/driver-\\w+ of DaemonSet/driver, is CrashLoopBackOff, 0/2 ready$`),
    );
    const { command } = cause.actions[0] ?? { command: '' };
    assert.match(command, new RegExp(`^kubectl describe pod driver-\\w+ -n ${namespace}$`));
    assert.match(await copied(command), /Controlled By: +DaemonSet\/driver/);
    const uid = await rolling.uid('stranded-0');
    await copied(change(cause, /delete pod stranded-0/).command);
    await rolling.replaced('stranded-0', uid);
  });
}

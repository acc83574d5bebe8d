import assert from 'node:assert/strict';
import { loadAll } from 'js-yaml';
import type { Budget, ContainerStatus } from '#src/objects/types.ts';
import { quickClock } from '../../kube/quick-clock.ts';
import { openShop, type Shop } from '../../memory/shop.ts';
import { boundClaim, crashing, headless, node, podOf, warning } from '../../objects/snapshots.ts';

describe('kubectl sts status', () => {
  let shop: Shop;

  beforeEach(async () => {
    shop = await openShop();
    shop.cluster.put('nodes', node('node-1'));
    // By the server's clock, as by that of the command, nothing in the cluster is a day old.
    shop.cluster.time = () => Date.parse('2026-03-09T12:00:00Z');
  });
  afterEach(() => shop.close());

  const status = (words = '', columns?: number) =>
    shop.run(`status ${words}`, { columns }, { clock: quickClock(() => true) });

  it('shows one line for each set, those in trouble first, and counts in the last line', async () => {
    shop.addSet('empty');
    const broken = shop.addSet('broken', { replicas: 1, status: { readyReplicas: 0 } });
    shop.cluster.put('services', headless('empty'));
    shop.cluster.put('pods', podOf(broken, 0, { status: crashing() }));
    const { code, stdout, stderr } = await status();
    assert.deepEqual([code, stderr], [0, '']);
    const lines = stdout.trimEnd().split('\n');
    assert.deepEqual(
      lines.slice(0, -1).map((line) => line.split(/ {2,}/).slice(0, 3)),
      [
        ['NAME', 'READY', 'STATUS'],
        ['broken', '0/1', 'Stuck'],
        ['web', '2/2', 'Updated'],
        ['empty', '0/0', 'Updated'],
      ],
    );
    assert.match(lines[1] ?? '', /broken-0: CrashLoopBackOff for .*; container db: exit code 1/);
    assert.match(lines[2] ?? '', /web +2\/2 +Updated +2, 100Mi +- +- /);
    assert.equal(lines[4], '3 sets: 1 stuck, 2 healthy · 2/3 ready · 2 claims, 100Mi');
  });

  it('shows the sets of all namespaces with -A, and the size of the claims that are left over', async () => {
    const service = headless('web');
    shop.addSet('web', { replicas: 0, metadata: { namespace: 'farm', uid: 'uid-farm' } });
    shop.cluster.put('services', { ...service, metadata: { ...service.metadata, namespace: 'farm' } });
    shop.cluster.put('persistentvolumeclaims', boundClaim('data-web-2', { size: '8Gi' }));
    const rows = async (words: string) =>
      (await status(words)).stdout.split('\n').map((line) => line.split(/ {2,}/).slice(0, 6));
    assert.deepEqual((await rows('-A')).slice(0, 3), [
      ['NAMESPACE', 'NAME', 'READY', 'STATUS', 'CLAIMS', 'LEFT OVER'],
      ['shop', 'web', '2/2', 'Updated', '3, 8.1Gi', '1, 8Gi'],
      ['farm', 'web', '0/0', 'Updated', '-', '-'],
    ]);
    assert.deepEqual((await rows('')).slice(0, 2), [
      ['NAME', 'READY', 'STATUS', 'CLAIMS', 'LEFT OVER', 'PINS'],
      ['web', '2/2', 'Updated', '3, 8.1Gi', '1, 8Gi', '-'],
    ]);
  });

  it('shows the sets that -l selects, and no others', async () => {
    shop.addSet('db', { metadata: { labels: { tier: 'data' } } });
    shop.cluster.put('services', headless('db'));
    const { stdout } = await status('-l tier=data --no-headers');
    assert.match(stdout, /^db +0\/0 +Updated +.*\n$/);
  });

  it('reads four lists where all is well, and no volume', async () => {
    await status();
    assert.deepEqual([...shop.cluster.requests].sort(), [
      'list persistentvolumeclaims',
      'list pods',
      'list services',
      'list statefulsets',
    ]);
  });

  it('looks at a named set closely', async () => {
    shop.cluster.put('pods', podOf(shop.web, 1, { status: crashing() }));
    const { stdout } = await status('web --color=never', 80);
    assert.match(stdout, /^NAME +READY +STATUS/);
    assert.match(
      stdout,
      /\nsts\/web in shop\n {2}cause {4}web-1: container db ends with an error: exit code 1, 3 restarts\n/,
    );
    assert.match(
      stdout,
      /\n {2}waits {4}for web-1 \(CrashLoopBackOff\)\n {2}look {5}kubectl logs web-1 -c db --previous -n shop\n/,
    );
    // What a change costs stands below its command, and further in: it is no command.
    assert.match(stdout, /\n {2}change {3}kubectl delete pod web-1 -n shop\n {13}web-1 comes back .*\n {13}\S/);
    for (const line of stdout.split('\n')) assert.ok(line.length <= 80, line);
  });

  it('shows the log of a container that fails to a person who asks for it, and lets none of it act on the terminal', async () => {
    shop.cluster.put('pods', podOf(shop.web, 1, { status: crashing() }));
    const asked: string[] = [];
    shop.cluster.intercept = ({ subresource, query, name }) => {
      if (subresource !== 'log') return undefined;
      asked.push(`${name} ${[...query].sort().join(' ')}`);
      return { code: 200, body: ['FATAL: no such file\u001b[2J', 'giving up'] };
    };
    const { stdout, code } = await status('web --logs 5 --color=never', 80);
    assert.equal(code, 0);
    assert.deepEqual(asked, ['web-1 container,db limitBytes,65536 previous,true tailLines,5']);
    assert.match(stdout, /\n {2}log {6}of the last run of container db:\n/);
    assert.match(stdout, /no such file/);
    assert.ok(!stdout.includes('\u001b'), stdout);
    shop.cluster.intercept = () => undefined;
    shop.cluster.denied.add('get pods/log');
    assert.match(
      (await status('web --logs 5', 80)).stdout,
      /of the last run of container db: no right to get pods\/log/,
    );
    assert.doesNotMatch((await status('web', 80)).stdout, /container db: no right/);
  });

  it('shows the log of the run that its command names, also where the present run is the one that ended', async () => {
    const asked: string[] = [];
    shop.cluster.intercept = ({ subresource, query }) => {
      if (subresource !== 'log') return undefined;
      asked.push(query.get('previous') ?? 'the present run');
      return { code: 200, body: ['giving up'] };
    };
    const shown = async (state: NonNullable<ContainerStatus['state']>) => {
      const crashed = crashing();
      const containerStatuses = (crashed.containerStatuses ?? []).map((each) => ({ ...each, state }));
      shop.cluster.put('pods', podOf(shop.web, 1, { status: { ...crashed, containerStatuses } }));
      return (await status('web --logs 5 --color=never', 80)).stdout;
    };
    const ended = await shown({ terminated: { exitCode: 1, finishedAt: '2026-03-09T11:59:58Z' } });
    assert.match(ended, /\n {2}look {5}kubectl logs web-1 -c db -n shop\n/);
    assert.match(ended, /\n {2}log {6}of container db:\n/);
    const waiting = await shown({ waiting: { reason: 'CrashLoopBackOff' } });
    assert.match(waiting, /\n {2}look {5}kubectl logs web-1 -c db --previous -n shop\n/);
    assert.match(waiting, /\n {2}log {6}of the last run of container db:\n/);
    const again = await shown({ running: { startedAt: '2026-03-09T11:59:58Z' } });
    assert.match(again, /\n {2}look {5}kubectl logs web-1 -c db --previous -n shop\n/);
    assert.match(again, /\n {2}log {6}of the last run of container db:\n/);
    assert.deepEqual(asked, ['the present run', 'true', 'true']);
  });

  it('shows no more of a log than was asked for, though the server sends more', async () => {
    shop.cluster.put('pods', podOf(shop.web, 1, { status: crashing() }));
    shop.cluster.intercept = ({ subresource }) =>
      subresource === 'log' ? { code: 200, body: ['x'.repeat(2_000_000)] } : undefined;
    const { stdout } = await status('web --logs 5', 80);
    assert.match(stdout, /xxx/);
    assert.ok(stdout.length < 100_000, `${stdout.length} characters`);
  });

  describe('looks up for a diagnosis', () => {
    const starting = { phase: 'Pending', conditions: [{ type: 'Ready', status: 'False' as const }] };

    function warn(reason: string, message: string): void {
      const pod = shop.cluster.put('pods', podOf(shop.web, 1, { status: starting }));
      const lastTimestamp = '2026-03-09T11:59:00Z';
      shop.cluster.put('events', { ...warning(pod, reason, message), lastTimestamp });
    }

    it('where a volume is attached', async () => {
      warn('FailedAttachVolume', 'Multi-Attach error for volume "pv-1" Volume is already used by pod(s) old-0');
      const at = (name: string, nodeName: string, attached: boolean) =>
        shop.cluster.put('volumeattachments', {
          metadata: { name },
          spec: { attacher: 'csi', nodeName, source: { persistentVolumeName: 'pv-1' } },
          status: { attached },
        });
      at('a', 'node-2', true);
      at('b', 'node-3', false);
      const { stdout } = await status('web');
      assert.match(stdout, /its volume pv-1 cannot be attached: it is still attached to node node-2, used by old-0 \(/);
      shop.cluster.denied.add('list volumeattachments');
      const blind = await status('web');
      assert.match(blind.stdout, /it is still used by old-0 \(/);
      assert.match(blind.stdout, /skipped {2}volume attachments: no right to list volumeattachments\.storage\.k8s\.io/);
    });

    it('which CSI drivers a node knows', async () => {
      warn('FailedMount', 'driver name ebs.csi.example not found in the list of registered CSI drivers');
      const unknown = await status('web');
      assert.match(
        unknown.stdout,
        /the CSI driver ebs\.csi\.example is not registered on node node-1; no driver is registered there/,
      );
      shop.cluster.put('csinodes', {
        metadata: { name: 'node-1' },
        spec: { drivers: [{ name: 'nfs.csi.example', nodeID: 'node-1' }] },
      });
      assert.match((await status('web')).stdout, /; registered there: nfs\.csi\.example; no pod/);
      shop.cluster.denied.add('get csinodes');
      const body = { kind: 'Status', status: 'Failure', reason: 'Forbidden', message: 'pods is forbidden', code: 403 };
      shop.cluster.intercept = ({ plural, namespace }) =>
        plural === 'pods' && namespace === undefined ? { code: 403, body } : undefined;
      const blind = await status('web');
      assert.match(blind.stdout, /is not registered on node node-1 \(/);
      assert.match(blind.stdout, /skipped {2}drivers of nodes: no right to get csinodes\.storage\.k8s\.io/);
      assert.match(blind.stdout, /pods of nodes: no right to list pods in all namespaces/);
    });

    it('the pod that registers the driver on the node, in whatever namespace', async () => {
      warn('FailedMount', 'driver name ebs.csi.example not found in the list of registered CSI drivers');
      const spec = { volumes: [{ name: 'v', hostPath: { path: '/var/lib/kubelet/plugins_registry' } }] };
      const containers = [{ name: 'db', args: ['--drivername=ebs.csi.example'] }];
      const driverOn = (nodeName: string) => ({
        ...podOf(shop.web, 0, { spec: { ...spec, nodeName, containers }, status: crashing() }),
        metadata: { name: `ebs-${nodeName}`, namespace: 'storage' },
      });
      shop.cluster.put('pods', driverOn('node-2'));
      assert.match((await status('web')).stdout, /; no pod there says that it registers this driver \(/);
      shop.cluster.put('pods', driverOn('node-1'));
      const { stdout } = await status('web');
      assert.match(stdout, /; its pod there, storage\/ebs-node-1, is CrashLoopBackOff, 0\/1 ready \(/);
      assert.match(stdout, /\n {2}look {5}kubectl describe pod ebs-node-1 -n storage\n/);
      const document = JSON.parse((await status('web -o json')).stdout);
      assert.deepEqual(document.skipped, []);
    });
  });

  it('asks when a set was changed whose controller has not observed that, and tells the duration by the server’s clock', async () => {
    const changed = { manager: 'kubectl', time: '2026-03-09T11:59:15Z', fieldsV1: { 'f:spec': {} } };
    const { metadata } = shop.web;
    shop.cluster.put('statefulsets', {
      ...shop.web,
      metadata: { ...metadata, generation: 2, managedFields: [changed] },
    });
    const { stdout } = await status('web');
    assert.match(
      stdout,
      /cause +the controller has not seen the latest change of the set \(undetermined: it may still recover, since 2026-03-09T11:59:15Z, for 45s\)\n/,
    );
    assert.match(
      stdout,
      / {2}look +kubectl get lease kube-controller-manager -n kube-system -o yaml --ignore-not-found\n/,
    );
    shop.cluster.denied.add('get statefulsets');
    const without = (await status('web')).stdout;
    assert.doesNotMatch(without, /for 45s/);
    assert.match(without, /\n {2}skipped {2}managed fields: no right to get statefulsets\.apps\n/);
  });

  it('reads the budgets of a named set beside the rest, and says which right it lacks for that', async () => {
    const selector = { matchLabels: { app: 'web' } };
    shop.cluster.put('poddisruptionbudgets', {
      metadata: { name: 'guard', generation: 1 },
      spec: { maxUnavailable: 0, selector },
      status: { observedGeneration: 1, currentHealthy: 2, desiredHealthy: 2, expectedPods: 2, disruptionsAllowed: 0 },
    } as Budget);
    const { stdout } = await status('web');
    assert.match(
      stdout,
      /^web +2\/2 +Updated .*\n\nsts\/web in shop\n {2}cause {4}PodDisruptionBudget guard never lets web-0 and web-1 be evicted/m,
    );
    assert.ok(shop.cluster.requests.includes('list poddisruptionbudgets'));
    shop.cluster.denied.add('list poddisruptionbudgets');
    const blind = await status('web');
    assert.doesNotMatch(blind.stdout, /guard/);
    assert.match(blind.stderr, /^warning: .* lack of the right to list poddisruptionbudgets\.policy: /);
  });

  it('leaves out the header and the line that counts with --no-headers', async () => {
    const { stdout } = await status('--no-headers');
    assert.match(stdout, /^web +2\/2 .*\n$/);
  });

  it('adds revisions and pinned Services with -o wide', async () => {
    shop.cluster.put('services', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: {
        name: 'outside',
        annotations: {
          'kubectl-sts/pin': JSON.stringify({ pod: 'web-1', selector: { app: 'web' }, since: '2026-03-01T00:00:00Z' }),
        },
      },
      spec: { selector: { app: 'web', 'statefulset.kubernetes.io/pod-name': 'web-1' } },
    });
    const { stdout } = await status('-o wide');
    assert.match(stdout, /REVISION/);
    assert.match(stdout, /outside=web-1/);
    assert.match((await status()).stdout, /web +2\/2 +Updated +2, 100Mi +- +1 /);
  });

  it('prints names that kubectl accepts, and documents', async () => {
    shop.addSet('empty');
    shop.cluster.put('services', headless('empty'));
    assert.equal((await status('-o name')).stdout, 'statefulset.apps/web\nstatefulset.apps/empty\n');
    const list = JSON.parse((await status('-o json')).stdout);
    assert.deepEqual([list.kind, list.counts, list.summary.ready], ['StatefulSetStatusList', { healthy: 2 }, 2]);
    const [one] = loadAll((await status('web -o yaml')).stdout) as { kind: string; health: string }[];
    assert.deepEqual([one?.kind, one?.health], ['StatefulSetStatus', 'healthy']);
  });

  it('says in which claim a set that is up to date will lose its data', async () => {
    const going = {
      metadata: { deletionTimestamp: '2026-03-09T11:00:00Z', finalizers: ['kubernetes.io/pvc-protection'] },
    };
    shop.cluster.put('persistentvolumeclaims', boundClaim('data-web-0', going));
    const { stdout } = await status();
    assert.match(stdout, /web +2\/2 +Updated .* pvc\/data-web-0: being deleted: its data goes when web-0 does\n/);
    assert.match(stdout, /1 set: 1 with another trouble/);
  });

  it('says that there is nothing, or that a named set is missing', async () => {
    assert.deepEqual(await status('-n other'), {
      code: 0,
      stdout: '',
      stderr: 'No resources found in other namespace.\n',
    });
    const { code, stdout, stderr } = await status('web db');
    assert.equal(code, 2);
    assert.match(stdout, /^NAME[\s\S]*web/);
    assert.equal(stderr, 'Error from server (NotFound): statefulsets.apps "db" not found\n');
  });

  it('names the rights that are missing, and says what it does not know for lack of them', async () => {
    shop.cluster.denied.add('list pods');
    const { code, stdout, stderr } = await status();
    assert.equal(code, 0);
    assert.match(stdout, /1 set: 1 not known/);
    assert.match(stderr, /^warning: not read for lack of the right to list pods: /);
  });

  it('names a missing right once: in the diagnosis if there is one, else on standard error', async () => {
    shop.cluster.denied.add('list events');
    shop.cluster.denied.add('list poddisruptionbudgets');
    const warning = /^warning: not read for lack of the right to list poddisruptionbudgets\.policy: /;
    const well = await status('web');
    assert.match(well.stderr, warning);
    assert.doesNotMatch(well.stdout, /skipped/);
    shop.cluster.put('pods', podOf(shop.web, 1, { status: crashing() }));
    const told = await status('web');
    assert.equal(told.stderr, '');
    assert.match(told.stdout, / {2}skipped {2}events: no right to list events\n/);
    assert.match(told.stdout, / {11}budgets: no right to list poddisruptionbudgets\.policy\n/);
    // A program reads the document, and a person standard error.
    assert.match((await status('web -o json')).stderr, /^warning: not read for lack of the right to list events, /);
    // One of the two sets does not tell.
    const set = shop.addSet('calm', { replicas: 1 });
    shop.cluster.put('services', headless('calm'));
    shop.cluster.put('pods', podOf(set, 0));
    assert.match((await status('web calm')).stderr, /^warning: not read for lack of the right to list events, /);
  });

  it('reads files, without a cluster', async () => {
    const { cluster, files, web } = shop;
    const path = files.write(
      'dump.json',
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'List',
        items: [{ ...web, apiVersion: 'apps/v1', kind: 'StatefulSet' }],
      }),
    );
    const { code, stdout } = await status(`-f ${path}`);
    assert.equal(code, 0);
    assert.match(stdout, /web +2\/2 /);
    assert.deepEqual(cluster.requests, []);
  });

  it('finds in files where a volume is attached, and which CSI drivers a node knows, where a cause asks for that', async () => {
    const pod = podOf(shop.web, 1, { status: { phase: 'Pending', conditions: [{ type: 'Ready', status: 'False' }] } });
    const storage = { apiVersion: 'storage.k8s.io/v1' };
    const attachment = {
      ...{ ...storage, kind: 'VolumeAttachment', metadata: { name: 'a' }, status: { attached: true } },
      spec: { attacher: 'csi', nodeName: 'node-2', source: { persistentVolumeName: 'pv-1' } },
    };
    const drivers = { ...storage, kind: 'CSINode', metadata: { name: 'node-1' }, spec: { drivers: [{ name: 'nfs' }] } };
    const dumped = async (reason: string, message: string, ...more: object[]) => {
      const event = { ...warning(pod, reason, message), apiVersion: 'v1', kind: 'Event' };
      const set = { ...shop.web, apiVersion: 'apps/v1', kind: 'StatefulSet' };
      const items = [set, { ...pod, apiVersion: 'v1', kind: 'Pod' }, event, ...more];
      const path = shop.files.write('dump.json', JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
      const { stdout, stderr } = await status(`web -n shop -f ${path}`);
      assert.equal(stderr, '');
      return stdout;
    };
    const attach = ['FailedAttachVolume', 'Multi-Attach error for volume "pv-1" Volume is already used'] as const;
    const seen = await dumped(...attach, attachment, drivers);
    assert.match(seen, /its volume pv-1 cannot be attached: it is still attached to node node-2 \(/);
    assert.doesNotMatch(seen, /skipped.*attachments|drivers of nodes/);
    assert.match(await dumped(...attach), /volume attachments: not in the files\n/);
    const mount = ['FailedMount', 'driver name ebs not found in the list of registered CSI drivers'] as const;
    assert.match(await dumped(...mount, drivers), /the CSI driver ebs is not registered .*; registered there: nfs \(/);
    assert.match(await dumped(...mount), /drivers of nodes: not in the files\n/);
  });

  describe('-w', () => {
    it('writes a line for each set, and then for each change', async () => {
      const clock = quickClock((sleep) => sleep < 50_000);
      const running = shop.start('status -w', {}, { clock, random: () => 0 });
      await running.until('web  2/2  Updated');
      shop.cluster.put('statefulsets', { ...shop.web, status: { replicas: 2, ...shop.web.status, readyReplicas: 1 } });
      await running.until('web  1/2  Updated');
      shop.cluster.remove('statefulsets', 'web');
      await running.until('web  -  Deleted');
      running.signal('SIGINT');
      assert.equal((await running.ended).code, 130);
    });

    it('writes documents without causes, which would ask for more at each change', async () => {
      shop.cluster.put('pods', podOf(shop.web, 1, { status: crashing() }));
      const clock = quickClock((sleep) => sleep < 50_000);
      const running = shop.start('status web -w -o json', {}, { clock, random: () => 0 });
      await running.until('CrashLoopBackOff');
      running.signal('SIGINT');
      const { stdout } = await running.ended;
      const [first = ''] = stdout.split('\n');
      const { metadata, causes, skipped } = JSON.parse(first);
      assert.deepEqual([metadata.name, causes, skipped], ['web', undefined, undefined]);
      assert.ok(!shop.cluster.requests.includes('list poddisruptionbudgets'));
    });

    it('draws the table anew on a terminal, and leaves the last one', async () => {
      const clock = quickClock((sleep) => sleep < 50_000 && sleep !== 1_000);
      const running = shop.start('status -w --color=never', { columns: 100 }, { clock, random: () => 0 });
      await running.until('web');
      shop.cluster.put('statefulsets', { ...shop.web, status: { replicas: 2, ...shop.web.status, readyReplicas: 1 } });
      await running.until('web   1/2');
      running.signal('SIGINT');
      const { code, stdout } = await running.ended;
      assert.equal(code, 130);
      assert.match(stdout.slice(stdout.lastIndexOf('\u001b[?1049l')), /web {3}1\/2 +Updated[\s\S]*1 set: 1 healthy/);
    });
  });
});

/** By the audit log: whatever the plugin does with a set whose pods use Secrets and ConfigMaps, it asks for none of them. */
import assert from 'node:assert/strict';
import { documented, isDocumented } from '../runner/documented.ts';
import { auditLogFromNow, requestsAs } from './audit-log.ts';
import { published, service, set } from './dns/sets.ts';
import { eventually } from './eventually.ts';
import { start } from './going.ts';
import { apply, kubectl, sts } from './kubectl.ts';
import { ownNamespace } from './namespace.ts';
import { needsTerminal, onTerminal } from './roll/terminal.ts';
import { rollingIn } from './rollout/rolling.ts';

describe('a set whose pods use Secrets', () => {
  const namespace = ownNamespace('secrets');
  const rolling = rollingIn(namespace);
  const hidden = 'correct-horse-battery-staple';

  before(async () => {
    const data = { stringData: { password: hidden } };
    const from = { valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } };
    const container = {
      ...{ name: 'main', image: 'registry.example/main' },
      env: [
        { name: 'PASSWORD', ...from },
        { name: 'PLAIN', value: hidden },
      ],
      envFrom: [{ secretRef: { name: 'db' } }, { configMapRef: { name: 'db' } }],
      volumeMounts: [{ name: 'secret', mountPath: '/secret' }],
    };
    const podSpec = (secretName: string) => ({
      containers: [container],
      imagePullSecrets: [{ name: 'db' }],
      volumes: [{ name: 'secret', secret: { secretName } }],
    });
    await apply(namespace, [
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'db' }, ...data },
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'db' }, data: { host: hidden } },
      service('db'),
      set('db', { podSpec: podSpec('db') }),
      service('db-outside', { clusterIP: undefined, type: 'NodePort' }),
      set('poor', { replicas: 1, serviceName: undefined, podSpec: podSpec('gone') }),
    ]);
    await published(namespace, 'db', ['db-0', 'db-1']);
    await eventually('the pod', async () => assert.ok(await rolling.pod('poor-0')));
    await rolling.annotate('poor-0', 'unready', 'true');
    await eventually('a pod that is not ready', async () => {
      const { status } = await rolling.set('poor');
      assert.equal(status?.readyReplicas ?? 0, 0);
    });
  });

  const commands: readonly string[][] = [
    ['tree'],
    ['tree', 'db', '-o', 'json'],
    ['tree', '--usage'],
    ['status'],
    ['status', '-o', 'wide'],
    ['status', 'db', 'poor'],
    ['status', 'poor', '-o', 'json'],
    ['status', 'db', '--wait'],
    ['status', 'poor', '--wait', '--timeout', '1s'],
    ['dns', 'db', '--srv', '--ptr'],
    ['dns', 'db', '--via', 'exec'],
    ['dns', 'db', '--via', 'none'],
    ['dns', 'db', '--wait', '--timeout', '1s'],
    ['pin', 'db-outside', '0'],
    ['pin', '--list'],
    ['unpin', 'db-outside'],
    ['roll', 'db', '--dry-run=server'],
    ['roll', 'db', '--stable', '0s'],
    ['roll', '--status'],
    ['roll', 'db', '--status'],
    ['version', '--server'],
  ];

  it('is never asked for one, nor for a ConfigMap, by any command, and no value is printed', async function () {
    needsTerminal(this);
    let said = '';
    const requests = await requestsAs(async (as) => {
      for (const words of commands) {
        const { stdout, stderr, code } = await sts([...words, '-n', namespace, ...as]);
        assert.doesNotMatch(stderr, /unknown flag|^error: .*(flag|command)/, words.join(' '));
        // No container runs on these nodes that could be asked from.
        assert.ok(code === 0 || code === 1 || words.includes('exec'), `${words.join(' ')}: ${code}: ${stderr}`);
        said += stdout + stderr;
      }
      const terminal = onTerminal(['status', 'poor', '--logs', '5', '-n', namespace, ...as]);
      assert.equal(await terminal.ended(), 0);
      assert.match(terminal.sent(), /\n {2}log {6}of container main:/);
      said += terminal.sent();
      for (const words of [
        ['tree', '-w'],
        ['status', '-w'],
        ['dns', 'db', '-w'],
      ]) {
        const going = start([...words, '-n', namespace, ...as]);
        await going.line(/db/);
        await going.end('SIGINT');
        said += going.lines().join('\n');
      }
    });
    const rules = documented();
    assert.deepEqual(
      requests
        .filter((request) => !isDocumented(request, rules))
        .map(({ verb, requestURI }) => `${verb} ${requestURI}`),
      [],
    );
    const resources = new Set(requests.map(({ objectRef }) => [objectRef?.resource, objectRef?.subresource].join('/')));
    for (const each of [
      'statefulsets/',
      'pods/',
      'pods/eviction',
      'pods/log',
      'pods/portforward',
      'services/',
      'events/',
      'leases/',
    ]) {
      assert.ok(resources.has(each), `${each} in ${[...resources].join(' ')}`);
    }
    assert.ok(!resources.has('secrets/'));
    assert.ok(!said.includes(hidden));
  });

  it('would be seen to be asked: so is kubectl, by the same log and the same check', async () => {
    const log = auditLogFromNow();
    await kubectl(['get', 'secret', 'db', '-n', namespace]);
    await kubectl(['get', 'configmap', 'db', '-n', namespace]);
    await log.caughtUp();
    const rules = documented();
    const asked = log
      .requests(`/namespaces/${namespace}/`)
      .filter(({ userAgent }) => userAgent?.startsWith('kubectl/'));
    assert.deepEqual(
      asked.filter((request) => !isDocumented(request, rules)).map(({ objectRef }) => objectRef?.resource),
      ['secrets', 'configmaps'],
    );
  });
});

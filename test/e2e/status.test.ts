/** Whether sets are healthy, and the gate that waits for a rollout. kubectl and the controller are the judges. */
import assert from 'node:assert/strict';
import type { StatefulSet } from '#src/objects/types.ts';
import { documented, type Rule } from '../runner/documented.ts';
import { requestsAs } from './audit-log.ts';
import { eventually } from './eventually.ts';
import { start } from './going.ts';
import { apply, getJson, kubectl, sts, tryKubectl } from './kubectl.ts';
import { ownNamespace } from './namespace.ts';
import { rollingIn } from './rollout/rolling.ts';
import { userWith } from './user.ts';

interface Row {
  name: string;
  ready: string;
  status: string;
  claims: string;
  detail: string;
}

/** The rows of the overview, as they stand in a pipe, and the line that counts. */
function parsed(stdout: string): { rows: Row[]; total: string } {
  const lines = stdout.trimEnd().split('\n');
  const rows = lines.slice(1, -1).map((line): Row => {
    const [name = '', ready = '', status = '', claims = '', , , , detail = ''] = line.split(/ {2,}/);
    return { name, ready, status, claims, detail };
  });
  return { rows, total: lines.at(-1) ?? '' };
}

const onDelete = { updateStrategy: { type: 'OnDelete' } };

describe('the status of sets', () => {
  const namespace = ownNamespace('status');
  const rolling = rollingIn(namespace);

  before(async () => {
    const headless = (name: string) => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name },
      spec: { clusterIP: 'None', selector: { app: name }, ports: [{ port: 80 }] },
    });
    await apply(namespace, ['fine', 'late', 'sick'].map(headless));
    await rolling.apply('fine', { replicas: 2, claims: ['data'], spec: { serviceName: 'fine' } });
    await rolling.apply('late', { replicas: 2, spec: { ...onDelete, serviceName: 'late' } });
    await rolling.apply('sick', {
      replicas: 2,
      annotations: { crash: 'true', since: '1h' },
      spec: { serviceName: 'sick' },
    });
    await Promise.all([rolling.ready('fine', 2), rolling.ready('late', 2)]);
    await rolling.apply('late', { replicas: 2, env: 'b', spec: { ...onDelete, serviceName: 'late' } });
    await rolling.seen('late');
    await kubectl(['wait', 'pvc', '--all', '-n', namespace, '--for=jsonpath={.status.phase}=Bound', '--timeout=30s']);
  });

  const overview = () =>
    eventually('the crash loop of sick', async () => {
      const { stdout, stderr, code } = await sts(['status', '-n', namespace]);
      assert.deepEqual([code, stderr], [0, '']);
      const shown = parsed(stdout);
      assert.match(shown.rows[0]?.detail ?? '', /sick-0: CrashLoopBackOff for /, stdout);
      return shown;
    });

  it('names those in trouble first, with kubectl’s own counts', async () => {
    const { rows, total } = await overview();
    assert.deepEqual(
      rows.map(({ name, status }) => [name, status]),
      [
        ['sick', 'Stuck'],
        ['late', 'Outdated'],
        ['fine', 'Updated'],
      ],
    );
    const said = (await kubectl(['get', 'sts', '-n', namespace, '--no-headers'])).trim().split('\n');
    const ready = Object.fromEntries(said.map((line) => line.split(/ +/)));
    assert.deepEqual(Object.fromEntries(rows.map((row) => [row.name, row.ready])), ready);
    const claims = await getJson<{ items: { metadata: { name: string } }[] }>(['pvc', '-n', namespace]);
    assert.equal(rows[2]?.claims, `${claims.items.length}, 2Gi`);
    assert.equal(total, '3 sets: 1 stuck, 1 outdated, 1 healthy · 4/6 ready · 2 claims, 2Gi');
  });

  it('reads four lists of a named set that is well, and the budgets', async () => {
    const requests = await requestsAs(async (as) => {
      assert.equal((await sts(['status', 'fine', '-n', namespace, ...as])).code, 0);
    });
    assert.deepEqual(requests.map(({ verb, requestURI }) => `${verb} ${/\/(\w+)\?/.exec(requestURI)?.[1]}`).sort(), [
      'list persistentvolumeclaims',
      'list poddisruptionbudgets',
      // Counted, and listed.
      'list pods',
      'list pods',
      'list services',
      'list statefulsets',
    ]);
  });

  it('looks closely at a named set: what the controller waits for, since when, and the evidence', async () => {
    await overview();
    const { stdout } = await sts(['status', 'sick', '-n', namespace]);
    const since = /cause {4}sick-0: .*, since (\S+), for /.exec(stdout)?.[1];
    const pod = await rolling.pod('sick-0');
    const condition = pod?.status?.conditions?.find(({ type }) => type === 'Ready');
    assert.equal(since, condition?.lastTransitionTime, stdout);
    assert.match(stdout, /\n {2}waits {4}for sick-0 \(CrashLoopBackOff\)\n/);
    assert.match(stdout, /\n {2}cause {4}sick-0: container main ends with an error: exit code \d+/);
  });

  it('needs no more than its roles in docs/rbac/, with --wait too', async () => {
    const [own, wide] = [documented('kubectl-sts-status'), documented('kubectl-sts-status-cluster')];
    const kubeconfig = await userWith(namespace, 'documented', own, wide);
    for (const words of [['status'], ['status', 'sick'], ['status', 'fine', '--wait']]) {
      const { stderr, code } = await sts([...words, '-n', namespace], { kubeconfig });
      assert.deepEqual([code, stderr], [0, ''], words.join(' '));
    }
  });

  it('does not open the gate for a user who may not see the pods', async () => {
    const sets: Rule = { apiGroups: ['apps'], resources: ['statefulsets'], verbs: ['get', 'list', 'watch'] };
    const kubeconfig = await userWith(namespace, 'sets-only', [sets]);
    const shown = await sts(['status', 'fine', '-n', namespace], { kubeconfig });
    assert.equal(shown.code, 0);
    assert.match(shown.stderr, /right to list services, list pods, list persistentvolumeclaims|list pods/);
    const { code, stderr } = await sts(['status', 'fine', '--wait', '-n', namespace], { kubeconfig });
    assert.equal(code, 2, stderr);
    assert.match(stderr, /cannot be found out without the right to list pods\n/);
  });
});

describe('the gate of a rollout', () => {
  const namespace = ownNamespace('gate');
  const rolling = rollingIn(namespace);

  const gate = (name: string, ...words: string[]) => sts(['status', name, '--wait', '-n', namespace, ...words]);

  it('opens when the rollout is complete, and the controller says so too', async () => {
    await rolling.apply('web', { replicas: 2 });
    await rolling.ready('web', 2);
    await rolling.apply('web', { replicas: 3, env: 'b', spec: { minReadySeconds: 1 } });
    const { code, stdout, stderr } = await gate('web', '--timeout', '40s');
    assert.equal(code, 0, stderr);
    assert.match(stdout, /\nstatefulset\/web is rolled out: 3 pods available, all at revision \w+\n$/);
    const pods = await rolling.pods('web');
    const { status, metadata } = await getJson<StatefulSet>(['sts', 'web', '-n', namespace]);
    assert.equal(status?.observedGeneration, metadata.generation);
    assert.deepEqual(
      pods.map(({ metadata: { labels } }) => labels?.['controller-revision-hash']),
      Array.from({ length: 3 }, () => status?.updateRevision),
    );
    // A moment later the controller has counted them, and kubectl agrees.
    await kubectl(['rollout', 'status', 'sts/web', '-n', namespace, '--timeout=10s']);
  });

  it('follows a change that comes in the middle', async () => {
    await rolling.apply('swift', { replicas: 1 });
    await rolling.ready('swift', 1);
    await rolling.apply('swift', { replicas: 1, env: 'b', annotations: { unready: 'true' } });
    const going = start(['status', 'swift', '--wait', '-n', namespace, '--timeout', '40s']);
    await going.line(/swift-0 is not ready/);
    await rolling.apply('swift', { replicas: 1, env: 'c' });
    await eventually('the word about the change', async () => assert.match(going.stderr(), /has changed again/));
    // An ordered set's controller replaces no broken pod.
    await kubectl(['delete', 'pod', 'swift-0', '-n', namespace]);
    const { code } = await going.end();
    assert.equal(code, 0, going.stderr());
    const { status } = await rolling.set('swift');
    assert.match(going.lines().at(-1) ?? '', new RegExp(`at revision ${status?.updateRevision?.slice(6)}$`));
  });

  it('gives up for a crash loop with its evidence, where kubectl would wait', async () => {
    await rolling.apply('loop', { replicas: 2, annotations: { crash: 'true', since: '1h' } });
    const { code, stderr } = await gate('loop', '--timeout', '30s', '--stuck-after', '3s');
    assert.equal(code, 1);
    assert.match(stderr, /^error: statefulset\/loop is probably stuck: .*loop-0: CrashLoopBackOff for /);
    assert.match(stderr, /\n {2}cause {4}loop-0: container main ends with an error: exit code/);
    const waits = await tryKubectl(['rollout', 'status', 'sts/loop', '-n', namespace, '--timeout=3s']);
    assert.match(waits.stderr, /timed out waiting/);
  });

  it('names the pods that OnDelete leaves behind, where kubectl refuses to look, and opens once they are restarted', async () => {
    await rolling.apply('lazy', { replicas: 2, spec: onDelete });
    await rolling.ready('lazy', 2);
    await rolling.apply('lazy', { replicas: 2, env: 'b', spec: onDelete });
    const { code, stderr } = await gate('lazy', '--timeout', '30s');
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^error: statefulset\/lazy is not rolled out: with OnDelete, lazy-0 and lazy-1 stay in an older revision until somebody deletes them/,
    );
    const refused = await tryKubectl(['rollout', 'status', 'sts/lazy', '-n', namespace]);
    assert.match(refused.stderr, /only available for RollingUpdate strategy type/);
    assert.equal((await gate('lazy', '--for=ready')).code, 0);
    // What the error advises.
    const advised = /kubectl sts (roll lazy --outdated)/.exec(stderr)?.[1]?.split(' ') ?? [];
    assert.equal((await sts([...advised, '--stable', '0s', '-n', namespace])).code, 0);
    assert.equal((await gate('lazy')).code, 0);
  });

  it('is certain at once where another pod has the name', async () => {
    await apply(namespace, [
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'taken-0' },
        spec: { containers: [{ name: 'main', image: 'registry.example/main' }] },
      },
    ]);
    await rolling.apply('taken', { replicas: 1 });
    await rolling.seen('taken');
    const begun = performance.now();
    const { code, stderr } = await gate('taken');
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^error: statefulset\/taken is stuck: taken-0 cannot be created: a pod that nobody controls has its name/,
    );
    assert.ok(performance.now() - begun < 10_000);
  });

  it('does not open because nobody reads on', async () => {
    await rolling.apply('unread', { replicas: 1, annotations: { unready: 'true' } });
    await rolling.seen('unread');
    const going = start(['status', 'unread', '--wait', '-n', namespace, '--timeout', '40s']);
    await going.line(/unread/);
    going.closeOutput();
    // Something to write about.
    await kubectl(['scale', 'statefulset/unread', '--replicas=2', '-n', namespace]);
    assert.equal((await going.end()).code, 141);
  });

  it('says how far it was when the time is up, as a document too', async () => {
    await rolling.apply('slow', { replicas: 1, annotations: { unready: 'true' } });
    await rolling.seen('slow');
    const { code, stdout, stderr } = await gate('slow', '--timeout', '2s', '-o', 'json');
    assert.equal(code, 1);
    assert.match(stderr, /^error: timed out after 2s waiting until statefulset\/slow is rolled out: 0\/1 ready, /);
    const last = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
    assert.deepEqual([last.kind, last.gate], ['StatefulSetStatus', { for: 'rollout', state: 'timedOut' }]);
  });
});

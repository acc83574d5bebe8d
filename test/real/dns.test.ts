import assert from 'node:assert/strict';
import { nameOf, type Told, told } from '../e2e/dns/document.ts';
import { eventually } from '../e2e/eventually.ts';
import { applyExamples } from '../e2e/examples.ts';
import { start } from '../e2e/going.ts';
import { apply, getJson, kubectl, sts, tryKubectl } from '../e2e/kubectl.ts';
import { ownNamespace } from '../e2e/namespace.ts';
import { agnhostImage, glibcImage, muslImage } from '../stand/real/images.ts';
import { client, containerLog, inPod, patience, podOf, ready, set, tryInPod, waitFor } from './pods.ts';

describe('names on real nodes', function () {
  this.timeout(400_000);
  const namespace = ownNamespace('names');
  const domain = `${namespace}.svc.cluster.local`;
  const nameOfPod = (pod: string, service: string) => `${pod}.${service}.${domain}`;

  before(async () => {
    await apply(namespace, [
      ...set('db', { image: glibcImage, replicas: 3, spec: { podManagementPolicy: 'Parallel' } }),
      ...set('web', { image: glibcImage }),
      client('glibc', glibcImage),
      client('musl', muslImage),
      client('bare', agnhostImage),
    ]);
    await ready(namespace, 'db');
    await ready(namespace, 'web');
    await waitFor(namespace, 'condition=Ready', 'glibc', 'musl', 'bare');
  });

  /** Answers for each pod of the set. */
  const answersOf = (told: Told) =>
    Object.fromEntries(
      told.document.names.flatMap(({ pod, answers }) => (pod ? [[pod, answers[0]?.addresses ?? []]] : [])),
    );

  /** What a program in the pod finds; nothing where there is no such name. */
  async function getent(pod: string, name: string): Promise<string[]> {
    const { stdout, code, stderr } = await tryInPod(namespace, pod, ['getent', 'ahosts', name]);
    assert.ok(code === 0 || code === 2, stderr);
    return [...new Set(stdout.split('\n').flatMap((line) => line.split(/\s+/)[0] || []))].sort();
  }

  it('are asked for from inside a pod, as an example of the help does', async () => {
    const [, ...words] = 'kubectl sts dns web --via exec'.split(' ');
    // The servers publish a pod a moment after it is ready.
    await eventually('the name of the pod', async () => {
      const { stdout, stderr, code } = await tryKubectl([...words, '-n', namespace]);
      assert.equal(code, 0, stdout + stderr);
      assert.match(stdout, /^web-0 .* ok$/m);
      assert.match(stderr, /^asked from web-0 by exec/m);
    });
  });

  it('have DNS servers on different nodes', async () => {
    const { items } = await getJson<{ items: { spec: { nodeName: string } }[] }>([
      ...['pods', '-n', 'kube-system', '-l', 'k8s-app=kube-dns'],
    ]);
    assert.deepEqual(items.map(({ spec }) => spec.nodeName).sort(), ['node-0', 'node-1']);
  });

  for (const from of ['glibc', 'musl']) {
    it(`are the same by port-forward, by exec in a pod of ${from}, and to getent there`, async () => {
      const forwarded = await told(['db', '-n', namespace]);
      const inside = await told(['db', '-n', namespace, '--via', 'exec', '--from', from]);
      assert.deepEqual([forwarded.code, inside.code], [0, 0], forwarded.stderr + inside.stderr);
      assert.deepEqual(inside.document.asked.answeredBy, { address: '10.96.0.10', kind: 'other' });
      const pods = ['db-0', 'db-1', 'db-2'];
      const found = await Promise.all(pods.map((pod) => getent(from, `${nameOfPod(pod, 'db')}.`)));
      const addresses = await Promise.all(pods.map(async (pod) => (await podOf(namespace, pod)).status.podIP));
      assert.deepEqual(
        found,
        addresses.map((address) => [address]),
      );
      const expected = Object.fromEntries(pods.map((pod, at) => [pod, found[at]]));
      assert.deepEqual([answersOf(forwarded), answersOf(inside)], [expected, expected]);
      const service = nameOf(inside, 'db').answers[0]?.addresses ?? [];
      assert.deepEqual([...service].sort(), await getent(from, `db.${domain}.`));
    });

    it(`that are missing are told as such from a pod of ${from}, and those after them are found all the same`, async () => {
      // A set whose middle pod is not ready, so that its name is not published.
      const name = `gap-${from}`;
      const probe = { readinessProbe: { exec: { command: ['test', '-e', '/tmp/ready'] }, periodSeconds: 1 } };
      const spec = { podManagementPolicy: 'Parallel' };
      await apply(namespace, set(name, { image: glibcImage, replicas: 4, container: probe, spec }));
      await waitFor(namespace, 'jsonpath={.status.phase}=Running', ...[0, 1, 2, 3].map((each) => `${name}-${each}`));
      for (const ordinal of [0, 3]) await inPod(namespace, `${name}-${ordinal}`, ['touch', '/tmp/ready']);
      await waitFor(namespace, 'condition=Ready', `${name}-0`, `${name}-3`);
      const args = [name, '-n', namespace, '--via', 'exec', '--from', from];
      await eventually('the published names', async () => {
        const seen = await told(args);
        const outcomes = seen.document.names.map(({ pod, answers }) => [pod ?? 'Service', answers[0]?.outcome]);
        assert.deepEqual(outcomes, [
          [`${name}-0`, 'NOERROR'],
          [`${name}-1`, 'NXDOMAIN'],
          [`${name}-2`, 'NXDOMAIN'],
          [`${name}-3`, 'NOERROR'],
          ['Service', 'NOERROR'],
        ]);
      });
    });
  }

  it('cannot be asked from a pod without tools, which says so', async () => {
    const { stdout, stderr, code } = await sts(['dns', 'db', '-n', namespace, '--via', 'exec', '--from', 'bare']);
    assert.equal(code, 2, stdout);
    assert.match(`${stdout}${stderr}`, /container main of pod\/bare has no getent/);
  });

  it('let the init container wait-service of the example wait for pod 0, and not longer', async () => {
    await applyExamples(namespace, 'simple-statefulset/*.yaml');
    // All pods at once, and the first ready only when it is told to be: else the order of the controller waits already.
    await kubectl(['delete', 'statefulset', 'simple-statefulset', '-n', namespace, '--cascade=foreground']);
    const probe = { exec: { command: ['test', '-e', '/tmp/ready'] }, periodSeconds: 1 };
    const patch = {
      spec: {
        podManagementPolicy: 'Parallel',
        template: {
          spec: { containers: [{ name: 'nginx', readinessProbe: { ...probe, httpGet: null } }] },
        },
      },
    };
    const manifest = await kubectl([
      ...['patch', '--local', '-f', 'examples/simple-statefulset/statefulset.yaml', '-o', 'json'],
      ...['-p', JSON.stringify(patch)],
    ]);
    await kubectl(['apply', '-n', namespace, '-f', '-'], { stdin: manifest });
    const service = 'simple-statefulset';
    await waitFor(namespace, 'jsonpath={.status.phase}=Running', `${service}-0`);
    await eventually('pod 1 waits for the name', async () => {
      const log = await containerLog(namespace, `${service}-1`, 'wait-service').catch(() => '');
      assert.ok(log.includes(`waiting for ${nameOfPod(`${service}-0`, service)}`), log);
    });
    const seen = await told([service, '-n', namespace]);
    assert.equal(nameOf(seen, `${service}-0`).answers[0]?.outcome, 'NXDOMAIN');
    assert.equal((await podOf(namespace, `${service}-1`)).status.phase, 'Pending');

    await inPod(namespace, `${service}-0`, ['touch', '/tmp/ready']);
    await waitFor(namespace, 'jsonpath={.status.phase}=Running', `${service}-1`);
    await eventually('the name', async () => {
      const { answers, expected } = nameOf(await told([service, '-n', namespace]), `${service}-0`);
      assert.deepEqual(answers[0]?.addresses, expected);
      assert.equal(expected.length, 1);
    });
  });

  it('lead elsewhere after a pod is replaced: --wait returns when another pod sees that, and not before', async () => {
    const name = nameOfPod('db-1', 'db');
    const look = `while :; do echo "$(date +%s%3N) $(getent ahosts ${name}. | head -n 1 | cut -d' ' -f1)"; sleep 0.02; done`;
    await apply(namespace, [client('watcher', glibcImage, ['sh', '-c', look])]);
    await waitFor(namespace, 'condition=Ready', 'watcher');
    const before = await podOf(namespace, 'db-1');
    await kubectl(['delete', 'pod', 'db-1', '-n', namespace, '--wait=false']);
    const waiting = start(['dns', 'db', '-n', namespace, '--wait', '--timeout', `${patience / 1_000}s`]);
    const { code } = await waiting.end();
    const returned = Date.now();
    assert.equal(code, 0, waiting.stderr());
    const after = await podOf(namespace, 'db-1');
    assert.notEqual(after.metadata.uid, before.metadata.uid);
    assert.notEqual(after.status.podIP, before.status.podIP);

    /** What the other pod has seen: when, and which address. */
    const seen = async () =>
      (await containerLog(namespace, 'watcher', 'main')).split('\n').flatMap((line) => {
        const [time, address] = line.split(' ');
        return address === undefined ? [] : [{ time: Number(time), address }];
      });
    const enough = 20;
    const later = await eventually('looks after that', async () => {
      const looks = (await seen()).filter(({ time }) => time > returned);
      assert.ok(looks.length >= enough, `${looks.length} looks`);
      return looks;
    });
    assert.deepEqual([...new Set(later.map(({ address }) => address))], [after.status.podIP]);
    const earlier = (await seen()).filter(({ time }) => time <= returned).map(({ address }) => address);
    assert.ok(earlier.includes(before.status.podIP ?? ''), 'it has seen the old address too');
  });
});

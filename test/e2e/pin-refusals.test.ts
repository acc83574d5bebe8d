import assert from 'node:assert/strict';
import { pod, podReady, readyEndpoints } from './dns/pods.ts';
import { published, service, set } from './dns/sets.ts';
import { eventually } from './eventually.ts';
import { start } from './going.ts';
import { apply, getJson, kubectl, sts, tryKubectl } from './kubectl.ts';
import { ownNamespace } from './namespace.ts';
import { done, entrance, patched, pinAnnotation, podLabel, refused, selectorOf, serviceOf } from './pin/services.ts';

const unready = { 'stand.kubectl-sts/unready': 'true' };

describe('a Service that cannot be pinned', () => {
  const namespace = ownNamespace('pin-refusals');

  before(async () => {
    const ports = [{ name: 'db', containerPort: 5432 }];
    const containers = [{ name: 'main', image: 'registry.example/main', ports }];
    await apply(namespace, [
      service('web'),
      set('web', { replicas: 3, labels: { tier: 'data' }, podSpec: { containers } }),
      entrance('web-lb', 'web', { ports: [{ name: 'db', port: 5432, targetPort: 'db' }] }),
      service('shifted'),
      set('shifted', { start: 5, labels: { tier: 'data' } }),
      entrance('shifted-lb', 'shifted'),
      service('sick'),
      set('sick', { annotations: unready }),
      entrance('sick-lb', 'sick'),
      service('ending'),
      // Long enough for this test, and not for ever, for its namespace is to end.
      set('ending', { annotations: { 'stand.kubectl-sts/end-after': '120s' } }),
      entrance('ending-lb', 'ending'),
      // Its second pod waits for the first one.
      {
        apiVersion: 'apps/v1',
        kind: 'StatefulSet',
        metadata: { name: 'ordered' },
        spec: {
          replicas: 2,
          selector: { matchLabels: { app: 'ordered' } },
          template: {
            metadata: { labels: { app: 'ordered' }, annotations: unready },
            spec: { containers: [{ name: 'main', image: 'registry.example/main' }] },
          },
        },
      },
      entrance('ordered-lb', 'ordered'),
      set('balanced'),
      entrance('balanced', 'balanced'),
      service('headless', { selector: { app: 'web' } }),
      { ...service('elsewhere', {}), spec: { type: 'ExternalName', externalName: 'db.example' } },
      entrance('by-itself', '', { selector: null }),
      pod('bare', { app: 'bare' }),
      entrance('bare-lb', 'bare'),
      entrance('nobody-lb', 'nobody'),
      entrance('both', '', { selector: { tier: 'data' } }),
      entrance('primary', '', { selector: { app: 'web', role: 'primary' } }),
      entrance('lacking', 'web', { ports: [{ port: 80, targetPort: 'metrics' }] }),
      {
        ...entrance('scribbled', 'web'),
        metadata: { name: 'scribbled', annotations: { [pinAnnotation]: 'not JSON' } },
      },
    ]);
    await published(namespace, 'web-lb', ['web-0', 'web-1', 'web-2']);
    await published(namespace, 'shifted', ['shifted-5', 'shifted-6']);
    await published(namespace, 'ending', ['ending-0', 'ending-1']);
    await podReady(namespace, 'bare');
    await kubectl(['label', 'pod', 'web-0', 'role=primary', '-n', namespace]);
    await kubectl(['delete', 'pod', 'ending-1', '--wait=false', '-n', namespace]);
    await eventually('pods that run', async () => {
      for (const name of ['sick-1', 'ordered-0']) {
        const { status } = await getJson<{ status: { phase: string } }>([`pod/${name}`, '-n', namespace]);
        assert.equal(status.phase, 'Running');
      }
    });
  });

  for (const [why, name, target, said] of [
    ['it is headless', 'headless', '1', /headless/],
    ['it is the governing Service', 'web', '1', /govern.*web|web.*govern/],
    ['it is the governing Service, though not headless', 'balanced', '1', /govern/],
    ['it is an ExternalName', 'elsewhere', '1', /db\.example/],
    ['it has no selector', 'by-itself', '1', /no selector/],
    ['it selects no pod of a StatefulSet', 'bare-lb', '0', /StatefulSet/],
    ['it selects no pod at all', 'nobody-lb', '0', /StatefulSet/],
    ['it selects pods of several sets', 'both', '1', /sts\/(shifted|web):1/],
    ['the ordinal is above the set', 'web-lb', '3', /0.*2/],
    ['the ordinal is below the set’s start', 'shifted-lb', '1', /5.*6/],
    ['the pod is of no set', 'web-lb', 'web-9', /web-9|0.*2/],
    ['the pod is another set’s', 'web-lb', 'shifted-5', /shifted-5/],
    ['there is no such set', 'web-lb', 'sts/nope:1', /nope/],
    ['the pod is not there yet', 'ordered-lb', '1', /ordered-1/],
    ['the pod is not ready', 'sick-lb', '1', /sick-1.*not ready.*--allow-not-ready/],
    ['the pod ends', 'ending-lb', '1', /ending-1.*--allow-not-ready/],
    ['the pod’s labels miss the rest of the selector', 'primary', '1', /role=primary/],
    ['the pod lacks the named port', 'lacking', '1', /metrics/],
    ['its annotation cannot be read', 'scribbled', '1', /kubectl-sts\/pin/],
  ] as const) {
    it(`is refused: ${why}`, async () => {
      const { stderr } = await refused(namespace, name, ['pin', name, target]);
      assert.match(stderr, said);
    });
  }

  for (const name of ['primary', 'lacking', 'ordered-lb']) {
    it(`is refused with --allow-not-ready too, which is about readiness alone: ${name}`, async () => {
      await refused(namespace, name, ['pin', name, '1', '--allow-not-ready']);
    });
  }

  it('is refused by a dry run with the same words', async () => {
    for (const flag of ['--dry-run=client', '--dry-run=server']) {
      const plain = await refused(namespace, 'sick-lb', ['pin', 'sick-lb', '1']);
      const dry = await refused(namespace, 'sick-lb', ['pin', 'sick-lb', '1', flag]);
      assert.equal(dry.stderr, plain.stderr);
    }
  });

  for (const [target, set] of [
    ['sts/web:1', 'web-1'],
    ['sts/shifted:6', 'shifted-6'],
    ['shifted-5', 'shifted-5'],
  ] as const) {
    it(`of several sets is pinned when told of which: ${target}`, async () => {
      await done(['pin', 'both', target, '-n', namespace]);
      assert.deepEqual(await selectorOf(namespace, 'both'), { tier: 'data', [podLabel]: set });
      await done(['unpin', 'both', '-n', namespace]);
      assert.deepEqual(await selectorOf(namespace, 'both'), { tier: 'data' });
    });
  }

  for (const [why, name, target] of [
    ['not ready', 'sick-lb', 'sick-1'],
    ['ending', 'ending-lb', 'ending-1'],
  ] as const) {
    it(`is pinned to a pod that is ${why} with --allow-not-ready, and warned of it`, async () => {
      const { stderr } = await done(['pin', name, target, '--allow-not-ready', '--wait=false', '-n', namespace]);
      assert.match(stderr, new RegExp(`^warning: .*${target}`, 'm'));
      assert.equal((await selectorOf(namespace, name))[podLabel], target);
      await done(['unpin', name, '-n', namespace]);
    });
  }

  it('that does not get to its pod in time stays pinned, and says what is there instead', async () => {
    const args = ['pin', 'sick-lb', '1', '--allow-not-ready', '--timeout', '1s', '-n', namespace];
    const { stderr, code } = await sts(args);
    assert.equal(code, 1, stderr);
    assert.match(stderr, /^error: .*\b(no|not|nobody|nothing)\b/m);
    assert.match(stderr, /sick-lb/);
    assert.equal((await selectorOf(namespace, 'sick-lb'))[podLabel], 'sick-1');
    await done(['unpin', 'sick-lb', '-n', namespace]);
    assert.deepEqual(await selectorOf(namespace, 'sick-lb'), { app: 'sick' });
  });

  it('waits for a pod that becomes ready in time', async () => {
    const one = start(['pin', 'sick-lb', '0', '--allow-not-ready', '-n', namespace]);
    after(() => one.end('SIGKILL'));
    await eventually('the write', async () => {
      assert.equal((await selectorOf(namespace, 'sick-lb'))[podLabel], 'sick-0');
    });
    assert.deepEqual(await readyEndpoints(namespace, 'sick-lb'), []);
    assert.deepEqual(one.lines(), [], 'nothing is reported before it is so');
    await kubectl(['annotate', 'pod', 'sick-0', 'stand.kubectl-sts/unready-', '-n', namespace]);
    assert.equal((await one.end()).code, 0, one.stderr());
    assert.deepEqual(await readyEndpoints(namespace, 'sick-lb'), ['sick-0']);
    await done(['unpin', 'sick-lb', '-n', namespace]);
  });

  it('that is not there is told in kubectl’s words, exit 2', async () => {
    const judge = await tryKubectl(['get', 'service', 'nope', '-n', namespace]);
    for (const command of [
      ['pin', 'nope', '1'],
      ['unpin', 'nope'],
    ]) {
      const { stdout, stderr, code } = await sts([...command, '-n', namespace]);
      assert.deepEqual({ stdout, stderr, code }, { stdout: '', stderr: judge.stderr, code: 2 });
    }
  });

  for (const args of [
    ['pin'],
    ['pin', 'web-lb'],
    ['pin', 'web-lb', 'one'],
    ['pin', 'web-lb', '-1'],
    ['pin', 'web-lb', '01'],
    ['pin', 'web-lb', 'sts/web'],
    ['pin', 'deploy/web', '1'],
    ['pin', 'web-lb', '1', '--to', '2', '--list'],
    ['pin', 'web-lb', '1', '--dry-run=maybe'],
    ['pin', 'web-lb', '1', '-o', 'tree'],
    ['pin', 'web-lb', '1', '--timeout', 'soon'],
    ['pin', 'web-lb', '1', '-f', '/nowhere/x.yaml', '--dry-run=client'],
    ['pin', 'web-lb', '1', '-A'],
    ['unpin'],
    ['unpin', 'web-lb', '--all'],
    ['unpin', 'web-lb', '--selector', 'app'],
    ['unpin', 'web-lb', '--selector', 'app in (web)'],
  ]) {
    it(`is no bad input to guess at: ${args.join(' ')}`, async () => {
      const before = await serviceOf(namespace, 'web-lb');
      const { stdout, stderr, code } = await sts([...args, '-n', namespace]);
      assert.equal(code, 2, `${stdout}${stderr}`);
      assert.equal(stdout, '');
      assert.match(stderr, /^error: /);
      assert.deepEqual(await serviceOf(namespace, 'web-lb'), before);
    });
  }
});

describe('who pins a Service is warned', () => {
  const namespace = ownNamespace('pin-warnings');

  before(async () => {
    await apply(namespace, [
      service('web'),
      set('web'),
      entrance('plain', 'web'),
      entrance('beside', 'web'),
      entrance('local', 'web', { externalTrafficPolicy: 'Local' }),
      entrance('sticky', 'web', {
        sessionAffinity: 'ClientIP',
        sessionAffinityConfig: { clientIP: { timeoutSeconds: 900 } },
      }),
    ]);
    await published(namespace, 'plain', ['web-0', 'web-1']);
  });

  afterEach(() => sts(['unpin', '--all', '-n', namespace]));

  const warnings = async (...args: string[]): Promise<string> => {
    const { stderr } = await done(['pin', ...args, '-n', namespace]);
    const lines = stderr.split('\n').filter((line) => line !== '');
    for (const line of lines) assert.match(line, /^warning: /);
    return lines.join('\n');
  };

  it('that only nodes with the pod answer, and which one that is', async () => {
    const { spec } = await getJson<{ spec: { nodeName: string } }>(['pod/web-1', '-n', namespace]);
    const said = await warnings('local', '1');
    assert.match(said, /externalTrafficPolicy/);
    assert.ok(said.includes(spec.nodeName), said);
    assert.doesNotMatch(await warnings('plain', '1'), /TrafficPolicy/);
  });

  it('that clients stay with the pod that they were sent to', async () => {
    assert.match(await warnings('sticky', '1'), /(session affinity|sessionAffinity|ClientIP)/i);
    assert.doesNotMatch(await warnings('plain', '1'), /(session affinity|sessionAffinity|ClientIP)/i);
  });

  it('that another Service of the set is pinned elsewhere', async () => {
    await done(['pin', 'beside', '0', '-n', namespace]);
    const said = await warnings('plain', '1');
    assert.match(said, /beside.*web-0|web-0.*beside/);
    await done(['unpin', 'plain', '-n', namespace]);
    assert.doesNotMatch(await warnings('plain', '0'), /beside/);
  });

  it('that a rollout is under way', async () => {
    assert.doesNotMatch(await warnings('plain', '1'), /rollout|update/i);
    await done(['unpin', 'plain', '-n', namespace]);
    await patched(namespace, 'statefulset/web', {
      spec: {
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
        template: { metadata: { annotations: { 'stand.kubectl-sts/unready': 'true' } } },
      },
    });
    await eventually('an update that is stuck', async () => {
      const { status } = await getJson<{ status: { updatedReplicas?: number; readyReplicas?: number } }>([
        'statefulset/web',
        '-n',
        namespace,
      ]);
      assert.deepEqual([status.updatedReplicas, status.readyReplicas], [1, 1]);
    });
    assert.match(await warnings('plain', '0'), /rollout|update/i);
  });
});

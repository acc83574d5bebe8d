import assert from 'node:assert/strict';
import type { StatefulSet } from '#src/objects/types.ts';
import { eventually } from './eventually.ts';
import { applyExamples } from './examples.ts';
import { type Judge, judgeOf, podsOf } from './judge.ts';
import { apply, kubectl, sts, tryKubectl } from './kubectl.ts';
import { ownNamespace } from './namespace.ts';
import { type Row, rowsOf, rowsOfSet } from './screen.ts';

interface SetDocument {
  metadata: { name: string };
  rollout: { state: string };
  governingService?: { state: string };
  pods: {
    name: string;
    state: string;
    revisionStanding?: string;
    lostNode?: string;
    claims: { name: string; phase?: string; mountedBy: string[]; storageClass?: { state: string } }[];
  }[];
  leftOver: { name: string; uid: string }[];
}

describe('a set in trouble', () => {
  const namespace = ownNamespace('troubles');

  function ready(set: string): Promise<string> {
    return kubectl(['rollout', 'status', `statefulset/${set}`, '-n', namespace, '--timeout=50s']);
  }

  /** The tree of one set, on a screen and as a document, and what kubectl says at the same time. */
  async function look(name: string): Promise<{ rows: Row[]; document: SetDocument; judge: Judge; set: StatefulSet }> {
    const [judge, text, json] = await Promise.all([
      judgeOf(namespace),
      sts(['tree', name, '-n', namespace]),
      sts(['tree', name, '-n', namespace, '-o', 'json']),
    ]);
    assert.deepEqual([text.stderr, text.code, json.stderr, json.code], ['', 0, '', 0]);
    const set = judge.sets.find(({ metadata }) => metadata.name === name);
    assert.ok(set);
    return { rows: rowsOfSet(rowsOf(text.stdout), name), document: JSON.parse(json.stdout) as SetDocument, judge, set };
  }

  it('that was scaled from 5 to 3 left two claims over', async () => {
    await applyExamples(namespace, 'troubles/scaled-down-1.yaml');
    await ready('scaled-down');
    await applyExamples(namespace, 'troubles/scaled-down-2.yaml');
    await eventually('three pods', async () => {
      const judge = await judgeOf(namespace);
      assert.equal(judge.pods.filter(({ metadata }) => metadata.name.startsWith('scaled-down-')).length, 3);
    });
    const { rows, document, judge } = await look('scaled-down');
    const mounted = judge.pods
      .flatMap(({ spec }) => spec?.volumes ?? [])
      .map((volume) => volume.persistentVolumeClaim?.claimName);
    const unmounted = judge.claims
      .filter(({ metadata }) => metadata.name.startsWith('data-scaled-down-') && !mounted.includes(metadata.name))
      .map(({ metadata }) => [metadata.name, metadata.uid]);
    assert.equal(unmounted.length, 2);
    assert.deepEqual(
      document.leftOver.map(({ name, uid }) => [name, uid]),
      unmounted,
    );
    for (const row of rows) {
      const isLeftOver = unmounted.some(([name]) => row.name === `  pvc/${name}`);
      assert.equal(/left over/.test(row['detail'] ?? ''), isLeftOver, row.name);
    }
  });

  it('whose claims cannot bind: they are Pending, and pod 1 waits for pod 0', async () => {
    await applyExamples(namespace, 'troubles/unbound.yaml');
    await eventually('a claim that waits', async () => {
      const { claims, pods } = await judgeOf(namespace);
      assert.equal(claims.find(({ metadata }) => metadata.name === 'data-unbound-0')?.status?.phase, 'Pending');
      assert.ok(pods.some(({ metadata }) => metadata.name === 'unbound-0'));
    });
    const { rows, document } = await look('unbound');
    assert.deepEqual(
      document.pods.map(({ name, state }) => [name, state]),
      [
        ['unbound-0', 'found'],
        ['unbound-1', 'missing'],
      ],
    );
    assert.deepEqual(
      document.pods[0]?.claims.map(({ name, phase, storageClass }) => [name, phase, storageClass?.state]),
      [['data-unbound-0', 'Pending', 'missing']],
    );
    assert.match(rows.find(({ name }) => name === '  pod/unbound-1')?.['detail'] ?? '', /unbound-0/);
    assert.equal(rows.find(({ name }) => name.endsWith('sc/does-not-exist'))?.['status'], 'missing');
  });

  it('whose governing Service does not exist is told so, while its pods run', async () => {
    await applyExamples(namespace, 'troubles/no-service.yaml');
    await ready('no-service');
    const { rows, document } = await look('no-service');
    assert.equal(document.governingService?.state, 'missing');
    assert.equal(rows.find(({ name }) => name === '  svc/nobody-made-it')?.['status'], 'missing');
  });

  it('that a broken revision holds is stuck, and the pod that holds it is named', async () => {
    await applyExamples(namespace, 'troubles/broken-revision-1.yaml');
    await ready('broken-revision');
    await applyExamples(namespace, 'troubles/broken-revision-2.yaml');
    await eventually('pod 2 without its image', async () => {
      assert.match(await kubectl(['get', 'pod', 'broken-revision-2', '-n', namespace]), /ImagePullBackOff/);
    });
    await applyExamples(namespace, 'troubles/broken-revision-3.yaml');
    await eventually('the mended revision seen by the controller', async () => {
      const { sets } = await judgeOf(namespace);
      const set = sets.find(({ metadata }) => metadata.name === 'broken-revision');
      assert.equal(set?.status?.observedGeneration, set?.metadata.generation);
    });
    const { rows, document, judge, set } = await look('broken-revision');
    const pod = podsOf(judge, set)[2];
    assert.notEqual(pod?.metadata.labels?.['controller-revision-hash'], set.status?.updateRevision);
    assert.equal(document.rollout.state, 'stuck');
    assert.match(`${rows[0]?.['status']} ${rows[0]?.['detail']}`, /stuck/i);
    assert.match(rows[0]?.['detail'] ?? '', /broken-revision-2/);
  });

  it('that starts at ordinal 5, with a partition of 2, has only pod 7 updated', async () => {
    await applyExamples(namespace, 'troubles/ordinals.yaml');
    await ready('ordinals');
    await kubectl(['set', 'env', 'statefulset/ordinals', 'A=1', '-n', namespace]);
    await eventually('pod 7 at the update revision', async () => {
      const judge = await judgeOf(namespace);
      const set = judge.sets.find(({ metadata }) => metadata.name === 'ordinals');
      assert.ok(set);
      const last = podsOf(judge, set).at(-1);
      assert.equal(set.status?.observedGeneration, set.metadata.generation);
      assert.equal(last?.metadata.labels?.['controller-revision-hash'], set.status?.updateRevision);
      assert.equal(set.status?.readyReplicas, 3);
    });
    const { rows, document, judge, set } = await look('ordinals');
    assert.deepEqual(
      document.pods.map(({ name, revisionStanding, claims }) => [
        name,
        revisionStanding,
        claims.map((claim) => claim.name),
      ]),
      podsOf(judge, set).map(({ metadata }) => [
        metadata.name,
        metadata.labels?.['controller-revision-hash'] === set.status?.updateRevision ? 'update' : 'current',
        // In the order of the templates: in the pod the controller writes them in no order.
        [`data-${metadata.name}`, `log-${metadata.name}`],
      ]),
    );
    assert.deepEqual(
      rows.filter(({ name }) => name.includes('pod/')).map(({ name }) => name.trim()),
      ['pod/ordinals-5', 'pod/ordinals-6', 'pod/ordinals-7'],
    );
    assert.doesNotMatch(`${rows[0]?.['status']} ${rows[0]?.['detail']}`, /stuck/i);
    assert.deepEqual(document.leftOver, []);
  });

  it('that shares the claim a-b-c-0 with another: it stands under both and is left over by neither', async () => {
    await applyExamples(namespace, 'troubles/same-claim.yaml');
    await ready('c');
    await ready('b-c');
    for (const name of ['c', 'b-c']) {
      const { document } = await look(name);
      assert.deepEqual(
        document.pods.map(({ claims }) => claims.map((claim) => [claim.name, [...claim.mountedBy].sort()])),
        [[['a-b-c-0', ['b-c-0', 'c-0']]]],
      );
      assert.deepEqual(document.leftOver, []);
    }
  });

  it('whose claim is being deleted under its pod is told that the data goes with the pod', async () => {
    await applyExamples(namespace, 'troubles/claim-deleted.yaml');
    await ready('claim-deleted');
    await kubectl(['delete', 'pvc', 'data-claim-deleted-1', '-n', namespace, '--wait=false']);
    assert.match(await kubectl(['get', 'pvc', 'data-claim-deleted-1', '-n', namespace]), /Terminating/);
    const { rows } = await look('claim-deleted');
    const told = rows.filter(({ name }) => name.includes('pvc/'));
    assert.match(`${told[1]?.['status']} ${told[1]?.['detail']}`, /being deleted/i);
    assert.match(`${told[1]?.['detail']}`, /data|pod/);
    assert.doesNotMatch(`${told[0]?.['status']} ${told[0]?.['detail']}`, /deleted/i);
  });

  it('that lost a pod and may not make it again is shown with its missing ordinal and why', async () => {
    // A quota lets the set have one pod less than it wants.
    await applyExamples(namespace, 'troubles/no-service.yaml');
    await ready('no-service');
    await kubectl(['create', 'quota', 'no-pods', '--hard=pods=0', '-n', namespace]);
    try {
      await eventually('a quota that counts', async () => {
        assert.match(await kubectl(['get', 'quota', 'no-pods', '-n', namespace]), /pods: \d+\/0/);
      });
      await kubectl(['delete', 'pod', 'no-service-1', '-n', namespace]);
      await eventually('FailedCreate', async () => {
        const events = await kubectl([
          'get',
          'events',
          '-n',
          namespace,
          '--field-selector',
          'involvedObject.name=no-service',
        ]);
        assert.match(events, /FailedCreate/);
      });
      await eventually('the row of the missing pod', async () => {
        const { rows, document } = await look('no-service');
        assert.deepEqual(
          document.pods.map(({ name, state }) => [name, state]),
          [
            ['no-service-0', 'found'],
            ['no-service-1', 'missing'],
          ],
        );
        assert.match(rows.find(({ name }) => name === '  pod/no-service-1')?.['detail'] ?? '', /quota/);
      });
    } finally {
      await kubectl(['delete', 'quota', 'no-pods', '-n', namespace]);
    }
  });

  it('that wants 10,000 pods and has none is shown at once, in few lines', async () => {
    await kubectl(['create', 'quota', 'none', '--hard=pods=0', '-n', namespace]);
    try {
      await kubectl(['create', '-n', namespace, '-f', '-'], {
        stdin: JSON.stringify({
          apiVersion: 'apps/v1',
          kind: 'StatefulSet',
          metadata: { name: 'huge' },
          spec: {
            replicas: 10_000,
            serviceName: 'huge',
            selector: { matchLabels: { app: 'huge' } },
            template: {
              metadata: { labels: { app: 'huge' } },
              spec: { containers: [{ name: 'main', image: 'busybox' }] },
            },
          },
        }),
      });
      const began = performance.now();
      const { stdout, code } = await sts(['tree', 'huge', '-n', namespace]);
      assert.ok(performance.now() - began < 5_000, `${performance.now() - began} ms`);
      assert.equal(code, 0);
      assert.match(stdout, /\/10000\b/);
      assert.ok(stdout.split('\n').length < 20, stdout.slice(0, 2000));
    } finally {
      await kubectl(['delete', 'statefulset', 'huge', '-n', namespace, '--wait=false', '--ignore-not-found']);
      await kubectl(['delete', 'quota', 'none', '-n', namespace]);
    }
  });

  it('has a pod whose node is gone, though its containers count as ready', async () => {
    const labels = { app: 'orphaned' };
    const pod = { nodeName: 'gone', containers: [{ name: 'main', image: 'registry.example/main' }] };
    await apply(namespace, [
      {
        apiVersion: 'apps/v1',
        kind: 'StatefulSet',
        metadata: { name: 'orphaned' },
        spec: { replicas: 1, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: pod } },
      },
    ]);
    const status = {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'False' }],
      containerStatuses: [
        { name: 'main', image: '', imageID: '', ready: true, restartCount: 0, state: { running: {} } },
      ],
    };
    const patch = ['--subresource=status', '--type=merge', '-p', JSON.stringify({ status })];
    await eventually('a pod to mark', async () => {
      const { code, stderr } = await tryKubectl(['patch', 'pod', 'orphaned-0', '-n', namespace, ...patch]);
      assert.equal(code, 0, stderr);
    });
    const { rows, document } = await look('orphaned');
    const row = rows.find(({ name }) => name === '  pod/orphaned-0');
    assert.deepEqual([row?.['ready'], row?.['status']], ['1/1', 'Running']);
    assert.match(row?.['detail'] ?? '', /^its node is gone/);
    assert.equal(document.pods[0]?.lostNode, 'missing');
  });

  it('whose pod on a lost node kept its readiness tells of the node once the grace period is over', async () => {
    const name = ['pod', 'orphaned-0', '-n', namespace];
    const status = { conditions: [{ type: 'Ready', status: 'True' }] };
    await kubectl(['patch', ...name, '--subresource=status', '--type=merge', '-p', JSON.stringify({ status })]);
    await kubectl(['delete', ...name, '--grace-period=1', '--wait=false']);
    await eventually('the end of the grace period', async () => {
      const { rows, document } = await look('orphaned');
      const row = rows.find((each) => each.name === '  pod/orphaned-0');
      assert.deepEqual([row?.['ready'], row?.['status']], ['1/1', 'Terminating']);
      assert.match(row?.['detail'] ?? '', /^its node is gone, terminating for \d+s/);
      assert.equal(document.pods[0]?.lostNode, 'missing');
    });
  });
});

import assert from 'node:assert/strict';
import type { Pod } from '#src/objects/types.ts';
import { crashing, statefulSet } from '../../objects/snapshots.ts';
import { external, member, web, webPods, withNote } from '../model/services.ts';
import { pinWorld, podLabel, putService, said } from './world.ts';

describe('pin refuses', () => {
  const world = pinWorld();
  const refused = (service: string, why: string) => said(1, [], [`error: service "${service}" is not pinned: ${why}`]);

  afterEach(() => assert.deepEqual(world.writes(), [], 'and nothing is written'));

  it('an ExternalName', async () => {
    putService(world.cluster, external('alias', { spec: { type: 'ExternalName', externalName: 'db.example' } }));
    const why = 'it is an ExternalName, an alias of db.example, and selects no pods';
    assert.deepEqual(await world.run('pin alias 1'), refused('alias', why));
  });

  it('a headless Service', async () => {
    putService(world.cluster, external('peers', { spec: { clusterIP: 'None' } }));
    const why =
      "it is headless, so its clients choose among all pods themselves: let them use the pod's own DNS name instead";
    assert.deepEqual(await world.run('pin peers 1'), refused('peers', why));
  });

  it('a Service without a selector', async () => {
    putService(world.cluster, external('bare', { spec: { selector: {} } }));
    const why = 'it has no selector, so only its owner decides where it leads';
    assert.deepEqual(await world.run('pin bare 1'), refused('bare', why));
  });

  it('a governing Service', async () => {
    const why =
      'it is the governing Service of web, from which the pods have their DNS names: create another Service to pin';
    assert.deepEqual(await world.run('pin web 1'), refused('web', why));
  });

  it('a Service whose annotation cannot be read', async () => {
    putService(world.cluster, withNote(external('scribbled'), '\u001b[2J'));
    const why =
      'its annotation kubectl-sts/pin cannot be read (it is not JSON), so the original selector is unknown: unpin it with --selector, or correct the annotation';
    assert.deepEqual(await world.run('pin scribbled 1'), refused('scribbled', why));
  });

  it('a Service that selects no pod of a StatefulSet', async () => {
    putService(world.cluster, external('other', { spec: { selector: { app: 'other', tier: 'x' } } }));
    const why = 'its selector app=other, tier=x selects no pod of a StatefulSet';
    assert.deepEqual(await world.run('pin other 1'), refused('other', why));
  });

  it('a Service that selects pods of several sets, and says how to name one', async () => {
    const db = statefulSet('db');
    world.cluster.put('statefulsets', db);
    world.cluster.put('pods', member(db, 0, { metadata: { labels: { app: 'web' } } }));
    const why = 'it selects pods of web, db: say which StatefulSet, as sts/web:0';
    assert.deepEqual(await world.run('pin lb 0'), refused('lb', why));
  });

  it('a StatefulSet that is missing', async () => {
    assert.deepEqual(await world.run('pin lb sts/db:0'), refused('lb', 'statefulsets.apps "db" not found'));
  });

  for (const [replicas, start, why] of [
    [3, undefined, 'its ordinals are 0 to 2'],
    [1, undefined, 'its only ordinal is 0'],
    [2, 3, 'its ordinals are 3 to 4'],
    [0, undefined, 'it has no pods'],
  ] as const) {
    it(`an ordinal outside a set: ${why}`, async () => {
      world.cluster.put('statefulsets', statefulSet('web', { replicas, ...(start === undefined ? {} : { start }) }));
      assert.deepEqual(await world.run('pin lb sts/web:9'), refused('lb', `StatefulSet web has no ordinal 9: ${why}`));
    });
  }

  it('a pod that is missing', async () => {
    world.cluster.remove('pods', 'web-1');
    for (const target of ['1', 'web-1', 'sts/web:1']) {
      assert.deepEqual(await world.run(`pin lb ${target}`), refused('lb', 'pods "web-1" not found'));
    }
    assert.deepEqual(await world.run('pin lb db-0'), refused('lb', 'pods "db-0" not found'));
  });

  it('a pod of another owner', async () => {
    const stranger: Pod = { metadata: { name: 'web-1', labels: { app: 'web' } } };
    world.cluster.put('pods', stranger);
    assert.deepEqual(await world.run('pin lb 1'), refused('lb', 'pod web-1 does not belong to StatefulSet web'));
    assert.deepEqual(await world.run('pin lb web-1'), refused('lb', 'pod web-1 belongs to no StatefulSet'));
  });

  it('a pod that is being deleted', async () => {
    world.cluster.put('pods', member(web, 1, { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } }));
    const why = 'pod web-1 is being deleted: wait for its replacement, or use --allow-not-ready';
    assert.deepEqual(await world.run('pin lb 1'), refused('lb', why));
  });

  it('a pod that is not ready', async () => {
    world.cluster.put('pods', member(web, 1, { status: crashing() }));
    const why =
      'pod web-1 is not ready (CrashLoopBackOff), so the Service would have no endpoint: choose another pod, or use --allow-not-ready';
    assert.deepEqual(await world.run('pin lb 1'), refused('lb', why));
  });

  it('a pod that lacks a label of the selector, even with --allow-not-ready', async () => {
    putService(world.cluster, external('primary', { spec: { selector: { app: 'web', role: 'primary' } } }));
    const why = 'pod web-1 lacks labels that the selector requires: role=primary';
    assert.deepEqual(await world.run('pin primary web-1 --allow-not-ready'), refused('primary', why));
  });

  it('a pod without a port that the Service forwards to, even with --allow-not-ready', async () => {
    putService(world.cluster, external('metrics', { spec: { ports: [{ port: 80, targetPort: 'metrics' }] } }));
    const why = 'pod web-1 has no port named metrics, to which the Service forwards';
    assert.deepEqual(await world.run('pin metrics 1 --allow-not-ready'), refused('metrics', why));
  });

  for (const [resource, name] of [
    ['statefulsets', 'statefulsets.apps'],
    ['pods', 'pods'],
  ] as const) {
    it(`to plan without the right to list ${resource}`, async () => {
      world.cluster.denied.add(`list ${resource}`);
      const { code, stdout, stderr } = await world.run('pin lb 1');
      assert.deepEqual([code, stdout], [1, '']);
      assert.ok(
        stderr.startsWith(
          `error: service "lb" is not pinned: no right to list ${name}: ${name} is forbidden: User "somebody" cannot list resource "${resource}"`,
        ),
        stderr,
      );
      assert.equal(stderr.split('\n').length, 2);
    });
  }
});

describe('pin warns', () => {
  const world = pinWorld();

  async function warned(words: string, ...warnings: string[]): Promise<void> {
    const { code, stdout, stderr } = await world.run(words);
    assert.deepEqual([code, stderr], [0, warnings.map((warning) => `warning: ${warning}\n`).join('')]);
    assert.match(stdout, /^service\/\S+ pinned to/);
  }

  it('of nothing when there is nothing to say', () => warned('pin lb 1'));

  it('of a pod that is not ready', async () => {
    world.cluster.put('pods', member(web, 1, { status: crashing() }));
    const { stdout, stderr } = await world.run('pin lb 1 --allow-not-ready --wait=false');
    assert.equal(
      stderr,
      'warning: pod web-1 is not ready (CrashLoopBackOff): the Service has no endpoint until it is\n',
    );
    assert.match(stdout, /^service\/lb pinned to pod\/web-1 \(not ready\)$/m);
  });

  it('of a pod that is being deleted', async () => {
    world.cluster.put('pods', member(web, 1, { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } }));
    assert.match(
      (await world.run('pin lb 1 --allow-not-ready --wait=false')).stderr,
      /^warning: pod web-1 is being deleted: the Service has no endpoint until it is replaced\n/,
    );
  });

  for (const traffic of ['external', 'internal'] as const) {
    it(`of ${traffic} traffic that only one node answers`, async () => {
      putService(world.cluster, external('local', { spec: { [`${traffic}TrafficPolicy`]: 'Local' } }));
      await warned('pin local 1', `${traffic}TrafficPolicy is Local: only node node-1 answers`);
      world.cluster.put('pods', member(web, 2, { spec: { nodeName: '' } }));
      await warned('pin local 2', `${traffic}TrafficPolicy is Local: only the pod's node answers`);
    });
  }

  it('of session affinity', async () => {
    putService(world.cluster, external('sticky', { spec: { sessionAffinity: 'ClientIP' } }));
    await warned(
      'pin sticky 1',
      'sessionAffinity is ClientIP: clients may stay with their pod until 10800 s after their last connection',
    );
  });

  it('of a rollout that is under way', async () => {
    world.cluster.put('statefulsets', statefulSet('web', { replicas: 3, status: { updateRevision: 'web-2' } }));
    await warned('pin lb 1', 'a rollout of web is under way: next: deletes web-2 for the update, 0 of 3 updated');
  });

  it('of another Service of the set that is pinned elsewhere', async () => {
    putService(world.cluster, external('beside'));
    await world.run('pin beside 0');
    await warned('pin lb 1', 'service/beside of the same StatefulSet is pinned to web-0');
    await warned('pin lb 0');
  });

  it('of no per-pod Service: a chart may make one for each pod', async () => {
    for (const ordinal of [0, 1, 2]) {
      const selector = { app: 'web', [podLabel]: `web-${ordinal}` };
      putService(world.cluster, external(`broker-${ordinal}`, { spec: { selector } }));
    }
    await warned('pin lb 1');
  });

  it('of a selector that was changed after the first pin', async () => {
    for (const pod of webPods) {
      world.cluster.put('pods', {
        ...pod,
        metadata: { ...pod.metadata, labels: { ...pod.metadata.labels, zone: 'b' } },
      });
    }
    await world.run('pin lb 0');
    world.edit('lb', (lb) => ({ ...lb, spec: { ...lb.spec, selector: { ...lb.spec?.selector, zone: 'b' } } }));
    await warned(
      'pin lb 1',
      'the selector was changed after the first pin (zone=b added): unpin will ask for --force or --keep-changes',
    );
  });

  const selector = { 'f:spec': { 'f:selector': {} } };
  const entry = (manager: string, operation: string) => ({ manager, operation, apiVersion: 'v1', fieldsV1: selector });
  for (const [metadata, warning] of [
    [
      { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}' } },
      'kubectl apply (annotation kubectl.kubernetes.io/last-applied-configuration): its next apply leaves the pin alone where it merges on the client side, and fails with a conflict, or undoes the pin when it is forced, where it applies on the server side',
    ],
    [
      { managedFields: [entry('helm', 'Update')], labels: { 'app.kubernetes.io/managed-by': 'Helm' } },
      'Helm (label app.kubernetes.io/managed-by), which leaves the pin alone',
    ],
    [
      { managedFields: [{ ...entry('fleet', 'Apply'), fieldsV1: { 'f:spec': { 'f:ports': {} } } }] },
      'fleet (field manager fleet): its next apply may fail with a conflict until the Service is unpinned',
    ],
    [
      { managedFields: [entry('fleet', 'Apply')] },
      'fleet (field manager fleet): its next apply fails with a conflict until the Service is unpinned, or undoes the pin when it is forced',
    ],
    [
      { labels: { 'kustomize.toolkit.fluxcd.io/name': 'shop' } },
      'Flux (label kustomize.toolkit.fluxcd.io/name), which undoes the pin the next time it applies',
    ],
    [
      { ownerReferences: [{ apiVersion: 'x/v1', kind: 'Postgresql', name: 'db', uid: 'u', controller: true }] },
      'Postgresql/db (ownerReference), which may undo the pin',
    ],
  ] as const) {
    it(`of the owner of the Service: ${warning}`, async () => {
      putService(world.cluster, external('owned', { metadata: metadata as never }));
      await warned('pin owned 1', `the Service is managed by ${warning}`);
    });
  }

  it('in a dry run, and next to an object', async () => {
    putService(world.cluster, external('local', { spec: { externalTrafficPolicy: 'Local' } }));
    const { stdout, stderr } = await world.run('pin local 1 --dry-run=client -o name');
    assert.deepEqual(
      [stdout, stderr],
      ['service/local\n', 'warning: externalTrafficPolicy is Local: only node node-1 answers\n'],
    );
  });
});

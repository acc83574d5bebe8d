import assert from 'node:assert/strict';
import type { Pod, PodTemplate, StatefulSet } from '#src/objects/types.ts';
import {
  type ClaimChange,
  olderRevisions,
  type Successor,
  successorOf,
  type Templates,
} from '#src/statefulset/controller/successor.ts';
import { podOf, statefulSet } from '../../objects/snapshots.ts';

type PodSpec = NonNullable<PodTemplate['spec']>;
type Volumes = NonNullable<PodSpec['volumes']>;
type Mounts = NonNullable<PodSpec['containers'][number]['volumeMounts']>;

interface SetShape {
  templates?: readonly string[];
  volumes?: Volumes;
  /** Of the container `db`. */
  mounts?: Mounts;
  podSpec?: Partial<PodSpec>;
  spec?: Partial<NonNullable<StatefulSet['spec']>>;
  status?: Partial<NonNullable<StatefulSet['status']>>;
}

function templateWith({ volumes = [], mounts = [], podSpec }: SetShape): PodTemplate {
  return {
    metadata: { labels: { app: 'db' } },
    spec: { containers: [{ name: 'db', volumeMounts: mounts }], volumes, ...podSpec },
  };
}

function setWith(shape: SetShape): StatefulSet {
  const { templates = [], spec, status = {} } = shape;
  return statefulSet('db', { replicas: 3, templates, spec: { template: templateWith(shape), ...spec }, status });
}

/** The pod that the set makes at ordinal 1. */
function podFrom(shape: SetShape, revision = 'db-1'): Pod {
  const set = setWith(shape);
  const { containers = [], initContainers = [] } = set.spec?.template?.spec ?? {};
  return podOf(set, 1, { revision, spec: { volumes: podOf(set, 1).spec?.volumes ?? [], containers, initContainers } });
}

function shared(claim: string, name = claim): Volumes[number] {
  return { name, persistentVolumeClaim: { claimName: claim } };
}

function scratch(name: string): Volumes[number] {
  return { name, ephemeral: {} };
}

const at = (name: string, mountPath: string, more: Partial<Mounts[number]> = {}) => ({ name, mountPath, ...more });
const updated = { status: { updateRevision: 'db-2' } } satisfies SetShape;

function changes(was: SetShape, is: SetShape, templates: Templates = new Map()): Successor['changes'] {
  return successorOf(setWith(is), podFrom(was), templates).changes;
}

const missing = (claim: string, more: Partial<Extract<ClaimChange, { kind: 'claim missing' }>> = {}): ClaimChange => ({
  ...{ kind: 'claim missing', claim, ephemeral: false, instead: undefined, ofTemplate: true },
  ...more,
});
const added = (claim: string): ClaimChange => ({ kind: 'claim added', claim });
const unseen = (path: string, container = 'db', claim = 'data-db-1'): ClaimChange => {
  return { kind: 'mount missing', claim, container, path };
};

const onData: SetShape = { templates: ['data'], mounts: [at('data', '/data')] };

describe('the successor of a pod', () => {
  const cases: [what: string, was: SetShape, is: SetShape, expected: ClaimChange[]][] = [
    ['has the same claims as long as nothing changes', onData, onData, []],
    [
      'lacks a claim whose template was removed',
      { templates: ['data', 'wal'] },
      { templates: ['data'] },
      [missing('wal-db-1')],
    ],
    [
      'has one more for a template that was added',
      { templates: ['data'] },
      { templates: ['data', 'wal'] },
      [added('wal-db-1')],
    ],
    [
      'is on another claim when its template was renamed',
      { templates: ['data'] },
      { templates: ['pgdata'] },
      [missing('data-db-1', { instead: 'pgdata-db-1' })],
    ],
    [
      'is told volume by volume when two templates were renamed',
      { templates: ['data', 'wal'] },
      { templates: ['a', 'b'] },
      [missing('data-db-1'), missing('wal-db-1'), added('a-db-1'), added('b-db-1')],
    ],
    [
      'is on a shared claim where the pod template names one instead of a claim template',
      { templates: ['data'] },
      { ...updated, volumes: [shared('all-data', 'data')] },
      [missing('data-db-1', { instead: 'all-data' })],
    ],
    [
      'is on a claim of its own where a claim template shadows the pod’s volume',
      { volumes: [shared('all-data', 'data')] },
      { volumes: [shared('all-data', 'data')], templates: ['data'] },
      [missing('all-data', { instead: 'data-db-1', ofTemplate: false })],
    ],
    [
      'is on another claim of the pod template',
      { volumes: [shared('old', 'data')] },
      { ...updated, volumes: [shared('new', 'data')] },
      [missing('old', { instead: 'new', ofTemplate: false })],
    ],
    [
      'sees a claim that is called otherwise in the pod template at the same place',
      { volumes: [shared('all', 'a')], mounts: [at('a', '/all')] },
      { ...updated, volumes: [shared('all', 'b')], mounts: [at('b', '/all')] },
      [],
    ],
    [
      'has an empty volume of its own in the place of a claim',
      { templates: ['data'] },
      { ...updated, volumes: [scratch('data')] },
      [missing('data-db-1', { instead: 'db-1-data' })],
    ],
    [
      'has no ephemeral volume less',
      { volumes: [scratch('tmp')] },
      updated,
      [missing('db-1-tmp', { ephemeral: true, ofTemplate: false })],
    ],
    ['has no ephemeral volume more', {}, { ...updated, volumes: [scratch('tmp')] }, [added('db-1-tmp')]],
    [
      'keeps no data of an ephemeral volume that becomes a claim of the same name',
      { volumes: [scratch('tmp')] },
      { ...updated, volumes: [shared('db-1-tmp', 'tmp')] },
      [missing('db-1-tmp', { ephemeral: true, ofTemplate: false, instead: 'db-1-tmp' })],
    ],
    [
      'no longer sees a claim whose mount was removed',
      onData,
      { ...onData, ...updated, mounts: [] },
      [unseen('/data')],
    ],
    [
      'no longer sees it where it did',
      onData,
      { ...onData, ...updated, mounts: [at('data', '/var/lib')] },
      [unseen('/data')],
    ],
    [
      'sees another part of it',
      { templates: ['data'], mounts: [at('data', '/data', { subPath: 'a' })] },
      { ...updated, templates: ['data'], mounts: [at('data', '/data', { subPath: 'b' })] },
      [unseen('/data')],
    ],
    [
      'may see it for reading alone',
      onData,
      { ...onData, ...updated, mounts: [at('data', '/data/', { readOnly: true })] },
      [],
    ],
    [
      'may see it in one more place',
      onData,
      { ...onData, ...updated, mounts: [at('data', '/data'), at('data', '/again')] },
      [],
    ],
    [
      'may see it in a container of another name',
      onData,
      {
        templates: ['data'],
        ...updated,
        podSpec: { containers: [{ name: 'server', volumeMounts: [at('data', '/data')] }] },
      },
      [],
    ],
    [
      'does not see it where only another container does',
      onData,
      {
        ...{ templates: ['data'], ...updated },
        podSpec: { containers: [{ name: 'db' }, { name: 'backup', volumeMounts: [at('data', '/data')] }] },
      },
      [unseen('/data')],
    ],
    [
      'no longer has the block device',
      {
        templates: ['data'],
        podSpec: { containers: [{ name: 'db', volumeDevices: [{ name: 'data', devicePath: '/dev/x' }] }] },
      },
      { templates: ['data'], ...updated },
      [unseen('/dev/x')],
    ],
    [
      'no longer prepares it before it starts',
      { templates: ['data'], podSpec: { initContainers: [{ name: 'init', volumeMounts: [at('data', '/data')] }] } },
      { templates: ['data'], ...updated, podSpec: { initContainers: [{ name: 'init' }] } },
      [unseen('/data', 'init')],
    ],
    [
      'is the same where the pod template changes otherwise',
      { ...onData, volumes: [{ name: 'conf', configMap: { name: 'a' } }] },
      {
        ...{ ...onData, ...updated },
        volumes: [
          { name: 'conf', configMap: { name: 'b' } },
          { name: 'cache', emptyDir: {} },
        ],
        mounts: [at('data', '/data'), at('cache', '/cache')],
        podSpec: { hostNetwork: true },
      },
      [],
    ],
  ];
  for (const [what, was, is, expected] of cases) it(what, () => assert.deepEqual(changes(was, is), expected));

  it('has what admission added to the pod, as long as the revision is the same', () => {
    const pod = podFrom(onData);
    const containers = [...(pod.spec?.containers ?? []), { name: 'agent', volumeMounts: [at('data', '/agent')] }];
    const injected = { ...pod, spec: { ...pod.spec, containers } };
    assert.deepEqual(successorOf(setWith(onData), injected, new Map()).changes, []);
  });

  it('cannot be made while the pod lacks a volume of a claim template, and the controller ends there', () => {
    const wedges = (was: SetShape, is: SetShape) => successorOf(setWith(is), podFrom(was), new Map()).wedges;
    assert.equal(wedges({ templates: ['data'] }, { templates: ['data', 'wal'] }), true);
    assert.equal(wedges({ volumes: [shared('data-db-1', 'old')] }, { templates: ['data'] }), true);
    assert.equal(wedges({ templates: ['data', 'wal'] }, { templates: ['data'] }), false);
  });
});

describe('the successor of a pod that the partition holds back', () => {
  const held: SetShape = {
    spec: { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } },
    status: { currentRevision: 'db-1', updateRevision: 'db-2' },
  };
  const setOf = (shape: SetShape) =>
    setWith({ ...shape, ...held, spec: { template: templateWith(shape), ...held.spec } });

  it('is known without the template of its revision where all its claims are of claim templates', () => {
    const set = setOf({ templates: ['data'], volumes: [shared('new')] });
    const pod = podFrom(onData);
    assert.deepEqual(olderRevisions(set, [pod]), []);
    assert.deepEqual(successorOf(set, pod, new Map()).changes, []);
  });

  it('lacks a claim whose template was added, whatever the template of its revision', () => {
    const set = setOf({ templates: ['data', 'wal'] });
    assert.deepEqual(successorOf(set, podFrom(onData), new Map()), {
      pod: 'db-1',
      wedges: true,
      changes: [added('wal-db-1')],
    });
  });

  it('is known by the template of its revision, and not by the set’s own', () => {
    const set = setOf({ volumes: [shared('new')] });
    const pod = podFrom({ volumes: [shared('old')] });
    assert.deepEqual(olderRevisions(set, [pod, pod]), ['db-1']);
    const older = (volumes: Volumes): Templates => new Map([['db-1', templateWith({ volumes })]]);
    assert.deepEqual(successorOf(set, pod, older([shared('old')])).changes, []);
    assert.deepEqual(successorOf(set, pod, older([])).changes, [missing('old', { ofTemplate: false })]);
    assert.deepEqual(successorOf(set, pod, new Map()).changes, { unknown: 'db-1' });
  });

  it('goes back to the older revision from the newer one', () => {
    const set = setOf({ ...onData });
    const pod = podFrom(onData, 'db-2');
    assert.deepEqual(olderRevisions(set, [pod]), ['db-1']);
    const template = templateWith({ mounts: [at('data', '/former')] });
    assert.deepEqual(successorOf(set, pod, new Map([['db-1', template]])).changes, [unseen('/data')]);
  });
});

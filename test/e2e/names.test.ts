import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EndpointSlice, Event, Named, Pod, StatefulSet } from '#src/objects/types.ts';
import { eventually } from './eventually.ts';
import { apply, getJson, kubectl, sts, tryKubectl } from './kubectl.ts';
import { ownNamespace } from './namespace.ts';
import { sandbox } from './sandbox.ts';

interface NameFault {
  kind: string;
  certainty?: string;
  length: number;
}

interface Tree {
  metadata: { name: string };
  rollout: { state: string; stuck?: { cause: string } };
  nameFaults?: NameFault[];
}

/** A set whose name has so many characters; each variant has another revision, and so another hash. */
function setOf(length: number, variant: number, serviceName = 'names'): object {
  const name = `n${variant}-${'x'.repeat(length - 3)}`;
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name },
    spec: {
      serviceName,
      replicas: 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'main', image: `image:${variant}` }] } },
    },
  };
}

const nameOf = (set: object) => (set as StatefulSet).metadata.name;

describe('the length of a name', () => {
  const namespace = ownNamespace('long-names');
  const sets = [51, 52, 53, 54, 55, 61, 62, 63].flatMap((length) => [1, 2, 3].map((variant) => setOf(length, variant)));
  /** The names of the sets whose pods the API server took. */
  let made: Set<string>;

  const items = async <T>(kind: string) => (await getJson<{ items: T[] }>([kind, '-n', namespace])).items;

  before(async () => {
    await apply(namespace, sets);
    // Each of them gets a pod, or the controller says that it could not make one.
    await eventually('a pod or a refusal of each set', async () => {
      const refused = (await items<Event>('events')).filter(({ reason }) => reason === 'FailedCreate');
      made = new Set((await items<Pod>('pods')).map(({ metadata }) => metadata.name.replace(/-0$/, '')));
      const told = new Set([...made, ...refused.map(({ involvedObject }) => involvedObject?.name ?? '')]);
      assert.deepEqual(
        sets.map(nameOf).filter((name) => !told.has(name)),
        [],
      );
    });
  });

  it('lets all pods of a set come up to 52 characters, and none from 62 on', () => {
    for (const name of sets.map(nameOf)) {
      if (name.length <= 52) assert.ok(made.has(name), name);
      if (name.length >= 62) assert.ok(!made.has(name), name);
    }
  });

  it('is judged in a cluster by the hash of the revision, as the API server judges it', async () => {
    const told = async () => {
      const { stdout } = await sts(['tree', '-n', namespace, '-o', 'json']);
      return (JSON.parse(stdout) as { items: Tree[] }).items;
    };
    const trees = await eventually('the sets are judged', async () => {
      const all = await told();
      assert.ok(all.every(({ rollout }) => rollout.state !== 'pending' && rollout.state !== 'scaling'));
      return all;
    });
    assert.equal(trees.length, sets.length);
    for (const { metadata, rollout, nameFaults = [] } of trees) {
      const { length } = metadata.name;
      const kind = 'podsRefused';
      if (!made.has(metadata.name)) {
        assert.deepEqual(nameFaults, [{ kind, certainty: 'certain', length }]);
        assert.deepEqual([rollout.state, rollout.stuck?.cause], ['stuck', 'labelTooLong']);
      } else if (length > 52) assert.deepEqual(nameFaults, [{ kind, certainty: 'later', length }]);
      else assert.deepEqual(nameFaults, []);
    }
  });

  it('is judged in manifests without the hash: it is said of each set whose pods were refused, and of none below 53', async () => {
    const file = join(sandbox(), 'long-names.json');
    writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: sets }));
    const dns = JSON.parse((await sts(['dns', '-f', file, '-o', 'json'])).stdout) as {
      items: (Named & { findings: NameFault[] })[];
    };
    const tree = JSON.parse((await sts(['tree', '-f', file, '-o', 'json'])).stdout) as { items: Tree[] };
    for (const [position, { metadata, findings }] of dns.items.entries()) {
      const faults = findings.filter(({ kind }) => kind === 'podsRefused');
      assert.deepEqual(tree.items[position]?.nameFaults ?? [], faults);
      const { length } = metadata.name;
      const certainty = length >= 62 ? 'certain' : 'likely';
      assert.deepEqual(faults, length > 52 ? [{ kind: 'podsRefused', certainty, length }] : []);
      if (faults.length === 0 || certainty === 'certain') assert.equal(made.has(metadata.name), faults.length === 0);
    }
  });

  it('lets no set come above 63 characters, of its own name, its Service and its claim templates', async () => {
    const withTemplate = (length: number) => {
      const set = setOf(20, 4) as StatefulSet;
      const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Mi' } } };
      const template = { metadata: { name: 't'.repeat(length) }, spec };
      return { ...set, spec: { ...set.spec, volumeClaimTemplates: [template] } };
    };
    for (const [set, fault] of [
      [setOf(63, 4), undefined],
      [setOf(64, 4), { kind: 'setRefused', field: 'name', length: 64 }],
      [setOf(20, 4, 's'.repeat(63)), undefined],
      [setOf(20, 4, 's'.repeat(64)), { kind: 'setRefused', field: 'serviceName', length: 64 }],
      [withTemplate(63), undefined],
      [withTemplate(64), { kind: 'setRefused', field: 'claimTemplate', length: 64 }],
    ] as const) {
      const stdin = JSON.stringify(set);
      const judge = await tryKubectl(['create', '--dry-run=server', '-n', namespace, '-f', '-'], { stdin });
      const { stdout } = await sts(['tree', nameOf(set), '-f', '-', '-o', 'json'], { stdin });
      const faults = ((JSON.parse(stdout) as Tree).nameFaults ?? []).filter(({ kind }) => kind === 'setRefused');
      assert.deepEqual(faults, fault === undefined ? [] : [fault]);
      assert.equal(judge.code === 0, fault === undefined, judge.stderr);
    }
  });

  it('makes names that DNS does not carry: a part of more than 63 characters, more than 253 in all', async () => {
    const stdin = JSON.stringify(setOf(62, 1));
    const domain = [60, 60, 60].map((length) => 'd'.repeat(length)).join('.');
    const { stdout } = await sts(['dns', '-f', '-', '--cluster-domain', domain, '-o', 'json'], { stdin });
    const [set] = (JSON.parse(stdout) as { items: { names: { name: string; findings: NameFault[] }[] }[] }).items;
    const [pod, service] = set?.names ?? [];
    assert.deepEqual(pod?.findings, [
      { kind: 'labelTooLong', length: 64 },
      { kind: 'nameTooLong', length: pod?.name.length },
    ]);
    assert.ok((pod?.name.length ?? 0) > 253);
    assert.deepEqual(service?.findings, []);
  });
});

describe('a set whose next revision has too long a hash for its name', () => {
  const namespace = ownNamespace('long-revisions');

  it('is not rolled, since a pod that goes is never made again', async () => {
    // Nine hashes of ten have ten digits, and with them no pod comes up.
    const sets = Array.from({ length: 40 }, (_, variant) => {
      const set = setOf(53, variant + 10) as StatefulSet;
      return { ...set, spec: { ...set.spec, updateStrategy: { type: 'OnDelete' } } };
    });
    await apply(namespace, sets);
    const pod = await eventually('a pod whose hash is short', async () => {
      const { items } = await getJson<{ items: Pod[] }>(['pods', '-n', namespace]);
      const [first] = items.filter(({ status }) => status?.conditions?.some((each) => each.type === 'Ready'));
      assert.ok(first);
      return first.metadata.name;
    });
    const name = pod.replace(/-0$/, '');
    const roll = () => sts(['roll', name, '-n', namespace, '--dry-run=client']);
    await eventually('it may be rolled', async () => assert.equal((await roll()).code, 0));
    await eventually('an update revision whose hash is long', async () => {
      const image = `image:${Math.floor(performance.now())}`;
      await kubectl(['set', 'image', `statefulset/${name}`, '-n', namespace, `main=${image}`]);
      const set = await eventually('the controller sees the change', async () => {
        const seen = await getJson<StatefulSet>(['statefulset', name, '-n', namespace]);
        assert.ok((seen.status?.observedGeneration ?? 0) >= (seen.metadata.generation ?? 0));
        return seen;
      });
      assert.ok((set.status?.updateRevision ?? '').length > 63);
    });
    const { code, stderr } = await roll();
    assert.equal(code, 2);
    assert.match(stderr, new RegExp(`${pod} would not come back: the API server refuses the label`));
    // What the roll was kept from.
    await kubectl(['delete', 'pod', pod, '-n', namespace]);
    await eventually('the controller is refused', async () => {
      const { items } = await getJson<{ items: Event[] }>(['events', '-n', namespace]);
      assert.ok(items.some(({ reason, involvedObject }) => reason === 'FailedCreate' && involvedObject?.name === name));
    });
    assert.notEqual((await tryKubectl(['get', 'pod', pod, '-n', namespace])).code, 0);
  });
});

describe('a set that names another Service than the headless one which selects its pods', () => {
  const namespace = ownNamespace('other-service');

  it('has no names below that one, and is told so, by tree and dns', async () => {
    const set = setOf(20, 1, 'missing');
    const name = nameOf(set);
    const service = (which: string, labels: object, clusterIP?: string) => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: which },
      spec: { selector: labels, ports: [{ port: 80 }], ...(clusterIP && { clusterIP }) },
    });
    await apply(namespace, [set, service('nodes', { app: name }, 'None'), service('front', { app: name })]);
    const ready = ['wait', 'pod', `${name}-0`, '-n', namespace, '--for=condition=Ready', '--timeout=10s'];
    await eventually('the pod is ready', () => kubectl(ready));
    const tree = JSON.parse((await sts(['tree', name, '-n', namespace, '-o', 'json'])).stdout);
    assert.equal(tree.otherHeadlessService, 'nodes');
    const dns = JSON.parse((await sts(['dns', name, '-n', namespace, '--via', 'none', '-o', 'json'])).stdout);
    assert.deepEqual(dns.findings, [{ kind: 'serviceMissing' }, { kind: 'otherServiceSelectsPods', service: 'nodes' }]);
    // The Service has the pod's address, and no name for it.
    await eventually('an endpoint without a hostname', async () => {
      const slices = ['endpointslices', '-n', namespace, '-l', 'kubernetes.io/service-name=nodes'];
      const { items } = await getJson<{ items: EndpointSlice[] }>(slices);
      const endpoints = items.flatMap((slice) => slice.endpoints ?? []);
      assert.ok(endpoints.length > 0);
      assert.ok(endpoints.every(({ hostname }) => hostname === undefined));
    });
    const patch = ['patch', 'statefulset', name, '-n', namespace, '-p', '{"spec":{"serviceName":"nodes"}}'];
    assert.match((await tryKubectl(patch)).stderr, /immutable|forbidden/i);
  });
});

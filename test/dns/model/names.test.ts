import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type ExpectedName,
  expectedNames,
  mostAbsent,
  type NamesSnapshot,
  type SetNames,
} from '#src/dns/model/names.ts';
import type { Part } from '#src/objects/snapshot.ts';
import type { EndpointSlice, Pod, Service, StatefulSet } from '#src/objects/types.ts';
import {
  forbidden,
  headless,
  namespace,
  podOf,
  read,
  snapshotOf,
  statefulSet,
  uidOf,
} from '../../objects/snapshots.ts';

type Spec = NonNullable<Service['spec']>;
type Endpoint = NonNullable<EndpointSlice['endpoints']>[number];

/** A governing Service that selects the pods of the set of its name. */
function governing(name: string, spec: Partial<Spec> = {}): Service {
  const service = headless(name);
  return { ...service, spec: { ...service.spec, selector: { app: name }, ipFamilies: ['IPv4'], ...spec } };
}

/** A pod as the controllers make it: with its hostname, and an address of its own. */
function member(set: StatefulSet, ordinal: number, shape: Parameters<typeof podOf>[2] & { ips?: string[] } = {}): Pod {
  const { ips = [`10.0.0.${ordinal}`], ...rest } = shape;
  const hostname = `${set.metadata.name}-${ordinal}`;
  const pod = podOf(set, ordinal, {
    ...rest,
    spec: { hostname, ...(set.spec?.serviceName ? { subdomain: set.spec.serviceName } : {}), ...rest.spec },
  });
  return { ...pod, status: { ...pod.status, podIPs: ips.map((ip) => ({ ip })) } };
}

const notReady: NonNullable<Pod['status']> = { phase: 'Running', conditions: [{ type: 'Ready', status: 'False' }] };
const goingSince = { deletionTimestamp: '2026-01-01T00:00:00Z' };

function slice(service: string, endpoints: Endpoint[], shape: Partial<EndpointSlice> = {}): EndpointSlice {
  return {
    kind: 'EndpointSlice',
    addressType: 'IPv4',
    ports: [{ name: 'db', port: 5433, protocol: 'TCP' }],
    ...shape,
    metadata: {
      name: `${service}-abcde`,
      namespace,
      labels: { 'kubernetes.io/service-name': service },
      ...shape.metadata,
    },
    endpoints,
  };
}

function endpoint(hostname: string | undefined, ip: string, ready?: boolean): Endpoint {
  return {
    addresses: [ip],
    ...(hostname === undefined ? {} : { hostname }),
    conditions: ready === undefined ? {} : { ready },
  };
}

interface Objects {
  services?: Service[];
  pods?: Pod[];
  slices?: EndpointSlice[] | Part<EndpointSlice>;
}

function snapshot({ services = [], pods = [], slices = [] }: Objects): NamesSnapshot {
  return { ...snapshotOf({ services, pods }), slices: Array.isArray(slices) ? read(slices) : slices };
}

function namesOf(set: StatefulSet, from: Objects | NamesSnapshot, ordinals?: number[]): SetNames {
  const whole = 'statefulSets' in from ? from : snapshot(from);
  const [names] = expectedNames(whole, [set], ordinals);
  assert.ok(names);
  return names;
}

function addressesOf(name: ExpectedName | undefined): string[] {
  return (name?.addresses ?? []).map(({ address }) => address);
}

/** The first name, which is that of the first pod. */
function firstOf(set: StatefulSet, from: Objects | NamesSnapshot): ExpectedName {
  const [first] = namesOf(set, from).names;
  assert.ok(first);
  return first;
}

function serviceOf(set: StatefulSet, from: Objects | NamesSnapshot): ExpectedName {
  const last = namesOf(set, from).names.at(-1);
  assert.ok(last?.subject.kind === 'service');
  return last;
}

function findingsOf(set: StatefulSet, from: Objects | NamesSnapshot): string[] {
  return namesOf(set, from).findings.map(({ kind }) => kind);
}

const one = statefulSet('web', { replicas: 1 });
const two = statefulSet('web', { replicas: 2 });

describe('the DNS name of a pod', () => {
  it('is POD.SERVICE.NAMESPACE.svc, and the Service’s own comes last', () => {
    const set = statefulSet('web', { replicas: 2, start: 5, spec: { serviceName: 'peers' } });
    const { names } = namesOf(set, { services: [governing('peers', { selector: { app: 'web' } })] });
    assert.deepEqual(
      names.map(({ name }) => name),
      ['web-5.peers.shop.svc', 'web-6.peers.shop.svc', 'peers.shop.svc'],
    );
  });

  it('answers what the EndpointSlices publish under its hostname', () => {
    const from = {
      services: [governing('web')],
      pods: [member(two, 0), member(two, 1)],
      slices: [slice('web', [endpoint('web-0', '10.0.0.0', true), endpoint('web-1', '10.0.0.1')])],
    };
    const { names, findings } = namesOf(two, from);
    assert.deepEqual(names.map(addressesOf), [['10.0.0.0'], ['10.0.0.1'], ['10.0.0.0', '10.0.0.1']]);
    assert.deepEqual([findings, ...names.flatMap((name) => [name.findings, name.unpublished ?? []])].flat(), []);
  });

  it('answers both families of a dual-stack Service, IPv4 first, each once, over all its slices', () => {
    const from = {
      services: [governing('web', { ipFamilies: ['IPv6', 'IPv4'] })],
      pods: [member(one, 0, { ips: ['FD00::0:1', '10.0.0.0'] })],
      slices: [
        slice('web', [endpoint('web-0', 'fd00::1')], { addressType: 'IPv6' }),
        slice('web', [endpoint('web-0', '10.0.0.0')]),
        slice('web', [endpoint('web-0', '10.0.0.0')]),
      ],
    };
    const first = firstOf(one, from);
    assert.deepEqual(first.families, ['IPv4', 'IPv6']);
    assert.deepEqual(addressesOf(first), ['10.0.0.0', 'fd00::1']);
    assert.deepEqual(first.findings, []);
  });

  it('has no other Service’s addresses, nor those of one with that name elsewhere', () => {
    const elsewhere = { name: 'web-1', namespace: 'elsewhere', labels: { 'kubernetes.io/service-name': 'web' } };
    const slices = [
      slice('other', [endpoint('web-0', '10.9.9.9')]),
      slice('web', [endpoint('web-0', '10.9.9.8')], { metadata: elsewhere }),
    ];
    assert.deepEqual(firstOf(one, { services: [governing('web')], pods: [member(one, 0)], slices }).unpublished, {
      kind: 'not in a slice',
    });
  });

  it('is of a condemned pod too, and of a missing one', () => {
    const { names } = namesOf(two, { services: [governing('web')], pods: [member(two, 1), member(two, 4)] });
    assert.deepEqual(
      names.map(({ subject, unpublished }) => [subject.kind === 'pod' ? subject.ordinal : '', unpublished?.kind]),
      [
        [0, 'pod missing'],
        [1, 'not in a slice'],
        [4, 'not in a slice'],
        ['', 'no endpoints'],
      ],
    );
  });

  it('is told alone where its ordinal is asked for', () => {
    const { names } = namesOf(two, { services: [governing('web')], pods: [member(two, 0), member(two, 1)] }, [7, 1, 7]);
    assert.deepEqual(
      names.map(({ name }) => name),
      ['web-1.web.shop.svc', 'web-7.web.shop.svc'],
    );
  });

  it('may be missing by the thousand million: the first are told, the others counted', () => {
    const set = statefulSet('web', { replicas: 2 ** 31 - 1 });
    const { names, findings } = namesOf(set, { services: [governing('web')], pods: [member(set, 3)] });
    assert.equal(names.length, mostAbsent + 2);
    assert.deepEqual(findings, [{ kind: 'absent pods not listed', count: 2 ** 31 - 2 - mostAbsent }]);
  });

  it('is found among thousands in no more than a moment', () => {
    const set = statefulSet('web', { replicas: 5000 });
    const ip = (ordinal: number) => `10.1.${ordinal >> 8}.${ordinal & 255}`;
    const ordinals = Array.from({ length: 5000 }, (_, ordinal) => ordinal);
    const from = {
      services: [governing('web')],
      pods: ordinals.map((ordinal) => member(set, ordinal, { ips: [ip(ordinal)] })),
      slices: ordinals.map((ordinal) => slice('web', [endpoint(`web-${ordinal}`, ip(ordinal))])),
    };
    const began = performance.now();
    const { names } = namesOf(set, from);
    assert.ok(performance.now() - began < 2_000, 'at once');
    assert.ok(names.every(({ unpublished }) => unpublished === undefined));
  });
});

describe('a pod’s name is not published', () => {
  const why = (pod: Pod | undefined, spec: Partial<Spec> = {}, slices: EndpointSlice[] = []) =>
    firstOf(one, { services: [governing('web', spec)], pods: pod ? [pod] : [], slices }).unpublished;

  it('while the pod is not ready: its endpoint says so', () => {
    const slices = [slice('web', [endpoint('web-0', '10.0.0.0', false)])];
    assert.deepEqual(why(member(one, 0, { status: notReady }), {}, slices), { kind: 'not ready' });
  });

  it('while the pod terminates, ready as it may be', () => {
    assert.deepEqual(why(member(one, 0, { metadata: goingSince })), { kind: 'terminating' });
  });

  it('before the pod has an address of the Service’s families', () => {
    assert.deepEqual(why(member(one, 0, { status: { phase: 'Pending' }, ips: [] })), { kind: 'no address' });
    assert.deepEqual(why(member(one, 0), { ipFamilies: ['IPv6'] }), { kind: 'no address' });
  });

  it('after the pod has ended', () => {
    assert.deepEqual(why(member(one, 0, { status: { phase: 'Failed' } }), { publishNotReadyAddresses: true }), {
      kind: 'not ready',
    });
  });

  it('where the Service’s selector misses the pod', () => {
    assert.deepEqual(why(member(one, 0), { selector: { app: 'web', tier: 'db' } }), { kind: 'not selected' });
  });

  it('where the pod was made under another hostname or subdomain', () => {
    const kept = member(one, 0, { spec: { subdomain: 'former' } });
    assert.deepEqual(why(kept), { kind: 'other hostname', hostname: 'web-0', subdomain: 'former' });
    assert.deepEqual(why(podOf(one, 0)), { kind: 'other hostname', hostname: undefined, subdomain: undefined });
  });

  it('where the controller lags', () => {
    assert.deepEqual(why(member(one, 0)), { kind: 'not in a slice' });
    assert.deepEqual(why(member(one, 0), {}, [slice('web', [endpoint('web-0', '10.0.0.0', false)])]), {
      kind: 'not in a slice',
    });
  });

  it('where the governing Service is missing, whatever slices it left', () => {
    const slices = [slice('web', [endpoint('web-0', '10.0.0.0')])];
    const { names, findings } = namesOf(one, { pods: [member(one, 0)], slices });
    assert.deepEqual(findings, [{ kind: 'service missing' }]);
    assert.deepEqual(
      names.map(({ unpublished, addresses }) => [unpublished?.kind, addresses.length]),
      [
        ['service missing', 0],
        ['service missing', 0],
      ],
    );
  });

  it('where the set names no Service: then it has no name at all', () => {
    const set = statefulSet('web', { replicas: 1, spec: { serviceName: '' } });
    const { names, findings, serviceName } = namesOf(set, { pods: [member(set, 0)], services: [governing('web')] });
    const other = { kind: 'other Service selects the pods', service: 'web' };
    assert.deepEqual([serviceName, findings], [undefined, [{ kind: 'no serviceName' }, other]]);
    assert.deepEqual(
      names.map(({ name, unpublished }) => [name, unpublished?.kind]),
      [['', 'no serviceName']],
    );
  });

  it('where the Service is an ExternalName, which gives no names to pods', () => {
    const external: Service = {
      ...headless('web'),
      spec: { type: 'ExternalName', externalName: 'db.example.com', ports: [{ name: 'db', port: 1 }] },
    };
    const { names, findings } = namesOf(one, { services: [external], pods: [member(one, 0)] });
    const expected = { kind: 'ExternalName', target: 'db.example.com' } as const;
    assert.deepEqual(findings, [expected]);
    assert.deepEqual(
      names.map(({ unpublished, ports }) => [unpublished, ports]),
      [
        [expected, []],
        [expected, []],
      ],
    );
  });

  it('is unknown where slices may not be read', () => {
    const from = { services: [governing('web')], pods: [member(one, 0)], slices: forbidden<EndpointSlice>('slices') };
    const { names, findings } = namesOf(one, from);
    assert.deepEqual(findings, [{ kind: 'slices unknown', why: 'forbidden' }]);
    for (const { unpublished } of names) assert.deepEqual(unpublished, { kind: 'slices unknown', why: 'forbidden' });
  });

  it('is certain where the pod itself shows it, read slices or not', () => {
    const pods = [member(one, 0, { status: notReady })];
    const from = { services: [governing('web')], pods, slices: forbidden<EndpointSlice>('slices') };
    assert.deepEqual(firstOf(one, from).unpublished, { kind: 'not ready' });
  });

  it('for reasons that cannot be told where pods may not be read', () => {
    const from = { ...snapshot({ services: [governing('web')] }), pods: forbidden<Pod>('pods') };
    assert.deepEqual(firstOf(one, from).unpublished, { kind: 'pods unknown', why: 'forbidden' });
  });

  it('never by files that hold only the set and its Service, but a selector that misses the template shows', () => {
    const files = (service: Service): NamesSnapshot => ({
      statefulSets: read([one]),
      services: { items: [service], others: 'not given' },
      pods: { items: [], others: 'not given' },
      slices: { items: [], others: 'not given' },
    });
    assert.deepEqual(firstOf(one, files(governing('web'))).unpublished, { kind: 'slices unknown', why: 'not given' });
    const byName = governing('web', { selector: { 'statefulset.kubernetes.io/pod-name': 'web-0' } });
    assert.deepEqual(findingsOf(one, files(byName)), ['slices unknown']);
    const other = files(governing('web', { selector: { app: 'other' } }));
    assert.deepEqual(firstOf(one, other).unpublished, { kind: 'not selected' });
    assert.deepEqual(findingsOf(one, other), ['selector misses the pods', 'slices unknown']);
  });
});

describe('of the objects in a file', () => {
  const services = [governing('web')];
  const notGiven = <T>(items: T[]): Part<T> => ({ items, others: 'not given' });
  const inFile = (pods: Pod[], slices: EndpointSlice[]): NamesSnapshot => ({
    ...snapshot({ services }),
    pods: notGiven(pods),
    slices: notGiven(slices),
  });
  const kinds = (set: StatefulSet, from: NamesSnapshot) =>
    namesOf(set, from).names.map(({ unpublished }) => unpublished?.kind);

  it('who gives one slice of a Service gives them all: what they lack is not published', () => {
    const pods = [member(two, 0), member(two, 1)];
    const partial = [slice('web', [endpoint('web-0', '10.0.0.0')])];
    assert.deepEqual(kinds(two, inFile(pods, partial)), [undefined, 'not in a slice', undefined]);
    assert.deepEqual(kinds(two, inFile(pods, [slice('web', [])])), [
      'not in a slice',
      'not in a slice',
      'no endpoints',
    ]);
    const others = [slice('other', [])];
    assert.deepEqual(kinds(two, inFile(pods, others)), ['slices unknown', 'slices unknown', 'slices unknown']);
  });

  it('as many pods as the status of the set counts are all of its pods', () => {
    const half = statefulSet('web', { replicas: 2, status: { replicas: 1 } });
    const from = inFile([member(half, 0)], [slice('web', [endpoint('web-0', '10.0.0.0')])]);
    assert.deepEqual(kinds(half, from), [undefined, 'pod missing', undefined]);
    assert.deepEqual(kinds(two, from), [undefined, 'pods unknown', undefined]);
  });
});

describe('a pod’s name is published', () => {
  it('of a pod that is not ready, and terminates, where the Service publishes such addresses', () => {
    const pods = [member(one, 0, { status: notReady, metadata: goingSince })];
    const slices = [slice('web', [endpoint('web-0', '10.0.0.0', true)])];
    const from = { services: [governing('web', { publishNotReadyAddresses: true })], pods, slices };
    assert.deepEqual(addressesOf(firstOf(one, from)), ['10.0.0.0']);
    assert.deepEqual(firstOf(one, from).findings, [{ kind: 'not ready, published all the same' }]);
  });

  it('with what the slice gives, and a difference from the pod is told', () => {
    const slices = [slice('web', [endpoint('web-0', '10.9.9.9')])];
    const from = { services: [governing('web')], pods: [member(one, 0)], slices };
    assert.deepEqual(addressesOf(firstOf(one, from)), ['10.9.9.9']);
    const differs = { kind: 'slice differs from pod', slice: ['10.9.9.9'], pod: ['10.0.0.0'] };
    assert.deepEqual(firstOf(one, from).findings, [differs]);
    assert.deepEqual(firstOf(one, { ...from, pods: [] }).findings, [{ ...differs, pod: [] }]);
  });

  it('with the node’s address of a host network pod, which others may share', () => {
    const pods = [0, 1].map((ordinal) => member(two, ordinal, { ips: ['192.168.0.1'], spec: { hostNetwork: true } }));
    const slices = [slice('web', [endpoint('web-0', '192.168.0.1'), endpoint('web-1', '192.168.0.1')])];
    const { names } = namesOf(two, { services: [governing('web')], pods, slices });
    assert.deepEqual(names.map(addressesOf), [['192.168.0.1'], ['192.168.0.1'], ['192.168.0.1']]);
    assert.deepEqual(
      names.flatMap(({ findings }) => findings),
      [],
    );
  });

  it('by slices that somebody made for a Service without selector', () => {
    const service = governing('web', { selector: {} });
    const slices = [slice('web', [endpoint('web-0', '10.0.0.0')])];
    const { names, findings } = namesOf(two, { services: [service], pods: [member(two, 0), podOf(two, 1)], slices });
    assert.deepEqual(findings, [{ kind: 'no selector' }]);
    assert.deepEqual(
      names.map(({ unpublished }) => unpublished?.kind),
      [undefined, 'not in a slice', undefined],
    );
  });

  it('by no endpoint without a hostname, but servers may answer for the pod of such an endpoint', () => {
    const unnamed = (pod: string | undefined, ip: string): Endpoint => ({
      ...endpoint(undefined, ip),
      ...(pod === undefined ? {} : { targetRef: { kind: 'Pod', name: pod } }),
    });
    const adopted = [0, 1].map((ordinal) => member(two, ordinal, { spec: { subdomain: 'old' } }));
    const slices = [slice('web', [unnamed('web-0', '10.0.0.0'), unnamed('other', '10.0.0.1')])];
    const { names } = namesOf(two, { services: [governing('web')], pods: adopted, slices });
    assert.deepEqual(
      names.slice(0, 2).map(({ unpublished, allowed }) => [unpublished?.kind, allowed.map(({ address }) => address)]),
      [
        ['other hostname', ['10.0.0.0']],
        ['other hostname', []],
      ],
    );
    const byHand = [slice('web', [unnamed(undefined, '10.0.0.1')])];
    const kept = namesOf(two, {
      services: [governing('web', { selector: {} })],
      pods: [member(two, 0), member(two, 1)],
      slices: byHand,
    });
    assert.deepEqual(
      kept.names.map(({ unpublished }) => unpublished?.kind),
      ['not in a slice', 'endpoint without hostname', undefined],
    );
  });

  it('in the families that such slices have, whatever the Service says and the pods have besides', () => {
    // The API server writes both families into a headless Service without selector, on any cluster.
    const service = governing('web', { selector: {}, ipFamilies: ['IPv4', 'IPv6'] });
    const slices = [slice('web', [endpoint('web-0', '10.0.0.0')])];
    const pods = [member(two, 0, { ips: ['10.0.0.0', 'fd00::1'] }), member(two, 1)];
    const { names } = namesOf(two, { services: [service], pods, slices });
    assert.deepEqual(
      names.map(({ families, findings }) => [families, findings]),
      names.map(() => [['IPv4'], []]),
    );
    const unknown = namesOf(two, { services: [service], pods }).names;
    assert.deepEqual(
      unknown.map(({ families }) => families),
      [[], [], []],
      'without a slice both are asked for',
    );
    const selecting = governing('web', { ipFamilies: ['IPv4', 'IPv6'] });
    const [first] = namesOf(two, { services: [selecting], pods, slices }).names;
    const differs = { kind: 'slice differs from pod', slice: ['10.0.0.0'], pod: ['10.0.0.0', 'fd00::1'] };
    assert.deepEqual(first?.findings, [differs], 'the controller gives both');
  });

  it('without a word about readiness where nobody looks at it', () => {
    const service = governing('web', { selector: {} });
    const pods = [member(two, 0, { status: notReady }), member(two, 1, { status: { phase: 'Pending' } })];
    const slices = [slice('web', [endpoint('web-0', '10.0.0.0')])];
    const some = namesOf(two, { services: [service], pods, slices }).names;
    assert.deepEqual(
      some.map(({ unpublished, findings }) => [unpublished?.kind, findings]),
      [
        [undefined, []],
        ['not in a slice', []],
        [undefined, []],
      ],
    );
    const none = namesOf(two, { services: [service], pods }).names;
    assert.deepEqual(
      none.map(({ unpublished }) => unpublished?.kind),
      ['not in a slice', 'not in a slice', 'not in a slice'],
    );
    const publishing = governing('web', { publishNotReadyAddresses: true });
    assert.deepEqual(serviceOf(two, { services: [publishing] }).unpublished, { kind: 'not in a slice' });
  });

  it('under a Service that may not be read, as far as the slices tell', () => {
    const slices = [slice('web', [endpoint('web-0', '10.0.0.0')])];
    const from = { ...snapshot({ pods: [member(one, 0)], slices }), services: forbidden<Service>('services') };
    const { names, findings } = namesOf(one, from);
    assert.deepEqual(findings, [{ kind: 'service unknown', why: 'forbidden' }]);
    assert.deepEqual(
      names.map((name) => [addressesOf(name), name.unpublished, name.families]),
      [
        [['10.0.0.0'], undefined, ['IPv4']],
        [[], { kind: 'service unknown', why: 'forbidden' }, []],
      ],
    );
  });
});

describe('the governing Service’s own name', () => {
  it('answers every ready endpoint of a headless one, with a hostname or not', () => {
    const slices = [
      slice('web', [endpoint('web-0', '10.0.0.0'), endpoint(undefined, '10.0.0.7'), endpoint('x', '10.0.0.8', false)]),
    ];
    const name = serviceOf(one, { services: [governing('web')], slices });
    assert.deepEqual(addressesOf(name), ['10.0.0.0', '10.0.0.7']);
    assert.deepEqual(name.ports, [
      {
        name: 'db',
        protocol: 'TCP',
        port: 5432,
        targets: [
          { name: 'web-0.web.shop.svc', address: { family: 'IPv4', address: '10.0.0.0' }, port: 5433 },
          // The server chooses the name.
          { name: undefined, address: { family: 'IPv4', address: '10.0.0.7' }, port: 5433 },
        ],
      },
    ]);
  });

  it('answers the cluster IPs where there are any, while the pods’ names answer the slices', () => {
    const service = governing('web', { clusterIP: '10.96.0.9', clusterIPs: ['10.96.0.9', 'fd00::9'] });
    const slices = [slice('web', [endpoint('web-0', '10.0.0.0')])];
    const { names, findings } = namesOf(one, { services: [service], pods: [member(one, 0)], slices });
    assert.deepEqual(names.map(addressesOf), [['10.0.0.0'], ['10.96.0.9', 'fd00::9']]);
    assert.deepEqual(findings, [{ kind: 'has a cluster IP', clusterIP: '10.96.0.9, fd00::9' }]);
    assert.deepEqual(
      names.at(-1)?.ports[0]?.targets,
      (names.at(-1)?.addresses ?? []).map((address) => ({ name: 'web.shop.svc', address, port: 5432 })),
    );
  });

  it('has no endpoints where none is ready', () => {
    const slices = [slice('web', [endpoint('web-0', '10.0.0.0', false)])];
    assert.deepEqual(serviceOf(one, { services: [governing('web')], slices }).unpublished, { kind: 'no endpoints' });
  });
});

describe('of the governing Service is told', () => {
  it('that its selector misses all the pods', () => {
    const services = [governing('web', { selector: { app: 'other' } })];
    assert.deepEqual(findingsOf(two, { services, pods: [member(two, 0), member(two, 1)] }), [
      'selector misses the pods',
    ]);
    assert.deepEqual(findingsOf(two, { services }), ['selector misses the pods']);
    const some = governing('web', { selector: { 'controller-revision-hash': 'web-2' } });
    const pods = [member(two, 0), member(two, 1, { revision: 'web-2' })];
    assert.deepEqual(findingsOf(two, { services: [some], pods }), []);
  });

  it('that it hides pods from each other, where none or several are not ready; one of many is an ordinary restart', () => {
    const hidden = (...ready: boolean[]) =>
      namesOf(statefulSet('web', { replicas: ready.length }), {
        services: [governing('web')],
        pods: ready.map((is, ordinal) => member(two, ordinal, is ? {} : { status: notReady })),
      }).findings.flatMap((finding) => (finding.kind === 'hides not-ready pods' ? finding.pods : []));
    assert.deepEqual(hidden(true, true, false), []);
    assert.deepEqual(hidden(false), []);
    assert.deepEqual(hidden(true, false, false), ['web-1', 'web-2']);
    const starting = statefulSet('web', { replicas: 3 });
    const from = { services: [governing('web')], pods: [member(starting, 0, { status: notReady })] };
    assert.deepEqual(findingsOf(starting, from), ['hides not-ready pods']);
    const publishing = { ...from, services: [governing('web', { publishNotReadyAddresses: true })] };
    assert.deepEqual(findingsOf(starting, publishing), []);
  });
});

describe('expected names, whatever the objects,', () => {
  it('have an address or a reason for none, and are told once each, the Service last', () => {
    const pods = fc.uniqueArray(fc.record({ ordinal: fc.nat(9), ready: fc.boolean(), going: fc.boolean() }), {
      selector: ({ ordinal }) => ordinal,
    });
    const endpoints = fc.array(
      fc.tuple(fc.nat(9), fc.option(fc.boolean()), fc.oneof(fc.ipV4(), fc.ipV6(), fc.string())),
    );
    const spec = fc.record({
      publishNotReadyAddresses: fc.boolean(),
      clusterIP: fc.constantFrom('None', '10.96.0.1', ''),
    });
    fc.assert(
      fc.property(fc.nat(9), pods, endpoints, fc.option(spec), (replicas, present, given, service) => {
        const set = statefulSet('web', { replicas });
        const { names } = namesOf(set, {
          services: service ? [governing('web', service)] : [],
          pods: present.map(({ ordinal, ready, going }) =>
            member(set, ordinal, { ...(ready ? {} : { status: notReady }), metadata: going ? goingSince : {} }),
          ),
          slices: given.map(([ordinal, ready, ip]) =>
            slice('web', [endpoint(`web-${ordinal}`, ip, ready ?? undefined)]),
          ),
        });
        for (const { addresses, unpublished } of names) assert.equal(addresses.length === 0, unpublished !== undefined);
        assert.equal(new Set(names.map(({ name }) => name)).size, names.length);
        assert.deepEqual(
          names.findIndex(({ subject }) => subject.kind === 'service'),
          names.length - 1,
        );
      }),
    );
  });

  it('belong to the set by the controller’s UID', () => {
    const former = { ...one, metadata: { ...one.metadata, uid: uidOf('StatefulSet', 'former') } };
    assert.deepEqual(firstOf(one, { services: [governing('web')], pods: [member(former, 0)] }).unpublished, {
      kind: 'pod missing',
    });
  });
});

/** Judged names as short as a test's point allows: of the set `web` in `shop`, asked of coredns-0 and coredns-1. */

import type { Unpublished } from '#src/dns/model/names.ts';
import type { Heard, JudgedName, JudgedSet, Verdict } from '#src/dns/model/verdicts.ts';
import type { NameFormatOptions } from '#src/dns/view/format.ts';
import type { Asked } from '#src/dns/view/notes.ts';
import type { Address } from '#src/objects/address.ts';
import { statefulSet } from '../../objects/snapshots.ts';

export const asked: Asked = {
  via: 'port-forward',
  servers: ['coredns-0', 'coredns-1'],
  unreached: [],
  nodeCache: { state: 'missing' },
  answeredBy: undefined,
  clusterDomain: {
    state: 'known',
    domain: 'cluster.local',
    source: { kind: 'config map', namespace: 'kube-system', name: 'coredns' },
  },
};

export function setOf(names: JudgedName[], shape: Partial<JudgedSet> = {}): JudgedSet {
  return { set: statefulSet('web'), serviceName: 'web', findings: [], names, ...shape };
}

export function addresses(...texts: string[]): Address[] {
  return texts.map((address) => ({ family: address.includes(':') ? 'IPv6' : 'IPv4', address }));
}

/** @param said a word such as NXDOMAIN, or addresses */
export function heard(server: string, ...said: string[]): Heard {
  const [first = 'NOERROR'] = said;
  if (/^[A-Z]/.test(first)) return { server, outcome: first, addresses: [], ttl: undefined, why: undefined };
  if (first === 'none') return { server, outcome: 'none', addresses: [], ttl: undefined, why: 'timed out' };
  return { server, outcome: 'NOERROR', addresses: addresses(...said), ttl: 5, why: undefined };
}

interface NameShape {
  expected?: string[];
  heard?: Heard[];
  verdicts?: [Verdict, ...Verdict[]];
  unpublished?: Unpublished;
  findings?: JudgedName['findings'];
  records?: JudgedName['records'];
}

export function podName(ordinal: number, shape: NameShape = {}): JudgedName {
  const pod = `web-${ordinal}`;
  return named(`${pod}.web.shop.svc`, { kind: 'pod', ordinal, pod }, shape);
}

export function serviceName(shape: NameShape = {}): JudgedName {
  return named('web.shop.svc', { kind: 'service', service: 'web' }, shape);
}

function named(name: string, subject: JudgedName['subject'], shape: NameShape): JudgedName {
  const { expected = [], unpublished, findings = [], verdicts = [{ kind: 'ok' }] } = shape;
  const both = ['coredns-0', 'coredns-1'].map((server) =>
    heard(server, ...(expected.length > 0 ? expected : ['NXDOMAIN'])),
  );
  return {
    subject,
    name,
    fqdn: `${name}.cluster.local`,
    addresses: addresses(...expected),
    allowed: [],
    families: ['IPv4'],
    unpublished,
    findings,
    ports: [],
    heard: shape.heard ?? both,
    records: shape.records ?? [],
    verdicts,
  };
}

/** As in the issue that `dns` was made for: one is well, one server lags, one is not ready. */
export function threePods(): JudgedSet {
  return setOf([
    podName(0, { expected: ['10.0.1.1'] }),
    podName(1, {
      expected: ['10.0.2.1'],
      heard: [heard('coredns-0', '10.0.2.1'), heard('coredns-1', '10.0.2.9')],
      verdicts: [
        { kind: 'wrong address', got: ['10.0.2.9'], servers: ['coredns-1'] },
        { kind: 'servers disagree', right: ['coredns-0'], wrong: ['coredns-1'] },
      ],
    }),
    podName(2, { verdicts: [{ kind: 'not published' }], unpublished: { kind: 'not ready' } }),
    serviceName({ expected: ['10.0.1.1', '10.0.2.1'] }),
  ]);
}

const both = ['coredns-0', 'coredns-1'];

/** Each verdict that there is, with what it says of web-0 when both servers are to blame. */
export const eachVerdict: { [Kind in Verdict['kind']]: [verdict: Extract<Verdict, { kind: Kind }>, words: string] } = {
  ok: [{ kind: 'ok' }, 'ok'],
  'not asked': [{ kind: 'not asked' }, 'not asked'],
  'not published': [{ kind: 'not published' }, 'not published'],
  'not known': [{ kind: 'not known' }, 'not known'],
  'resolves unpublished': [
    { kind: 'resolves unpublished', givenBy: both },
    'works, though not published: it has no address',
  ],
  'domain undetermined': [{ kind: 'domain undetermined' }, 'not asked: the cluster domain is not determined'],
  missing: [
    { kind: 'missing', servers: both },
    "missing: published, but coredns-0 and coredns-1 say NXDOMAIN; see the DNS servers' logs",
  ],
  'wrong address': [
    { kind: 'wrong address', got: ['10.0.0.9'], servers: both },
    "wrong address: coredns-0 and coredns-1 give 10.0.0.9; see the DNS servers' logs",
  ],
  'extra address': [
    { kind: 'extra address', got: ['10.0.0.9'], servers: both },
    'extra address: coredns-0 and coredns-1 give 10.0.0.9 too',
  ],
  incomplete: [
    { kind: 'incomplete', lacking: ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4'], servers: both },
    "incomplete: coredns-0 and coredns-1 lack 10.0.0.1, 10.0.0.2 and 2 more; see the DNS servers' logs",
  ],
  'family missing': [
    { kind: 'family missing', family: 'IPv6', servers: both },
    'no IPv6: coredns-0 and coredns-1 give no AAAA record',
  ],
  'servers disagree': [
    { kind: 'servers disagree', right: ['coredns-0'], wrong: ['coredns-1'] },
    'servers disagree: coredns-1 is wrong, coredns-0 is right',
  ],
  stale: [
    { kind: 'stale', got: ['10.0.0.9'], servers: ['coredns-1'] },
    'stale: coredns-1 still gives 10.0.0.9, coredns-0 is right',
  ],
  'no answer': [
    { kind: 'no answer', why: 'timed out', timedOut: true, servers: both },
    'no answer: coredns-0 and coredns-1 timed out',
  ],
  refused: [
    { kind: 'refused', rcode: 'REFUSED', servers: both },
    'REFUSED: from coredns-0 and coredns-1; is the cluster domain right?',
  ],
  'srv wrong': [
    { kind: 'srv wrong', port: 'db', expected: ['web-0.web:5432'], got: [], servers: both },
    'SRV wrong: port db: coredns-0 and coredns-1 have no record, expected web-0.web:5432',
  ],
  'ptr wrong': [
    { kind: 'ptr wrong', address: '10.0.0.1', got: ['other.web', 'x.y'], servers: both },
    'PTR wrong: 10.0.0.1 has the name other.web and x.y at coredns-0 and coredns-1',
  ],
};

/** Each reason for which a name is not in DNS, with what it says of web-0. */
export const eachUnpublished: { [Kind in Unpublished['kind']]: [Extract<Unpublished, { kind: Kind }>, string] } = {
  'no serviceName': [{ kind: 'no serviceName' }, 'not published: the set names no Service'],
  'service missing': [{ kind: 'service missing' }, 'not published: Service web is missing'],
  'service unknown': [{ kind: 'service unknown', why: 'forbidden' }, 'not known: Services may not be read'],
  ExternalName: [{ kind: 'ExternalName', target: 'db.example.com' }, 'not published: Service web is an ExternalName'],
  'pod missing': [{ kind: 'pod missing' }, 'not published: there is no such pod; see kubectl sts tree'],
  'pods unknown': [{ kind: 'pods unknown', why: 'not given' }, 'not known: pods are not given'],
  'slices unknown': [{ kind: 'slices unknown', why: 'forbidden' }, 'not known: EndpointSlices may not be read'],
  'not ready': [{ kind: 'not ready' }, 'not published: the pod is not ready'],
  terminating: [{ kind: 'terminating' }, 'not published: the pod is terminating'],
  'no address': [{ kind: 'no address' }, 'not published: the pod has no address yet'],
  'not selected': [
    { kind: 'not selected' },
    "not published: the Service's selector misses the pod; see kubectl get pod web-0 --show-labels",
  ],
  'other hostname': [
    { kind: 'other hostname', hostname: undefined, subdomain: 'old' },
    "not published: the pod has no hostname and the pod's subdomain is old, not web; only a pod made anew gets the right one",
  ],
  'not in a slice': [
    { kind: 'not in a slice' },
    'not published: no EndpointSlice has the pod; see kubectl get endpointslices -l kubernetes.io/service-name=web',
  ],
  'endpoint without hostname': [
    { kind: 'endpoint without hostname' },
    'not published: its EndpointSlice gives the pod no hostname',
  ],
  'no endpoints': [{ kind: 'no endpoints' }, 'not published: the Service has no ready pod'],
};

/** Each finding about a set, with what it says of it. */
export const eachSetFinding: {
  [Kind in JudgedSet['findings'][number]['kind']]: [Extract<JudgedSet['findings'][number], { kind: Kind }>, string];
} = {
  'no serviceName': [
    { kind: 'no serviceName' },
    'it has no spec.serviceName, so its pods have no names; that can be set only when a set is made',
  ],
  'service missing': [
    { kind: 'service missing' },
    'its Service web is missing: create it, headless, with the labels of the pods as its selector',
  ],
  'service unknown': [{ kind: 'service unknown', why: 'forbidden' }, 'its Service web may not be read'],
  'selector misses the pods': [
    { kind: 'selector misses the pods' },
    'the selector of Service web misses all of its pods: see kubectl get pods --show-labels',
  ],
  'no selector': [{ kind: 'no selector' }, "Service web has no selector: its EndpointSlices are somebody else's work"],
  'has a cluster IP': [
    { kind: 'has a cluster IP', clusterIP: '10.96.0.7' },
    'Service web is not headless (10.96.0.7): CoreDNS gives names to its pods, the DNS specification does not promise it',
  ],
  ExternalName: [
    { kind: 'ExternalName', target: 'db.example.com' },
    'Service web is an ExternalName, db.example.com: it gives no names to pods',
  ],
  'hides not-ready pods': [
    { kind: 'hides not-ready pods', pods: ['web-1', 'web-2'] },
    'Service web hides pods that are not ready (web-1 and web-2): if members must meet before they are ready, set publishNotReadyAddresses',
  ],
  'slices unknown': [
    { kind: 'slices unknown', why: 'not given' },
    'what is published is unknown: EndpointSlices are not given',
  ],
  'absent pods not listed': [
    { kind: 'absent pods not listed', count: 7 },
    '7 more of its pods are missing, and not listed',
  ],
  'other Service selects the pods': [
    { kind: 'other Service selects the pods', service: 'web-headless' },
    'web-headless is the headless Service of the pods, and spec.serviceName does not name it: that can be set only when a set is made',
  ],
  'set refused': [
    { kind: 'set refused', field: 'serviceName', length: 70 },
    'serviceName too long: it has 70 characters, and the API server takes 63',
  ],
  'pods refused': [
    { kind: 'pods refused', certainty: 'likely', length: 55 },
    'name too long: with 55 characters its pods will probably be refused, since the label controller-revision-hash takes 63 for the name and a hash; up to 52 always fit',
  ],
};

/** A table of one set, as it goes into a pipe. */
export const plain: NameFormatOptions = {
  format: 'table',
  single: true,
  allNamespaces: false,
  header: true,
  colour: false,
  width: undefined,
  port: undefined,
};

/** From a Snapshot to the names that DNS is to give for a StatefulSet, and what each must answer. */
import { type Address, type Family, inOrder, parseAddress } from '#src/objects/address.ts';
import { controllerOf } from '#src/objects/owners.ts';
import { isRunningAndReady } from '#src/objects/podstatus.ts';
import { isHeadless, serviceNameLabel } from '#src/objects/service.ts';
import { index, type Lookup, type Part, type Snapshot } from '#src/objects/snapshot.ts';
import type { EndpointSlice, Pod, Service, StatefulSet } from '#src/objects/types.ts';
import { isMember, isWanted, ordinalOf, podName, podNameLabel, wantedOrdinals } from '#src/statefulset/identity.ts';

export type { Address, Family };

/** What the names of a set are told from. */
export type NamesSnapshot = Pick<Snapshot, 'statefulSets' | 'services' | 'pods'> & { slices: Part<EndpointSlice> };

/** The names of one set. */
export interface SetNames {
  set: StatefulSet;
  /** Undefined when the set names none: its pods then have no names. */
  serviceName: string | undefined;
  /** What is wrong, or worth knowing, with the set as a whole. */
  findings: SetFinding[];
  /** Pods in the order of their ordinals (present ones outside the wanted range included), and then the Service. */
  names: ExpectedName[];
}

export type SetFinding =
  | { kind: 'no serviceName' }
  | { kind: 'service missing' }
  | { kind: 'service unknown'; why: Unseen }
  /** It selects none of the set's pods, which have these labels. */
  | { kind: 'selector misses the pods' }
  /** Its addresses are not looked after by a selector. */
  | { kind: 'no selector' }
  /**
   * The pods' names resolve there too with CoreDNS, but the DNS specification does not promise it. The address is empty
   * where it was not given out yet.
   */
  | { kind: 'has a cluster IP'; clusterIP: string }
  | { kind: 'ExternalName'; target: string }
  /** Not-ready pods are hidden from each other: members that must meet before they are ready never will. */
  | { kind: 'hides not-ready pods'; pods: string[] }
  | { kind: 'slices unknown'; why: Unseen }
  /** So many wanted pods are absent that `count` of them have no name here. */
  | { kind: 'absent pods not listed'; count: number };

/** Why something is not known to be there or not. */
export type Unseen = 'forbidden' | 'not given';

export interface ExpectedName {
  subject: { kind: 'pod'; ordinal: number; pod: string } | { kind: 'service'; service: string };
  /** Without the cluster domain: `web-0.web.shop.svc`. Empty for a pod whose set names no Service. */
  name: string;
  /** That the EndpointSlices (or the cluster IPs) publish for it, in canonical form, IPv4 first, each once. */
  addresses: Address[];
  /** Of the Service: of these it can have addresses. Empty when the Service is not at hand, or does not say. */
  families: Family[];
  /** Why there is no address; undefined when there is one. */
  unpublished: Unpublished | undefined;
  /** What the objects say against each other. */
  findings: NameFinding[];
  /** Named ports of the Service, for SRV records: `_NAME._PROTOCOL.SERVICE…`, on the name of the Service alone. */
  ports: NamedPort[];
}

export interface NamedPort {
  name: string;
  /** `TCP` */
  protocol: string;
  /** The Service's own. */
  port: number;
  /** What the SRV records must say: names without the cluster domain, and the ports behind them. */
  targets: { name: string; port: number }[];
}

export type Unpublished =
  | { kind: 'no serviceName' }
  | { kind: 'service missing' }
  /** Of the Service's own name: whether it has a cluster IP is not known. */
  | { kind: 'service unknown'; why: Unseen }
  /** The Service's own name is another one's, and its pods have none. */
  | { kind: 'ExternalName'; target: string }
  | { kind: 'pod missing' }
  /** It is in no slice; why cannot be told. */
  | { kind: 'pods unknown'; why: Unseen }
  | { kind: 'slices unknown'; why: Unseen }
  | { kind: 'not ready' }
  | { kind: 'terminating' }
  /** It has no address yet. */
  | { kind: 'no address' }
  | { kind: 'not selected' }
  /** The pod was made under another hostname or subdomain than the Service wants (adopted pods). */
  | { kind: 'other hostname'; hostname: string | undefined; subdomain: string | undefined }
  /** Ready, and not in a slice: the controller lags or does not run, or nobody made one for a Service without selector. */
  | { kind: 'not in a slice' }
  /** A Service without ready endpoints. */
  | { kind: 'no endpoints' };

export type NameFinding =
  /** The slice gives another address than the pod has. */
  { kind: 'slice differs from pod'; slice: string[]; pod: string[] } | { kind: 'not ready, published all the same' };

/** A set may want 2^31 pods: of those that are absent so many are named, the first ones. */
export const mostAbsent = 10_000;

/**
 * The names of `sets`, taken together so that the snapshot is indexed once.
 *
 * Sources: `podToEndpoint` and `reconcileByAddressType` (k8s.io/endpointslice), `findServices` and
 * `EndpointSliceToEndpoints` (CoreDNS, plugin/kubernetes).
 *
 * @param ordinals of the pods whose names alone are wanted; empty for all pods and the Service
 */
export function expectedNames(
  snapshot: NamesSnapshot,
  sets: readonly StatefulSet[],
  ordinals: readonly number[] = [],
): SetNames[] {
  const service = index(snapshot.services);
  const pods = Map.groupBy(snapshot.pods.items, (pod) => keyOf(pod.metadata.namespace, controllerOf(pod)?.name));
  const slices = Map.groupBy(snapshot.slices.items, ({ metadata }) =>
    keyOf(metadata.namespace, metadata.labels?.[serviceNameLabel]),
  );
  return sets.map((set) => {
    const { namespace, name } = set.metadata;
    const serviceName = set.spec?.serviceName || undefined;
    const governing = serviceName === undefined ? undefined : service(namespace, serviceName);
    const own = serviceName === undefined ? [] : (slices.get(keyOf(namespace, serviceName)) ?? []);
    const place: Place = {
      set,
      suffix: serviceName === undefined ? undefined : `${serviceName}.${namespace ?? 'default'}.svc`,
      serviceName,
      governing,
      families: governing?.state === 'found' ? familiesOf(governing.object) : [],
      // DNS gives nothing for a Service that is not there, whatever slices it left.
      published: publicationOf(isAnswering(governing) ? own : []),
      podsUnseen: unseen(snapshot.pods),
      slicesUnseen: unseen(snapshot.slices),
    };
    const members = (pods.get(keyOf(namespace, name)) ?? []).filter((pod) => isMember(set, pod));
    const { subjects, left } = subjectsOf(set, members, ordinals);
    return {
      set,
      serviceName,
      findings: [
        ...setFindings(place, members, own.length > 0),
        ...(left > 0 ? [{ kind: 'absent pods not listed' as const, count: left }] : []),
      ],
      names: [
        ...subjects.map((subject) => nameOfPod(place, subject)),
        ...(ordinals.length === 0 ? nameOfService(place) : []),
      ],
    };
  });
}

function keyOf(namespace: string | undefined, name: string | undefined): string {
  return `${namespace ?? ''}/${name ?? ''}`;
}

function unseen({ others }: Part<unknown>): Unseen | undefined {
  return others === 'missing' ? undefined : others;
}

/** What is needed to tell of the names of one set. */
interface Place {
  set: StatefulSet;
  /** What the pods' names end with: `SERVICE.NAMESPACE.svc`. */
  suffix: string | undefined;
  serviceName: string | undefined;
  governing: Lookup<Service> | undefined;
  families: Family[];
  published: Publication;
  podsUnseen: Unseen | undefined;
  slicesUnseen: Unseen | undefined;
}

/** A pod of the set, or a wanted one that is not at hand. */
interface PodSubject {
  ordinal: number;
  name: string;
  pod: Pod | undefined;
}

function subjectsOf(
  set: StatefulSet,
  members: readonly Pod[],
  ordinals: readonly number[],
): { subjects: PodSubject[]; left: number } {
  const asked = new Set(ordinals);
  const present = members
    .map((pod) => ({ ordinal: ordinalOf(pod.metadata.name), name: pod.metadata.name, pod }))
    .filter(({ ordinal }) => asked.size === 0 || asked.has(ordinal));
  const taken = new Set(present.map(({ ordinal }) => ordinal));
  const wanted = wantedOrdinals(set);
  const absent: PodSubject[] = [];
  const miss = (ordinal: number) => {
    if (!taken.has(ordinal)) absent.push({ ordinal, name: podName(set.metadata.name, ordinal), pod: undefined });
  };
  let left = 0;
  if (asked.size > 0) {
    for (const ordinal of asked) miss(ordinal);
  } else {
    for (let next = wanted.start; next < wanted.end && absent.length < mostAbsent; next++) miss(next);
    const found = [...taken].filter((ordinal) => isWanted(wanted, ordinal)).length;
    left = wanted.end - wanted.start - found - absent.length;
  }
  return { subjects: [...present, ...absent].sort((a, b) => a.ordinal - b.ordinal), left };
}

/** What the slices of a Service give to DNS. */
interface Publication {
  /** By hostname. */
  byHostname: ReadonlyMap<string, readonly Address[]>;
  all: Address[];
  /** Targets of SRV records by port: their hostnames, and the ports. */
  targets: ReadonlyMap<string, readonly { hostname: string; port: number }[]>;
}

function publicationOf(slices: readonly EndpointSlice[]): Publication {
  const byHostname = new Map<string, Address[]>();
  const all: Address[] = [];
  const targets = new Map<string, { hostname: string; port: number }[]>();
  for (const { endpoints, ports } of slices) {
    const hostnames = new Set<string>();
    for (const { addresses, conditions, hostname } of endpoints ?? []) {
      // Not known is as good as ready (`endpointsliceReady`, CoreDNS).
      if (conditions?.ready === false) continue;
      for (const address of (addresses ?? []).flatMap((text) => parseAddress(text) ?? [])) {
        all.push(address);
        if (hostname) add(byHostname, hostname.toLowerCase(), address);
        hostnames.add(hostname ? hostname.toLowerCase() : hostnameOf(address));
      }
    }
    for (const { name, protocol = 'TCP', port } of ports ?? []) {
      if (!name || port === undefined) continue;
      for (const hostname of hostnames) add(targets, portKey(name, protocol), { hostname, port });
    }
  }
  return { byHostname, all: inOrder(all), targets };
}

function add<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

function portKey(name: string, protocol: string): string {
  return `${name}/${protocol}`.toLowerCase();
}

/** What CoreDNS calls an endpoint without hostname (`endpointHostname`). */
function hostnameOf({ address }: Address): string {
  const dashed = address.replaceAll(/[.:]/g, '-');
  return address.includes(':') && dashed.endsWith('-') ? `${dashed}0` : dashed;
}

function familiesOf({ spec }: Service): Family[] {
  const named: readonly string[] = spec?.ipFamilies ?? [];
  const families = clusterIPsOf(spec).flatMap((address) => parseAddress(address)?.family ?? []);
  return (['IPv4', 'IPv6'] as const).filter((family) => named.includes(family) || families.includes(family));
}

function clusterIPsOf(spec: Service['spec']): string[] {
  return spec?.clusterIPs?.length ? spec.clusterIPs : spec?.clusterIP ? [spec.clusterIP] : [];
}

function hasSelector({ spec }: Service): boolean {
  // An empty one is stored as none, and none selects nothing (`getServicesForPod`).
  return Object.keys(spec?.selector ?? {}).length > 0;
}

/** Whether DNS looks at the Service's slices. One that is not known may well be there. */
function isAnswering(governing: Lookup<Service> | undefined): boolean {
  if (governing?.state === 'found') return governing.object.spec?.type !== 'ExternalName';
  return governing !== undefined && governing.state !== 'missing';
}

// The controller adds them to each pod's labels (`newStatefulSetPod`).
const labelsOfController = new Set(['apps.kubernetes.io/pod-index', 'controller-revision-hash', podNameLabel]);

/** @param pod undefined for any pod that the set's template makes */
function isSelected({ spec }: Service, set: StatefulSet, pod: Pod | undefined): boolean {
  const labels = (pod ?? set.spec?.template)?.metadata?.labels ?? {};
  return Object.entries(spec?.selector ?? {}).every(
    ([key, value]) => labels[key] === value || (pod === undefined && labelsOfController.has(key)),
  );
}

function nameOfPod(place: Place, { ordinal, name, pod }: PodSubject): ExpectedName {
  const { suffix, families, published, podsUnseen } = place;
  const addresses = inOrder(published.byHostname.get(name.toLowerCase()) ?? []);
  return {
    subject: { kind: 'pod', ordinal, pod: name },
    name: suffix === undefined ? '' : `${name}.${suffix}`.toLowerCase(),
    addresses,
    families,
    unpublished: addresses.length > 0 ? undefined : whyUnpublished(place, pod),
    findings: addresses.length > 0 && (pod || !podsUnseen) ? nameFindings(addresses, pod, families) : [],
    ports: [],
  };
}

/** Of a pod whose hostname no slice gives. What does not pass comes before what does. */
function whyUnpublished(place: Place, pod: Pod | undefined): Unpublished {
  const { set, serviceName, governing, families, podsUnseen, slicesUnseen } = place;
  if (governing === undefined) return { kind: 'no serviceName' };
  if (governing.state === 'missing') return { kind: 'service missing' };
  const service = governing.state === 'found' ? governing.object : undefined;
  if (service?.spec?.type === 'ExternalName') return { kind: 'ExternalName', target: service.spec.externalName ?? '' };
  if (!pod && !podsUnseen) return { kind: 'pod missing' };
  if (service === undefined || hasSelector(service)) {
    if (service && !isSelected(service, set, pod)) return { kind: 'not selected' };
    const reason = pod && whyHidden(pod, serviceName, families, service?.spec?.publishNotReadyAddresses === true);
    if (reason) return reason;
  }
  if (slicesUnseen) return { kind: 'slices unknown', why: slicesUnseen };
  return !pod && podsUnseen ? { kind: 'pods unknown', why: podsUnseen } : { kind: 'not in a slice' };
}

/** What in a selected pod itself keeps its hostname out of the slices (`ShouldPodBeInEndpoints`, `ShouldSetHostname`). */
function whyHidden(
  pod: Pod,
  serviceName: string | undefined,
  families: readonly Family[],
  publishNotReady: boolean,
): Unpublished | undefined {
  const { metadata, spec, status } = pod;
  if (spec?.hostname !== metadata.name || spec?.subdomain !== serviceName) {
    return { kind: 'other hostname', hostname: spec?.hostname, subdomain: spec?.subdomain };
  }
  const hasEnded = status?.phase === 'Succeeded' || status?.phase === 'Failed';
  if (metadata.deletionTimestamp && (hasEnded || !publishNotReady)) return { kind: 'terminating' };
  if (hasEnded) return { kind: 'not ready' };
  if (addressesOf(pod, families).length === 0) return { kind: 'no address' };
  return publishNotReady || isRunningAndReady(pod) ? undefined : { kind: 'not ready' };
}

function addressesOf({ status }: Pod, families: readonly Family[]): Address[] {
  const addresses = (status?.podIPs ?? []).flatMap(({ ip }) => parseAddress(ip ?? '') ?? []);
  return inOrder(addresses.filter(({ family }) => families.length === 0 || families.includes(family)));
}

function nameFindings(published: readonly Address[], pod: Pod | undefined, families: readonly Family[]): NameFinding[] {
  const slice = published.map(({ address }) => address);
  const own = pod ? addressesOf(pod, families).map(({ address }) => address) : [];
  return [
    ...(slice.join() === own.join() ? [] : [{ kind: 'slice differs from pod' as const, slice, pod: own }]),
    ...(pod && !isRunningAndReady(pod) ? [{ kind: 'not ready, published all the same' as const }] : []),
  ];
}

function nameOfService(place: Place): ExpectedName[] {
  const { serviceName, suffix, governing, families } = place;
  if (serviceName === undefined || suffix === undefined || governing === undefined) return [];
  const { addresses, unpublished } = whatServiceAnswers(place, governing);
  return [
    {
      subject: { kind: 'service', service: serviceName },
      name: suffix.toLowerCase(),
      addresses,
      families,
      unpublished: addresses.length > 0 ? undefined : unpublished,
      findings: [],
      ports: governing.state === 'found' ? namedPorts(place, governing.object, suffix.toLowerCase()) : [],
    },
  ];
}

function whatServiceAnswers(
  { published, slicesUnseen }: Place,
  governing: Lookup<Service>,
): { addresses: Address[]; unpublished: Unpublished } {
  if (governing.state === 'missing') return { addresses: [], unpublished: { kind: 'service missing' } };
  if (governing.state !== 'found') {
    return { addresses: [], unpublished: { kind: 'service unknown', why: governing.state } };
  }
  const { spec } = governing.object;
  if (spec?.type === 'ExternalName') {
    return { addresses: [], unpublished: { kind: 'ExternalName', target: spec.externalName ?? '' } };
  }
  if (isHeadless(governing.object)) {
    return {
      addresses: published.all,
      unpublished: slicesUnseen ? { kind: 'slices unknown', why: slicesUnseen } : { kind: 'no endpoints' },
    };
  }
  const addresses = inOrder(clusterIPsOf(spec).flatMap((text) => parseAddress(text) ?? []));
  return { addresses, unpublished: { kind: 'no address' } };
}

function namedPorts({ published }: Place, service: Service, suffix: string): NamedPort[] {
  if (service.spec?.type === 'ExternalName') return [];
  return (service.spec?.ports ?? []).flatMap(({ name, protocol = 'TCP', port }) => {
    if (!name) return [];
    const targets = isHeadless(service)
      ? (published.targets.get(portKey(name, protocol)) ?? []).map((target) => ({
          name: `${target.hostname}.${suffix}`,
          port: target.port,
        }))
      : [{ name: suffix, port }];
    return [{ name, protocol, port, targets }];
  });
}

function setFindings(place: Place, members: readonly Pod[], hasSlices: boolean): SetFinding[] {
  const { set, governing, slicesUnseen } = place;
  if (governing === undefined) return [{ kind: 'no serviceName' }];
  if (governing.state === 'missing') return [{ kind: 'service missing' }];
  const findings: SetFinding[] = [];
  if (governing.state === 'found') findings.push(...serviceFindings(set, governing.object, members));
  else findings.push({ kind: 'service unknown', why: governing.state });
  if (slicesUnseen && !hasSlices && isAnswering(governing))
    findings.push({ kind: 'slices unknown', why: slicesUnseen });
  return findings;
}

function serviceFindings(set: StatefulSet, service: Service, members: readonly Pod[]): SetFinding[] {
  const { spec } = service;
  if (spec?.type === 'ExternalName') return [{ kind: 'ExternalName', target: spec.externalName ?? '' }];
  const findings: SetFinding[] = [];
  if (!isHeadless(service)) findings.push({ kind: 'has a cluster IP', clusterIP: clusterIPsOf(spec).join(', ') });
  if (!hasSelector(service)) return [...findings, { kind: 'no selector' }];
  const pods: readonly (Pod | undefined)[] = members.length > 0 ? members : [undefined];
  const selected = pods.filter((pod) => isSelected(service, set, pod));
  if (selected.length === 0) findings.push({ kind: 'selector misses the pods' });
  const hidden = hiddenPods(set, service, members);
  if (hidden.length > 0) findings.push({ kind: 'hides not-ready pods', pods: hidden });
  return findings;
}

/** One pod that is not ready while others are is what each restart looks like: it is no reason for a hint. */
function hiddenPods(set: StatefulSet, service: Service, members: readonly Pod[]): string[] {
  if (service.spec?.publishNotReadyAddresses) return [];
  const { start, end } = wantedOrdinals(set);
  const staying = members.filter(({ metadata }) => !metadata.deletionTimestamp);
  const waiting = staying.filter((pod) => !isRunningAndReady(pod) && isSelected(service, set, pod));
  const isStarting = end - start > 1 && waiting.length === staying.length;
  if (waiting.length < 2 && !isStarting) return [];
  return waiting.map(({ metadata }) => metadata.name).sort((a, b) => ordinalOf(a) - ordinalOf(b));
}

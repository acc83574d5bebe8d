/** From a Snapshot to the names that a StatefulSet has in DNS, and to the addresses that each name must give. */

import { type Address, type Family, inOrder } from '#src/objects/address.ts';
import { namespacedKey } from '#src/objects/namespacedkey.ts';
import { controllerOf } from '#src/objects/owners.ts';
import { serviceNameLabel } from '#src/objects/service.ts';
import { index, type Part, type Snapshot } from '#src/objects/snapshot.ts';
import type { EndpointSlice, Pod, StatefulSet } from '#src/objects/types.ts';
import { isMember, isWanted, ordinalOf, podName, wantedOrdinals } from '#src/statefulset/identity.ts';
import { type NameFault, nameFaults } from '#src/statefulset/namelimits.ts';
import { otherHeadless } from '#src/statefulset/selectedpods.ts';
import { expectedFamilies, familiesOf, type Governing, isAnswering, sliceFamiliesOf } from './governing.ts';
import { publicationOf } from './publication.ts';
import { nameOfService } from './servicename.ts';
import { setFindings } from './setfindings.ts';
import { nameFindings, unnamedAddresses, whyUnpublished } from './unpublished.ts';

/** The objects that tell which names a set has. */
export type NamesSnapshot = Pick<Snapshot, 'statefulSets' | 'services' | 'pods'> & { slices: Part<EndpointSlice> };

/** The names of one set. */
export interface SetNames {
  set: StatefulSet;
  /** Undefined when the set names no Service: its pods then have no names. */
  serviceName: string | undefined;
  /** What is wrong, or worth knowing, about the set as a whole. */
  findings: SetFinding[];
  /** The pods by ordinal, with those outside the wanted range, and then the Service. */
  names: ExpectedName[];
}

export type SetFinding =
  | { kind: 'no serviceName' }
  | { kind: 'service missing' }
  | { kind: 'service unknown'; why: Unseen }
  /** The Service's selector matches none of the set's pods. */
  | { kind: 'selector misses the pods' }
  /** The Service has no selector, so no controller writes its EndpointSlices. */
  | { kind: 'no selector' }
  /**
   * CoreDNS gives names to the pods of such a Service too, but the DNS specification does not promise it. The address is
   * empty while the Service has none yet.
   */
  | { kind: 'has a cluster IP'; clusterIP: string }
  | { kind: 'ExternalName'; target: string }
  /** DNS hides pods that are not ready: members that must meet before they become ready never will. */
  | { kind: 'hides not-ready pods'; pods: string[] }
  | { kind: 'slices unknown'; why: Unseen }
  /** The set lacks so many pods that the names of `count` of them are left out. */
  | { kind: 'absent pods not listed'; count: number }
  /** Another headless Service selects the pods, and the governing one does not, or is none. */
  | { kind: 'other Service selects the pods'; service: string }
  | NameFault;

/** Why it is not known whether an object exists. */
export type Unseen = 'forbidden' | 'not given';

export interface ExpectedName {
  subject: { kind: 'pod'; ordinal: number; pod: string } | { kind: 'service'; service: string };
  /** Without the cluster domain: `web-0.web.shop.svc`. Empty for a pod whose set names no Service. */
  name: string;
  /** The addresses that the EndpointSlices (or the cluster IPs) publish, in canonical form, IPv4 first, each once. */
  addresses: Address[];
  /** Those of the pod's endpoints without a hostname: a server may give them, and need not (`Publication.unnamed`). */
  allowed: Address[];
  /**
   * Those of the Service's slices; before it has any, and for the name of a cluster IP, those that the Service says. Empty
   * when neither says.
   */
  families: Family[];
  /** Why there is no address; undefined when there is one. */
  unpublished: Unpublished | undefined;
  /** Where the objects contradict each other. */
  findings: NameFinding[];
  /** The Service's named ports, for SRV records (`_NAME._PROTOCOL.SERVICE…`); empty for a pod. */
  ports: NamedPort[];
}

export interface NamedPort {
  name: string;
  /** `TCP` */
  protocol: string;
  /** The port of the Service, not of its pods. */
  port: number;
  /** The expected SRV records. */
  targets: PortTarget[];
}

/** What an SRV record must lead to. */
export interface PortTarget {
  /** Without the cluster domain; undefined where the server chooses it. */
  name: string | undefined;
  address: Address;
  port: number;
}

export type Unpublished =
  | { kind: 'no serviceName' }
  | { kind: 'service missing' }
  /** For the Service's own name: the Service was not read, so it may have a cluster IP or not. */
  | { kind: 'service unknown'; why: Unseen }
  /** The Service's own name is an alias for another name, and its pods have no names. */
  | { kind: 'ExternalName'; target: string }
  | { kind: 'pod missing' }
  /** No slice has the pod, and the pod was not read, so the reason is unknown. */
  | { kind: 'pods unknown'; why: Unseen }
  | { kind: 'slices unknown'; why: Unseen }
  | { kind: 'not ready' }
  | { kind: 'terminating' }
  /** The pod has no address yet. */
  | { kind: 'no address' }
  | { kind: 'not selected' }
  /** The pod was created with another hostname or subdomain than its name here (adopted pods). */
  | { kind: 'other hostname'; hostname: string | undefined; subdomain: string | undefined }
  /**
   * No slice has the pod, or for the Service's own name any address: the controller lags or is down, or the Service has no
   * selector, so nobody looks whether pods are ready.
   */
  | { kind: 'not in a slice' }
  /** A slice has the pod, without a hostname: some servers answer its name all the same. */
  | { kind: 'endpoint without hostname' }
  /** The Service has no ready endpoint. */
  | { kind: 'no endpoints' };

export type NameFinding =
  /** The EndpointSlice has another address than the pod. */
  | { kind: 'slice differs from pod'; slice: string[]; pod: string[] }
  | { kind: 'not ready, published all the same' }
  /** No DNS message can carry it (RFC 1035, 2.3.4): the name, or one of its labels, has so many characters. */
  | { kind: 'name too long' | 'label too long'; length: number };

/** A set may want 2^31 pods. Of those that it lacks, only this many are listed, the lowest ordinals first. */
export const mostAbsent = 10_000;

/**
 * The names of several sets, for which the snapshot is indexed only once.
 *
 * Sources: `podToEndpoint` and `reconcileByAddressType` (k8s.io/endpointslice), `findServices` and
 * `EndpointSliceToEndpoints` (CoreDNS, plugin/kubernetes).
 *
 * @param ordinals the pods whose names are wanted; empty for all pods and the Service
 */
export function expectedNames(
  snapshot: NamesSnapshot,
  sets: readonly StatefulSet[],
  ordinals: readonly number[] = [],
): SetNames[] {
  const service = index(snapshot.services);
  const otherOf = otherHeadless(snapshot.services.items);
  const pods = Map.groupBy(snapshot.pods.items, (pod) =>
    namespacedKey(pod.metadata.namespace, controllerOf(pod)?.name ?? ''),
  );
  const slices = Map.groupBy(snapshot.slices.items, ({ metadata }) =>
    namespacedKey(metadata.namespace, metadata.labels?.[serviceNameLabel] ?? ''),
  );
  return sets.map((set) => {
    const { namespace, name } = set.metadata;
    const serviceName = set.spec?.serviceName || undefined;
    const found = serviceName === undefined ? undefined : service(namespace, serviceName);
    const own = serviceName === undefined ? [] : (slices.get(namespacedKey(namespace, serviceName)) ?? []);
    const members = (pods.get(namespacedKey(namespace, name)) ?? []).filter((pod) => isMember(set, pod));
    const governing: Governing = {
      set,
      suffix: serviceName === undefined ? undefined : `${serviceName}.${namespace ?? 'default'}.svc`,
      serviceName,
      service: found,
      families: found?.state === 'found' ? familiesOf(found.object) : [],
      sliceFamilies: isAnswering(found) ? sliceFamiliesOf(own) : [],
      // DNS gives nothing for a missing Service, even if it left slices behind.
      published: publicationOf(isAnswering(found) ? own : []),
      // As many pods as the set's status counts are all of its pods, and who gives a slice of a Service gives them all.
      podsUnseen: members.length === set.status?.replicas ? undefined : unseen(snapshot.pods),
      slicesUnseen: own.length > 0 ? undefined : unseen(snapshot.slices),
    };
    const other = otherOf(set);
    const { subjects, omitted } = subjectsOf(set, members, ordinals);
    return {
      set,
      serviceName,
      findings: [
        ...setFindings(governing, members),
        ...(other === undefined ? [] : [{ kind: 'other Service selects the pods' as const, service: other }]),
        ...nameFaults(set),
        ...(omitted > 0 ? [{ kind: 'absent pods not listed' as const, count: omitted }] : []),
      ],
      names: [
        ...subjects.map((subject) => nameOfPod(governing, subject)),
        ...(ordinals.length === 0 ? nameOfService(governing) : []),
      ],
    };
  });
}

function unseen({ others }: Part<unknown>): Unseen | undefined {
  return others === 'missing' ? undefined : others;
}

/** A pod that the set has, or lacks. */
interface PodSubject {
  ordinal: number;
  name: string;
  pod: Pod | undefined;
}

/** The pods of `ordinals`, or all pods of the set. `omitted` counts the absent ones beyond `mostAbsent`. */
function subjectsOf(
  set: StatefulSet,
  members: readonly Pod[],
  ordinals: readonly number[],
): { subjects: PodSubject[]; omitted: number } {
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
  let omitted = 0;
  if (asked.size > 0) {
    for (const ordinal of asked) miss(ordinal);
  } else {
    for (let next = wanted.start; next < wanted.end && absent.length < mostAbsent; next++) miss(next);
    const found = [...taken].filter((ordinal) => isWanted(wanted, ordinal)).length;
    omitted = wanted.end - wanted.start - found - absent.length;
  }
  return { subjects: [...present, ...absent].sort((a, b) => a.ordinal - b.ordinal), omitted };
}

function nameOfPod(governing: Governing, { ordinal, name, pod }: PodSubject): ExpectedName {
  const { suffix, published, podsUnseen } = governing;
  const addresses = inOrder(published.byHostname.get(name.toLowerCase()) ?? []);
  const allowed = unnamedAddresses(governing, name, pod);
  return {
    subject: { kind: 'pod', ordinal, pod: name },
    name: suffix === undefined ? '' : `${name}.${suffix}`.toLowerCase(),
    addresses,
    allowed,
    families: expectedFamilies(governing),
    unpublished: addresses.length > 0 ? undefined : whyUnpublished(governing, pod, allowed),
    findings: addresses.length > 0 && (pod || !podsUnseen) ? nameFindings(governing, addresses, pod) : [],
    ports: [],
  };
}

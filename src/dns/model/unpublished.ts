/** Why no EndpointSlice publishes a pod's name, and where a slice and its pod differ. */
import { type Address, type Family, inOrder, parseAddress } from '#src/objects/address.ts';
import { isRunningAndReady } from '#src/objects/podstatus.ts';
import type { Pod } from '#src/objects/types.ts';
import { isSelected } from '#src/statefulset/selectedpods.ts';
import { type Governing, hasSelector, isKeptByOthers } from './governing.ts';
import type { NameFinding, Unpublished } from './names.ts';

/** The addresses of the pod's endpoints that have no hostname. Slices kept by hand may not say whose an address is. */
export function unnamedAddresses({ published }: Governing, name: string, pod: Pod | undefined): Address[] {
  const own = new Set(pod ? addressesOf(pod, []).map(({ address }) => address) : []);
  const isOwn = (of: string | undefined, { address }: Address) => (of === undefined ? own.has(address) : of === name);
  return inOrder(published.unnamed.flatMap((one) => (isOwn(one.pod, one.address) ? [one.address] : [])));
}

/**
 * The most lasting reason comes first: readiness passes, a wrong selector does not.
 *
 * @param unnamed the addresses of the pod's endpoints that have no hostname
 */
export function whyUnpublished(governing: Governing, pod: Pod | undefined, unnamed: readonly Address[]): Unpublished {
  const { set, serviceName, families, podsUnseen, slicesUnseen } = governing;
  if (governing.service === undefined) return { kind: 'no serviceName' };
  if (governing.service.state === 'missing') return { kind: 'service missing' };
  const service = governing.service.state === 'found' ? governing.service.object : undefined;
  if (service?.spec?.type === 'ExternalName') return { kind: 'ExternalName', target: service.spec.externalName ?? '' };
  if (!pod && !podsUnseen) return { kind: 'pod missing' };
  if (service === undefined || hasSelector(service)) {
    if (service && !isSelected(service, set, pod)) return { kind: 'not selected' };
    const reason = pod && whyHidden(pod, serviceName, families, service?.spec?.publishNotReadyAddresses === true);
    if (reason) return reason;
  }
  if (unnamed.length > 0) return { kind: 'endpoint without hostname' };
  if (slicesUnseen) return { kind: 'slices unknown', why: slicesUnseen };
  return !pod && podsUnseen ? { kind: 'pods unknown', why: podsUnseen } : { kind: 'not in a slice' };
}

/** What about a selected pod keeps its hostname out of the slices (`ShouldPodBeInEndpoints`, `ShouldSetHostname`). */
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

/** @param pod undefined when the set has no such pod */
export function nameFindings(
  { service, families: said }: Governing,
  published: readonly Address[],
  pod: Pod | undefined,
): NameFinding[] {
  const byOthers = isKeptByOthers(service);
  const own = pod ? addressesOf(pod, said) : [];
  // Those who keep slices by hand need not give a pod's addresses of both families.
  const given = new Set(published.map(({ family }) => family));
  const comparable = byOthers ? own.filter(({ family }) => given.has(family)) : own;
  const differs = texts(published).join() !== texts(comparable).join();
  return [
    ...(differs ? [{ kind: 'slice differs from pod' as const, slice: texts(published), pod: texts(own) }] : []),
    ...(pod && !byOthers && !isRunningAndReady(pod) ? [{ kind: 'not ready, published all the same' as const }] : []),
  ];
}

function texts(addresses: readonly Address[]): string[] {
  return addresses.map(({ address }) => address);
}

/**
 * Whether pods that are not the set's may change what is told of it. In a namespace with thousands of pods the others are
 * read only where they may.
 *
 * One thing is not told then: that somebody else's pod mounts a claim which a pod of the set uses as well, where the claim
 * is for one node. docs/output.md says so.
 */
import { isOfKind, podKind } from '#src/objects/owners.ts';
import type { Claim, Pod, Service } from '#src/objects/types.ts';
import { podOfPin } from '#src/pin/model/leading.ts';
import { isMember, podIndexLabel, setNameOf } from '#src/statefulset/identity.ts';
import { type Mount, mountsOf, type Storage } from '#src/statefulset/storage.ts';
import { storageOf } from './summary.ts';
import type { Topology } from './topology.ts';

/** @param before what is known before any pod is read */
export function othersMatter(
  { set, leftOver, unmounted, pins, members }: Topology,
  services: readonly Service[],
): boolean {
  return (
    leftOver.length + unmounted.length > 0 ||
    members.some(({ storage }) => storage.some(isOfOthersToo)) ||
    // Its connections go to whichever pods it selects.
    pins.some((pin) => pin.kind === 'undone' || podOfPin(pin) === undefined) ||
    // Pods tell which set it leads to.
    services.some(({ metadata, spec }) => {
      return metadata.namespace === set.metadata.namespace && spec?.selector?.[podIndexLabel] !== undefined;
    })
  );
}

function isOfOthersToo({ origin, claim, findings }: Storage): boolean {
  return (
    !isOwn({ origin }) ||
    (claim.state === 'found' && isForManyNodes(claim.object)) ||
    findings.some(({ kind }) => kind === 'being deleted')
  );
}

function isOwn({ origin }: Pick<Mount, 'origin'>): boolean {
  return origin === 'claim template' || origin === 'ephemeral volume';
}

function isForManyNodes({ spec }: Claim): boolean {
  return spec?.accessModes?.some((mode) => mode === 'ReadWriteMany' || mode === 'ReadOnlyMany') === true;
}

/** The names of the pods that Services lead to, by their pins or without. */
export function podsOfServices({ set, pins, perPod }: Topology): string[] {
  const named = [...pins.map(podOfPin), ...perPod.map(({ pod }) => pod)];
  return named.filter((pod): pod is string => pod !== undefined && setNameOf(pod) === set.metadata.name);
}

/**
 * @param before what is known before any pod is read
 * @param pods the set's, and others that were asked for
 * @param claims of the namespace
 */
export function othersMatterBeside(before: Topology, pods: readonly Pod[], claims: readonly Claim[]): boolean {
  const { set } = before;
  const members = pods.filter((pod) => isMember(set, pod));
  const mounts = members.flatMap((pod) => mountsOf(set, pod));
  const mounted = new Set(mounts.map(({ claim }) => claim));
  const names = new Set([...mounted, ...storageOf(before).map(({ name }) => name)]);
  const uids = new Set(members.flatMap(({ metadata }) => metadata.uid ?? []));
  return (
    // One of them has lost a label of the selector.
    members.length < (set.status?.replicas ?? 0) ||
    !mounts.every(isOwn) ||
    // Somebody else may mount what no pod of the set does, and keep it from being deleted.
    storageOf(before).some(({ name }) => !mounted.has(name)) ||
    // Whether a pod that owns a claim is there decides when the claim goes.
    claims.some((claim) => {
      const owners = podOwnersOf(claim);
      const isOfSet = names.has(claim.metadata.name) || owners.some((uid) => uids.has(uid));
      return isOfSet && owners.some((uid) => !uids.has(uid));
    })
  );
}

/** The UIDs of the pods that own it. */
function podOwnersOf({ metadata }: Claim): string[] {
  return metadata.ownerReferences?.flatMap((owner) => (isOfKind(owner, podKind) ? owner.uid : [])) ?? [];
}

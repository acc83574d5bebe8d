/** The claims, volumes and classes in a document for programs. */

import { type Fields, finite, identity, looked, present } from '#src/drawing/document.ts';
import { placeOf } from '#src/objects/nodeselector.ts';
import { isOfKind, podKind, refersTo, setKind } from '#src/objects/owners.ts';
import { bytesOf } from '#src/objects/quantity.ts';
import { formatTime } from '#src/objects/time.ts';
import type { Claim, Class, StatefulSet, Volume } from '#src/objects/types.ts';
import type { Ground } from '#src/statefulset/belonging.ts';
import type {
  ClaimFinding,
  ResizeFinding,
  ResizeProgress,
  VolumeFault,
  WhyPending,
} from '#src/statefulset/claimfindings.ts';
import type { ClaimFate, VolumeFate } from '#src/statefulset/fate.ts';
import type { Holder } from '#src/statefulset/podclaims.ts';
import type { ClaimOrigin, Storage } from '#src/statefulset/storage.ts';
import type { VolumeMisfit } from '#src/statefulset/volumematch.ts';
import type { LeftOver, WhyLeftOver } from '../model/leftover.ts';
import { sizeOf } from '../model/summary.ts';
import type { Topology } from '../model/topology.ts';
import { volumeSource } from './volumewords.ts';

const origins: Record<ClaimOrigin, string> = {
  'claim template': 'claimTemplate',
  'pod template': 'podTemplate',
  'ephemeral volume': 'ephemeralVolume',
  'former template': 'formerTemplate',
  'not mounted': 'notMounted',
};

export const volumeFates: Record<VolumeFate, string> = {
  kept: 'kept',
  'released from its object': 'deletedWithoutStorage',
  deleted: 'deleted',
  'to be deleted': 'toBeDeleted',
  scrubbed: 'scrubbed',
  unknown: 'unknown',
};

/** @param sharedWith of the topology that the claim is told in */
export function claimDocument({ set, sharedWith }: Pick<Topology, 'set' | 'sharedWith'>, storage: Storage): Fields {
  const { name, claim, origin, mountedBy, willMount, findings, volume, class: storageClass, usage } = storage;
  const { fate, fateByPolicy, volumeFate } = storage;
  return present({
    ...looked(name, claim, claimFields),
    origin: origins[origin],
    mountedBy: [...mountedBy],
    willMount,
    sharedWith: sharedWith.get(name),
    findings: findings.map(findingDocument),
    usage: usage && usageDocument(usage),
    ...(fate && fateFields(fate, set)),
    fateByPolicy: fateByPolicy && fateFields(fateByPolicy, set),
    volumeFate: volumeFate && volumeFates[volumeFate],
    volume: volume && looked(volume.name, volume.volume, volumeFields),
    storageClass: storageClass && {
      ...looked(storageClass.name, storageClass.class, classFields),
      // A claim that is bound to a static volume shares a class name with it, and needs no class object.
      ...(storageClass.class.state === 'missing' && volume !== undefined ? { static: true } : {}),
    },
  });
}

function fateFields(fate: ClaimFate, set: StatefulSet): Fields {
  switch (fate.kind) {
    case 'stays':
      return { fate: 'stays' };
    case 'goes now':
      return { fate: 'goesNow' };
    case 'owners are gone':
    case 'goes with':
      return {
        fate: fate.kind === 'goes with' ? goesWith(fate, set) : 'goesNow',
        owners: fate.owners.map(({ apiVersion, kind, name, uid }) => present({ apiVersion, kind, name, uid })),
      };
  }
}

function goesWith({ owners }: Extract<ClaimFate, { kind: 'goes with' }>, set: StatefulSet): string {
  if (owners.every((owner) => refersTo(owner, setKind, set))) return 'goesWithSet';
  return owners.every((owner) => isOfKind(owner, podKind)) ? 'goesWithPod' : 'goesWithOwner';
}

function usageDocument(usage: NonNullable<Storage['usage']>): Fields {
  if (usage === 'unknown') return { state: 'unknown' };
  const { used, available, capacity } = usage;
  return { state: 'found', usedBytes: used, availableBytes: available, capacityBytes: capacity };
}

const grounds: Record<Ground, string> = {
  owner: 'owner',
  mount: 'mount',
  wanted: 'wanted',
  'template and labels': 'templateAndLabels',
  template: 'template',
  'ending and labels': 'endingAndLabels',
};

const holderStates: Record<Holder['state'], string> = {
  running: 'running',
  completed: 'completed',
  failed: 'failed',
  'not scheduled': 'notScheduled',
};

export function leftOverDocument(topology: Topology, { ordinal, why, ground, sure, storage }: LeftOver): Fields {
  return present({
    ...claimDocument(topology, storage),
    ordinal,
    why: whyDocument(why),
    belongsBy: grounds[ground],
    heldBy: storage.holders.map(({ pod, state }) => ({ pod, state: holderStates[state] })),
    sure,
  });
}

function whyDocument(why: WhyLeftOver): Fields {
  switch (why.kind) {
    case 'ordinal not wanted':
      return { kind: 'ordinalNotWanted' };
    case 'no template':
      return { kind: 'noTemplate' };
    case 'former template':
      return present({ kind: 'formerTemplate', template: why.template, otherSet: why.otherSet });
  }
}

function claimFields(claim: Claim): Fields {
  const { spec, status } = claim;
  return present({
    ...identity(claim),
    phase: status?.phase,
    requested: quantity(spec?.resources?.requests?.['storage']),
    capacity: quantity(status?.capacity?.['storage']),
    bytes: bytes(sizeOf(claim)),
    accessModes: status?.accessModes ?? spec?.accessModes,
    volumeMode: spec?.volumeMode,
  });
}

function volumeFields(volume: Volume): Fields {
  const { spec, status } = volume;
  const capacity = spec?.capacity?.['storage'];
  const selector = spec?.nodeAffinity?.required;
  const owner = spec?.claimRef;
  return present({
    ...identity(volume),
    phase: status?.phase,
    capacity: quantity(capacity),
    bytes: bytes(capacity),
    reclaimPolicy: spec?.persistentVolumeReclaimPolicy ?? 'Retain',
    source: volumeSource(volume),
    driver: spec?.csi?.driver,
    handle: spec?.csi?.volumeHandle,
    place: selector && placeOf(selector),
    claim: owner?.name ? present({ namespace: owner.namespace, name: owner.name, uid: owner.uid }) : undefined,
  });
}

function classFields(storageClass: Class): Fields {
  const { provisioner, allowVolumeExpansion, volumeBindingMode, reclaimPolicy } = storageClass;
  return present({
    ...identity(storageClass),
    provisioner,
    allowVolumeExpansion: allowVolumeExpansion ?? false,
    volumeBindingMode: volumeBindingMode ?? 'Immediate',
    reclaimPolicy: reclaimPolicy ?? 'Delete',
  });
}

function findingDocument(finding: ClaimFinding): Fields {
  switch (finding.kind) {
    case 'being deleted':
      return { kind: 'beingDeleted' };
    case 'lost':
      return { kind: 'lost' };
    case 'pending':
      return present({ kind: 'pending', why: pendingDocument(finding.why) });
    case 'resizing':
      return resizeDocument(finding);
    case 'template asks for more':
      return { kind: 'templateAsksForMore', asked: quantity(finding.asked), there: quantity(finding.there) };
    case 'block':
      return { kind: 'block' };
    case 'attributes class':
      return present({ kind: 'attributesClass', current: finding.current, wanted: finding.wanted });
    case 'volume of another claim':
      return { kind: 'volumeOfAnotherClaim', owner: finding.owner, former: finding.former };
  }
}

const resizeKinds: Record<ResizeProgress, string> = {
  controller: 'resizing',
  node: 'resizing',
  infeasible: 'resizeFailed',
  'not begun': 'resizeNotBegun',
};

function resizeDocument({ from, to, progress, since, error }: ResizeFinding): Fields {
  const isUnderWay = progress === 'controller' || progress === 'node';
  return present({
    kind: resizeKinds[progress],
    from: quantity(from),
    to: quantity(to),
    waitsForNode: isUnderWay ? progress === 'node' : undefined,
    since: since === undefined ? undefined : formatTime(since),
    error,
  });
}

function pendingDocument(why: WhyPending | undefined): Fields | undefined {
  if (why === undefined) return undefined;
  switch (why.kind) {
    case 'class missing':
      return { kind: 'classMissing' };
    case 'waits for a pod to be scheduled':
      return { kind: 'waitsForPodToBeScheduled' };
    case 'volume':
      return { kind: 'waitsForVolume', volume: why.volume, ...faultDocument(why.fault) };
    case 'event':
      return { kind: 'event', type: why.type, reason: why.reason, message: why.message };
  }
}

function faultDocument(fault: VolumeFault): Fields {
  switch (fault.kind) {
    case 'missing':
      return { fault: 'missing' };
    case 'claimed by another':
      return { fault: 'claimedByAnother', owner: fault.owner, former: fault.former };
    case 'does not fit':
      return {
        fault: 'doesNotFit',
        misfits: fault.misfits.map(({ property, volume, claim }) => {
          return { property: misfitNames[property], volume, claim };
        }),
      };
    case 'not bound yet':
      return {};
  }
}

const misfitNames: Record<VolumeMisfit['property'], string> = {
  deletion: 'deletionTimestamp',
  size: 'storage',
  class: 'storageClassName',
  'attributes class': 'volumeAttributesClassName',
  'volume mode': 'volumeMode',
  'access modes': 'accessModes',
};

// Null and numbers, whatever the types say: a manifest may hold both.
function quantity(text: string | undefined): string | undefined {
  return text === undefined || text === null ? undefined : String(text);
}

function bytes(text: string | undefined): number | undefined {
  return text === undefined || text === null ? undefined : finite(bytesOf(text));
}

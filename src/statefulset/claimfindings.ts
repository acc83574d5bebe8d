/** What is notable about a claim besides its phase: why it is pending, how far a resize is, whose its volume is. */
import { fieldTime } from '#src/objects/managedfields.ts';
import { bytesOf } from '#src/objects/quantity.ts';
import type { Lookup } from '#src/objects/snapshot.ts';
import { timeOf } from '#src/objects/time.ts';
import type { Claim, Class, Event, Volume } from '#src/objects/types.ts';
import { isBoundTo, misfitsOf, type VolumeMisfit } from './volumematch.ts';

/** Something notable about a claim besides its phase. */
export type ClaimFinding =
  /** Only its pods keep the claim (`kubernetes.io/pvc-protection`): without them, claim and data are deleted. */
  | { kind: 'being deleted' }
  | { kind: 'lost' }
  /** Not bound. `why` is undefined if the cluster gives no reason. */
  | { kind: 'pending'; why: WhyPending | undefined }
  | ResizeFinding
  /** The claim template asks for more than the claim has. The controller never resizes a claim. */
  | { kind: 'template asks for more'; asked: string; there: string }
  | { kind: 'block' }
  | { kind: 'attributes class'; current: string | undefined; wanted: string }
  /** The volume is bound to another claim. `former`: that claim had the same name and was deleted. */
  | { kind: 'volume of another claim'; owner: string; former: boolean };

export type WhyPending =
  | { kind: 'class missing' | 'waits for a pod to be scheduled' }
  /** It names a volume, and waits for that one, whatever its class. */
  | { kind: 'volume'; volume: string; fault: VolumeFault }
  | { kind: 'event'; type: string; reason: string; message: string };

export type VolumeFault =
  | { kind: 'missing' }
  /** `former`: that claim had the same name, and was deleted. */
  | { kind: 'claimed by another'; owner: string; former: boolean }
  | { kind: 'does not fit'; misfits: VolumeMisfit[] }
  /** Nothing keeps the two apart, or the volume was not read. */
  | { kind: 'not bound yet' };

/** The claim asks for more than it has. */
export interface ResizeFinding {
  kind: 'resizing';
  /** What it has, and what it asks for. */
  from: string;
  to: string;
  progress: ResizeProgress;
  /** Milliseconds since the epoch; undefined where the objects do not tell. */
  since: number | undefined;
  /** What went wrong last: the message of a condition or of a warning. */
  error: string | undefined;
}

/**
 * `controller`: the driver's resizer is at work; `node`: the volume has grown, and its file system grows on a node;
 * `infeasible`: only a smaller request helps; `not begun`: nobody has begun with it.
 */
export type ResizeProgress = 'controller' | 'node' | 'infeasible' | 'not begun';

/** The objects around a claim. */
export interface ClaimSurroundings {
  /** Undefined if it names none. */
  volume: Lookup<Volume> | undefined;
  class: Lookup<Class> | undefined;
  /** The newest event about the claim, and the newest warning. */
  event: Event | undefined;
  warning: Event | undefined;
  /** The size that its claim template asks for. */
  templateSize: string | undefined;
}

export function claimFindings(claim: Claim, around: ClaimSurroundings): ClaimFinding[] {
  const { metadata, spec, status } = claim;
  const found: ClaimFinding[] = [];
  if (metadata.deletionTimestamp) found.push({ kind: 'being deleted' });
  if (status?.phase === 'Pending') found.push({ kind: 'pending', why: whyPending(claim, around) });
  if (spec?.volumeMode === 'Block') found.push({ kind: 'block' });
  if (spec?.volumeAttributesClassName) {
    const current = status?.currentVolumeAttributesClassName;
    found.push({ kind: 'attributes class', current, wanted: spec.volumeAttributesClassName });
  }
  found.push(...resizing(claim, around), ...templateGrowth(claim, around));
  const owner = otherOwner(claim, around.volume);
  if (owner) found.push({ kind: 'volume of another claim', ...owner });
  else if (status?.phase === 'Lost') found.push({ kind: 'lost' });
  return found;
}

/** The claim in the volume's claimRef, unless it is this one. */
function otherOwner(claim: Claim, volume: Lookup<Volume> | undefined): { owner: string; former: boolean } | undefined {
  const reference = volume?.state === 'found' ? volume.object.spec?.claimRef : undefined;
  if (reference === undefined || volume?.state !== 'found' || isBoundTo(claim, volume.object)) return undefined;
  const former = reference.name === claim.metadata.name && reference.namespace === claim.metadata.namespace;
  return { owner: `${reference.namespace ?? ''}/${reference.name ?? ''}`, former };
}

/** `syncUnboundClaim`, pkg/controller/volume/persistentvolume/pv_controller.go */
function whyPending(claim: Claim, around: ClaimSurroundings): WhyPending | undefined {
  const { volume, class: storageClass, event, warning } = around;
  const told = (about: Event | undefined): WhyPending | undefined =>
    about?.message
      ? { kind: 'event', type: about.type ?? 'Normal', reason: about.reason ?? '', message: about.message }
      : undefined;
  const named = claim.spec?.volumeName;
  if (named) {
    const fault = volumeFault(claim, volume);
    // Where the volume may not be read, the controller's words still tell.
    const isSilent = fault.kind === 'not bound yet' && volume?.state !== 'found';
    return (isSilent ? told(warning) : undefined) ?? { kind: 'volume', volume: named, fault };
  }
  if (storageClass?.state === 'missing') return { kind: 'class missing' };
  // A Normal event repeats every 15 s, and would hide why it does not go on.
  const failure = told(warning);
  if (failure !== undefined) return failure;
  const lateBinding =
    storageClass?.state === 'found' && storageClass.object.volumeBindingMode === 'WaitForFirstConsumer';
  // The scheduler sets it once it has chosen a node. Nothing is provisioned before.
  const hasNode = claim.metadata.annotations?.['volume.kubernetes.io/selected-node'] !== undefined;
  if (lateBinding && !hasNode) return { kind: 'waits for a pod to be scheduled' };
  return told(event);
}

function volumeFault(claim: Claim, volume: Lookup<Volume> | undefined): VolumeFault {
  if (volume?.state === 'missing') return { kind: 'missing' };
  if (volume?.state !== 'found') return { kind: 'not bound yet' };
  const owner = otherOwner(claim, volume);
  if (owner) return { kind: 'claimed by another', ...owner };
  // Somebody has chosen the claim by the volume's claimRef: then the controller compares nothing.
  const misfits = volume.object.spec?.claimRef === undefined ? misfitsOf(claim, volume.object) : [];
  return misfits.length > 0 ? { kind: 'does not fit', misfits } : { kind: 'not bound yet' };
}

const requestPath = ['f:spec', 'f:resources', 'f:requests', 'f:storage'];

/**
 * https://kubernetes.io/docs/concepts/storage/persistent-volumes/#expanding-persistent-volumes-claims, and KEP-1790 for
 * the statuses.
 */
function resizing(claim: Claim, { warning }: ClaimSurroundings): ResizeFinding[] {
  const { spec, status } = claim;
  const from = status?.capacity?.['storage'];
  const to = spec?.resources?.requests?.['storage'];
  if (status?.phase !== 'Bound' || from === undefined || to === undefined || !isMore(to, from)) return [];
  const conditions = new Map(
    (status.conditions ?? []).flatMap((each) => (each.status === 'True' ? [[each.type, each] as const] : [])),
  );
  const progress = progressOf(status.allocatedResourceStatuses?.['storage'] ?? '', conditions);
  const condition = conditions.get(progress === 'node' ? 'FileSystemResizePending' : 'Resizing');
  const failed = conditions.get('ControllerResizeError') ?? conditions.get('NodeResizeError');
  const since = progress === 'not begun' ? fieldTime(claim, requestPath) : timeOf(condition?.lastTransitionTime);
  // Another warning may be older than the request.
  const told = /resiz|expand/i.test(warning?.reason ?? '') ? warning?.message : undefined;
  return [{ kind: 'resizing', from, to, progress, since, error: failed?.message || told }];
}

function progressOf(allocation: string, conditions: ReadonlyMap<string, unknown>): ResizeProgress {
  if (allocation.endsWith('Infeasible')) return 'infeasible';
  if (allocation.startsWith('Node') || conditions.has('FileSystemResizePending')) return 'node';
  if (allocation.startsWith('Controller') || conditions.has('Resizing')) return 'controller';
  return 'not begun';
}

function templateGrowth({ spec, status }: Claim, { templateSize }: ClaimSurroundings): ClaimFinding[] {
  const request = spec?.resources?.requests?.['storage'];
  const there = status?.capacity?.['storage'] ?? request;
  if (templateSize === undefined || there === undefined || !isMore(templateSize, there)) return [];
  // Then the resize says the same.
  if (request !== undefined && !isMore(templateSize, request)) return [];
  return [{ kind: 'template asks for more', asked: templateSize, there }];
}

/** Compares bytes, since 1024Mi is 1Gi. */
function isMore(quantity: string, other: string): boolean {
  return (bytesOf(quantity) ?? 0) > (bytesOf(other) ?? Number.POSITIVE_INFINITY);
}

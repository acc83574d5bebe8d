/** What is notable about a claim besides its phase: why it is pending, how far a resize is, whose its volume is. */
import type { Lookup } from '#src/objects/snapshot.ts';
import type { Claim, Class, Event, Volume } from '#src/objects/types.ts';

/** Something notable about a claim besides its phase. */
export type ClaimFinding =
  /** Only its pods keep the claim (`kubernetes.io/pvc-protection`): without them, claim and data are deleted. */
  | { kind: 'being deleted' }
  | { kind: 'lost' }
  /**
   * Not bound. `why` is undefined if the cluster gives no reason; `event` is the message of the claim's newest event.
   */
  | { kind: 'pending'; why: { event: string } | 'waits for a pod to be scheduled' | 'class missing' | undefined }
  | { kind: 'resizing'; from: string; to: string; waitsForNode: boolean }
  | { kind: 'resize failed'; to: string }
  | { kind: 'block' }
  | { kind: 'attributes class'; current: string | undefined; wanted: string }
  /** The volume is bound to another claim. `former`: that claim had the same name and was deleted. */
  | { kind: 'volume of another claim'; owner: string; former: boolean };

export function claimFindings(
  claim: Claim,
  volume: Lookup<Volume> | undefined,
  storageClass: Lookup<Class> | undefined,
  event: Event | undefined,
): ClaimFinding[] {
  const { metadata, spec, status } = claim;
  const found: ClaimFinding[] = [];
  if (metadata.deletionTimestamp) found.push({ kind: 'being deleted' });
  if (status?.phase === 'Pending') found.push({ kind: 'pending', why: whyPending(claim, storageClass, event) });
  if (spec?.volumeMode === 'Block') found.push({ kind: 'block' });
  if (spec?.volumeAttributesClassName) {
    const current = status?.currentVolumeAttributesClassName;
    found.push({ kind: 'attributes class', current, wanted: spec.volumeAttributesClassName });
  }
  found.push(...resizing(claim));
  const foreign = ownerOf(claim, volume);
  if (foreign) found.push(foreign);
  else if (status?.phase === 'Lost') found.push({ kind: 'lost' });
  return found;
}

function ownerOf({ metadata }: Claim, volume: Lookup<Volume> | undefined): ClaimFinding | undefined {
  const owner = volume?.state === 'found' ? volume.object.spec?.claimRef : undefined;
  if (owner === undefined) return undefined;
  const former = owner.name === metadata.name && owner.namespace === metadata.namespace;
  if (former && (!owner.uid || !metadata.uid || owner.uid === metadata.uid)) return undefined;
  return { kind: 'volume of another claim', owner: `${owner.namespace ?? ''}/${owner.name ?? ''}`, former };
}

type Pending = Extract<ClaimFinding, { kind: 'pending' }>['why'];

function whyPending(claim: Claim, storageClass: Lookup<Class> | undefined, event: Event | undefined): Pending {
  if (storageClass?.state === 'missing' && !claim.spec?.volumeName) return 'class missing';
  const lateBinding =
    storageClass?.state === 'found' && storageClass.object.volumeBindingMode === 'WaitForFirstConsumer';
  // The scheduler sets it once it has chosen a node. Nothing is provisioned before.
  const hasNode = claim.metadata.annotations?.['volume.kubernetes.io/selected-node'] !== undefined;
  if (lateBinding && !hasNode) return 'waits for a pod to be scheduled';
  return event?.message ? { event: event.message } : undefined;
}

/** https://kubernetes.io/docs/concepts/storage/persistent-volumes/#expanding-persistent-volumes-claims */
function resizing({ spec, status }: Claim): ClaimFinding[] {
  const from = status?.capacity?.['storage'];
  const to = spec?.resources?.requests?.['storage'];
  if (status?.phase !== 'Bound' || from === undefined || to === undefined) return [];
  const allocation = status.allocatedResourceStatuses?.['storage'] ?? '';
  if (allocation.endsWith('Infeasible')) return [{ kind: 'resize failed', to }];
  const conditions = new Set(
    (status.conditions ?? []).filter((condition) => condition.status === 'True').map((condition) => condition.type),
  );
  const waitsForNode = conditions.has('FileSystemResizePending');
  return waitsForNode || conditions.has('Resizing') ? [{ kind: 'resizing', from, to, waitsForNode }] : [];
}

/** Puts the state of a claim into words: what is wrong with it, what it waits for, who shares it, how full it is. */
import { absence, type Cell } from '#src/drawing/cells.ts';
import { inOneLine, listed } from '#src/drawing/sentences.ts';
import type { Tone } from '#src/drawing/tone.ts';
import { humanBytes } from '#src/objects/quantity.ts';
import type { Named } from '#src/objects/types.ts';
import type { ClaimFinding } from '#src/statefulset/claimfindings.ts';
import type { ClaimOrigin, Storage } from '#src/statefulset/storage.ts';

const phaseTones = new Map<string, Tone>([
  ['Bound', 'good'],
  ['Lost', 'bad'],
  ['Failed', 'bad'],
  ['Released', 'bad'],
]);

/** The phase of a claim or a volume. While it is being deleted, its phase no longer matters. */
export function phaseCell({ metadata }: Named, phase: string | undefined): Cell {
  if (metadata.deletionTimestamp) return { text: 'Terminating', tone: 'bad' };
  return phase === undefined ? absence('not given') : { text: phase, tone: phaseTones.get(phase) ?? 'warning' };
}

/** @param storage the claim that the finding is about */
export function findingWords(finding: ClaimFinding, storage: Storage): Cell {
  const { mountedBy, volume } = storage;
  switch (finding.kind) {
    case 'being deleted': {
      const [first, ...others] = mountedBy;
      const pods = others.length > 0 ? `${first} and ${others.length} more pods do` : `${first} does`;
      const text = first ? `being deleted: its data goes when ${pods}` : 'being deleted';
      return { text, tone: 'bad' };
    }
    case 'lost':
      return { text: `its volume ${volume?.name ?? ''} is gone`, tone: 'bad' };
    case 'pending':
      return pendingWords(finding.why, storage);
    case 'resizing': {
      const until = finding.waitsForNode ? ', the file system when a pod mounts it' : '';
      return { text: `resizing from ${finding.from} to ${finding.to}${until}`, tone: 'warning' };
    }
    case 'resize failed':
      return { text: `cannot be resized to ${finding.to}`, tone: 'bad' };
    case 'block':
      return { text: 'block device' };
    case 'attributes class': {
      const { current, wanted } = finding;
      if (current === wanted) return { text: `attributes class ${wanted}` };
      return { text: `attributes class ${current ?? 'none'}, wanted ${wanted}`, tone: 'warning' };
    }
    case 'volume of another claim':
      return { text: `its volume belongs to ${finding.former ? 'a former ' : ''}${finding.owner}`, tone: 'bad' };
  }
}

/** Why a claim is pending. */
function pendingWords(
  why: Extract<ClaimFinding, { kind: 'pending' }>['why'],
  { class: storageClass, mountedBy }: Storage,
): Cell {
  if (why === undefined) return { text: '' };
  if (why === 'class missing') return { text: `there is no StorageClass ${storageClass?.name ?? ''}`, tone: 'bad' };
  if (why === 'waits for a pod to be scheduled') {
    return { text: `WaitForFirstConsumer: waits for ${mountedBy[0] ?? 'a pod'} to be scheduled` };
  }
  return { text: inOneLine(why.event), tone: 'warning' };
}

/** How full a claim is: `12Mi of 49Mi used (24%)`. */
export function usageWords(usage: Storage['usage']): Cell {
  if (usage === undefined) return { text: '' };
  if (usage === 'unknown') return { text: 'usage unknown' };
  const { used, capacity } = usage;
  // The space that the file system reserves counts as used: a volume is full when nothing is available.
  const share = capacity > 0 ? 1 - usage.available / capacity : 0;
  const text = `${humanBytes(used)} of ${humanBytes(capacity)} used (${Math.round(share * 100)}%)`;
  return share >= nearlyFull ? { text, tone: share >= full ? 'bad' : 'warning' } : { text };
}

const nearlyFull = 0.8;
const full = 0.95;

/** What is odd about where a claim comes from; empty where nothing is. */
export function originWords(origin: ClaimOrigin): string {
  switch (origin) {
    case 'former template':
      return 'not a claim that the set gives its pods now';
    case 'not mounted':
      return 'not mounted: the pod has no volume for it';
    default:
      return '';
  }
}

/**
 * What is odd about a claim, and which other pods mount it; empty where nothing is and none does.
 *
 * @param own the names of the set's pods
 */
export function sharingWords({ mountedBy, willMount, origin }: Storage, own: ReadonlySet<string>): string {
  const foreign = mountedBy.filter((pod) => !own.has(pod));
  const ours = mountedBy.length === 0 ? willMount : mountedBy.length - foreign.length;
  const more = foreign.length > 1 ? ` and ${foreign.length - 1} more` : '';
  return listed(
    originWords(origin),
    ours > 1 && `shared by ${ours} pods`,
    foreign.length > 0 && `also mounted by ${foreign[0]}${more}, not of this set`,
  );
}

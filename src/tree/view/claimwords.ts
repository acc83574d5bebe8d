/** Puts the state of a claim into words: what is wrong with it, what it waits for, how full it is. */
import { absence, type Cell } from '#src/drawing/cells.ts';
import { inOneLine } from '#src/drawing/sentences.ts';
import type { Tone } from '#src/drawing/tone.ts';
import { humanBytes } from '#src/objects/quantity.ts';
import type { Named } from '#src/objects/types.ts';
import type { ClaimFinding, Storage } from '#src/statefulset/storage.ts';
import { deletionWords } from './fatewords.ts';

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
  const { volume } = storage;
  switch (finding.kind) {
    case 'being deleted':
      return { text: deletionWords(storage), tone: 'bad' };
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

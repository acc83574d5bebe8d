/** Puts the state of a claim into words: what is wrong with it, what it waits for, how full it is. */
import { absence, type Cell } from '#src/drawing/cells.ts';
import { inOneLine, listed, shortened } from '#src/drawing/sentences.ts';
import type { Tone } from '#src/drawing/tone.ts';
import { humanBytes } from '#src/objects/quantity.ts';
import { humanDuration } from '#src/objects/time.ts';
import type { Named } from '#src/objects/types.ts';
import type {
  ClaimFinding,
  ResizeFinding,
  ResizeProgress,
  VolumeFault,
  WhyPending,
} from '#src/statefulset/claimfindings.ts';
import type { Storage } from '#src/statefulset/storage.ts';
import type { VolumeMisfit } from '#src/statefulset/volumematch.ts';
import { goingWords } from './fatewords.ts';

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

/**
 * @param storage the claim that the finding is about
 * @param now milliseconds since the epoch; undefined leaves out how long something lasts
 */
export function findingWords(finding: ClaimFinding, storage: Storage, now: number | undefined): Cell {
  const { volume } = storage;
  switch (finding.kind) {
    case 'being deleted':
      return { text: goingWords(storage), tone: 'bad' };
    case 'lost':
      return { text: `its volume ${volume?.name ?? ''} is gone`, tone: 'bad' };
    case 'pending':
      return pendingWords(finding.why, storage);
    case 'resizing':
      return resizeWords(finding, storage, now);
    case 'template asks for more': {
      const text = `the claim template asks for ${finding.asked}, ${finding.there} there: no claim is resized by it`;
      return { text, tone: 'warning' };
    }
    case 'block':
      return { text: 'block device' };
    case 'attributes class': {
      const { current, wanted } = finding;
      if (current === wanted) return { text: `attributes class ${wanted}` };
      return { text: `attributes class ${current ?? 'none'}, wanted ${wanted}`, tone: 'warning' };
    }
    case 'volume of another claim':
      // A claim that waits for the volume says so.
      if (storage.findings.some((each) => each.kind === 'pending')) return { text: '' };
      return { text: `its volume belongs to ${ownerWords(finding)}`, tone: 'bad' };
  }
}

function ownerWords({ owner, former }: { owner: string; former: boolean }): string {
  return `${former ? 'a former ' : ''}${owner}`;
}

/** Why a claim is pending. */
function pendingWords(why: WhyPending | undefined, { class: storageClass, mountedBy }: Storage): Cell {
  if (why === undefined) return { text: '' };
  switch (why.kind) {
    case 'class missing':
      return { text: `there is no StorageClass ${storageClass?.name ?? ''}`, tone: 'bad' };
    case 'waits for a pod to be scheduled':
      return { text: `WaitForFirstConsumer: waits for ${mountedBy[0] ?? 'a pod'} to be scheduled` };
    case 'volume':
      return volumeFaultWords(why.volume, why.fault);
    case 'event':
      return { text: eventWords(why), tone: 'warning' };
  }
}

/** A Normal event tells what is being waited for. The reason of a Warning tells who failed. */
function eventWords({ type, reason, message }: { type: string; reason: string; message: string }): string {
  return type === 'Warning' && reason !== '' ? `${reason}: ${shortened(message)}` : inOneLine(message);
}

/** Why a claim is not bound to the volume that it names. */
function volumeFaultWords(volume: string, fault: VolumeFault): Cell {
  const waits = `waits for its volume ${volume}`;
  switch (fault.kind) {
    case 'missing':
      return { text: `${waits}, which is missing`, tone: 'bad' };
    case 'claimed by another': {
      const until = fault.former ? ' until its claimRef is removed' : '';
      return { text: `${waits}, which belongs to ${ownerWords(fault)}${until}`, tone: 'bad' };
    }
    case 'does not fit':
      return { text: `${waits}, which does not fit: ${listed(...fault.misfits.map(misfitWords))}`, tone: 'bad' };
    case 'not bound yet':
      return { text: waits, tone: 'warning' };
  }
}

function misfitWords({ property, volume, claim }: VolumeMisfit): string {
  switch (property) {
    case 'deletion':
      return 'it is being deleted';
    case 'size':
      return `${claim} asked for, ${volume} there`;
    case 'class':
    case 'attributes class':
      return `its ${property} is ${volume || 'none'}, not ${claim || 'none'}`;
    case 'volume mode':
      return `its volumeMode is ${volume}, not ${claim}`;
    case 'access modes':
      return `its access modes are ${modesWords(volume.split(' '))}, not ${modesWords(claim.split(' '))}`;
  }
}

const progressWords: Record<ResizeProgress, string> = {
  controller: 'being resized',
  node: 'waiting for the file system until a pod starts',
  infeasible: 'infeasible, the storage system or the node refuses it',
  'not begun': 'no sign of a resize',
};

/** `50Gi asked for, 20Gi there: no sign of a resize for 12m` */
function resizeWords(finding: ResizeFinding, { class: storageClass }: Storage, now: number | undefined): Cell {
  const { from, to, progress, since, error } = finding;
  const isDone = progress === 'infeasible';
  const age = since === undefined || now === undefined || isDone ? undefined : humanDuration(now - since);
  const lasts = age && (progress === 'node' ? ` (${age})` : ` for ${age}`);
  const cannot =
    progress === 'not begun' &&
    storageClass?.class.state === 'found' &&
    !storageClass.class.object.allowVolumeExpansion;
  const words = [
    `${to} asked for, ${from} there: ${progressWords[progress]}${lasts ?? ''}`,
    cannot && 'its class does not expand volumes',
    error !== undefined && shortened(error),
  ];
  return { text: words.filter(Boolean).join('; '), tone: isDone ? 'bad' : 'warning' };
}

const shortModes = new Map([
  ['ReadWriteOnce', 'RWO'],
  ['ReadOnlyMany', 'ROX'],
  ['ReadWriteMany', 'RWX'],
  ['ReadWriteOncePod', 'RWOP'],
]);

/** `RWO ROX` */
export function modesWords(modes: readonly string[]): string {
  return modes.map((mode) => shortModes.get(mode) ?? mode).join(' ');
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

/** How the states and verdicts of the model are put into words, and how grave each is. */

import { absence, type Cell } from '#src/drawing/cells.ts';
import { waitsFor } from '#src/drawing/rolloutwords.ts';
import { inOneLine, listed } from '#src/drawing/sentences.ts';
import type { Tone } from '#src/drawing/tone.ts';
import { isTrouble, type PodStatus } from '#src/objects/podstatus.ts';
import { humanBytes } from '#src/objects/quantity.ts';
import type { Named, Pod } from '#src/objects/types.ts';
import type { LostNode } from '#src/statefulset/scheduling.ts';
import type { ClaimFinding, Storage } from '#src/statefulset/storage.ts';
import type { ClaimFate, LeftOver } from '../model/leftover.ts';
import type { WhyMissing } from '../model/topology.ts';

/** kubectl's word for a pod's state, and how grave it is. */
export function podCell({ word, ready, containers }: PodStatus): Cell {
  if (word === 'Completed' || word === 'Succeeded') return { text: word };
  if (word === 'Running') return { text: word, tone: ready === containers ? 'good' : 'warning' };
  return { text: word, tone: isTrouble(word) ? 'bad' : 'warning' };
}

const phaseTones = new Map<string, Tone>([
  ['Bound', 'good'],
  ['Lost', 'bad'],
  ['Failed', 'bad'],
  ['Released', 'bad'],
]);

/** The phase of a claim or volume; one that is being deleted is on its way out, whatever its phase. */
export function phaseCell({ metadata }: Named, phase: string | undefined): Cell {
  if (metadata.deletionTimestamp) return { text: 'Terminating', tone: 'bad' };
  return phase === undefined ? absence('not given') : { text: phase, tone: phaseTones.get(phase) ?? 'warning' };
}

export function whyMissingWords(why: WhyMissing): string {
  switch (why.kind) {
    case 'set is being deleted':
      return 'the set is being deleted';
    case 'claim is being deleted':
      return `waits until the claim ${why.claim}, which is being deleted, is gone`;
    case 'waits for':
      return 'word' in why.blocker ? (waitsFor(why.blocker) ?? '') : `waits for ${why.blocker.pod}`;
    case 'event':
      return `${why.reason}: ${inOneLine(why.message)}`;
  }
}

/**
 * Nobody but a person can know that a lost node does nothing any more: until then no successor may be made.
 * https://kubernetes.io/docs/tasks/run-application/force-delete-stateful-set-pod/
 */
export function lostNodeWords(lost: LostNode, { metadata }: Pod): string {
  if (lost === 'missing') return 'its node is gone';
  return metadata.deletionTimestamp
    ? 'its node is not ready: no successor until the node is back or its Node is deleted'
    : 'its node is not ready: whether it still runs is not known';
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
      const pending = current !== wanted;
      const text = pending ? `attributes class ${current ?? 'none'}, wanted ${wanted}` : `attributes class ${wanted}`;
      return pending ? { text, tone: 'warning' } : { text };
    }
    case 'volume of another claim':
      return { text: `its volume belongs to ${finding.former ? 'a former ' : ''}${finding.owner}`, tone: 'bad' };
  }
}

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
  // What the file system keeps for itself counts as used: a volume is full when nothing is available.
  const share = capacity > 0 ? 1 - usage.available / capacity : 0;
  const text = `${humanBytes(used)} of ${humanBytes(capacity)} used (${Math.round(share * 100)}%)`;
  return share >= nearlyFull ? { text, tone: share >= full ? 'bad' : 'warning' } : { text };
}

const nearlyFull = 0.8;
const full = 0.95;

/**
 * Who else mounts a claim.
 *
 * @param own the names of the set's pods
 */
export function sharingWords({ mountedBy, willMount }: Storage, own: ReadonlySet<string>): string {
  const foreign = mountedBy.filter((pod) => !own.has(pod));
  const ours = mountedBy.length === 0 ? willMount : mountedBy.length - foreign.length;
  const more = foreign.length > 1 ? ` and ${foreign.length - 1} more` : '';
  return listed(
    ours > 1 && `shared by ${ours} pods`,
    foreign.length > 0 && `also mounted by ${foreign[0]}${more}, not of this set`,
  );
}

export function leftOverWords({ ordinal, fate, sure }: LeftOver, isWanted: boolean): string {
  const why = isWanted ? 'no claim template makes it' : `ordinal ${ordinal} is not wanted`;
  const fates: Record<ClaimFate, string> = {
    stays: 'stays when the set goes',
    'goes with the set': 'goes with the set',
    'goes with its pod': 'goes with its pod',
    'goes now': '',
  };
  return `left over${sure ? '' : ' unless a pod mounts it'}: ${listed(why, fates[fate])}`;
}

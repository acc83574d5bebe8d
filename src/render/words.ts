/** How the states and verdicts of the model are put into words, and how grave each is. */
import { isTrouble, type PodStatus } from '../objects/podstatus.ts';
import { humanBytes } from '../objects/quantity.ts';
import type { Absence } from '../objects/snapshot.ts';
import type { Named, Pod } from '../objects/types.ts';
import type { ClaimFate, LeftOver } from '../statefulset/leftover.ts';
import type { Blocker, Rollout } from '../statefulset/rollout.ts';
import type { LostNode, Unschedulable } from '../statefulset/scheduling.ts';
import type { ClaimFinding, Storage } from '../statefulset/storage.ts';
import type { WhyMissing } from '../statefulset/topology.ts';
import type { Cell, Tone } from './tree.ts';

const absenceTones: Record<Absence, Tone> = { missing: 'bad', forbidden: 'warning', 'not given': 'faint' };

export function absence(state: Absence): Cell {
  return { text: state, tone: absenceTones[state] };
}

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

const gravity = ['bad', 'warning', 'faint', 'good'] as const;

/** What several words come to together. */
export function gravest(cells: readonly Cell[]): Tone | undefined {
  return gravity.find((tone) => cells.some((cell) => cell.tone === tone));
}

/** Words with commas between them, leaving out what is empty. */
export function listed(...words: (string | undefined | false)[]): string {
  return words.filter((word) => word).join(', ');
}

export interface Verdict {
  status: Cell;
  /** What stands behind the word. */
  detail: string;
}

/** The state of a set, and what it waits for. */
export function rolloutWords(rollout: Rollout): Verdict {
  switch (rollout.state) {
    case 'no status':
      return { status: absence('not given'), detail: '' };
    case 'deleting':
      return { status: { text: 'Terminating', tone: 'warning' }, detail: 'the set is being deleted' };
    case 'unseen':
      return warning('Pending', 'the controller has not seen the latest change');
    case 'stuck':
      return { status: { text: 'Stuck', tone: 'bad' }, detail: stuckWords(rollout) };
    case 'scaling':
      return warning('Scaling', listed(scalingWords(rollout), waitsFor(rollout.blocker)));
    case 'updating':
      return warning('Updating', listed(`${rollout.updated} of ${rollout.target} updated`, waitsFor(rollout.blocker)));
    case 'waits for deletion': {
      const updated = `${rollout.updated} of ${rollout.wanted} updated`;
      return warning('Outdated', listed(stateOf(rollout.blocker), updated, 'OnDelete waits for pods to be deleted'));
    }
    case 'not ready':
      return warning('NotReady', stateOf(rollout.blocker) ?? '');
    case 'done': {
      const detail = rollout.heldBack > 0 ? `${rollout.heldBack} held back by the partition` : '';
      return { status: { text: 'Updated', tone: 'good' }, detail };
    }
  }
}

function warning(text: string, detail: string): Verdict {
  return { status: { text, tone: 'warning' }, detail };
}

function scalingWords({ pods, wanted }: Extract<Rollout, { state: 'scaling' }>): string {
  return pods < wanted ? `${pods} of ${wanted} pods are there` : `${pods} pods are there, ${wanted} wanted`;
}

function stuckWords({ blocker, cause, endangered }: Extract<Rollout, { state: 'stuck' }>): string {
  const { pod, word } = blocker;
  if (cause === 'broken in the update revision') {
    return `${pod} is ${word} in the update revision: the update goes no further`;
  }
  const why = `${word} in an older revision, which the controller never replaces`;
  // What to do, or not to do, comes first: a narrow terminal cuts the end.
  return endangered === undefined
    ? `delete ${pod}: ${why}`
    : `save the data of ${pod}: its claim ${endangered} is being deleted and goes with the pod; ${why}`;
}

function waitsFor(blocker: Blocker | undefined): string | undefined {
  return blocker && `waits for ${blocker.pod}${blocker.word && ` (${blocker.word})`}`;
}

function stateOf(blocker: Blocker | undefined): string | undefined {
  return blocker && `${blocker.pod} is ${blocker.word || 'without status'}`;
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

/** Messages of the cluster are sentences, at times several and on several lines. */
function inOneLine(message: string): string {
  return message.trim().replace(/\s+/g, ' ').replace(/\.$/, '');
}

export function unschedulableWords({ scheduler, volume }: Unschedulable): string {
  if (volume === undefined) return inOneLine(scheduler);
  const { place, nodes } = volume;
  const [only] = nodes;
  if (only && nodes.length === 1) {
    const there = only.name === place ? '' : `in ${place ?? 'one place'} `;
    return `its volume lives ${there}on ${only.name}, which is ${only.state}`;
  }
  const lives = `its volume lives ${place === undefined ? 'elsewhere' : `in ${place}`}`;
  if (nodes.length === 0) return `${lives}, where the cluster has no node`;
  const states = nodes.slice(0, 3).map(({ name, state }) => `${name} is ${state}`);
  return `${lives}: ${listed(...states, nodes.length > 3 && `${nodes.length - 3} more`)}`;
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

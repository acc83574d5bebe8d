/** Puts the state of pods into words: those that are there, and those that are missing. */
import { absence, type Cell } from '#src/drawing/cells.ts';
import { waitsWords } from '#src/drawing/rolloutwords.ts';
import { counted, named, shortened } from '#src/drawing/sentences.ts';
import { cannotWords, refusalCause } from '#src/drawing/stuckwords.ts';
import { isTrouble, type PodStatus } from '#src/objects/podstatus.ts';
import { humanDuration, parseTime } from '#src/objects/time.ts';
import type { Event, Pod, StatefulSet } from '#src/objects/types.ts';
import { revisionOf } from '#src/statefulset/controller/pods.ts';
import type { RevisionStanding } from '#src/statefulset/controller/revisions.ts';
import { revisionHash } from '#src/statefulset/identity.ts';
import type { AbsentPods, PresentPod, WhyMissing } from '../model/members.ts';

/** kubectl's word for the state of a pod, and how grave it is. */
export function podCell({ status }: Pod, { word, ready, containers }: PodStatus): Cell {
  if (status === undefined) return absence('not given');
  if (word === 'Completed' || word === 'Succeeded') return { text: word };
  if (word === 'Running') return { text: word, tone: ready === containers ? 'good' : 'warning' };
  return { text: word, tone: isTrouble(word) ? 'bad' : 'warning' };
}

/** @param now milliseconds since the epoch; undefined leaves out how long ago the last restart was */
export function restartWords({ restarts, lastRestart }: PodStatus, now: number | undefined): string {
  if (restarts === 0) return '';
  const words = counted(restarts, 'restart');
  if (now === undefined || lastRestart === undefined) return words;
  return `${words} (${humanDuration(now - parseTime(lastRestart))} ago)`;
}

const standings: Record<RevisionStanding, string> = {
  update: '',
  current: ' (current, not the update)',
  neither: ' (neither current nor update)',
  unlabelled: '',
  unknown: '',
};

export function revisionWords({ metadata }: StatefulSet, { pod, revision }: PresentPod): string {
  const label = revisionOf(pod);
  return label === undefined ? '' : `revision ${revisionHash(metadata.name, label)}${standings[revision]}`;
}

/**
 * A pod on a lost node gets no successor, since only a person can know that nothing runs on the node any more. Nobody is
 * told to delete the Node: Kubernetes would then delete a pod that may still write to its volume.
 * https://kubernetes.io/docs/concepts/cluster-administration/node-shutdown/#non-graceful-node-shutdown
 *
 * @returns empty where nothing is to be said
 */
export function lostNodeWords({ lostNode, outOfService, pod }: PresentPod): string {
  switch (lostNode) {
    case 'missing':
      return 'its node is gone';
    case 'not ready':
      if (!pod.metadata.deletionTimestamp) return 'its node is not ready: whether it still runs is not known';
      return outOfService
        ? 'its node is out of service: Kubernetes is removing the pod'
        : 'its node is not ready: no successor until the node is back or known to be off';
    case 'forbidden':
      return 'whether its node is well is not known (forbidden)';
    case 'not given':
    case undefined:
      return '';
  }
}

/** `has no volume for claim template wal`; empty if it has all */
export function lacksWords(templates: readonly string[]): string {
  return templates.length > 0
    ? `has no volume for claim template${templates.length > 1 ? 's' : ''} ${named(templates)}`
    : '';
}

/** `FailedMount: configmap "settings" not found` */
export function warningWords({ reason = '', message = '' }: Event): string {
  return `${reason}: ${shortened(message)}`;
}

/** A pod that waits for its turn is missing without a fault of its own. */
export function absentCell({ state, why }: AbsentPods): Cell {
  return why?.kind === 'waits for' ? { text: state, tone: 'warning' } : absence(state);
}

export function whyMissingWords(why: WhyMissing): string {
  switch (why.kind) {
    case 'set is being deleted':
      return 'the set is being deleted';
    case 'claim is being deleted':
      return `waits until the claim ${why.claim}, which is being deleted, is gone`;
    case 'waits for':
      return why.waiting ? waitsWords(why.waiting) : `waits for ${why.pod}`;
    case 'claim is stale':
      return `waits until the claim ${why.claim} of an earlier pod is gone`;
    case 'cannot be created':
      return cannotWords(why.stuck);
    case 'event':
      return `${why.reason}: ${refusalCause(why.message)}`;
  }
}

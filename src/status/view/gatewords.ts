/** What a gate says in the end, and while it waits. */
import { rolloutWords } from '#src/drawing/rolloutwords.ts';
import { counted, listed } from '#src/drawing/sentences.ts';
import { stuckWords } from '#src/drawing/stuckwords.ts';
import { formatDuration } from '#src/objects/duration.ts';
import { humanDuration } from '#src/objects/time.ts';
import type { StatefulSet } from '#src/objects/types.ts';
import { revisionHash } from '#src/statefulset/identity.ts';
import { shellQuoted } from '#src/terminal/shell.ts';
import type { Topology } from '#src/tree/model/topology.ts';
import { readyWords } from '#src/tree/view/setwords.ts';
import type { Goal, Standing } from '../model/gate.ts';
import { setCauseWords } from './setcausewords.ts';

export interface GateWords {
  goal: Goal;
  /** Names the namespace of each set. */
  allNamespaces: boolean;
  /** Milliseconds; Infinity for no limit. */
  timeout: number;
}

function subject({ metadata: { name, namespace = '' } }: StatefulSet, { allNamespaces }: GateWords): string {
  return `statefulset/${name}${allNamespaces ? ` in ${namespace}` : ''}`;
}

/** `statefulset/web is rolled out: 3 pods available, all at revision 7c9d8` */
export function metWords({ set, rollout }: Topology, words: GateWords): string {
  const who = subject(set, words);
  if (!('wanted' in rollout)) return who;
  const pods = `${counted(rollout.wanted, 'pod')} available`;
  if (words.goal === 'ready') return `${who} is ready: ${pods}`;
  const { updateRevision } = set.status ?? {};
  const { target, heldBack } = rollout;
  const revision = updateRevision === undefined ? '' : revisionHash(set.metadata.name, updateRevision);
  return `${who} is rolled out: ${listed(
    pods,
    rollout.wanted > 0 && `${heldBack === 0 ? 'all' : target} at revision ${revision}`,
    heldBack > 0 && `${heldBack} held back by the partition`,
  )}`;
}

/** Why the gate does not open, without a full stop; undefined where it does, or still waits. */
export function failureWords({ set, rollout }: Topology, standing: Standing, words: GateWords): string | undefined {
  const who = subject(set, words);
  switch (standing.kind) {
    case 'stuck': {
      const stuck = standing.stuck.ground === 'certain' ? 'stuck' : 'probably stuck';
      return `error: ${who} is ${stuck}: ${'judgement' in rollout ? stuckWords(rollout, standing.stuck) : ''}`;
    }
    case 'outdated': {
      const { pods } = standing;
      const them = pods.length === 1 ? 'it' : 'them';
      return `error: ${who} is not rolled out: ${setCauseWords({ kind: 'outdated', pods })}; ${rollCommand(set, '--outdated')} restarts ${them}`;
    }
    case 'deleting':
      return `error: ${who} is being deleted`;
    case 'unknown':
      return `error: whether ${who} is ${goalWords[words.goal]} cannot be found out without the right to list pods`;
    case 'waiting':
    case 'met':
      return undefined;
  }
}

/** For a POSIX shell. */
export function rollCommand({ metadata: { name, namespace } }: StatefulSet, ...flags: string[]): string {
  const words = ['roll', name, ...flags, ...(namespace ? ['-n', namespace] : [])];
  return ['kubectl sts', ...words.map(shellQuoted)].join(' ');
}

const goalWords: Readonly<Record<Goal, string>> = { rollout: 'rolled out', ready: 'ready' };

/** Of a set that is where it should be. */
export function doubtWords(set: StatefulSet, trouble: string, words: GateWords): string {
  return `note: ${subject(set, words)} has another trouble: ${trouble}`;
}

export function goneWords(set: StatefulSet, words: GateWords): string {
  return `error: ${subject(set, words)} was deleted while it was waited for`;
}

/** `error: timed out after 10m waiting until statefulset/web is rolled out: 2/3 ready, Updating, waits for web-1` */
export function timeOutWords(topology: Topology, words: GateWords): string {
  const { status, detail } = rolloutWords(topology.rollout);
  const ready = readyWords(topology);
  const state = listed(ready !== undefined && `${ready} ready`, status.text, detail);
  const who = subject(topology.set, words);
  return `error: timed out after ${formatDuration(words.timeout)} waiting until ${who} is ${goalWords[words.goal]}: ${state}`;
}

/** The time is up, and for a while the API server has not told how the sets are. */
export function blindWords(message: string, { timeout }: GateWords): string {
  return `error: timed out after ${formatDuration(timeout)}, and how the sets are is not known: ${message}`;
}

export function nothingToWaitFor(namespace: string | undefined): string {
  return `error: there is no StatefulSet to wait for${namespace === undefined ? '' : ` in namespace ${namespace}`}`;
}

export function newerWords(set: StatefulSet, words: GateWords): string {
  return `note: ${subject(set, words)} has changed again (generation ${set.metadata.generation}): waiting for that`;
}

/** `waiting until all are rolled out, for 1m20s of 10m` @param waited milliseconds */
export function waitingWords(waited: number, { goal, timeout }: GateWords): string {
  const limit = Number.isFinite(timeout) ? ` of ${formatDuration(timeout)}` : '';
  return `waiting until all are ${goalWords[goal]}, for ${humanDuration(waited)}${limit}`;
}

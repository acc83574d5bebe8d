/** The rolls that Leases tell of: as a table, as a document, and what is said when one is forgotten. */

import { apiVersion } from '#src/drawing/document.ts';
import { drawSentenced, type SentencedRow, type SentencedStyle, withBrief } from '#src/drawing/sentenced.ts';
import { humanDuration } from '#src/objects/time.ts';
import type { Lease } from '#src/objects/types.ts';
import type { RunState } from '../model/leaserules.ts';
import type { OtherRoll } from '../model/problem.ts';
import type { RollRecord } from '../model/record.ts';
import type { Mismatch } from '../model/resumption.ts';
import { mismatchWords } from './resuming.ts';

export interface RollStatus {
  set: string;
  namespace: string;
  lease: Lease;
  /** Undefined where nobody holds it. */
  holder: string | undefined;
  state: RunState;
  record: RollRecord | { unreadable: string };
  /** Why nobody can go on with it; undefined where somebody can, or nobody knows. */
  lost: Lost | undefined;
  /** The UIDs of the namespace's pods, by name; undefined where they may not be seen. */
  uids: ReadonlyMap<string, string | undefined> | undefined;
}

/** Why nobody can go on with a roll. */
type Lost = { kind: 'unreadable'; why: string } | { kind: 'set gone' } | Mismatch;

function lostWords(lost: Lost): string {
  switch (lost.kind) {
    case 'unreadable':
      return `unreadable (${lost.why})`;
    case 'set gone':
      return 'the set is gone';
    default:
      return mismatchWords(lost);
  }
}

/**
 * How a pod of the roll stands, by its UID now: the Lease is only as new as the last eviction. `made anew`: another pod
 * has its name, and the Lease does not say yet that it is done. `unknown`: the pods may not be seen.
 */
type PodProgress = 'waits' | 'gone' | 'made anew' | 'restarted' | 'unknown';

function progressOf({ record, uids }: RollStatus): { pod: string; progress: PodProgress }[] {
  if ('unreadable' in record) return [];
  return record.steps.map(({ pod, uid, progress }) => {
    if (progress === 'done') return { pod, progress: 'restarted' };
    if (uids === undefined) return { pod, progress: 'unknown' };
    const now = uids.get(pod);
    if (now === undefined) return { pod, progress: 'gone' };
    return { pod, progress: now === uid ? 'waits' : 'made anew' };
  });
}

export async function statusTable(
  rolls: readonly RollStatus[],
  { width, colour, allNamespaces }: Omit<SentencedStyle, 'header'> & { allNamespaces: boolean },
): Promise<string> {
  return await drawSentenced(
    {
      columns: [
        ...(allNamespaces ? [{ title: 'NAMESPACE', long: 'own line' as const }] : []),
        { title: 'STATEFULSET', long: 'own line' },
        { title: 'ROLL', long: 'end' },
        { title: 'STATE', long: 'end' },
        { title: 'RESTARTED', long: 'end' },
        { title: 'NEXT', long: 'own line' },
      ],
      sentences: ['HELD BY', 'RENEWED'],
      rows: rolls.map((roll) => statusRow(roll, allNamespaces)),
      gives: [
        ['NAMESPACE', 16],
        ['STATEFULSET', 12],
        ['NEXT', 24],
      ],
    },
    { width, colour, header: true },
  );
}

function statusRow(roll: RollStatus, allNamespaces: boolean): SentencedRow {
  const { record, lease, set, holder, lost, state } = roll;
  const pods = progressOf(roll);
  const restarted = pods.filter(({ progress }) => progress === 'restarted').length;
  const texts = [
    ...(allNamespaces ? [roll.namespace] : []),
    set,
    'unreadable' in record ? 'unreadable' : record.id,
    state.kind,
    'unreadable' in record ? '-' : `${restarted}/${pods.length}`,
    pods.find(({ progress }) => progress !== 'restarted')?.pod ?? '-',
  ];
  const nobody = lost === undefined ? 'nobody: --resume goes on' : `nobody: ${lostWords(lost)}: --abort forgets it`;
  return {
    cells: texts.map((text) => ({ text })),
    sentences: [
      holder === undefined ? withBrief({ text: nobody }) : { text: heldWords(holder, state, lost) },
      // By the clock of the machine that wrote it.
      { text: (lease.spec?.renewTime ?? '-').replace(/\.\d+/, '') },
    ],
  };
}

/** The holder, and what is known of it besides. */
function heldWords(holder: string, state: RunState, lost: Lost | undefined): string {
  const words = stateWords(
    state,
    lost === undefined ? '--resume makes sure, and goes on' : `${lostWords(lost)}: --abort forgets it`,
  );
  return words === '' ? holder : `${holder}: ${words}`;
}

/** @param then what a person can do about a run that is gone */
function stateWords(state: RunState, then: string): string {
  switch (state.kind) {
    case 'running':
    case 'stopped':
      return '';
    case 'silent':
      return `not renewed for ${humanDuration(state.since)}: it was interrupted, unless the clock of its machine is slow; ${then}`;
    case 'unknown':
      switch (state.why) {
        case 'late':
          return `not renewed for ${humanDuration(state.since)}: if it is not renewed within ${humanDuration(state.left)}, it was interrupted`;
        case 'no time':
          return 'its Lease does not say since when it is not renewed';
        case 'time ahead':
          return 'renewed in the future: the clock of its machine is fast, and it is not known whether it still runs';
      }
  }
}

export function statusDocument(rolls: readonly RollStatus[]): object {
  return {
    apiVersion,
    kind: 'RollStatusList',
    items: rolls.map((roll) => {
      const { record, lease, set, namespace, holder, lost, state } = roll;
      return {
        apiVersion,
        kind: 'RollStatus',
        namespace,
        statefulSet: set,
        ...('unreadable' in record ? { unreadable: record.unreadable } : { roll: record.id }),
        state: state.kind,
        ...(lost !== undefined && { lost: lostWords(lost) }),
        ...(holder !== undefined && { holder }),
        ...(lease.spec?.renewTime !== undefined && { renewTime: lease.spec.renewTime }),
        ...(lease.spec?.leaseDurationSeconds !== undefined && {
          leaseDurationSeconds: lease.spec.leaseDurationSeconds,
        }),
        pods: progressOf(roll),
      };
    }),
  };
}

/** @param namespace undefined for all namespaces */
export function noRollsWords(namespace: string | undefined): string {
  return namespace === undefined ? 'No roll is under way.' : `No roll is under way in ${namespace} namespace.`;
}

export function nothingToForgetWords(set: string): string {
  return `there is no roll of statefulset/${set} to forget`;
}

export function forgottenWords(set: string, { id, holder }: OtherRoll): string {
  const roll = id === undefined ? 'the roll' : `roll ${id}`;
  const stops = holder === undefined ? '' : `; ${holder} stops before the next pod, if it still goes on`;
  return `${roll} of statefulset/${set} is forgotten${stops}`;
}

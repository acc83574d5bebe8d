/** The rolls that Leases tell of: as a table, as a document, and what is said when one is forgotten. */

import { displayWidth } from '#src/drawing/columns.ts';
import { apiVersion } from '#src/drawing/document.ts';
import { drawTable } from '#src/drawing/flattable.ts';
import type { Lease } from '#src/objects/types.ts';
import { printable } from '#src/terminal/escape.ts';
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

export async function statusTable(rolls: readonly RollStatus[]): Promise<string> {
  const titles = ['STATEFULSET', 'ROLL', 'RESTARTED', 'NEXT', 'HELD BY', 'RENEWED'];
  const rows = rolls.map((roll) => {
    const { record, lease, set, holder, lost } = roll;
    const pods = progressOf(roll);
    const restarted = pods.filter(({ progress }) => progress === 'restarted').length;
    return [
      set,
      'unreadable' in record ? 'unreadable' : record.id,
      'unreadable' in record ? '-' : `${restarted}/${pods.length}`,
      pods.find(({ progress }) => progress !== 'restarted')?.pod ?? '-',
      holder ?? (lost === undefined ? 'nobody: --resume goes on' : `nobody: ${lostWords(lost)}: --abort forgets it`),
      // By the clock of the machine that wrote it.
      (lease.spec?.renewTime ?? '-').replace(/\.\d+/, ''),
    ].map(printable);
  });
  const all = [titles, ...rows];
  const widths = titles.map((_, column) => Math.max(...all.map((cells) => displayWidth(cells[column] ?? ''))));
  return drawTable(all, widths);
}

export function statusDocument(rolls: readonly RollStatus[]): object {
  return {
    apiVersion,
    kind: 'RollStatusList',
    items: rolls.map((roll) => {
      const { record, lease, set, namespace, holder, lost } = roll;
      return {
        apiVersion,
        kind: 'RollStatus',
        namespace,
        statefulSet: set,
        ...('unreadable' in record ? { unreadable: record.unreadable } : { roll: record.id }),
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

export function noRollsWords(namespace: string): string {
  return `No roll is under way in ${namespace} namespace.`;
}

export function nothingToForgetWords(set: string): string {
  return `there is no roll of statefulset/${set} to forget`;
}

export function forgottenWords(set: string, { id, holder }: OtherRoll): string {
  const roll = id === undefined ? 'the roll' : `roll ${id}`;
  const stops = holder === undefined ? '' : `; ${holder} stops before the next pod, if it still goes on`;
  return `${roll} of statefulset/${set} is forgotten${stops}`;
}

/** The rolls that Leases tell of: as a table, as a document, and what is said when one is forgotten. */

import { apiVersion } from '#src/drawing/document.ts';
import { drawSentenced, type SentencedRow, type SentencedStyle, withBrief } from '#src/drawing/sentenced.ts';
import type { Lease } from '#src/objects/types.ts';
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

export async function statusTable(
  rolls: readonly RollStatus[],
  { width, colour }: Omit<SentencedStyle, 'header'>,
): Promise<string> {
  return await drawSentenced(
    {
      columns: [
        { title: 'STATEFULSET', long: 'own line' },
        { title: 'ROLL', long: 'end' },
        { title: 'RESTARTED', long: 'end' },
        { title: 'NEXT', long: 'own line' },
      ],
      sentences: ['HELD BY', 'RENEWED'],
      rows: rolls.map(statusRow),
      gives: [
        ['STATEFULSET', 12],
        ['NEXT', 24],
      ],
    },
    { width, colour, header: true },
  );
}

function statusRow(roll: RollStatus): SentencedRow {
  const { record, lease, set, holder, lost } = roll;
  const pods = progressOf(roll);
  const restarted = pods.filter(({ progress }) => progress === 'restarted').length;
  const texts = [
    set,
    'unreadable' in record ? 'unreadable' : record.id,
    'unreadable' in record ? '-' : `${restarted}/${pods.length}`,
    pods.find(({ progress }) => progress !== 'restarted')?.pod ?? '-',
  ];
  const nobody = lost === undefined ? 'nobody: --resume goes on' : `nobody: ${lostWords(lost)}: --abort forgets it`;
  return {
    cells: texts.map((text) => ({ text })),
    sentences: [
      holder === undefined ? withBrief({ text: nobody }) : { text: holder },
      // By the clock of the machine that wrote it.
      { text: (lease.spec?.renewTime ?? '-').replace(/\.\d+/, '') },
    ],
  };
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

/** The questions to the person. */
import type { StatefulSet } from '#src/objects/types.ts';
import type { PlannedPod } from '../model/plan.ts';
import { revisionWords } from './words.ts';

export interface Confirmation {
  set: StatefulSet;
  pod: string;
  /** Undefined where the roll goes on from a record, which holds no revisions. */
  planned: PlannedPod | undefined;
  evicts: boolean;
}

/** `Evict web-1 (revision a → b)? [y/N] ` */
export function confirmPrompt({ set, pod, planned, evicts }: Confirmation): string {
  const revision = planned === undefined ? '' : ` (revision ${revisionWords(set, planned)})`;
  return `${evicts ? 'Evict' : 'Delete'} ${pod}${revision}? [y/N] `;
}

/** @param bold the recorded flags that make the roll bold */
export function agreePrompt(id: string, bold: readonly string[]): string {
  return `Roll ${id} was begun with ${bold.join(' ')}. Go on so? [y/N] `;
}

export function isYes(answer: string | undefined): boolean {
  return /^y(es)?$/i.test(answer?.trim() ?? '');
}

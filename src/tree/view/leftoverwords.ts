/** Puts into words why a claim is left over, and what will become of it. */
import { listed } from '#src/drawing/sentences.ts';
import type { ClaimFate, LeftOver } from '../model/leftover.ts';

const fates: Record<ClaimFate, string> = {
  stays: 'stays when the set goes',
  'goes with the set': 'goes with the set',
  'goes with its pod': 'goes with its pod',
  'goes now': '',
};

/** @param isWanted whether the set wants a pod at the claim's ordinal */
export function leftOverWords({ ordinal, fate, sure }: LeftOver, isWanted: boolean): string {
  const why = isWanted ? 'no claim template makes it' : `ordinal ${ordinal} is not wanted`;
  return `left over${sure ? '' : ' unless a pod mounts it'}: ${listed(why, fates[fate])}`;
}

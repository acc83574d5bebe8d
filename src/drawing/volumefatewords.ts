/** Puts into words what becomes of a claim's volume when the claim goes. */
import type { VolumeFate } from '#src/statefulset/fate.ts';

const words: Record<VolumeFate, string> = {
  kept: 'its volume is kept (Retain)',
  deleted: 'its volume too (Delete)',
  'to be deleted': 'its volume too if it can be deleted (Delete)',
  scrubbed: 'its volume is scrubbed (Recycle)',
  unknown: 'perhaps its volume too, which was not read',
};

/** Whether no data goes with the claim. */
export function isDataSafe(fate: VolumeFate | undefined): boolean {
  return fate === undefined || fate === 'kept';
}

/** Empty where the claim has no volume that could go with it. */
export function volumeFateWords(fate: VolumeFate | undefined): string {
  return fate === undefined ? '' : words[fate];
}

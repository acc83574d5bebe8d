/** What is said when a recorded roll goes on, and why one does not. */
import type { Mismatch, ResumeRefusal } from '../model/resumption.ts';

export function resumeRefusalWords(set: string, refusal: ResumeRefusal): string {
  switch (refusal.kind) {
    case 'no roll':
      return `there is no roll of statefulset/${set} to go on with`;
    case 'roll gone':
      return `there is no roll of statefulset/${set} to go on with any more`;
    case 'unreadable':
      return `the roll of statefulset/${set} cannot be gone on with: its record cannot be read (${refusal.why}): forget it with --abort`;
    case 'mismatch':
      return `roll ${refusal.id} of statefulset/${set} is not gone on with: ${mismatchWords(refusal.mismatch)}: forget it with --abort, and begin anew`;
    case 'not agreed': {
      const { id, recorded, said, command } = refusal;
      const how = recorded.length === 0 ? `without ${said.join(' ')}` : `with ${recorded.join(' ')}`;
      return `roll ${id} was begun ${how}: say so again, since what a Lease says is not done by itself: ${command}`;
    }
    case 'held':
      return `roll ${refusal.id} of statefulset/${set} goes on already: it is held by ${refusal.holder ?? 'somebody who was faster'}`;
    case 'changed meanwhile':
      return `the roll of statefulset/${set} was changed just now: try again`;
  }
}

export function mismatchWords(mismatch: Mismatch): string {
  switch (mismatch.kind) {
    case 'set recreated':
      return 'the set was made anew since';
    case 'set changed':
      return 'the set was changed or scaled since';
    case 'strange pod':
      return `its record names ${mismatch.pod}, which is no pod of the set`;
    case 'ordered set':
      return 'it would let several pods of an OrderedReady set go at a time';
  }
}

/** While the Lease of a holder that may be gone is watched. @param silence milliseconds */
export function waitingWords(id: string, holder: string, silence: number): string {
  return `roll ${id} is held by ${holder}: it is gone if it does not renew it for ${silence / 1_000} s`;
}

/** @param from the holder that it was taken over from; undefined where nobody held it */
export function goingOnWords(set: string, id: string, from: string | undefined): string {
  return `going on with roll ${id} of statefulset/${set}${from === undefined ? '' : `, taken over from ${from}`}`;
}

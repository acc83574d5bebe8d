/** What version 0.1 wrote, and its own functions that read it. */
import recorded from './recorded.json' with { type: 'json' };

/** A reader of an annotation: the record, or why it cannot be read. */
type Reader = (text: string) => Record<string, unknown>;

export const { pin: recordedPin, roll: recordedRoll, leaseSpec: recordedLeaseSpec } = recorded;

/** How 0.1 reads. */
export async function readersOf01(): Promise<{ readRecord: Reader; readRoll: Reader }> {
  // A path that the compiler does not follow: the file has no types.
  const file: string = './readers.js';
  return import(file);
}

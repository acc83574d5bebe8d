/** Reads why the set of a roll that has stopped is not well. No eviction comes after it. */
import type { Client } from '#src/kube/client.ts';
import type { Clock } from '#src/objects/clock.ts';
import { Failure } from '#src/objects/failure.ts';
import type { StatefulSet } from '#src/objects/types.ts';
import { readDiagnosed } from '#src/status/live/diagnosed.ts';
import type { LastLook } from '../model/lastlook.ts';

/** Milliseconds. The person waits for the end of a roll that has failed, perhaps because the server is away. */
const longest = 10_000;

/** @param left ends the reading: the person does not want to wait for it */
export async function lookAtLast(
  client: Client,
  { metadata: { namespace, name } }: StatefulSet,
  clock: Clock,
  left: AbortSignal,
): Promise<LastLook> {
  const read = new AbortController();
  const timeUp = clock.sleep(longest, AbortSignal.any([left, read.signal])).then((): LastLook => {
    return { unread: left.aborted ? 'interrupted' : `no answer within ${longest / 1_000} s` };
  });
  try {
    return await Promise.race([readOnce(client, namespace, name), timeUp]);
  } finally {
    read.abort();
  }
}

/** Whatever fails, the roll has stopped for another reason, which its exit code tells. */
async function readOnce(client: Client, namespace: string | undefined, name: string): Promise<LastLook> {
  try {
    const { diagnoses, failures } = await readDiagnosed(client, namespace, { names: [name], labels: undefined });
    const [diagnosis] = diagnoses;
    return diagnosis ? { diagnosis } : { unread: failures[0]?.message ?? '' };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { unread: error.message };
  }
}

/** Asks the pods of a set which of them leads. */
import type { Client } from '#src/kube/client.ts';
import type { Clock } from '#src/objects/clock.ts';
import type { StatefulSet } from '#src/objects/types.ts';
import { templateContainer } from '#src/statefulset/container.ts';
import { podName, wantedOrdinals } from '#src/statefulset/identity.ts';
import { type KnownLeader, leadershipIn, type PodAnswer, type UnknownLeader } from '#src/statefulset/leadership.ts';
import { runInPod } from './podcommand.ts';

/** Milliseconds in which all pods have to say whether they lead. An answer that takes longer may be out of date. */
export const answerLimit = 5_000;

/** Pods that are asked at the same time. Each costs a connection, and a process in the pod. */
const mostAtOnce = 50;

export interface LeaderCheck {
  /** For `sh -c`. It exits with 0 in the pod that leads, and with 1 to 125 in every other one. */
  command: string;
  /** Undefined for the default container of the set's pods. */
  container: string | undefined;
}

/**
 * Asks all pods that a set wants, up to 50 at the same time, whether they lead.
 *
 * @param limit milliseconds in which all of them have to answer
 */
export async function askWhoLeads(
  client: Client,
  clock: Clock,
  set: StatefulSet,
  { command, container }: LeaderCheck,
  { limit, signal }: { limit: number; signal: AbortSignal },
): Promise<KnownLeader | UnknownLeader> {
  const { namespace = '', name: setName } = set.metadata;
  const { start, end } = wantedOrdinals(set);
  const pods = Array.from({ length: end - start }, (_, at) => podName(setName, start + at));
  const asked = { command, container: container ?? templateContainer(set) };
  const until = clock.now() + limit;
  const answers: { pod: string; answer: PodAnswer }[] = [];
  const left = pods.entries();
  await Promise.all(
    Array.from({ length: mostAtOnce }, async () => {
      // One after the other, as places become free: all of them take from the same pods.
      for (const [at, pod] of left) {
        const timed = { ...asked, limit: Math.max(until - clock.now(), 1) };
        answers[at] = { pod, answer: await runInPod(client, clock, { namespace, name: pod }, timed, signal) };
      }
    }),
  );
  return leadershipIn(answers);
}

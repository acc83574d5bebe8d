/** Reads the last lines that the container of a diagnosis has logged. Only where a person asks: logs may hold credentials. */
import type { Client } from '#src/kube/client.ts';
import { StatusError } from '#src/kube/errors.ts';
import { isOfPreviousRun } from '../model/containercauses.ts';
import type { ContainerLog, Diagnosis } from '../model/diagnosis.ts';

/** @returns undefined where the first cause is about no container */
export async function readLog(
  client: Client,
  { topology, causes }: Diagnosis,
  lines: number,
): Promise<ContainerLog | undefined> {
  const [cause] = causes;
  if (cause?.pod === undefined || !('container' in cause.what)) return undefined;
  const { what, pod } = cause;
  const previous = isOfPreviousRun(what);
  const { namespace = client.namespace } = topology.set.metadata;
  const answer = await client.log({ namespace, name: pod }, what.container, lines, previous);
  const about = { pod, container: what.container, previous };
  if (!(answer instanceof StatusError)) return { ...about, text: answer };
  return { ...about, refusal: answer.reason === 'Forbidden' ? 'no right to get pods/log' : answer.detail };
}

/** What the DNS names of StatefulSets are told from, of a live cluster. */
import type { Client } from '#src/kube/client.ts';
import { resources } from '#src/kube/resources.ts';
import type { EndpointSlice, Pod, Service } from '#src/objects/types.ts';
import { readAll } from '#src/sources/parts.ts';
import { type Chosen, readSets } from '#src/sources/sets.ts';
import type { Selection } from '#src/statefulset/selection.ts';
import type { NamesSnapshot } from '../model/names.ts';

export type NamesReading = Pick<Chosen, 'sets' | 'failures'> & { snapshot: NamesSnapshot };

/**
 * One round: sets, Services, pods and slices side by side.
 *
 * @param namespace undefined for all of them
 * @throws {StatusError} when the sets cannot be read, as kubectl would say it
 */
export async function readNames(
  client: Client,
  namespace: string | undefined,
  selection: Selection,
): Promise<NamesReading> {
  const choosing = readSets(client, namespace, selection);
  const others = Promise.all([
    readAll<Service>(client, resources.services, namespace),
    readAll<Pod>(client, resources.pods, namespace),
    readAll<EndpointSlice>(client, resources.slices, namespace),
  ]);
  // Of all that fails, the sets are what was asked for.
  others.catch(() => {});
  const { statefulSets, sets, failures } = await choosing;
  const [services, pods, slices] = await others;
  return { snapshot: { statefulSets, services, pods, slices }, sets, failures };
}

/** Reads from a live cluster the objects that tell which DNS names StatefulSets have. */
import type { Client } from '#src/kube/client.ts';
import { resources } from '#src/kube/resources.ts';
import type { EndpointSlice, Pod, Service } from '#src/objects/types.ts';
import { readAll } from '#src/sources/parts.ts';
import { type Chosen, readSets } from '#src/sources/sets.ts';
import type { Selection } from '#src/statefulset/selection.ts';
import type { NamesSnapshot } from '../model/names.ts';

export type NamesReading = Pick<Chosen, 'sets' | 'failures'> & { snapshot: NamesSnapshot };

/**
 * Reads sets, Services, pods and slices side by side, in one round trip.
 *
 * @param namespace undefined for all namespaces
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
  // If several reads fail, the error is that of the sets: they were asked for.
  others.catch(() => {});
  const { statefulSets, sets, failures } = await choosing;
  const [services, pods, slices] = await others;
  return { snapshot: { statefulSets, services, pods, slices }, sets, failures };
}

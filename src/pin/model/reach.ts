/** The pods that a selector really selects, and so those that new connections go to. */
import { isRunningAndReady } from '#src/objects/podstatus.ts';
import { isEmpty, type Selector, unmet } from '#src/objects/service.ts';
import { type Absence, index } from '#src/objects/snapshot.ts';
import type { Service } from '#src/objects/types.ts';
import { ordinalOf, podName, setNameOf, wantedOrdinals } from '#src/statefulset/identity.ts';
import type { SetsAndPods } from './addressing.ts';

export type Reach =
  /** All wanted pods of the set, and no other one. */
  | { kind: 'all pods'; pods: string[]; notReady: string[] }
  /** These pods, and perhaps more where `others` is not `missing`. */
  | { kind: 'some pods'; pods: string[]; notReady: string[]; others: Absence }
  | { kind: 'no pod' }
  /** The controller leaves the EndpointSlices of a Service without a selector alone, and so they stay as they are. */
  | { kind: 'no selector' }
  /** The pods were not seen. */
  | { kind: 'unknown'; why: Exclude<Absence, 'missing'> };

/**
 * @param selector the Service's, as it is or would be
 * @param set the name of the set that the Service leads to
 */
export function reachOf(service: Service, selector: Selector, set: string, { statefulSets, pods }: SetsAndPods): Reach {
  const { namespace } = service.metadata;
  if (service.spec?.type === 'ExternalName') return { kind: 'no pod' };
  // `syncService`, endpointslice_controller.go
  if (isEmpty(selector)) return { kind: 'no selector' };
  const selected = pods.items.filter(
    ({ metadata, status }) =>
      metadata.namespace === namespace &&
      isEmpty(unmet(selector, metadata.labels)) &&
      // A pod that has ended is no endpoint (`ShouldPodBeInEndpoints`, k8s.io/endpointslice).
      status?.phase !== 'Succeeded' &&
      status?.phase !== 'Failed',
  );
  if (selected.length === 0)
    return pods.others === 'missing' ? { kind: 'no pod' } : { kind: 'unknown', why: pods.others };
  const names = selected.map(({ metadata }) => metadata.name).sort(byOrdinal);
  // The Service may publish pods that are not ready, which then take connections too.
  const unready = service.spec?.publishNotReadyAddresses ? [] : selected.filter((pod) => !isRunningAndReady(pod));
  const notReady = unready.map(({ metadata }) => metadata.name).sort(byOrdinal);
  const found = index(statefulSets)(namespace, set);
  if (found.state === 'found') {
    const { start, end } = wantedOrdinals(found.object);
    if (names.length === end - start && names.every((name, at) => name === podName(set, start + at))) {
      return { kind: 'all pods', pods: names, notReady };
    }
  }
  return { kind: 'some pods', pods: names, notReady, others: pods.others };
}

function byOrdinal(a: string, b: string): number {
  const [one, other] = [setNameOf(a), setNameOf(b)];
  return one === other ? ordinalOf(a) - ordinalOf(b) : one < other ? -1 : 1;
}

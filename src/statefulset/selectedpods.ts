/** Which pods of a set a Service selects. */
import { isEmpty, isHeadless, type Selector, unmet } from '#src/objects/service.ts';
import type { Pod, Service, StatefulSet } from '#src/objects/types.ts';
import { podIndexLabel, podNameLabel } from './identity.ts';

// The controller adds them to each pod's labels (`newStatefulSetPod`).
const labelsOfController = new Set([podIndexLabel, 'controller-revision-hash', podNameLabel]);

/** @param pod undefined for any pod that the set's template makes */
export function isSelected(service: Service, set: StatefulSet, pod: Pod | undefined): boolean {
  return isEmpty(unmetBy(service, set, pod));
}

/** The entries of the Service's selector that keep it from selecting the pod. */
export function unmetBy({ spec }: Service, set: StatefulSet, pod: Pod | undefined): Selector {
  const own = (pod ?? set.spec?.template)?.metadata?.labels;
  const lacks = Object.entries(unmet(spec?.selector ?? {}, own));
  return Object.fromEntries(lacks.filter(([key]) => pod !== undefined || !labelsOfController.has(key)));
}

/**
 * Tells of a set the one headless Service that selects all pods of its template, where that is not the Service which the
 * set names. The set's pods then have no names below the Service that was made for them.
 *
 * @param services of any namespaces, which are indexed once for all sets
 */
export function otherHeadless(services: readonly Service[]): (set: StatefulSet) => string | undefined {
  const byNamespace = Map.groupBy(services.filter(isHeadless), ({ metadata }) => metadata.namespace);
  return (set) => {
    const headless = byNamespace.get(set.metadata.namespace) ?? [];
    const governing = headless.find(({ metadata }) => metadata.name === set.spec?.serviceName);
    // One without a selector has its endpoints from somebody else.
    if (governing && isSelected(governing, set, undefined)) return undefined;
    const [only, ...others] = headless.filter((service) => selectsAll(service, set));
    return others.length === 0 ? only?.metadata.name : undefined;
  };
}

function selectsAll({ spec }: Service, { spec: setSpec }: StatefulSet): boolean {
  const labels = setSpec?.template?.metadata?.labels ?? {};
  const selector = spec?.selector ?? {};
  return !isEmpty(selector) && Object.entries(selector).every(([key, value]) => labels[key] === value);
}

/** The pods that a Service sends new connections to, as its EndpointSlices name them. */
import { serviceNameLabel } from '#src/objects/service.ts';
import type { EndpointSlice, Service } from '#src/objects/types.ts';

export interface Reached {
  /** Whether the Service reaches the pod, and nothing else. */
  only: boolean;
  /** The names of the pods that it reaches, and the addresses of endpoints that are no pods, each once. */
  names: string[];
}

/** An endpoint without a `ready` condition counts as ready (`EndpointConditions`, k8s.io/api/discovery/v1). */
export function reached(slices: readonly EndpointSlice[], service: Service, pod: string): Reached {
  const { namespace, name } = service.metadata;
  const all = slices
    .filter(({ metadata }) => metadata.namespace === namespace && metadata.labels?.[serviceNameLabel] === name)
    .flatMap(({ endpoints }) => endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready !== false)
    .flatMap(({ targetRef, addresses }) =>
      targetRef?.kind === 'Pod' && targetRef.name ? [targetRef.name] : (addresses ?? []),
    );
  const names = [...new Set(all)].sort();
  return { only: names.length === 1 && names[0] === pod, names };
}

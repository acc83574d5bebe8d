/** Which pods a Service selects, and what it needs of them. */
import type { Pod, Service } from './types.ts';

/** The label of an EndpointSlice that names its Service (`LabelServiceName`, k8s.io/api/discovery/v1). */
export const serviceNameLabel = 'kubernetes.io/service-name';

/** The selector of a Service: the labels that a pod must have, all of them. */
export type Selector = Readonly<Record<string, string>>;

/** Whether the Service has no cluster IP. Its name in DNS then gives the addresses of its pods. */
export function isHeadless({ spec }: Service): boolean {
  return (spec?.clusterIPs?.[0] ?? spec?.clusterIP) === 'None';
}

/** The entries of `selector` that `labels` do not have; none if the selector matches. */
export function unmet(selector: Selector, labels: Selector | undefined): Selector {
  return Object.fromEntries(Object.entries(selector).filter(([key, value]) => labels?.[key] !== value));
}

export function isEmpty(selector: Selector): boolean {
  return Object.keys(selector).length === 0;
}

/**
 * The named target ports of the Service that no container of the pod has. The pod gets no endpoint for them.
 * Source: `FindPort`, k8s.io/endpointslice/utils.go (sidecars count, other init containers do not).
 */
export function lackedPorts({ spec }: Service, podSpec: Pod['spec']): string[] {
  const sidecars = (podSpec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  const ports = [...(podSpec?.containers ?? []), ...sidecars].flatMap((container) => container.ports ?? []);
  return (spec?.ports ?? []).flatMap(({ targetPort, protocol = 'TCP' }) => {
    if (typeof targetPort !== 'string') return [];
    const exists = ports.some((port) => port.name === targetPort && (port.protocol ?? 'TCP') === protocol);
    return exists ? [] : [targetPort];
  });
}

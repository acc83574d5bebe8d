/** What a Service selects, and what it needs of the pods behind it. */
import type { Pod, Service } from './types.ts';

/** `LabelServiceName`, k8s.io/api/discovery/v1: whose an EndpointSlice is. */
export const serviceNameLabel = 'kubernetes.io/service-name';

/** A Service's selector: labels that a pod must all have. */
export type Selector = Readonly<Record<string, string>>;

/** Without a cluster IP: nothing balances, and clients are given the addresses of all its pods. */
export function isHeadless({ spec }: Service): boolean {
  return (spec?.clusterIPs?.[0] ?? spec?.clusterIP) === 'None';
}

/** The entries of `selector` that `labels` do not meet; none when it selects them. */
export function unmet(selector: Selector, labels: Selector | undefined): Selector {
  return Object.fromEntries(Object.entries(selector).filter(([key, value]) => labels?.[key] !== value));
}

export function isEmpty(selector: Selector): boolean {
  return Object.keys(selector).length === 0;
}

/**
 * The names of the Service's target ports that no container of a pod has: at them it gets no endpoint.
 * Source: `FindPort`, k8s.io/endpointslice/utils.go (sidecars count, other init containers do not).
 */
export function lackedPorts({ spec }: Service, podSpec: Pod['spec']): string[] {
  const sidecars = (podSpec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  const ports = [...(podSpec?.containers ?? []), ...sidecars].flatMap((container) => container.ports ?? []);
  return (spec?.ports ?? []).flatMap(({ targetPort, protocol = 'TCP' }) => {
    if (typeof targetPort !== 'string') return [];
    const isThere = ports.some((port) => port.name === targetPort && (port.protocol ?? 'TCP') === protocol);
    return isThere ? [] : [targetPort];
  });
}

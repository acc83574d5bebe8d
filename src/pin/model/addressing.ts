/** Selectors that address one pod of a StatefulSet, by the labels that the controller puts on each pod. */
import { controllerOf, isOfKind, setKind } from '#src/objects/owners.ts';
import { isEmpty, type Selector, unmet } from '#src/objects/service.ts';
import type { Snapshot } from '#src/objects/snapshot.ts';
import type { Service } from '#src/objects/types.ts';
import { parseOrdinal, podIndexLabel, podName, podNameLabel } from '#src/statefulset/identity.ts';

/** What tells which set a selector fits. */
export type SetsAndPods = Pick<Snapshot, 'statefulSets' | 'pods'>;

export interface Addressed {
  /** The name of the pod, which need not exist. */
  pod: string;
  /** The label of the selector that names the pod or its ordinal. */
  label: string;
}

/**
 * The one pod that the Service's selector addresses: by its name, or by its ordinal where the other labels of the
 * selector fit exactly one set. Undefined when the selector may select several pods.
 */
export function addressedPod(service: Service, snapshot: SetsAndPods): Addressed | undefined {
  // The endpoints controller ignores the selector of an ExternalName (`syncService`, endpointslice_controller.go).
  if (service.spec?.type === 'ExternalName') return undefined;
  const { [podNameLabel]: name, [podIndexLabel]: index, ...others } = service.spec?.selector ?? {};
  if (name !== undefined) return { pod: name, label: podNameLabel };
  const ordinal = index === undefined ? undefined : parseOrdinal(index);
  if (ordinal === undefined || isEmpty(others)) return undefined;
  const [set, ...more] = setsFitting(others, service.metadata.namespace, snapshot);
  return set === undefined || more.length > 0 ? undefined : { pod: podName(set, ordinal), label: podIndexLabel };
}

/** Whether the selector may address one pod: only the sets and pods tell of some that they do. */
export function mayAddressPod({ spec }: Service): boolean {
  return spec?.selector?.[podNameLabel] !== undefined || spec?.selector?.[podIndexLabel] !== undefined;
}

/** The names of the sets whose template or pods have the labels. Pods can be given labels of their own. */
function setsFitting(selector: Selector, namespace: string | undefined, { statefulSets, pods }: SetsAndPods): string[] {
  const byTemplate = statefulSets.items
    .filter((set) => set.metadata.namespace === namespace)
    .filter((set) => isEmpty(unmet(selector, set.spec?.template?.metadata?.labels)))
    .map((set) => set.metadata.name);
  const byPods = pods.items
    .filter((pod) => pod.metadata.namespace === namespace && isEmpty(unmet(selector, pod.metadata.labels)))
    .flatMap((pod) => {
      const controller = controllerOf(pod);
      return controller && isOfKind(controller, setKind) ? [controller.name] : [];
    });
  return [...new Set([...byTemplate, ...byPods])];
}

/** The container of a pod in which commands run. */
import type { Pod, StatefulSet } from '#src/objects/types.ts';

/**
 * As kubectl chooses it, where none is named.
 * Source: `DefaultContainerAnnotationName`, k8s.io/kubectl/pkg/cmd/util/podcmd.
 */
function defaultContainer({ metadata, spec }: Pick<Pod, 'metadata' | 'spec'>): string {
  const named = metadata.annotations?.['kubectl.kubernetes.io/default-container'];
  const names = (spec?.containers ?? []).map(({ name }) => name);
  return named !== undefined && names.includes(named) ? named : (names[0] ?? '');
}

/** The default container of the pods that the set makes now. */
export function templateContainer({ spec }: StatefulSet): string {
  const { metadata, spec: pod } = spec?.template ?? {};
  return defaultContainer({
    metadata: { ...metadata, name: '' },
    ...(pod && { spec: pod }),
  });
}

/** Whether the pods that the set makes now have a container of this name. */
export function hasContainer({ spec }: StatefulSet, container: string): boolean {
  const { containers = [], initContainers = [] } = spec?.template?.spec ?? {};
  return [...containers, ...initContainers].some(({ name }) => name === container);
}

/** Which pods a PodDisruptionBudget is over. */
import { selects } from './labelselector.ts';
import type { Budget } from './types.ts';

/** @param pod the metadata of a pod, or of a template with the namespace of its pods */
export function isOver(
  { metadata, spec }: Budget,
  { namespace, labels }: { namespace?: string | undefined; labels?: Readonly<Record<string, string>> | undefined },
): boolean {
  return metadata.namespace === namespace && selects(spec?.selector, labels);
}

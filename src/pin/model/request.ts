/** What a plan to pin a Service is made from. */
import type { Part, Snapshot } from '#src/objects/snapshot.ts';
import type { Pod, Service, StatefulSet } from '#src/objects/types.ts';
import type { LeaderRecord } from './record.ts';
import type { PinTarget } from './target.ts';

export type PinSnapshot = Pick<Snapshot, 'statefulSets' | 'pods' | 'services' | 'time'>;

export interface PinRequest {
  service: Service;
  target: PinTarget;
  /** Where the target is the pod that leads: how the pods said so. */
  led?: LeaderRecord | undefined;
  /** At least of the Service's namespace. */
  snapshot: PinSnapshot;
  /** RFC 3339 */
  now: string;
  /** The person's name to the API server; undefined when unknown. */
  user?: string | undefined;
  /** Whether the pod may be not ready, or being deleted. */
  allowNotReady: boolean;
}

export function inNamespace<T extends StatefulSet | Pod | Service>(part: Part<T>, namespace: string | undefined): T[] {
  return part.items.filter(({ metadata }) => metadata.namespace === namespace);
}

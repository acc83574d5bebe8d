/** The pods that the StatefulSet controller takes for its own. Source: `ClaimPods`, controller_ref_manager.go. */
import { selects } from '#src/objects/labelselector.ts';
import { controllerOf, refersTo, setKind } from '#src/objects/owners.ts';
import type { Pod, StatefulSet } from '#src/objects/types.ts';
import { setNameOf } from '../identity.ts';
import type { Act } from './acts.ts';

/**
 * @returns the members, orphans that the controller adopts among them; and what it does to adopt pods, and to release
 *   those whose labels or name are no longer the set's
 */
export function membersOf(set: StatefulSet, pods: readonly Pod[]): { members: Pod[]; acts: Act[] } {
  const members: Pod[] = [];
  const acts: Act[] = [];
  const isDeleted = set.metadata.deletionTimestamp !== undefined;
  for (const pod of pods) {
    if (pod.metadata.namespace !== set.metadata.namespace) continue;
    const owner = controllerOf(pod);
    if (owner !== undefined && !refersTo(owner, setKind, set)) continue;
    const { name } = pod.metadata;
    // The API server takes no set without a selector. In files, the pods of one are not to be released.
    const isSelected = set.spec?.selector === undefined || selects(set.spec.selector, pod.metadata.labels);
    const matches = isSelected && isNamedFor(set, name);
    if (owner !== undefined && matches) members.push(pod);
    else if (owner !== undefined && !isDeleted) acts.push({ act: 'release', pod: name });
    else if (owner === undefined && matches && !isDeleted && pod.metadata.deletionTimestamp === undefined) {
      members.push(pod);
      acts.push({ act: 'adopt', pod: name });
    }
  }
  return { members, acts };
}

/** `isMemberOf`: the set's name, a hyphen and digits. */
function isNamedFor({ metadata }: StatefulSet, pod: string): boolean {
  return /-[0-9]+$/.test(pod) && setNameOf(pod) === metadata.name;
}

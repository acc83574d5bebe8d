/** Which pod `--via exec` asks from. */
import { isRunningAndReady } from '#src/objects/podstatus.ts';
import type { StatefulSet } from '#src/objects/types.ts';
import { isMember } from '#src/statefulset/identity.ts';
import type { NamesSnapshot } from './names.ts';
import type { Unaskable } from './unaskable.ts';

export interface AskingPod {
  namespace: string;
  name: string;
  container: string;
}

/**
 * The pod of that name in a namespace of the sets, else the first ready pod of the sets: the resolver of each of them is
 * the one that counts.
 *
 * @param from `POD` or `pod/POD`; undefined for any pod of the sets
 */
export function podToAskFrom(
  { pods }: Pick<NamesSnapshot, 'pods'>,
  sets: readonly StatefulSet[],
  from: string | undefined,
): AskingPod | { unaskable: Unaskable } {
  const name = from?.replace(/^(?:pods?|po)\//, '');
  const pod = pods.items.find((one) =>
    name === undefined
      ? isRunningAndReady(one) && sets.some((set) => isMember(set, one))
      : one.metadata.name === name && sets.some(({ metadata }) => metadata.namespace === one.metadata.namespace),
  );
  const container = pod?.spec?.containers?.[0]?.name;
  if (pod !== undefined && container !== undefined) {
    return { namespace: pod.metadata.namespace ?? '', name: pod.metadata.name, container };
  }
  if (pods.others === 'forbidden') return { unaskable: { kind: 'pods forbidden' } };
  return { unaskable: name === undefined ? { kind: 'no ready pod' } : { kind: 'pod not found', pod: name } };
}

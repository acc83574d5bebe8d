/** What a person can do about a pod on a lost node, and about one that does not end. */
import { hostPathVolumes } from '#src/statefulset/storage.ts';
import type { PresentPod } from '#src/tree/model/members.ts';
import type { Action, Look } from './actions.ts';
import type { Cause, Ground } from './causes.ts';

export function nodeActions(
  { node, state, says }: Extract<Cause['what'], { kind: 'node' }>,
  member: PresentPod | undefined,
): Action[] {
  const { boundTo } = member ?? {};
  const volume: Look[] = boundTo
    ? [{ do: 'describe volume', volume: boundTo.name, held: { node, by: boundTo.source } }]
    : [];
  if (state === 'missing') return [{ do: 'list nodes' }, ...volume];
  const look: Look = { do: 'describe node', node };
  if (member?.outOfService) return [look, ...volume, { do: 'put the node back into service', node }];
  // A machine whose kubelet still speaks is not off.
  if (says !== undefined || member === undefined) return [look];
  // Taken out of service, the node would lose its pods, and this one would come back nowhere, or without its data.
  if (boundTo !== undefined) return [look, ...volume];
  // Volumes that were not read may be such, too.
  const unread = member.storage.flatMap(({ volume: each }) => (each && each.volume.state !== 'found' ? each.name : []));
  return [
    look,
    ...unread.map((name): Look => ({ do: 'describe volume', volume: name, held: undefined })),
    {
      do: 'take the node out of service',
      pod: member.pod.metadata.name,
      node,
      hasClaims: member.storage.length > 0,
      hostPaths: hostPathVolumes(member.pod),
    },
  ];
}

/**
 * Force is for a pod whose Node is gone: a kubelet that lives is still unmounting, and of a node that was not read nobody
 * knows whether it does.
 */
export function endingActions(
  { finalizers, node, lostNode, says }: Extract<Cause['what'], { kind: 'does not end' }>,
  member: PresentPod | undefined,
  ground: Ground,
): Action[] {
  if (member === undefined) return [];
  const pod = member.pod.metadata.name;
  if (finalizers.length > 0) return [{ do: 'show finalizers', pod }];
  const look: Look = { do: 'describe pod', pod };
  if (node === undefined) return [look];
  if (lostNode === undefined) return [look, { do: 'describe node', node }];
  const force = lostNode === 'missing' && ground !== 'undetermined';
  return [
    look,
    ...nodeActions({ kind: 'node', node, state: lostNode, says }, member),
    ...(force ? [{ do: 'force the deletion', pod, node } as const] : []),
  ];
}

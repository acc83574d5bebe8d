/** Tells from the topologies of a first reading which objects a second reading has to bring. */
import type { Needs } from '#src/objects/snapshot.ts';
import { mayHaveLostNode } from '#src/statefulset/scheduling.ts';
import type { Topology } from './topology.ts';

export function needsOf(list: readonly Topology[]): Needs {
  const members = list.flatMap((topology) => topology.members);
  const leftOver = list.flatMap((topology) => topology.leftOver);
  const storage = [...members.flatMap((member) => member.storage), ...leftOver.map((claim) => claim.storage)];
  const present = members.filter((member) => member.state === 'found');
  const pendingClaims = storage.flatMap(({ claim, findings }) =>
    claim.state === 'found' && findings.some(({ kind }) => kind === 'pending') ? (claim.object.metadata.uid ?? []) : [],
  );
  const incompleteSets = list.flatMap(({ set, members }) =>
    members.some(({ state }) => state === 'missing') ? (set.metadata.uid ?? []) : [],
  );
  return {
    volumes: unique(storage.flatMap(({ volume }) => volume?.name ?? [])),
    classes: unique(storage.flatMap(({ class: storageClass }) => storageClass?.name ?? [])),
    nodes: present.some(
      ({ pod, unschedulable, storage }) =>
        (unschedulable !== undefined && storage.some(({ origin }) => origin !== 'not mounted')) || mayHaveLostNode(pod),
    ),
    events: unique([...pendingClaims, ...incompleteSets]),
  };
}

function unique(names: string[]): string[] {
  return [...new Set(names)];
}

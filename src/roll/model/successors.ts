/**
 * Whether the pods of a set would come back on the claims that they have now. A roll begins only if all of them would,
 * those that stay included: at a pod that the set can no longer make, every sync of the controller ends.
 */
import { controllerOf, refersTo, setKind } from '#src/objects/owners.ts';
import type { Part, Refusal } from '#src/objects/snapshot.ts';
import type { Claim, ControllerRevision, Pod, PodTemplate, StatefulSet } from '#src/objects/types.ts';
import { type ClaimChange, isSame, successorOf } from '#src/statefulset/controller/successor.ts';
import { goesWithPod } from '#src/statefulset/fate.ts';

export type SuccessorRefusal =
  | {
      kind: 'other claims';
      pods: OtherClaims[];
      /** The lowest pod at which every sync of the controller ends, and whether no other pod of the set is below it. */
      wedge: { pod: string; isLowest: boolean } | undefined;
    }
  /** The partition keeps these pods in a revision whose template was not read. */
  | { kind: 'successor unknown'; pods: string[]; revision: string; refusal: Refusal | undefined };

/** A pod that would not come back as it is. */
export interface OtherClaims {
  pod: string;
  changes: readonly ClaimChange[];
  /** What becomes of the claims that its successor would not have. Those of which nobody knows are left out. */
  stay: string[];
  go: string[];
}

/**
 * @param members the pods that the set wants, by ordinal
 * @param chosen those of them that are to go, in their order
 * @param claims undefined where they are not known
 */
export function successorRefusals(
  set: StatefulSet,
  members: readonly Pod[],
  chosen: readonly Pod[],
  claims: readonly Claim[] | undefined,
  revisions: Part<ControllerRevision>,
): SuccessorRefusal[] {
  const templates = templatesOf(set, revisions);
  const successors = [...new Set([...chosen, ...members])].map((pod) => {
    return { pod, successor: successorOf(set, pod, templates) };
  });
  const unknown = new Map<string, string[]>();
  const others: OtherClaims[] = [];
  const wedging = new Set<string>();
  for (const { pod, successor } of successors) {
    const { changes, wedges } = successor;
    const { name } = pod.metadata;
    if (wedges) wedging.add(name);
    if ('unknown' in changes) unknown.set(changes.unknown, [...(unknown.get(changes.unknown) ?? []), name]);
    else if (!isSame(successor)) others.push({ pod: name, changes, ...fates(pod, changes, claims) });
  }
  const wedge = members.find(({ metadata }) => wedging.has(metadata.name))?.metadata.name;
  const isLowest = wedge === members[0]?.metadata.name;
  return [
    ...(others.length > 0
      ? [{ kind: 'other claims', pods: others, wedge: wedge === undefined ? wedge : { pod: wedge, isLowest } } as const]
      : []),
    ...[...unknown].map(([revision, pods]) => {
      const refusal = revisions.others === 'forbidden' ? revisions.refusal : undefined;
      return { kind: 'successor unknown', pods, revision, refusal } as const;
    }),
  ];
}

/** Without the revisions that another controller owns. */
function templatesOf(set: StatefulSet, { items }: Part<ControllerRevision>): Map<string, PodTemplate> {
  return new Map(
    items.flatMap((revision): [string, PodTemplate][] => {
      const owner = controllerOf(revision);
      const template = revision.data?.spec?.template;
      if (template === undefined || (owner && !refersTo(owner, setKind, set))) return [];
      return [[revision.metadata.name, template]];
    }),
  );
}

/** A claim goes if it belongs to the pod, or if only the pod keeps it. */
function fates(
  pod: Pod,
  changes: readonly ClaimChange[],
  claims: readonly Claim[] | undefined,
): Pick<OtherClaims, 'stay' | 'go'> {
  const stay: string[] = [];
  const go: string[] = [];
  for (const change of changes) {
    if (change.kind !== 'claim missing') continue;
    const found = claims?.find((claim) => claim.metadata.name === change.claim);
    const goes =
      change.ephemeral || (found && (found.metadata.deletionTimestamp !== undefined || goesWithPod(found, pod)));
    if (goes) go.push(change.claim);
    else if (found !== undefined) stay.push(change.claim);
  }
  return { stay, go };
}

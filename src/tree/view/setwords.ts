/** Puts into words what a StatefulSet is, and sums it up. */
import { nameFaultWords } from '#src/drawing/namewords.ts';
import { counted, listed } from '#src/drawing/sentences.ts';
import { humanBytes } from '#src/objects/quantity.ts';
import type { StatefulSet } from '#src/objects/types.ts';
import { revisionHash } from '#src/statefulset/identity.ts';
import { mountsAt, otherVolumes } from '#src/statefulset/storage.ts';
import { type Summary, storageOf, summary, total } from '../model/summary.ts';
import type { Topology } from '../model/topology.ts';
import { warningWords } from './podwords.ts';

/** `2/3`: the ready pods of those wanted; undefined for a set without a status. */
export function readyWords({ set, wanted }: Topology): string | undefined {
  return set.status && `${set.status.readyReplicas ?? 0}/${wanted.end - wanted.start}`;
}

/** What differs from the defaults, and the revision. */
export function setDetail({ metadata, spec, status }: StatefulSet): string {
  const { updateStrategy, podManagementPolicy } = spec ?? {};
  const partition = updateStrategy?.rollingUpdate?.partition ?? 0;
  const revision = status?.updateRevision;
  return listed(
    updateStrategy?.type !== 'RollingUpdate' && updateStrategy?.type,
    partition > 0 && `partition ${partition}`,
    podManagementPolicy !== 'OrderedReady' && podManagementPolicy,
    isScaledByDeletion(spec) && 'scaling down deletes claims',
    revision && `revision ${revisionHash(metadata.name, revision)}`,
  );
}

/** Whether the controller deletes claims when it scales down. Each claim itself says whether it goes with the set. */
function isScaledByDeletion(spec: StatefulSet['spec']): boolean {
  const hasTemplates = (spec?.volumeClaimTemplates ?? []).length > 0;
  return hasTemplates && spec?.persistentVolumeClaimRetentionPolicy?.whenScaled === 'Delete';
}

/** The newest warning about the set, unless it stands elsewhere on the screen; empty if there is none. */
export function setWarningWords({ warning, rollout, members }: Topology): string {
  if (warning === undefined) return '';
  const evidence = 'judgement' in rollout && rollout.judgement.kind === 'stuck' ? rollout.judgement.stuck.evidence : [];
  const isTold =
    evidence.some((each) => each.kind === 'warning' && each.message === warning.message) ||
    members.some((member) => member.state !== 'found' && member.why?.kind === 'event');
  return isTold ? '' : warningWords(warning);
}

/** What is wrong with the length of the set's name, unless the set is stuck for it already; empty if nothing is. */
export function setNameWords({ nameFaults, rollout }: Topology): string {
  const stuck = 'judgement' in rollout && rollout.judgement.kind === 'stuck' ? rollout.judgement.stuck : undefined;
  return stuck?.cause === 'label too long' ? '' : nameFaults.map(nameFaultWords).join('; ');
}

/** Where the pods of a set without claims can keep data; undefined for a set with claims. */
export function noClaimsWords(topology: Topology): string | undefined {
  const { set, wanted } = topology;
  if (storageOf(topology).length > 0 || mountsAt(set, wanted.start).length > 0) return undefined;
  const kinds = otherVolumes(set);
  return kinds.length > 0 ? `${listed(...kinds)} only` : 'no volume to keep data in';
}

/** `2/3 ready · 4 claims, 200Mi · 1 left over, 50Mi` */
export function summaryWords(topology: Topology): string {
  return sumWords(summary(topology));
}

/** Several sets together: `in all: 2 sets · 5/6 ready · 7 claims, 350Mi`; empty for a single one. */
export function totalWords(topologies: readonly Topology[]): string {
  return topologies.length < 2 ? '' : `in all: ${topologies.length} sets · ${sumWords(total(topologies))}`;
}

export function sumWords({ ready, wanted, claims, leftOver, unseenClaims }: Summary): string {
  const size = (bytes: number) => (bytes > 0 ? `, ${humanBytes(bytes)}` : '');
  return [
    ready === undefined ? `${wanted} wanted` : `${ready}/${wanted} ready`,
    claims.count > 0 && `${counted(claims.count, 'claim')}${size(claims.bytes)}`,
    unseenClaims && `${counted(unseenClaims.count, 'claim')} ${unseenClaims.state}`,
    leftOver.count > 0 && `${leftOver.count} left over${size(leftOver.bytes)}`,
  ]
    .filter(Boolean)
    .join(' · ');
}

/**
 * What the controller would make in the place of a pod that is gone, as far as its claims are concerned: whether the
 * successor would have exactly the claims of the pod, and see each where the pod sees it.
 * Source: `newVersionedStatefulSetPod` and `updateStorage`, stateful_set_utils.go.
 */
import type { Container, Pod, PodTemplate, PodVolume, StatefulSet } from '#src/objects/types.ts';
import { claimName, ordinalOf, podName } from '../identity.ts';
import { claimIn, type MountedClaim } from '../podclaims.ts';
import { templateNames, templateVolumes } from '../storage.ts';
import { revisionOf } from './pods.ts';
import { claimsFit } from './replicas.ts';
import { revisionAt } from './revisions.ts';

export interface Successor {
  pod: string;
  /** Every sync of the controller ends with an error at the pod as it is, because it lacks a volume of a claim template. */
  wedges: boolean;
  /** What its successor would have otherwise; `unknown` where the template of this revision was not read. */
  changes: readonly ClaimChange[] | { unknown: string };
}

export type ClaimChange =
  /** `instead`: the claim that the successor would have in its place. `ofTemplate`: it has the name that a claim template gives. */
  | { kind: 'claim missing'; claim: string; ephemeral: boolean; instead: string | undefined; ofTemplate: boolean }
  | { kind: 'claim added'; claim: string }
  /** The successor would have the claim, but this container would not see it at this path, or see another part of it. */
  | { kind: 'mount missing'; claim: string; container: string; path: string };

/** The pod templates of older revisions, by the revision's name. */
export type Templates = ReadonlyMap<string, PodTemplate>;

/**
 * @param pod one that the set wants
 * @param templates those of `olderRevisions`, as far as they could be read
 */
export function successorOf(set: StatefulSet, pod: Pod, templates: Templates): Successor {
  const { name } = pod.metadata;
  const wedges = !claimsFit(set, pod) || name !== podName(set.metadata.name, ordinalOf(name));
  const source = templateSource(set, pod);
  const template =
    source.kind === 'update' ? set.spec?.template : source.kind === 'older' && templates.get(source.revision);
  if (source.kind === 'older' && !template) return { pod: name, wedges, changes: { unknown: source.revision } };
  // Its own revision gives the successor the same containers.
  return { pod: name, wedges, changes: changesTo(set, pod, template || {}, !isOfRevision(set, pod)) };
}

/** Whether a pod would come back as it is. */
export function isSame({ wedges, changes }: Successor): boolean {
  return !wedges && 'length' in changes && changes.length === 0;
}

/** The older revisions, below the partition, whose templates are needed to know the successors of these pods. */
export function olderRevisions(set: StatefulSet, pods: readonly Pod[]): string[] {
  const sources = pods.map((pod) => templateSource(set, pod));
  return [...new Set(sources.flatMap((source) => (source.kind === 'older' ? source.revision : [])))];
}

type TemplateSource =
  /** The set's own. */
  | { kind: 'update' }
  /** Of a pod that the partition holds back. */
  | { kind: 'older'; revision: string }
  /** The template that made the pod, and it names no claim: the pod has those of the claim templates alone. */
  | { kind: 'none needed' };

function templateSource(set: StatefulSet, pod: Pod): TemplateSource {
  const revision = revisionAt(set, ordinalOf(pod.metadata.name));
  if (revision === undefined || revision === set.status?.updateRevision) return { kind: 'update' };
  const given = new Set(claimsMade(set, pod.metadata.name, {}).map(({ volume, claim }) => `${volume} ${claim}`));
  const isKnown = isOfRevision(set, pod) && claimsOf(pod).every(({ volume, claim }) => given.has(`${volume} ${claim}`));
  return isKnown ? { kind: 'none needed' } : { kind: 'older', revision };
}

function isOfRevision(set: StatefulSet, pod: Pod): boolean {
  const revision = revisionOf(pod);
  return revision !== undefined && revision === revisionAt(set, ordinalOf(pod.metadata.name));
}

/** A claim, or a generic ephemeral volume's, under the name of the pod's volume. */
interface ClaimVolume extends MountedClaim {
  volume: string;
}

function claimsOf({ metadata, spec }: Pod): ClaimVolume[] {
  return claimsIn(spec?.volumes ?? [], metadata.name);
}

function claimsIn(volumes: readonly PodVolume[], pod: string): ClaimVolume[] {
  return volumes.flatMap((volume) => {
    const claim = claimIn(volume, pod);
    return claim === undefined ? [] : [{ ...claim, volume: volume.name }];
  });
}

function claimsMade(set: StatefulSet, pod: string, template: PodTemplate): ClaimVolume[] {
  const ofTemplates = templateNames(set).map((volume): ClaimVolume => {
    return { volume, claim: claimName(volume, set.metadata.name, ordinalOf(pod)), ephemeral: false };
  });
  return [...ofTemplates, ...claimsIn(templateVolumes(set, template), pod)];
}

/** Whether a volume of the pod is what a claim template of the volume's name gives, now or formerly. */
function isOfTemplate(set: StatefulSet, { metadata }: Pod, { volume, claim, ephemeral }: ClaimVolume): boolean {
  return !ephemeral && claim === claimName(volume, set.metadata.name, ordinalOf(metadata.name));
}

/** @param otherContainers whether the successor's containers may be others than the pod's */
function changesTo(set: StatefulSet, pod: Pod, template: PodTemplate, otherContainers: boolean): ClaimChange[] {
  const before = claimsOf(pod);
  const after = claimsMade(set, pod.metadata.name, template);
  const isIn = (list: readonly ClaimVolume[]) => (one: ClaimVolume) =>
    list.some(({ claim, ephemeral }) => claim === one.claim && ephemeral === one.ephemeral);
  const missing = before.filter((one) => !isIn(after)(one));
  const added = after.filter((one) => !isIn(before)(one));
  // Of the same volume, or else the only one that is new.
  const insteadOf = ({ volume }: ClaimVolume): string | undefined =>
    (added.find((one) => one.volume === volume) ?? (missing.length === 1 && added.length === 1 ? added[0] : undefined))
      ?.claim;
  const replacing = new Set(missing.map(insteadOf));
  return [
    ...missing.map((one): ClaimChange => {
      const { claim, ephemeral } = one;
      return {
        ...{ kind: 'claim missing', claim, ephemeral },
        instead: insteadOf(one),
        ofTemplate: isOfTemplate(set, pod, one),
      };
    }),
    ...added
      .filter(({ claim }) => !replacing.has(claim))
      .map(({ claim }): ClaimChange => ({ kind: 'claim added', claim })),
    ...(otherContainers ? mountsMissing(pod, before.filter(isIn(after)), after, template) : []),
  ];
}

/** Where a container sees a claim, or a part of it. */
interface Seen {
  container: string;
  claim: string;
  path: string;
  part: string;
}

/**
 * The places where the pod's containers see the claims that stay, and the successor's would not. Whether they may write
 * there, and what else sees a claim, does not move any data. The place of a container that is gone may be another's.
 */
function mountsMissing(
  { spec }: Pod,
  before: readonly ClaimVolume[],
  after: readonly ClaimVolume[],
  template: PodTemplate,
): ClaimChange[] {
  const containers = [...(template.spec?.containers ?? []), ...(template.spec?.initContainers ?? [])];
  const names = new Set(containers.map(({ name }) => name));
  const next = seenBy(containers, after);
  return seenBy([...(spec?.containers ?? []), ...(spec?.initContainers ?? [])], before)
    .filter(
      (seen) =>
        !next.some(
          ({ container, claim, path, part }) =>
            (container === seen.container || !names.has(seen.container)) &&
            claim === seen.claim &&
            path === seen.path &&
            part === seen.part,
        ),
    )
    .map(({ claim, container, path }) => ({ kind: 'mount missing', claim, container, path }));
}

function seenBy(containers: readonly Container[], claims: readonly ClaimVolume[]): Seen[] {
  return containers.flatMap(({ name: container, volumeMounts = [], volumeDevices = [] }) => {
    const mounts = volumeMounts.map(({ name, mountPath: path, subPath, subPathExpr }) => {
      return { name, path, part: subPath || subPathExpr || '' };
    });
    const devices = volumeDevices.map(({ name, devicePath: path }) => ({ name, path, part: '' }));
    return [...mounts, ...devices].flatMap(({ name, path, part }) => {
      const volume = claims.find((one) => one.volume === name);
      return volume === undefined
        ? []
        : [{ container, claim: volume.claim, path: path.replace(/(?<=.)\/+$/, ''), part }];
    });
  });
}

/** What an update changes: the pod templates of two revisions, compared. */
import type { ControllerRevision, StatefulSet } from '#src/objects/types.ts';

export type TemplateChange =
  | { kind: 'image'; container: string; from: string; to: string }
  | { kind: 'container added' | 'container removed'; container: string }
  /** The names of the fields that differ. Their values may hold credentials, and are not told. */
  | { kind: 'container fields'; container: string; fields: string[] }
  | { kind: 'pod fields'; fields: string[] }
  | { kind: 'metadata fields'; fields: string[] };

type Template = NonNullable<NonNullable<NonNullable<ControllerRevision['data']>['spec']>['template']>;
type Container = NonNullable<NonNullable<Template['spec']>['containers']>[number];

/**
 * @param revisions the ControllerRevisions at hand
 * @returns undefined where the set has one revision alone, or one of the two is not at hand
 */
export function templateChanges(
  { metadata, status }: StatefulSet,
  revisions: readonly ControllerRevision[],
): TemplateChange[] | undefined {
  const { currentRevision, updateRevision } = status ?? {};
  if (!currentRevision || !updateRevision || currentRevision === updateRevision) return undefined;
  const templateOf = (name: string) =>
    revisions.find((one) => one.metadata.name === name && one.metadata.namespace === metadata.namespace)?.data?.spec
      ?.template;
  const [from, to] = [templateOf(currentRevision), templateOf(updateRevision)];
  return from && to && changesBetween(from, to);
}

/** The number of the current revision, by which kubectl goes back to it; undefined where it is not at hand. */
export function currentNumber(
  { metadata, status }: StatefulSet,
  revisions: readonly ControllerRevision[],
): number | undefined {
  const isCurrent = (one: ControllerRevision) =>
    one.metadata.name === status?.currentRevision && one.metadata.namespace === metadata.namespace;
  return revisions.find(isCurrent)?.revision;
}

function changesBetween(from: Template, to: Template): TemplateChange[] {
  const containers = (['containers', 'initContainers'] as const).flatMap((key) =>
    containerChanges(from.spec?.[key] ?? [], to.spec?.[key] ?? []),
  );
  const pod = changedFields(from.spec ?? {}, to.spec ?? {}).filter((key) => !/^(?:init)?containers$/i.test(key));
  const metadata = changedFields(from.metadata ?? {}, to.metadata ?? {});
  return [
    ...containers,
    ...(pod.length > 0 ? [{ kind: 'pod fields' as const, fields: pod }] : []),
    ...(metadata.length > 0 ? [{ kind: 'metadata fields' as const, fields: metadata }] : []),
  ];
}

function containerChanges(from: readonly Container[], to: readonly Container[]): TemplateChange[] {
  const before = new Map(from.map((container) => [container.name, container]));
  const after = new Set(to.map(({ name }) => name));
  return [
    ...to.flatMap((container): TemplateChange[] => {
      const { name } = container;
      const former = before.get(name);
      if (former === undefined) return [{ kind: 'container added', container: name }];
      const fields = changedFields(former, container).filter((key) => key !== 'image');
      const isOther = former.image !== container.image;
      const image = { kind: 'image', container: name, from: former.image ?? '', to: container.image ?? '' } as const;
      return [
        ...(isOther ? [image] : []),
        ...(fields.length > 0 ? [{ kind: 'container fields' as const, container: name, fields }] : []),
      ];
    }),
    ...from.flatMap(({ name }): TemplateChange[] =>
      after.has(name) ? [] : [{ kind: 'container removed', container: name }],
    ),
  ];
}

/** The names of the fields that differ, sorted. */
function changedFields(from: object, to: object): string[] {
  const before: Record<string, unknown> = { ...from };
  const after: Record<string, unknown> = { ...to };
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key])).sort();
}

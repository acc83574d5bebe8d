/** The manifests of a Service, as far as the object tells of them: whether they hold a pin themselves. */
import type { Selector } from '#src/objects/service.ts';
import { isRecord, parseObject } from '#src/objects/shape.ts';
import type { Service } from '#src/objects/types.ts';
import { podNameLabel } from '#src/statefulset/identity.ts';
import { annotationAppliers, selectorOwners } from './ownership.ts';
import { selectorOf } from './pinning.ts';
import { pinAnnotation } from './record.ts';
import { lastApplied, markedBy, toolBy } from './tools.ts';

/** Somebody whose manifest holds the pin, so that their next apply pins the Service again. */
export interface PinHolder {
  /** As in Owner. */
  name: string;
  mark: string;
}

/** @param after the selector once the Service is unpinned */
export function holdersOf(service: Service, after: Selector): PinHolder[] {
  const pod = selectorOf(service)[podNameLabel];
  const isPinLost = pod !== undefined && pod !== after[podNameLabel];
  // A pin takes the selector from all that applied another one, so who applies it now applies the pin's.
  const ofSelector = isPinLost ? selectorOwners(service).filter(({ operation }) => operation === 'Apply') : [];
  const managers = new Set([...annotationAppliers(service), ...ofSelector.map(({ manager }) => manager)]);
  const applied = lastAppliedManifest(service);
  const named = applied?.selector[podNameLabel];
  const isApplied = applied?.isPinned || (isPinLost && named === pod);
  const tool = markedBy(service).find((one) => one.tool.leavesManifest)?.tool;
  return [
    ...(isApplied && tool ? [{ name: tool.name, mark: `annotation ${lastApplied}` }] : []),
    ...[...managers].map((manager) => ({
      name: toolBy(manager, 'Apply')?.name ?? manager,
      mark: `field manager ${manager}`,
    })),
  ];
}

/** The selector that kubectl, or a tool that applies as it does, applied last on the client's side. */
export function lastAppliedSelector(service: Service): Selector | undefined {
  return lastAppliedManifest(service)?.selector;
}

function lastAppliedManifest(service: Service): { selector: Selector; isPinned: boolean } | undefined {
  const parsed = parseObject(service.metadata.annotations?.[lastApplied] ?? '');
  if ('unreadable' in parsed) return undefined;
  const { spec, metadata } = parsed.object;
  const annotations = isRecord(metadata) ? metadata['annotations'] : undefined;
  const isPinned = isRecord(annotations) && typeof annotations[pinAnnotation] === 'string';
  return { selector: textsOf(isRecord(spec) ? spec['selector'] : undefined), isPinned };
}

function textsOf(map: unknown): Selector {
  if (!isRecord(map)) return {};
  return Object.fromEntries(
    Object.entries(map).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

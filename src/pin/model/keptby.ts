/** Who keeps a selector that nobody pinned: its writers, the tools that have left marks, and its owners. */
import { ownerName } from '#src/objects/owners.ts';
import type { Service } from '#src/objects/types.ts';
import { appliersOf, formerUpdaters, selectorOwners } from './ownership.ts';
import type { SelectorOwner } from './record.ts';
import { isProgram, markedBy, otherManager } from './tools.ts';

export type Keeper =
  /** It owns the selector by managedFields. */
  | { kind: 'writer'; owner: SelectorOwner }
  /** It applies the ports, and may have written the selector before. */
  | { kind: 'applier'; manager: string }
  /** It updated the ports, and may have written the selector before. */
  | { kind: 'updater'; manager: string }
  | { kind: 'tool'; name: string; mark: string }
  /** The label names it, and it is no tool that is known. */
  | { kind: 'manager'; name: string; mark: string }
  | { kind: 'controller'; name: string }
  /** It is in the ownerReferences, and no controller. */
  | { kind: 'owner'; name: string };

/** Empty where nothing tells. */
export function keepersOf(service: Service): Keeper[] {
  const manager = otherManager(service);
  return [
    ...selectorOwners(service).map((owner) => ({ kind: 'writer', owner }) as const),
    ...appliersOf(service)
      .filter(({ owns }) => owns === 'the ports')
      .map(({ manager }) => ({ kind: 'applier', manager }) as const),
    ...formerUpdaters(service)
      .filter(isProgram)
      .map((one) => ({ kind: 'updater', manager: one }) as const),
    ...markedBy(service).map(({ tool, mark }) => ({ kind: 'tool', name: tool.name, mark }) as const),
    ...(manager ? [{ kind: 'manager', ...manager } as const] : []),
    ...(service.metadata.ownerReferences ?? []).map(
      (reference) => ({ kind: reference.controller ? 'controller' : 'owner', name: ownerName(reference) }) as const,
    ),
  ];
}

/** Who keeps a selector that nobody pinned: its writers, the tools that have left marks, and the Service's controller. */
import { controllerOf, ownerName } from '#src/objects/owners.ts';
import type { Service } from '#src/objects/types.ts';
import { appliersOf, selectorOwners } from './ownership.ts';
import type { SelectorOwner } from './record.ts';
import { markedBy } from './tools.ts';

export type Keeper =
  /** It owns the selector by managedFields. */
  | { kind: 'writer'; owner: SelectorOwner }
  /** It applies the ports, and may have written the selector before. */
  | { kind: 'applier'; manager: string }
  | { kind: 'tool'; name: string; mark: string }
  | { kind: 'controller'; name: string };

/** Empty where nothing tells. */
export function keepersOf(service: Service): Keeper[] {
  const controller = controllerOf(service);
  return [
    ...selectorOwners(service).map((owner) => ({ kind: 'writer', owner }) as const),
    ...appliersOf(service)
      .filter(({ owns }) => owns === 'the ports')
      .map(({ manager }) => ({ kind: 'applier', manager }) as const),
    ...markedBy(service).map(({ tool, mark }) => ({ kind: 'tool', name: tool.name, mark }) as const),
    ...(controller ? [{ kind: 'controller', name: ownerName(controller) } as const] : []),
  ];
}

/** The order in which the pods of a roll go, as a person types it. */
import { parseOrdinalList } from '#src/statefulset/ordinals.ts';

/** From the highest ordinal down, as the controller goes; from the lowest up; or these ordinals, one after the other. */
export type Order = 'reverse' | 'forward' | readonly number[];

/** `reverse`, `forward`, or a list such as `2,0-1`. */
export function parseOrder(text: string): { order: Order } | { error: string } {
  if (text === 'reverse' || text === 'forward') return { order: text };
  const quoted = JSON.stringify(text);
  if (!/^[\d\s,-]*$/.test(text))
    return { error: `an order is reverse, forward or a list such as 2,0-1, not ${quoted}` };
  const list = parseOrdinalList(text);
  if ('error' in list) return list;
  const seen = new Set<number>();
  for (const ordinal of list.ordinals) {
    if (seen.has(ordinal)) return { error: `ordinal ${ordinal} stands twice in ${quoted}` };
    seen.add(ordinal);
  }
  return { order: list.ordinals };
}

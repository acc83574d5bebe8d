/** In which order pods go, and which of them leads and goes last. */
import { unknownLeaderWords } from '#src/drawing/leadershipwords.ts';
import { ordinalOf } from '#src/statefulset/identity.ts';
import type { UnknownLeader } from '#src/statefulset/leadership.ts';
import type { StepNews } from '../model/news.ts';

/** So many ordinals of an order are told one by one. */
const mostTold = 12;

export function toldOrder(ordinals: readonly number[]): string {
  const shown = ordinals.length > mostTold ? [...ordinals.slice(0, mostTold - 2), '…', ordinals.at(-1)] : ordinals;
  return shown.join(', ');
}

/** `leads, and not web-1 any more: the order is 2, 0` */
export function leadsWords({ before, order = [] }: StepNews): string {
  const ordinals = order.map(ordinalOf);
  return [
    before === undefined ? 'leads' : `leads, and not ${before} any more`,
    ordinals.length > 1 && `the order is ${toldOrder(ordinals)}`,
  ]
    .filter(Boolean)
    .join(': ');
}

/** While the pods are asked again before a roll begins. */
export function waitsForLeaderLine(set: string, unknown: UnknownLeader): string {
  return `statefulset/${set} waits to know who leads: ${unknownLeaderWords(unknown)}`;
}

/** Why it is not known which pod leads, for a roll that stops or is not begun. */
export function leaderUnknownWords({ unknown, timeout }: { unknown: UnknownLeader; timeout: number }): string {
  return `--leader-check: ${unknownLeaderWords(unknown)} (for ${Math.round(timeout / 1_000)} s)`;
}

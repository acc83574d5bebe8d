/** What a person types to `roll`: orders, ordinals and ages. */
import { parseTime } from '#src/objects/time.ts';
import { type OrdinalRange, parseOrdinal } from '#src/statefulset/identity.ts';

/** From the highest ordinal down, as the controller goes; from the lowest up; or these, one after the other. */
export type Order = 'reverse' | 'forward' | readonly number[];

/** `reverse`, `forward` or `2,0,1`. */
export function parseOrder(text: string): { order: Order } | { error: string } {
  if (text === 'reverse' || text === 'forward') return { order: text };
  const ordinals = text.split(',').map((part) => parseOrdinal(part.trim()));
  const all = ordinals.filter((each) => each !== undefined);
  if (all.length < ordinals.length)
    return { error: `an order is reverse, forward or a list such as 2,0,1, not ${quoted(text)}` };
  const twice = all.find((each, at) => all.indexOf(each) !== at);
  return twice === undefined ? { order: all } : { error: `ordinal ${twice} stands twice in ${quoted(text)}` };
}

/** `1-3,5`: ordinals and ranges of them, both ends included. */
export function parseOrdinals(text: string): { ordinals: OrdinalRange[] } | { error: string } {
  const ordinals: OrdinalRange[] = [];
  for (const part of text.split(',')) {
    const [, from = '', to = from] = /^\s*(\d+)\s*(?:-\s*(\d+)\s*)?$/.exec(part) ?? [];
    const [start, last] = [parseOrdinal(from), parseOrdinal(to)];
    if (start === undefined || last === undefined || last < start) {
      return { error: `ordinals are given as 1-3,5, not ${quoted(text)}` };
    }
    ordinals.push({ start, end: last + 1 });
  }
  return { ordinals };
}

/**
 * `24h` ago, or a time as the API server writes it.
 *
 * @param duration milliseconds in what Go takes for a duration; undefined where it is none
 * @param now milliseconds since the epoch
 * @returns milliseconds since the epoch
 */
export function parseBefore(
  text: string,
  duration: number | undefined,
  now: number,
): { before: number } | { error: string } {
  if (duration !== undefined && duration >= 0) return { before: now - duration };
  const time = /^\d{4}-\d\d-\d\dT/.test(text) ? parseTime(text) : Number.NaN;
  return Number.isNaN(time)
    ? { error: `an age is given as 24h, or as a time such as 2026-01-31T06:00:00Z, not ${quoted(text)}` }
    : { before: time };
}

function quoted(text: string): string {
  return JSON.stringify(text);
}

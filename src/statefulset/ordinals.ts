/** Ordinals that a person types: `2`, or several and ranges, `1-3,5`. */
import { type OrdinalRange, parseOrdinal } from './identity.ts';

/**
 * Parses ordinals, in the same way for all flags and arguments. A range includes both ends.
 *
 * @returns the ranges in the order in which they were typed, or why the text cannot be parsed
 */
export function parseOrdinals(text: string): { ordinals: OrdinalRange[] } | { error: string } {
  const ordinals: OrdinalRange[] = [];
  for (const part of text.split(',')) {
    const [, from = '', to = from] = /^\s*(\d+)\s*(?:-\s*(\d+)\s*)?$/.exec(part) ?? [];
    const [start, last] = [parseOrdinal(from), parseOrdinal(to)];
    if (start === undefined || last === undefined || last < start) {
      return { error: `ordinals are given as 1-3,5, not ${JSON.stringify(text)}` };
    }
    ordinals.push({ start, end: last + 1 });
  }
  return { ordinals };
}

/** The limit of `parseOrdinalList`. No set has as many pods. */
export const mostOrdinals = 100_000;

/**
 * The same, with each ordinal by itself.
 *
 * @returns the ordinals in the order in which they were typed, or why the text cannot be parsed
 */
export function parseOrdinalList(text: string): { ordinals: number[] } | { error: string } {
  const parsed = parseOrdinals(text);
  if ('error' in parsed) return parsed;
  const count = parsed.ordinals.reduce((sum, { start, end }) => sum + end - start, 0);
  if (count > mostOrdinals) return { error: `${JSON.stringify(text)} names more than ${mostOrdinals} ordinals` };
  const ordinals = parsed.ordinals.flatMap(({ start, end }) =>
    Array.from({ length: end - start }, (_, offset) => start + offset),
  );
  return { ordinals };
}

/** The same for exactly one ordinal; undefined if the text is anything else. */
export function parseOneOrdinal(text: string): number | undefined {
  const parsed = parseOrdinals(text);
  if ('error' in parsed) return undefined;
  const [only, ...others] = parsed.ordinals;
  return only !== undefined && others.length === 0 && only.end - only.start === 1 ? only.start : undefined;
}

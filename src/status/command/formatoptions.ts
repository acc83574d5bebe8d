/** How the options of the command want the status to be written. */
import type { Console } from '#src/terminal/console.ts';
import type { FormatOptions } from '../view/format.ts';
import type { StatusOptions } from './options.ts';

/** @param now milliseconds since the epoch */
export function formatOptions(
  { format, selection: { names }, allNamespaces, header }: StatusOptions,
  { colour, width }: Pick<Console, 'colour' | 'width'>,
  now: number,
): FormatOptions {
  const isNamed = names.length > 0;
  return { format, single: names.length === 1, closely: isNamed, allNamespaces, header, now, colour, width };
}

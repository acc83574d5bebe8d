/** Prints judged names: the data on standard output, and what is to be said about it on standard error. */
import type { Console } from '#src/terminal/console.ts';
import type { JudgedSet } from '../model/verdicts.ts';
import { type NameFormatOptions, renderNames } from '../view/format.ts';
import { type Asked, nameNotes } from '../view/notes.ts';
import type { DnsOptions } from './options.ts';

export async function printNames(
  judged: readonly JudgedSet[],
  asked: Asked,
  options: DnsOptions,
  console: Console,
): Promise<void> {
  console.out(await renderNames(judged, asked, formatOptions(options, console)));
  for (const line of nameNotes(judged, asked, options.allNamespaces)) console.err(`${line}\n`);
}

export function formatOptions(
  { format, selection, allNamespaces, header, port }: DnsOptions,
  { colour, width }: Console,
): NameFormatOptions {
  return { format, single: selection.names.length === 1, allNamespaces, header, colour, width, port };
}

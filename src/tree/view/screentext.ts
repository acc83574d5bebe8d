/** Draws a watched tree for a terminal: the sets, and errors about those that are missing. */
import { wrapped } from '#src/drawing/columns.ts';
import { nothingFound } from '#src/drawing/notices.ts';
import { printable } from '#src/terminal/escape.ts';
import type { Topology } from '../model/topology.ts';
import type { FormatOptions } from './formats.ts';
import { treeText } from './text.ts';

export interface Watched {
  topologies: readonly Topology[];
  /** An error for each set that was asked for by name and is missing. */
  failures: readonly Error[];
  /** Undefined for all namespaces. */
  namespace: string | undefined;
}

export function screenText({ topologies, failures, namespace }: Watched, options: FormatOptions): string {
  const nothing = topologies.length + failures.length === 0 ? [nothingFound(namespace)] : [];
  const errors = failures.map(({ message }) => printable(message));
  const lines = [...errors, ...nothing].flatMap((line) => wrapped(line, options.width));
  return [treeText(topologies, options), ...lines].filter(Boolean).join('\n');
}

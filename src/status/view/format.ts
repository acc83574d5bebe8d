/** Writes the status of StatefulSets in one of the formats of `-o`. */
import { jsonText } from '#src/drawing/json.ts';
import { yamlText } from '#src/drawing/yaml.ts';
import { printable } from '#src/terminal/escape.ts';
import type { Topology } from '#src/tree/model/topology.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import { byHealth } from '../model/health.ts';
import { closeView } from './closeview.ts';
import { statusDocument } from './document.ts';
import { statusTable, totalLine } from './table.ts';

export const formats = ['wide', 'json', 'yaml', 'name'] as const;

export type Format = (typeof formats)[number] | 'table';

export interface FormatOptions {
  format: Format;
  /** Whether exactly one name was given: the document of that set then stands alone, and not in a list. */
  single: boolean;
  /** Why a set is not well: looks at each closely, too; undefined for the overview alone. */
  diagnosed: ((topology: Topology) => Diagnosis) | undefined;
  /** Shows the namespace of each set. */
  allNamespaces: boolean;
  header: boolean;
  /** Milliseconds since the epoch. */
  now: number;
  colour: boolean;
  /** Columns of the terminal; undefined cuts and wraps nothing. */
  width: number | undefined;
}

export async function render(topologies: readonly Topology[], options: FormatOptions): Promise<string> {
  const sorted = byHealth(topologies);
  switch (options.format) {
    case 'json':
      return jsonText(statusDocument(sorted, options));
    case 'yaml':
      return yamlText(statusDocument(sorted, options));
    case 'name':
      return sorted.map(({ set }) => `statefulset.apps/${printable(set.metadata.name)}\n`).join('');
    case 'table':
    case 'wide':
      return text(sorted, options);
  }
}

async function text(topologies: readonly Topology[], options: FormatOptions): Promise<string> {
  if (topologies.length === 0) return '';
  const table = await statusTable(topologies, { ...options, wide: options.format === 'wide' });
  const { diagnosed } = options;
  const views = diagnosed ? topologies.map((topology) => closeView(diagnosed(topology), options)).filter(Boolean) : [];
  const total = options.header && !diagnosed ? [totalLine(topologies, options)] : [];
  return [table + total.join(''), ...views].join('\n');
}

/** Whether the output is a document even where there is nothing to show. Otherwise a notice has to say so. */
export function isDocument(format: Format): boolean {
  return format === 'json' || format === 'yaml';
}

/** The output formats of `dns`, and which function writes each. */
import { jsonText } from '#src/drawing/json.ts';
import { yamlText } from '#src/drawing/yaml.ts';
import { printable } from '#src/terminal/escape.ts';
import type { JudgedName, JudgedSet } from '../model/verdicts.ts';
import { namesDocument } from './document.ts';
import type { Asked } from './notes.ts';
import { namesTable } from './table.ts';
import { verdictWords } from './words.ts';

export const nameFormats = ['wide', 'json', 'yaml', 'name', 'hosts'] as const;

export type NameFormat = (typeof nameFormats)[number] | 'table';

export interface NameFormatOptions {
  format: NameFormat;
  /** Whether exactly one set was asked for by name: its document then stands alone, not in a list. */
  single: boolean;
  /** Whether the sets may be of several namespaces. */
  allNamespaces: boolean;
  header: boolean;
  colour: boolean;
  /** Columns of the terminal; undefined to cut nothing. */
  width: number | undefined;
  /** With `name`: the port behind each name. */
  port: number | undefined;
}

export async function renderNames(
  sets: readonly JudgedSet[],
  asked: Asked,
  options: NameFormatOptions,
): Promise<string> {
  switch (options.format) {
    case 'json':
      return jsonText(namesDocument(sets, asked, options.single));
    case 'yaml':
      return yamlText(namesDocument(sets, asked, options.single));
    case 'name':
      return bareNames(sets, options.port);
    case 'hosts':
      return sets.flatMap((set) => set.names.flatMap((name) => hostsLines(set, name))).join('');
    case 'table':
    case 'wide':
      return await namesTable(sets, { ...options, wide: options.format === 'wide' });
  }
}

/** For connection strings and scripts, whether the names are right or not. */
function bareNames(sets: readonly JudgedSet[], port: number | undefined): string {
  const end = port === undefined ? '' : `:${port}`;
  return sets.flatMap(({ names }) => names.flatMap(({ fqdn }) => (fqdn ? `${printable(fqdn)}${end}\n` : []))).join('');
}

/** Lines of hosts(5). A name that is wrong or missing in DNS becomes a comment; a name that nobody asked for does not. */
function hostsLines(set: JudgedSet, name: JudgedName): string[] {
  const { subject, fqdn, addresses, verdicts } = name;
  const words = [fqdn, subject.kind === 'pod' ? subject.pod : ''].filter(Boolean);
  const [{ kind }] = verdicts;
  const right = kind === 'ok' || (kind === 'not asked' && addresses.length > 0);
  // Otherwise a name in a manifest could add a line, or an alias, of its own.
  const plain = words.every((word) => /^[\w.-]+$/.test(word));
  if (right && plain) return addresses.map(({ address }) => `${address} ${words.join(' ')}\n`);
  const why = plain ? verdictWords(name, set).text : 'not a host name';
  return [`# ${printable(`${words.join(' ')}: ${why}`)}\n`];
}

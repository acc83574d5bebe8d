/** The questions that DNS servers are asked about the names of sets. */
import { type Address, type Family, reverseName } from '#src/objects/address.ts';
import { type Question, questionKey } from '#src/objects/dns.ts';
import { longestLabel, longestOf } from '#src/statefulset/namelimits.ts';
import type { ExpectedName, NamedPort, NameFinding, SetNames } from './names.ts';

export interface AskOptions {
  /** Empty for none. Undefined where servers are to be asked and it is not determined; names then have none either. */
  clusterDomain: string | undefined;
  /** Whether to ask for SRV records, and for PTR records. */
  srv: boolean;
  ptr: boolean;
}

/** The questions about one name. */
export interface Queries {
  byFamily: ReadonlyMap<Family, Question>;
  srv: readonly { port: NamedPort; question: Question }[];
  ptr: readonly { address: Address; question: Question }[];
}

/** The type of record that holds an address. */
export const addressTypes = { IPv4: 'A', IPv6: 'AAAA' } as const;

/** All questions about the names of sets, each once. */
export function questionsOf(sets: readonly SetNames[], options: AskOptions): Question[] {
  const questions = new Map<string, Question>();
  for (const set of sets) {
    for (const name of set.names) {
      const { byFamily, srv, ptr } = queriesAbout(set, name, options);
      const all = [
        ...byFamily.values(),
        ...srv.map(({ question }) => question),
        ...ptr.map(({ question }) => question),
      ];
      for (const question of all) questions.set(questionKey(question), question);
    }
  }
  return [...questions.values()];
}

export function queriesAbout({ findings }: SetNames, name: ExpectedName, options: AskOptions): Queries {
  const fqdn = withDomain(name.name, options);
  if (!isAskable(fqdn)) return { byFamily: new Map(), srv: [], ptr: [] };
  // The addresses of a headless Service are those of its pods, so the reverse names are the pods' too.
  const hasReverse = name.subject.kind === 'pod' || findings.some(({ kind }) => kind === 'has a cluster IP');
  return {
    byFamily: new Map(familiesToAsk(name).map((family) => [family, { name: fqdn, type: addressTypes[family] }])),
    srv: options.srv
      ? name.ports
          .map((port) => ({
            port,
            question: { name: `_${port.name}._${port.protocol}.${fqdn}`.toLowerCase(), type: 'SRV' as const },
          }))
          .filter(({ question }) => isAskable(question.name))
      : [],
    ptr:
      options.ptr && hasReverse
        ? name.addresses.map((address) => ({
            address,
            question: { name: reverseName(address), type: 'PTR' as const },
          }))
        : [],
  };
}

/** The families of the Service; both when they are not known. */
function familiesToAsk({ families, addresses }: ExpectedName): Family[] {
  const known = new Set([...families, ...addresses.map(({ family }) => family)]);
  return (['IPv4', 'IPv6'] as const).filter((family) => families.length === 0 || known.has(family));
}

/** Empty for an empty name. */
export function withDomain(name: string, { clusterDomain = '' }: Pick<AskOptions, 'clusterDomain'>): string {
  const domain = bare(clusterDomain);
  return name === '' || domain === '' ? name : `${name}.${domain}`;
}

/** The form in which names are compared: in lower case (RFC 4343) and without the final dot. */
export function bare(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}

/** Whether a DNS message can carry the name at all (RFC 1035, 2.3.4). */
export function isAskable(name: string): boolean {
  return lengthFaults(name).length === 0 && name.split('.').every((label) => label !== '');
}

/** The longest name, written with dots. On the wire it has 255 bytes. */
export const longestName = 253;

/** How the name, or the longest of its labels, is longer than DNS allows. */
export function lengthFaults(name: string): NameFinding[] {
  const label = longestOf(name.split('.'));
  return [
    ...(label > longestLabel ? [{ kind: 'label too long' as const, length: label }] : []),
    ...(name.length > longestName ? [{ kind: 'name too long' as const, length: name.length }] : []),
  ];
}

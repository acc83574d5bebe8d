/** DNS names and the verdicts on them, as a table for people. */
import {
  type Column,
  drawSentenced,
  type SentencedRow,
  type SentencedStyle,
  type SentencedTable,
} from '#src/drawing/sentenced.ts';
import type { Heard, JudgedName, JudgedSet } from '../model/verdicts.ts';
import { addressWords, answerWords, serversOf, verdictWords } from './words.ts';

export interface TableStyle extends SentencedStyle {
  wide: boolean;
  /** Whether the sets may be of several namespaces. */
  allNamespaces: boolean;
}

const shared: Column[] = [
  { title: 'POD', long: 'own line' },
  { title: 'NAME', long: 'middle' },
  { title: 'EXPECTED', long: 'middle' },
  { title: 'ANSWER', long: 'middle' },
  { title: 'TTL', long: 'end' },
];

/** For each set its pods by ordinal, and then its Service. */
export async function namesTable(sets: readonly JudgedSet[], style: TableStyle): Promise<string> {
  const names = sets.flatMap((set) => set.names.map((name) => ({ set, name })));
  if (names.length === 0) return '';
  const { wide, allNamespaces } = style;
  return await drawSentenced(
    {
      columns: [...(allNamespaces ? [{ title: 'NAMESPACE', long: 'own line' as const }] : []), ...shared],
      sentences: ['VERDICT', ...(wide ? ['SERVERS'] : [])],
      rows: names.map(({ set, name }) => rowOf(set, name, style)),
      gives: names.some(({ name }) => name.heard.length > 0) ? givesWithAnswers : givesWithoutAnswers,
    },
    style,
  );
}

/**
 * The DNS name repeats the pod and gives way first, then the address that a right answer repeats. An address is never
 * cut, because the rest of it would be another address.
 */
const givesWithAnswers: SentencedTable['gives'] = [
  ['NAME', 24],
  ['TTL', 0],
  ['NAME', 0],
  ['EXPECTED', 0],
  ['NAMESPACE', 16],
  ['POD', 24],
  ['ANSWER', 0],
];

/** Where no server was asked, the expected addresses are all that there is. */
const givesWithoutAnswers: SentencedTable['gives'] = [
  ['TTL', 0],
  ['ANSWER', 0],
  ['NAME', 24],
  ['NAME', 0],
  ['NAMESPACE', 16],
  ['POD', 24],
  ['EXPECTED', 0],
];

function rowOf(set: JudgedSet, name: JudgedName, { wide, allNamespaces }: TableStyle): SentencedRow {
  const { subject, fqdn, heard } = name;
  const expected = name.addresses.map(({ address }) => address);
  const telling = tellingAnswer(name);
  const { text, next, brief, tone } = verdictWords(name, set);
  const cells = [
    ...(allNamespaces ? [set.set.metadata.namespace ?? ''] : []),
    subject.kind === 'pod' ? subject.pod : 'Service',
    fqdn || '-',
    aliasOf(name) ?? ((wide && expected.join(',')) || addressWords(expected)),
    telling ? answer(telling, wide) : '-',
    String(telling?.ttl ?? '-'),
  ];
  const servers = heard.map((each) => `${each.server}=${answer(each, true)}`).join(' ');
  return {
    cells: cells.map((each) => ({ text: each })),
    sentences: [
      { text: next === undefined ? text : `${text}; ${next}`, brief, tone },
      ...(wide ? [{ text: servers }] : []),
    ],
  };
}

/** The name that the Service's own name is an alias of, if the Service is an ExternalName. */
function aliasOf({ subject, unpublished }: JudgedName): string | undefined {
  return subject.kind === 'service' && unpublished?.kind === 'ExternalName' ? unpublished.target : undefined;
}

/** The answer of a server that the verdict is about, else of the first. */
function tellingAnswer({ heard, verdicts: [worst] }: JudgedName): Heard | undefined {
  const blamed = serversOf(worst);
  return heard.find(({ server }) => blamed.includes(server)) ?? heard[0];
}

function answer(heard: Heard, wide: boolean): string {
  const addresses = heard.addresses.map(({ address }) => address);
  return (wide && heard.outcome === 'NOERROR' && addresses.join(',')) || answerWords(heard);
}

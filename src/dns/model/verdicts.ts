/** From expected names and what DNS servers said to verdicts. */
import { inOrder, parseAddress, reverseName } from '#src/objects/address.ts';
import { type DnsRecord, type Question, questionKey, type Reply, type ServerReplies } from '#src/objects/dns.ts';
import { isWanted, wantedOrdinals } from '#src/statefulset/identity.ts';
import type { Address, ExpectedName, Family, NamedPort, SetFinding, SetNames } from './names.ts';

/** A set, judged. */
export interface JudgedSet extends Pick<SetNames, 'set' | 'serviceName' | 'findings'> {
  names: JudgedName[];
}

export interface JudgedName extends ExpectedName {
  /** With the cluster domain: `web-0.web.shop.svc.cluster.local`. Empty for a pod without name. */
  fqdn: string;
  /** What each server said of A and AAAA together; empty when nobody was asked. */
  heard: Heard[];
  /** The first is the worst, and names the row. */
  verdicts: [Verdict, ...Verdict[]];
}

export interface Heard {
  server: string;
  /** NOERROR, NXDOMAIN, SERVFAIL, …; `none` when no answer came for a question. */
  outcome: string;
  addresses: Address[];
  /** The smallest, in seconds; undefined without a record. */
  ttl: number | undefined;
  why: string | undefined;
}

export type Verdict =
  | { kind: 'ok' }
  /** Nobody was asked: only what is expected is known (`--via none`, files). */
  | { kind: 'not asked' }
  /** Rightly not there: `unpublished` says what keeps it out of DNS. Bad for who needs the name. */
  | { kind: 'not published' }
  /** What it should be could not be read, as `unpublished` says, so that no answer to it can be judged. */
  | { kind: 'not known' }
  /** It should be there, and a server says that it is not. */
  | { kind: 'missing'; servers: string[] }
  | { kind: 'wrong address'; got: string[]; servers: string[] }
  | { kind: 'extra address'; got: string[]; servers: string[] }
  /** Some addresses of those expected. */
  | { kind: 'incomplete'; lacking: string[]; servers: string[] }
  | { kind: 'family missing'; family: Family; servers: string[] }
  /** Some servers are right, and others not. */
  | { kind: 'servers disagree'; right: string[]; wrong: string[] }
  /**
   * A server still gives what was right before. Only where that was seen: before, or, of an address that another server
   * has no more, by that one. (An address in the place of the right one is `wrong address`, unless it was seen before.)
   */
  | { kind: 'stale'; got: string[]; servers: string[] }
  | { kind: 'no answer'; why: string; timedOut: boolean; servers: string[] }
  | { kind: 'refused'; rcode: string; servers: string[] }
  /** SRV or PTR records that were asked for with `--srv` and `--ptr`. */
  | { kind: 'srv wrong'; port: string; expected: string[]; got: string[]; servers: string[] }
  | { kind: 'ptr wrong'; address: string; got: string[]; servers: string[] };

export interface AskOptions {
  clusterDomain: string;
  srv: boolean;
  ptr: boolean;
}

/** What is told of servers, and merged where several have it in common. */
type Told = Extract<Verdict, { servers: string[] }>;

/** From the worst on: what misleads, what is not there, what is left to find out. */
const ranks: readonly Verdict['kind'][] = [
  'wrong address',
  'extra address',
  'stale',
  'missing',
  'family missing',
  'incomplete',
  'servers disagree',
  'srv wrong',
  'ptr wrong',
  'not published',
  'refused',
  'no answer',
  'not known',
  'not asked',
  'ok',
];

/** All questions that the names of sets give rise to, each once. */
export function questionsOf(sets: readonly SetNames[], options: AskOptions): Question[] {
  const questions = new Map<string, Question>();
  for (const set of sets) {
    for (const name of set.names) {
      const { byFamily, srv, ptr } = questionsAbout(set, name, options);
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

/** What is asked of one name. */
interface Questions {
  byFamily: ReadonlyMap<Family, Question>;
  srv: readonly { port: NamedPort; question: Question }[];
  ptr: readonly { address: Address; question: Question }[];
}

const types = { IPv4: 'A', IPv6: 'AAAA' } as const;

function questionsAbout({ findings }: SetNames, name: ExpectedName, options: AskOptions): Questions {
  const fqdn = withDomain(name.name, options);
  if (!isAskable(fqdn)) return { byFamily: new Map(), srv: [], ptr: [] };
  // A headless Service's addresses are its pods', and so are their reverse names.
  const hasReverse = name.subject.kind === 'pod' || findings.some(({ kind }) => kind === 'has a cluster IP');
  return {
    byFamily: new Map(familiesToAsk(name).map((family) => [family, { name: fqdn, type: types[family] }])),
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

/** Those that the Service has; both where that is not known. */
function familiesToAsk({ families, addresses }: ExpectedName): Family[] {
  const known = new Set([...families, ...addresses.map(({ family }) => family)]);
  return (['IPv4', 'IPv6'] as const).filter((family) => families.length === 0 || known.has(family));
}

function withDomain(name: string, { clusterDomain }: AskOptions): string {
  const domain = bare(clusterDomain);
  return name === '' || domain === '' ? name : `${name}.${domain}`;
}

/** As names are compared: RFC 4343, and without the root's dot. */
function bare(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}

/** Whether a message can carry the name at all (RFC 1035, 2.3.4). */
function isAskable(name: string): boolean {
  return name.length <= 253 && name.split('.').every((label) => label.length > 0 && label.length <= 63);
}

/**
 * @param replies of each server that was asked; empty when nobody was
 * @param earlier addresses that were right at an earlier moment, by `ExpectedName.name`: what is still given of them is
 *   stale
 */
export function judge(
  sets: readonly SetNames[],
  replies: readonly ServerReplies[],
  options: AskOptions,
  earlier: ReadonlyMap<string, readonly string[]>,
): JudgedSet[] {
  return sets.map((set) => ({
    set: set.set,
    serviceName: set.serviceName,
    findings: set.findings,
    names: set.names.map((name) => {
      const questions = questionsAbout(set, name, options);
      return {
        ...name,
        fqdn: withDomain(name.name, options),
        heard: replies.flatMap((server) => heardFrom(server, questions)),
        verdicts: verdictsOn(name, questions, replies, options, new Set(earlier.get(name.name))),
      };
    }),
  }));
}

function heardFrom({ server, replies }: ServerReplies, { byFamily }: Questions): Heard[] {
  const outcomes: string[] = [];
  const addresses: Address[] = [];
  let ttl: number | undefined;
  let why: string | undefined;
  for (const [family, question] of byFamily) {
    const reply = replies.get(questionKey(question));
    if (reply === undefined) continue;
    outcomes.push(reply.kind === 'none' ? 'none' : reply.rcode);
    if (reply.kind === 'none') why ??= reply.why;
    for (const record of recordsOf(reply, question)) {
      ttl = Math.min(ttl ?? record.ttl, record.ttl);
      if (record.type === types[family]) addresses.push(addressOf(record.address, family));
    }
  }
  if (outcomes.length === 0) return [];
  const outcome =
    outcomes.find((one) => one === 'none') ??
    outcomes.find((one) => !isAnswer(one)) ??
    outcomes.find((one) => one === 'NOERROR') ??
    'NXDOMAIN';
  return [{ server, outcome, addresses: inOrder(addresses), ttl, why }];
}

/** Whether a server that says so has looked: anything else is a refusal to answer. */
function isAnswer(rcode: string): boolean {
  return rcode === 'NOERROR' || rcode === 'NXDOMAIN';
}

// CoreDNS goes no further either (`maxCnameChainLength`).
const longestChain = 10;

/** The records of a reply that are about the name asked for, or about one that it is an alias of. */
function recordsOf(reply: Reply | undefined, { name }: Question): DnsRecord[] {
  if (reply?.kind !== 'answer') return [];
  const aliases = new Map<string, string>();
  for (const record of reply.records) if (record.type === 'CNAME') aliases.set(bare(record.name), bare(record.target));
  const names = new Set<string>();
  let next: string | undefined = bare(name);
  while (next !== undefined && names.size <= longestChain) {
    names.add(next);
    next = aliases.get(next);
    if (next !== undefined && names.has(next)) break;
  }
  return reply.records.filter((record) => names.has(bare(record.name)));
}

/** What is no address is none that was expected. */
function addressOf(text: string, family: Family): Address {
  const address = parseAddress(text);
  return address?.family === family ? address : { family, address: text };
}

function verdictsOn(
  name: ExpectedName,
  questions: Questions,
  replies: readonly ServerReplies[],
  options: AskOptions,
  earlier: ReadonlySet<string>,
): [Verdict, ...Verdict[]] {
  const known = isKnown(name);
  const hearings = replies.map((server) => hear(name, questions, server));
  const right = hearings.filter(({ complete, differences }) => complete && differences.length === 0);
  const wrong = hearings.filter(({ differences }) => differences.length > 0);
  const verdicts: Verdict[] = merged([
    ...hearings.flatMap(({ failures }) => failures),
    ...hearings.flatMap(({ differences }) => withStale(differences, earlier, right.length > 0)),
    ...replies.flatMap((server) => [
      ...(name.unpublished?.kind === 'slices unknown' ? [] : srvFaults(questions, server, options)),
      ...ptrFaults(name, questions, server, options),
    ]),
  ]);
  if (right.length > 0 && wrong.length > 0) {
    const servers = (list: readonly Hearing[]) => [...new Set(list.map(({ server }) => server))];
    verdicts.push({ kind: 'servers disagree', right: servers(right), wrong: servers(wrong) });
  }
  const asked = replies.length > 0 && questions.byFamily.size > 0;
  if (known && name.unpublished && !isAlias(name)) verdicts.push({ kind: 'not published' });
  else if (verdicts.length === 0)
    verdicts.push({ kind: replies.length === 0 ? 'not asked' : known && asked ? 'ok' : 'not known' });
  const [worst = { kind: 'not known' }, ...others] = verdicts
    .map((verdict) => ({ verdict, rank: ranks.indexOf(verdict.kind), key: JSON.stringify(verdict) }))
    .sort((a, b) => a.rank - b.rank || (a.key < b.key ? -1 : 1))
    .map(({ verdict }) => verdict);
  return [worst, ...others];
}

/** Whether it is known what DNS should say. */
function isKnown({ unpublished }: ExpectedName): boolean {
  return unpublished?.kind !== 'slices unknown' && unpublished?.kind !== 'service unknown';
}

/** Whether the name must answer with another name: only the Service's own does, of an ExternalName. */
function isAlias({ subject, unpublished }: ExpectedName): boolean {
  return subject.kind === 'service' && unpublished?.kind === 'ExternalName';
}

/** What one server said of a name, against what it should have. */
interface Hearing {
  server: string;
  differences: Told[];
  /** Questions to which no answer came. */
  failures: Told[];
  /** Whether all was answered that is needed to call it right. */
  complete: boolean;
}

function hear(name: ExpectedName, { byFamily }: Questions, { server, replies }: ServerReplies): Hearing {
  const servers = [server];
  const failures: Told[] = [];
  const answered = new Map<Family, string[]>();
  const all = [...byFamily].map(([family, question]) => ({
    family,
    question,
    reply: replies.get(questionKey(question)),
  }));
  const isNoName = all.some(({ reply }) => reply?.kind === 'answer' && reply.rcode === 'NXDOMAIN');
  for (const { family, question, reply } of all) {
    const expected = name.addresses.some((address) => address.family === family);
    if (reply === undefined) {
      // Not every path can ask for each type. A name that is not there is there for none.
      if (isNoName) answered.set(family, []);
      else if (expected)
        failures.push({ kind: 'no answer', why: `it was not asked for ${family}`, timedOut: false, servers });
    } else if (reply.kind === 'none') {
      failures.push({ kind: 'no answer', why: reply.why, timedOut: reply.timedOut, servers });
    } else if (isAnswer(reply.rcode)) {
      const records = recordsOf(reply, question).flatMap((record) =>
        record.type === types[family] ? [record.address] : [],
      );
      const addresses = inOrder(records.map((text) => addressOf(text, family)));
      answered.set(
        family,
        addresses.map(({ address }) => address),
      );
    } else {
      failures.push({ kind: 'refused', rcode: reply.rcode, servers });
    }
  }
  const complete = failures.length === 0 && answered.size > 0;
  if (!isKnown(name)) return { server, differences: [], failures, complete: false };
  if (isAlias(name)) {
    const given = all.some(({ question, reply }) => recordsOf(reply, question).some(({ type }) => type === 'CNAME'));
    return { server, differences: complete && !given ? [{ kind: 'missing', servers }] : [], failures, complete };
  }
  return { server, differences: differencesOf(name.addresses, answered, servers), failures, complete };
}

function differencesOf(
  expected: readonly Address[],
  answered: ReadonlyMap<Family, readonly string[]>,
  servers: string[],
): Told[] {
  const given = [...answered.values()].flat();
  const isAnswered = expected.every(({ family }) => answered.has(family));
  if (given.length === 0 && expected.length > 0 && isAnswered) return [{ kind: 'missing', servers }];
  const differences: Told[] = [];
  const wrong: string[] = [];
  const extra: string[] = [];
  const lacking: string[] = [];
  for (const [family, got] of answered) {
    const wanted = expected.filter((address) => address.family === family).map(({ address }) => address);
    const absent = without(wanted, got);
    if (wanted.length > 0 && got.length === 0) differences.push({ kind: 'family missing', family, servers });
    else {
      const target = absent.length > 0 ? wrong : extra;
      target.push(...without(got, wanted));
      // Where none of the right ones is there, the wrong ones say it all.
      if (absent.length < wanted.length) lacking.push(...absent);
    }
  }
  if (wrong.length > 0) differences.push({ kind: 'wrong address', got: wrong, servers });
  if (extra.length > 0) differences.push({ kind: 'extra address', got: extra, servers });
  if (lacking.length > 0) differences.push({ kind: 'incomplete', lacking, servers });
  return differences;
}

function without(all: readonly string[], some: readonly string[]): string[] {
  const left = new Set(some);
  return all.filter((one) => !left.has(one));
}

/** What was seen to be right before, or what another server has no more, is told as stale. */
function withStale(differences: readonly Told[], earlier: ReadonlySet<string>, anotherIsRight: boolean): Told[] {
  return differences.flatMap((told): Told[] => {
    if (told.kind !== 'wrong address' && told.kind !== 'extra address') return [told];
    const isStale = (address: string) => earlier.has(address) || (told.kind === 'extra address' && anotherIsRight);
    const stale = told.got.filter(isStale);
    const others = told.got.filter((address) => !isStale(address));
    return [
      ...(stale.length > 0 ? [{ kind: 'stale' as const, got: stale, servers: told.servers }] : []),
      ...(others.length > 0 ? [{ ...told, got: others }] : []),
    ];
  });
}

function srvFaults({ srv }: Questions, { server, replies }: ServerReplies, options: AskOptions): Told[] {
  return srv.flatMap(({ port, question }): Told[] => {
    const reply = replies.get(questionKey(question));
    const failure = failureOf(reply, server);
    if (failure) return [failure];
    const expected = inText(port.targets.map((target) => `${withDomain(target.name, options)}:${target.port}`));
    const got = inText(
      recordsOf(reply, question).flatMap((record) =>
        record.type === 'SRV' ? [`${bare(record.target)}:${record.port}`] : [],
      ),
    );
    if (expected.join() === got.join()) return [];
    return [{ kind: 'srv wrong', port: port.name, expected, got, servers: [server] }];
  });
}

function ptrFaults(
  name: ExpectedName,
  { ptr }: Questions,
  { server, replies }: ServerReplies,
  options: AskOptions,
): Told[] {
  return ptr.flatMap(({ address: { address }, question }): Told[] => {
    const reply = replies.get(questionKey(question));
    const failure = failureOf(reply, server);
    if (failure) return [failure];
    const got = inText(
      recordsOf(reply, question).flatMap((record) => (record.type === 'PTR' ? [bare(record.target)] : [])),
    );
    if (got.includes(withDomain(name.name, options))) return [];
    return [{ kind: 'ptr wrong', address, got, servers: [server] }];
  });
}

function failureOf(reply: Reply | undefined, server: string): Told | undefined {
  const servers = [server];
  if (reply === undefined)
    return { kind: 'no answer', why: 'it was not asked for all records', timedOut: false, servers };
  if (reply.kind === 'none') return { kind: 'no answer', why: reply.why, timedOut: reply.timedOut, servers };
  return isAnswer(reply.rcode) ? undefined : { kind: 'refused', rcode: reply.rcode, servers };
}

function inText(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort();
}

/** What several servers have in common is told once, of all of them in the order in which they were asked. */
function merged(told: readonly Told[]): Told[] {
  const byFact = new Map<string, Told>();
  for (const verdict of told) {
    const { servers, ...fact } = verdict;
    const key = JSON.stringify(fact);
    const known = byFact.get(key);
    byFact.set(key, { ...verdict, servers: [...new Set([...(known?.servers ?? []), ...servers])] });
  }
  return [...byFact.values()];
}

const open: ReadonlySet<Verdict['kind']> = new Set(['no answer', 'refused', 'not known']);
const good: ReadonlySet<Verdict['kind']> = new Set(['ok', 'not asked']);

/** `right`: all names are; `wrong`: at least one is not; `unknown`: none is wrong, but some could not be found out. */
export function outcomeOf(sets: readonly JudgedSet[]): 'right' | 'wrong' | 'unknown' {
  const kinds = new Set(
    sets.flatMap(({ set, names }) =>
      names.flatMap((name) =>
        name.verdicts.map(({ kind }) => (kind === 'not published' && isGoing(set, name) ? 'ok' : kind)),
      ),
    ),
  );
  if ([...kinds].some((kind) => !good.has(kind) && !open.has(kind))) return 'wrong';
  return [...kinds].some((kind) => open.has(kind)) ? 'unknown' : 'right';
}

/** Whether it is the name of a condemned pod: nobody is to miss it. One that was asked for and is not there is another thing. */
function isGoing(set: SetNames['set'], { subject, unpublished }: JudgedName): boolean {
  return (
    subject.kind === 'pod' && unpublished?.kind !== 'pod missing' && !isWanted(wantedOrdinals(set), subject.ordinal)
  );
}

export type { SetFinding };

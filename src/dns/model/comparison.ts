/** The replies of one server about one name, compared with what they should be. */
import { type Address, type Family, inOrder } from '#src/objects/address.ts';
import { type Question, questionKey, type Reply, type ServerReplies } from '#src/objects/dns.ts';
import type { ExpectedName } from './names.ts';
import { addressTypes, type Queries } from './queries.ts';
import { addressOf, isAnswer, recordsOf } from './replies.ts';
import type { Heard, ServerVerdict } from './verdicts.ts';

/** What a server answered for the addresses of a name; empty when it was not asked. */
export function heardFrom({ server, replies }: ServerReplies, { byFamily }: Queries): Heard[] {
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
      if (record.ttl !== undefined) ttl = Math.min(ttl ?? record.ttl, record.ttl);
      if (record.type === addressTypes[family]) addresses.push(addressOf(record.address, family));
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

/** How one server's replies about the addresses of a name differ from what they should be. */
export interface Comparison {
  server: string;
  differences: ServerVerdict[];
  /** Questions that got no answer. */
  failures: ServerVerdict[];
  /** Whether every answer came that is needed to call the name right. */
  complete: boolean;
  /** The addresses given. */
  given: readonly string[];
}

export function compare(name: ExpectedName, queries: Queries, { server, replies }: ServerReplies): Comparison {
  const servers = [server];
  const all = [...queries.byFamily].map(([family, question]) => ({
    family,
    question,
    reply: replies.get(questionKey(question)),
  }));
  const { answered, failures } = sorted(name, all, servers);
  const complete = failures.length === 0 && answered.size > 0;
  const given = [...answered.values()].flat();
  if (!isKnown(name)) return { server, differences: [], failures, complete: false, given };
  if (isAlias(name)) {
    const aliased = all.some(({ question, reply }) => recordsOf(reply, question).some(({ type }) => type === 'CNAME'));
    const differences: ServerVerdict[] = complete && !aliased ? [{ kind: 'missing', servers }] : [];
    return { server, differences, failures, complete, given };
  }
  return { server, differences: differencesOf(name, answered, servers), failures, complete, given };
}

/** Whether it is known what DNS should answer. */
export function isKnown({ unpublished }: ExpectedName): boolean {
  return unpublished?.kind !== 'slices unknown' && unpublished?.kind !== 'service unknown';
}

/** Whether the answer must be another name: that is so only for the Service's own name, if it is an ExternalName. */
export function isAlias({ subject, unpublished }: ExpectedName): boolean {
  return subject.kind === 'service' && unpublished?.kind === 'ExternalName';
}

/** The addresses of each family that was answered, and the questions that were not. */
function sorted(
  name: ExpectedName,
  all: readonly { family: Family; question: Question; reply: Reply | undefined }[],
  servers: string[],
): { answered: Map<Family, string[]>; failures: ServerVerdict[] } {
  const failures: ServerVerdict[] = [];
  const answered = new Map<Family, string[]>();
  const isNoName = all.some(({ reply }) => reply?.kind === 'answer' && reply.rcode === 'NXDOMAIN');
  for (const { family, question, reply } of all) {
    if (reply === undefined) {
      // Not every path can ask for each type. A name that does not exist has no record of any type.
      const isExpected = name.addresses.some((address) => address.family === family);
      if (isNoName) answered.set(family, []);
      else if (isExpected)
        failures.push({ kind: 'no answer', why: `it was not asked for ${family}`, timedOut: false, servers });
    } else if (reply.kind === 'none') {
      failures.push({ kind: 'no answer', why: reply.why, timedOut: reply.timedOut, servers });
    } else if (isAnswer(reply.rcode)) {
      const records = recordsOf(reply, question).flatMap((record) =>
        record.type === addressTypes[family] ? [record.address] : [],
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
  return { answered, failures };
}

function differencesOf(
  { addresses: expected, allowed }: ExpectedName,
  answered: ReadonlyMap<Family, readonly string[]>,
  servers: string[],
): ServerVerdict[] {
  const given = [...answered.values()].flat();
  const isAnswered = expected.every(({ family }) => answered.has(family));
  if (given.length === 0 && expected.length > 0 && isAnswered) return [{ kind: 'missing', servers }];
  const differences: ServerVerdict[] = [];
  const wrong: string[] = [];
  const extra: string[] = [];
  const lacking: string[] = [];
  for (const [family, got] of answered) {
    const wanted = expected.filter((address) => address.family === family).map(({ address }) => address);
    const absent = without(wanted, got);
    if (wanted.length > 0 && got.length === 0) differences.push({ kind: 'family missing', family, servers });
    else {
      const target = absent.length > 0 ? wrong : extra;
      const before = target.length;
      target.push(...without(got, [...wanted, ...allowed.map(({ address }) => address)]));
      // If none of the right addresses was given, the wrong ones say enough.
      if (absent.length < wanted.length || target.length === before) lacking.push(...absent);
    }
  }
  if (wrong.length > 0) differences.push({ kind: 'wrong address', got: wrong, servers });
  if (extra.length > 0) differences.push({ kind: 'extra address', got: extra, servers });
  if (lacking.length > 0) differences.push({ kind: 'incomplete', lacking, servers });
  return differences;
}

function without(all: readonly string[], some: readonly string[]): string[] {
  const removed = new Set(some);
  return all.filter((one) => !removed.has(one));
}

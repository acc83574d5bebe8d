/** The SRV and PTR records that servers gave, compared with what they must lead to. */
import { type Address, parseAddress } from '#src/objects/address.ts';
import { type DnsRecord, type Question, questionKey, type Reply, type ServerReplies } from '#src/objects/dns.ts';
import type { ExpectedName, PortTarget, SetNames } from './names.ts';
import { type AskOptions, addressTypes, bare, isAskable, type Queries, queriesAbout, withDomain } from './queries.ts';
import { isAnswer, recordsOf } from './replies.ts';
import type { Outcome, ServerVerdict } from './verdicts.ts';

/** The records of one question, as each server gave them. */
export interface RecordCheck {
  about: { type: 'SRV'; port: string } | { type: 'PTR'; address: string };
  outcome: Outcome;
  answers: RecordAnswer[];
}

interface RecordAnswer {
  server: string;
  /** As in `Heard`. */
  outcome: string;
  /** `NAME:PORT` of SRV, names of PTR. */
  values: string[];
}

export interface CheckedRecords {
  checks: RecordCheck[];
  verdicts: ServerVerdict[];
}

/** Nothing where no server was asked for such records. */
export function checkRecords(
  name: ExpectedName,
  { srv, ptr }: Queries,
  replies: readonly ServerReplies[],
  options: AskOptions,
): CheckedRecords {
  const all = [
    ...srv.map(({ port, question }) =>
      checked({ type: 'SRV', port: port.name }, question, replies, (server) =>
        srvFault(port.name, port.targets, question, server, options),
      ),
    ),
    ...ptr.map(({ address, question }) =>
      checked({ type: 'PTR', address: address.address }, question, replies, (server) =>
        ptrFault(name, address, question, server, options),
      ),
    ),
  ];
  // Without the slices, nobody knows what the records must lead to.
  const isUnknown = name.unpublished?.kind === 'slices unknown';
  return {
    checks: all
      .map(({ check }): RecordCheck => (isUnknown ? { ...check, outcome: 'unknown' } : check))
      .filter(({ answers }) => answers.length > 0),
    verdicts: isUnknown ? [] : all.flatMap(({ verdicts }) => verdicts),
  };
}

interface Checked {
  check: RecordCheck;
  verdicts: ServerVerdict[];
}

function checked(
  about: RecordCheck['about'],
  question: Question,
  replies: readonly ServerReplies[],
  faultOf: (server: ServerReplies) => ServerVerdict | undefined,
): Checked {
  const verdicts = replies.flatMap((server) => failureOf(server, question) ?? faultOf(server) ?? []);
  const isUnknown = verdicts.some(({ kind }) => kind === 'no answer' || kind === 'refused');
  const isWrong = verdicts.some(({ kind }) => kind === 'srv wrong' || kind === 'ptr wrong');
  const answers = replies.flatMap((server) => answerOf(server, question));
  return { check: { about, outcome: isWrong ? 'wrong' : isUnknown ? 'unknown' : 'right', answers }, verdicts };
}

function answerOf({ server, replies }: ServerReplies, question: Question): RecordAnswer[] {
  const reply = replies.get(questionKey(question));
  if (reply === undefined) return [];
  const values = sortedOnce(recordsOf(reply, question).flatMap(recordText));
  return [{ server, outcome: reply.kind === 'none' ? 'none' : reply.rcode, values }];
}

function recordText(record: DnsRecord): string[] {
  if (record.type === 'SRV') return [`${bare(record.target)}:${record.port}`];
  return record.type === 'PTR' ? [bare(record.target)] : [];
}

function failureOf({ server, replies }: ServerReplies, question: Question): ServerVerdict | undefined {
  const reply: Reply | undefined = replies.get(questionKey(question));
  const servers = [server];
  if (reply === undefined)
    return { kind: 'no answer', why: 'it was not asked for all records', timedOut: false, servers };
  if (reply.kind === 'none') return { kind: 'no answer', why: reply.why, timedOut: reply.timedOut, servers };
  return isAnswer(reply.rcode) ? undefined : { kind: 'refused', rcode: reply.rcode, servers };
}

/**
 * A record is right if it has the name of an expected target, or if its own target resolves to addresses of expected ones
 * at the same port: how a server calls an endpoint without a hostname is its own affair.
 */
function srvFault(
  port: string,
  targets: readonly PortTarget[],
  question: Question,
  server: ServerReplies,
  options: AskOptions,
): ServerVerdict | undefined {
  const records = recordsOf(server.replies.get(questionKey(question)), question).flatMap((record) =>
    record.type === 'SRV' ? [{ name: bare(record.target), port: record.port }] : [],
  );
  const given = records.map((record) => ({ ...record, addresses: addressesIn(server, record.name) }));
  const isOf = (target: PortTarget, record: (typeof given)[number]) =>
    target.port === record.port &&
    (nameOf(target, options) === record.name || record.addresses.includes(target.address.address));
  const isRight = (record: (typeof given)[number]) => {
    const own = targets.filter((target) => isOf(target, record));
    if (own.some((target) => nameOf(target, options) === record.name)) return true;
    const known = new Set(own.map(({ address }) => address.address));
    return own.length > 0 && record.addresses.every((address) => known.has(address));
  };
  const expected = targets.map((target) => {
    const record = given.find((one) => isRight(one) && isOf(target, one));
    return `${record?.name ?? nameOf(target, options) ?? target.address.address}:${target.port}`;
  });
  const got = sortedOnce(records.map((record) => `${record.name}:${record.port}`));
  if (sortedOnce(expected).join() === got.join() && given.every(isRight)) return undefined;
  return { kind: 'srv wrong', port, expected: sortedOnce(expected), got, servers: [server.server] };
}

function nameOf({ name }: PortTarget, options: AskOptions): string | undefined {
  return name === undefined ? undefined : withDomain(name, options);
}

/** The address must have the name, in this domain or in another one where it leads back to the address. */
function ptrFault(
  name: ExpectedName,
  { address }: Address,
  question: Question,
  server: ServerReplies,
  options: AskOptions,
): ServerVerdict | undefined {
  const got = sortedOnce(recordsOf(server.replies.get(questionKey(question)), question).flatMap(recordText));
  const isRight = (target: string) =>
    target === withDomain(name.name, options) ||
    (isSameElsewhere(target, name) && addressesIn(server, target).includes(address));
  return got.some(isRight) ? undefined : { kind: 'ptr wrong', address, got, servers: [server.server] };
}

/** Whether it is the name in some domain: a server that serves several gives the names of the first alone. */
function isSameElsewhere(target: string, { name }: ExpectedName): boolean {
  return name !== '' && target.startsWith(`${name}.`);
}

/** What a server said of a name's addresses. */
function addressesIn({ replies }: ServerReplies, name: string): string[] {
  return addressQuestions(name).flatMap((question) =>
    recordsOf(replies.get(questionKey(question)), question).flatMap((record) =>
      'address' in record ? [parseAddress(record.address)?.address ?? record.address] : [],
    ),
  );
}

function addressQuestions(name: string): Question[] {
  return Object.values(addressTypes).map((type) => ({ name, type }));
}

/** A server that is right gives no more targets than are expected. */
const mostOthers = 10;

/** The questions about what records lead to, as far as their names do not tell it already. */
export function furtherQuestions(
  sets: readonly SetNames[],
  replies: readonly ServerReplies[],
  options: AskOptions,
): Question[] {
  const questions = new Map<string, Question>();
  for (const set of sets) {
    for (const name of set.names) {
      for (const target of replies.flatMap((server) => unknownTargets(set, name, server, options))) {
        for (const question of addressQuestions(target)) questions.set(questionKey(question), question);
      }
    }
  }
  return [...questions.values()];
}

function unknownTargets(set: SetNames, name: ExpectedName, server: ServerReplies, options: AskOptions): string[] {
  const { srv, ptr } = queriesAbout(set, name, options);
  const recordsFor = (question: Question) => recordsOf(server.replies.get(questionKey(question)), question);
  const ofSrv = srv.flatMap(({ port: { targets }, question }) => {
    const known = new Set(targets.map((target) => nameOf(target, options)));
    const given = recordsFor(question).flatMap((one) => (one.type === 'SRV' ? [bare(one.target)] : []));
    return sortedOnce(given.filter((target) => !known.has(target))).slice(0, targets.length + mostOthers);
  });
  const ofPtr = ptr.flatMap(({ question }) => {
    const given = recordsFor(question).flatMap((one) => (one.type === 'PTR' ? [bare(one.target)] : []));
    const elsewhere = given.filter((target) => isSameElsewhere(target, name));
    return elsewhere.filter((target) => target !== withDomain(name.name, options)).slice(0, mostOthers);
  });
  return [...ofSrv, ...ofPtr].filter(isAskable);
}

function sortedOnce(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort();
}

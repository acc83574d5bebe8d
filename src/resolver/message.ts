/**
 * Turns questions into bytes, and the bytes of a server into a Reply (RFC 1035, 4). dns-packet reads names and records,
 * but only those of an answer that are used: its decoders of other types trust lengths, its decoder of names follows any
 * chain of pointers that fits into a message, and none compares what it read with the record's length.
 */
import { SocketAddress } from 'node:net';
import * as packet from 'dns-packet';
import { type DnsRecord, type Question, questionKey, type RecordType, type Reply } from '#src/objects/dns.ts';

// dns-packet exports it, but @types/dns-packet leaves it out.
declare module 'dns-packet' {
  export const answer: { decode(message: Buffer, offset: number): Answer };
}

/** A question, and the message that asks it. */
export interface Query {
  id: number;
  question: Question;
  /** Without the length that comes first over TCP. */
  bytes: Buffer;
}

/** What a message with the id of a query says. */
export type Reading = (Reply & { kind: 'answer' }) | { kind: 'truncated' } | { kind: 'unusable'; why: string };

/** Bytes of a message's header. */
export const headerLength = 12;

/** Each question once, in order. Questions that no message can carry get their reply at once. */
export function askable(questions: readonly Question[]): { asked: Question[]; replies: Map<string, Reply> } {
  const asked = new Map<string, Question>();
  const replies = new Map<string, Reply>();
  for (const question of questions) {
    if (fits(question.name)) asked.set(questionKey(question), question);
    else
      replies.set(questionKey(question), none('the name is longer, or has a longer or emptier part, than DNS allows'));
  }
  return { asked: [...asked.values()], replies };
}

/** Labels of 1 to 63 bytes, 255 in all with their lengths (RFC 1035, 2.3.4). dns-packet checks none of this. */
function fits(name: string): boolean {
  return (
    Buffer.byteLength(name) <= 253 &&
    name
      .split('.')
      .every((label) => label !== '' && Buffer.byteLength(label) <= 63 && !/[\n\r\u2028\u2029]/.test(label))
  );
}

export function queryFor(question: Question, id: number): Query {
  const { name, type } = question;
  const questions = [{ name, type, class: 'IN' as const }];
  return { id, question, bytes: packet.encode({ type: 'query', id, flags: packet.RECURSION_DESIRED, questions }) };
}

export function none(why: string, timedOut = false): Reply {
  return { kind: 'none', timedOut, why };
}

/** The text of an error, to be used as a reason. */
export function reasonOf(error: unknown): string {
  return error instanceof Error && error.message !== '' ? error.message : String(error);
}

export function timeout(milliseconds: number, strays: number): Reply {
  const instead = strays === 0 ? '' : ', only messages that do not answer what was asked';
  return none(`no answer within ${milliseconds / 1000}s${instead}`, true);
}

/** By number, from IANA's DNS parameters; a message without EDNS has no others. */
const rcodes = [
  'NOERROR',
  'FORMERR',
  'SERVFAIL',
  'NXDOMAIN',
  'NOTIMP',
  'REFUSED',
  'YXDOMAIN',
  'YXRRSET',
  'NXRRSET',
  'NOTAUTH',
  'NOTZONE',
];

/** A server that answers with one of these may not have read the question, and may leave it out. */
const unread = ['FORMERR', 'SERVFAIL', 'NOTIMP', 'REFUSED'];

/** @param message of at least `headerLength` bytes, whose id is the query's */
export function readMessage(message: Buffer, query: Query): Reading {
  const flags = message.readUInt16BE(2);
  if ((flags & 0x8000) === 0) return unusable('it is no answer');
  if ((flags & 0x7800) !== 0) return unusable('it answers no query');
  const code = flags & 0x000f;
  const rcode = rcodes[code] ?? `RCODE${code}`;
  const counts = [4, 6, 8, 10].map((at) => message.readUInt16BE(at));
  const [questions = 0, answers = 0, ...others] = counts;
  if (message.length === headerLength && counts.every((count) => count === 0) && unread.includes(rcode))
    return { kind: 'answer', rcode, records: [] };
  if (questions !== 1 || !sameQuestion(message, query.bytes)) return unusable('it answers another question');
  if ((flags & 0x0200) !== 0) return { kind: 'truncated' };
  try {
    let at = query.bytes.length;
    const records: DnsRecord[] = [];
    for (let nth = 0; nth < answers; nth++) {
      const end = recordEnd(message, at);
      const record = recordAt(message, at, end, query.question.type);
      if (record !== undefined) records.push(record);
      at = end;
    }
    for (let nth = others.reduce((sum, count) => sum + count, 0); nth > 0; nth--) at = recordEnd(message, at);
    if (at !== message.length) return unusable('it goes on after its end');
    return { kind: 'answer', rcode, records: belongingTo(query.question, records) };
  } catch (error) {
    return unusable(error instanceof Error ? error.message : String(error));
  }
}

function unusable(why: string): Reading {
  return { kind: 'unusable', why: `an answer that cannot be used: ${why}` };
}

/**
 * Compares byte by byte, since a first question cannot be compressed, and in any case of letters (RFC 4343). No byte of a
 * type or class is a letter.
 */
function sameQuestion(message: Buffer, sent: Buffer): boolean {
  if (message.length < sent.length) return false;
  for (let at = headerLength; at < sent.length; at++) {
    if (lowerCase(message[at]) !== lowerCase(sent[at])) return false;
  }
  return true;
}

function lowerCase(byte = 0): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
}

/** @throws {Error} when there is no complete record */
function recordEnd(message: Buffer, start: number): number {
  const at = nameEnd(message, start);
  if (at + 10 > message.length) throw new Error('a record is cut off');
  const end = at + 10 + message.readUInt16BE(at + 8);
  if (end > message.length) throw new Error('a record is cut off');
  return end;
}

/** Steps through a name: 127 labels, each behind a pointer, and the end. */
const longestWalk = 255;

/**
 * Where a name ends. The name is followed to its own end, wherever its pointers lead.
 *
 * @throws {Error} when it is cut off, or never ends
 */
function nameEnd(message: Buffer, start: number): number {
  let end: number | undefined;
  let at = start;
  for (let steps = 0; steps < longestWalk; steps++) {
    if (at >= message.length) throw new Error('a name is cut off');
    const length = message.readUInt8(at);
    if (length === 0) return end ?? at + 1;
    if (length < 0xc0) at += 1 + length;
    else {
      if (at + 2 > message.length) throw new Error('a name is cut off');
      end ??= at + 2;
      at = message.readUInt16BE(at) & 0x3fff;
    }
  }
  throw new Error('a name does not end');
}

/** The numbers of the record types that are read. */
const typeNumbers = { A: 1, CNAME: 5, PTR: 12, AAAA: 28, SRV: 33 };

/**
 * Undefined when the record is of a type that was not asked for.
 *
 * @throws {Error} when its data has another length than it says
 */
function recordAt(message: Buffer, start: number, end: number, wanted: RecordType): DnsRecord | undefined {
  const fixed = nameEnd(message, start);
  const type = message.readUInt16BE(fixed);
  const isInternet = message.readUInt16BE(fixed + 2) === 1;
  if (!isInternet || (type !== typeNumbers.CNAME && type !== typeNumbers[wanted])) return undefined;
  if (dataEnd(message, fixed + 10, type) !== end) throw new Error('a record has another length than it says');
  const record = packet.answer.decode(message, start);
  const name = canonicalName(record.name);
  const ttl = validTtl(message.readUInt32BE(fixed + 4));
  switch (record.type) {
    case 'A':
      return { type: record.type, name, ttl, address: record.data };
    case 'AAAA':
      // dns-packet shortens the first row of zeros, not the longest (RFC 5952, 4.2.3).
      return {
        type: record.type,
        name,
        ttl,
        address: new SocketAddress({ address: record.data, family: 'ipv6' }).address,
      };
    case 'CNAME':
    case 'PTR':
      return { type: record.type, name, ttl, target: canonicalName(record.data) };
    case 'SRV':
      return { type: record.type, name, ttl, target: canonicalName(record.data.target), port: record.data.port };
    default:
      return undefined;
  }
}

function dataEnd(message: Buffer, at: number, type: number): number {
  switch (type) {
    case typeNumbers.A:
      return at + 4;
    case typeNumbers.AAAA:
      return at + 16;
    case typeNumbers.SRV:
      return nameEnd(message, at + 6);
    default:
      return nameEnd(message, at);
  }
}

function canonicalName(name: string): string {
  return name.toLowerCase();
}

/** Seconds. A TTL with the first bit set counts as 0 (RFC 2181, 8). */
function validTtl(ttl: number): number {
  return ttl > 0x7fff_ffff ? 0 : ttl;
}

/** The records that belong to the question: the CNAMEs that lead on from its name, and the records where they end. */
function belongingTo({ name, type }: Question, records: readonly DnsRecord[]): DnsRecord[] {
  const aliases = new Map<string, DnsRecord & { type: 'PTR' | 'CNAME' }>();
  for (const record of records) {
    if (record.type === 'CNAME' && !aliases.has(record.name)) aliases.set(record.name, record);
  }
  const chain: DnsRecord[] = [];
  let owner = canonicalName(name);
  for (let alias = aliases.get(owner); alias !== undefined; alias = aliases.get(owner)) {
    aliases.delete(owner);
    chain.push(alias);
    owner = alias.target;
  }
  return [...chain, ...records.filter((record) => record.type === type && record.name === owner)];
}

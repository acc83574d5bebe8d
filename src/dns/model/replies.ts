/** What of a server's reply answers the question. */
import { type Address, type Family, parseAddress } from '#src/objects/address.ts';
import type { DnsRecord, Question, Reply, ServerReplies } from '#src/objects/dns.ts';
import { bare } from './queries.ts';

/** Whether a server that sends this code has looked the name up. All other codes refuse to answer. */
export function isAnswer(rcode: string): boolean {
  return rcode === 'NOERROR' || rcode === 'NXDOMAIN';
}

/** CoreDNS follows no longer chain of aliases either (`maxCnameChainLength`). */
const longestChain = 10;

/** The records of a reply that belong to the name in the question, or to a name that it is an alias of. */
export function recordsOf(reply: Reply | undefined, { name }: Question): DnsRecord[] {
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

/** A text that is no address of the family is kept as it is: it can only be unexpected. */
export function addressOf(text: string, family: Family): Address {
  const address = parseAddress(text);
  return address?.family === family ? address : { family, address: text };
}

/** The replies of each server to all that it was asked. */
export function together(first: readonly ServerReplies[], second: readonly ServerReplies[]): ServerReplies[] {
  return first.map(({ server, replies }) => {
    const more = second.find((other) => other.server === server);
    return { server, replies: new Map([...replies, ...(more?.replies ?? [])]) };
  });
}

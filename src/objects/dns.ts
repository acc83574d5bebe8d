/** What is asked of a DNS server, and what it says (RFC 1035, RFC 2782, RFC 3596), as plain data. */

export type RecordType = 'A' | 'AAAA' | 'SRV' | 'PTR';

export interface Question {
  /** Without a dot at its end, in lower case. */
  name: string;
  type: RecordType;
}

export type DnsRecord =
  | { type: 'A' | 'AAAA'; name: string; ttl: number; address: string }
  | { type: 'SRV'; name: string; ttl: number; target: string; port: number }
  | { type: 'PTR' | 'CNAME'; name: string; ttl: number; target: string };

/** What became of one question. */
export type Reply =
  /** `rcode` is `NOERROR`, `NXDOMAIN`, `SERVFAIL`, `REFUSED`, …; with NOERROR and no record the name has none of that type. */
  | { kind: 'answer'; rcode: string; records: DnsRecord[] }
  /** None that can be used came. */
  | { kind: 'none'; timedOut: boolean; why: string };

/** A question as a key: one line for one question. */
export function questionKey({ name, type }: Question): string {
  return `${type} ${name}`;
}

/** What one server said. */
export interface ServerReplies {
  /** As people know it: `coredns-0`, `127.0.0.1:53`, or the pod that was asked from. */
  server: string;
  /** By `questionKey`; a question that was not asked is not in it. */
  replies: ReadonlyMap<string, Reply>;
}

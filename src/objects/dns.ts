/** Questions to a DNS server and its answers, as plain data (RFC 1035, RFC 2782, RFC 3596). */

export type RecordType = 'A' | 'AAAA' | 'SRV' | 'PTR';

export interface Question {
  /** In lower case, without a trailing dot. */
  name: string;
  type: RecordType;
}

export type DnsRecord =
  /** `ttl` in seconds; undefined where the path does not tell it. */
  | { type: 'A' | 'AAAA'; name: string; ttl: number | undefined; address: string }
  | { type: 'SRV'; name: string; ttl: number; target: string; port: number }
  | { type: 'PTR' | 'CNAME'; name: string; ttl: number; target: string };

/** The outcome of one question. */
export type Reply =
  /**
   * `rcode` is `NOERROR`, `NXDOMAIN`, `SERVFAIL`, `REFUSED`, …; NOERROR without records: the name has none of this
   * type.
   */
  | { kind: 'answer'; rcode: string; records: DnsRecord[] }
  /** No usable answer came. */
  | { kind: 'none'; timedOut: boolean; why: string };

/** The question as the key of a map. */
export function questionKey({ name, type }: Question): string {
  return `${type} ${name}`;
}

/** The replies of one server. */
export interface ServerReplies {
  /** Its name for people: `coredns-0`, `127.0.0.1:53`, or the pod from which the questions were asked. */
  server: string;
  /** By `questionKey`. Questions that were not asked are missing. */
  replies: ReadonlyMap<string, Reply>;
}

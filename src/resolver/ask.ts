/** The ways to ask a DNS server. */
export type { AskOptions, StreamOptions } from './stream.ts';
export { askOverStream } from './stream.ts';
export { askOverUdp, type DnsServer } from './udp.ts';

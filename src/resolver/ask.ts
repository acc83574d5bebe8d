/** The ways to ask a DNS server. */
export type { AskOptions } from './patience.ts';
export { askOverStream, type StreamOptions } from './stream.ts';
export { askOverUdp, locate } from './udp.ts';

/** The verdicts on DNS names, how bad each one is, and what they say of a set together. */
import type { Address, Family } from '#src/objects/address.ts';
import { isWanted, wantedOrdinals } from '#src/statefulset/identity.ts';
import type { ExpectedName, SetNames } from './names.ts';
import type { RecordCheck } from './recordchecks.ts';

export interface JudgedSet extends Pick<SetNames, 'set' | 'serviceName' | 'findings'> {
  names: JudgedName[];
}

export interface JudgedName extends ExpectedName {
  /** With the cluster domain: `web-0.web.shop.svc.cluster.local`. Empty for a pod without a name. */
  fqdn: string;
  /** What each server answered for A and AAAA together; empty when no server was asked. */
  heard: Heard[];
  /** What each server answered for SRV and PTR, which only `--srv` and `--ptr` ask for. */
  records: RecordCheck[];
  /** The worst verdict comes first. */
  verdicts: [Verdict, ...Verdict[]];
}

export interface Heard {
  server: string;
  /** NOERROR, NXDOMAIN, SERVFAIL, …; `none` when a question got no answer. */
  outcome: string;
  addresses: Address[];
  /** The smallest, in seconds; undefined without a record, and where the path does not tell it. */
  ttl: number | undefined;
  /** Why a question got no answer. */
  why: string | undefined;
}

export type Verdict =
  | { kind: 'ok' }
  /** No server was asked (`--via none`, files): only the expected addresses are known. */
  | { kind: 'not asked' }
  /** Rightly absent from DNS: `unpublished` says why. Still bad for a client that needs the name. */
  | { kind: 'not published' }
  /** These servers give the addresses of a name that is not published, and need not. It leads to the right pod. */
  | { kind: 'resolves unpublished'; givenBy: string[] }
  /** The expected addresses could not be read, as `unpublished` says, so no answer can be judged. */
  | { kind: 'not known' }
  /** The cluster domain is not determined, so that no server can be asked for the name. */
  | { kind: 'domain undetermined' }
  /** A server says that the name does not exist, though it is published. */
  | { kind: 'missing'; servers: string[] }
  | { kind: 'wrong address'; got: string[]; servers: string[] }
  | { kind: 'extra address'; got: string[]; servers: string[] }
  /** Some of the expected addresses are missing. */
  | { kind: 'incomplete'; lacking: string[]; servers: string[] }
  | { kind: 'family missing'; family: Family; servers: string[] }
  /** Some servers are right, and others are not. */
  | { kind: 'servers disagree'; right: string[]; wrong: string[] }
  /**
   * A server still gives an address that was right before. That is known only of an address that this process saw, or
   * that a server which is right no longer gives. (An unknown address in place of the right one is a `wrong address`.)
   */
  | { kind: 'stale'; got: string[]; servers: string[] }
  | { kind: 'no answer'; why: string; timedOut: boolean; servers: string[] }
  | { kind: 'refused'; rcode: string; servers: string[] }
  /** SRV and PTR records, which only `--srv` and `--ptr` ask for. */
  | { kind: 'srv wrong'; port: string; expected: string[]; got: string[]; servers: string[] }
  | { kind: 'ptr wrong'; address: string; got: string[]; servers: string[] };

/** A verdict on the answers of servers. Servers with the same answers share one. */
export type ServerVerdict = Extract<Verdict, { servers: string[] }>;

/** `right`: all names are; `wrong`: at least one is not; `unknown`: none is wrong, but some could not be found out. */
export type Outcome = 'right' | 'wrong' | 'unknown';

/** `rank` 0 is the worst: answers that mislead come first, then what is absent, then what is not known. */
const rules: Record<Verdict['kind'], { rank: number; outcome: Outcome }> = {
  'wrong address': { rank: 0, outcome: 'wrong' },
  'extra address': { rank: 1, outcome: 'wrong' },
  stale: { rank: 2, outcome: 'wrong' },
  missing: { rank: 3, outcome: 'wrong' },
  'family missing': { rank: 4, outcome: 'wrong' },
  incomplete: { rank: 5, outcome: 'wrong' },
  'servers disagree': { rank: 6, outcome: 'wrong' },
  'srv wrong': { rank: 7, outcome: 'wrong' },
  'ptr wrong': { rank: 8, outcome: 'wrong' },
  'not published': { rank: 9, outcome: 'wrong' },
  refused: { rank: 10, outcome: 'unknown' },
  'no answer': { rank: 11, outcome: 'unknown' },
  'not known': { rank: 12, outcome: 'unknown' },
  'domain undetermined': { rank: 13, outcome: 'unknown' },
  'not asked': { rank: 14, outcome: 'right' },
  'resolves unpublished': { rank: 15, outcome: 'right' },
  ok: { rank: 16, outcome: 'right' },
};

/** Whether every server that was asked leads clients to the right pod. */
export function leadsRight({ verdicts: [worst] }: Pick<JudgedName, 'verdicts'>): boolean {
  return worst.kind === 'ok' || worst.kind === 'resolves unpublished';
}

/** The worst first, and always in the same order. */
export function worstFirst(verdicts: readonly Verdict[]): Verdict[] {
  return verdicts
    .map((verdict) => ({ verdict, rank: rules[verdict.kind].rank, key: JSON.stringify(verdict) }))
    .sort((a, b) => a.rank - b.rank || (a.key < b.key ? -1 : 1))
    .map(({ verdict }) => verdict);
}

export function outcomeOf(sets: readonly JudgedSet[]): Outcome {
  const outcomes = new Set(sets.flatMap((set) => set.names.flatMap((name) => outcomesOf(set, name))));
  if (outcomes.has('wrong')) return 'wrong';
  return outcomes.has('unknown') ? 'unknown' : 'right';
}

/** The absence of a condemned pod's name is right: the set no longer wants that pod. */
function outcomesOf({ set }: JudgedSet, name: JudgedName): Outcome[] {
  return name.verdicts.map(({ kind }) =>
    kind === 'not published' && isCondemned(set, name) ? 'right' : rules[kind].outcome,
  );
}

/** A pod that does not exist is not condemned: somebody asked for its name. */
function isCondemned(set: SetNames['set'], { subject, unpublished }: JudgedName): boolean {
  return (
    subject.kind === 'pod' && unpublished?.kind !== 'pod missing' && !isWanted(wantedOrdinals(set), subject.ordinal)
  );
}

/** The servers that answered nothing at all. */
export function silentServers(sets: readonly JudgedSet[]): { server: string; why: string }[] {
  const heard = Map.groupBy(
    sets.flatMap(({ names }) => names.flatMap((name) => name.heard)),
    ({ server }) => server,
  );
  return [...heard]
    .filter(([, replies]) => replies.every(({ outcome }) => outcome === 'none'))
    .map(([server, [first]]) => ({ server, why: first?.why ?? 'it did not answer' }));
}

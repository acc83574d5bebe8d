/** From expected names and the replies of DNS servers to verdicts. */
import type { ServerReplies } from '#src/objects/dns.ts';
import { type Comparison, compare, heardFrom, isAlias, isKnown } from './comparison.ts';
import type { ExpectedName, SetNames } from './names.ts';
import { type AskOptions, lengthFaults, type Queries, queriesAbout, withDomain } from './queries.ts';
import { checkRecords } from './recordchecks.ts';
import { type JudgedSet, type ServerVerdict, type Verdict, worstFirst } from './verdicts.ts';

/**
 * @param replies one entry for each server; empty when no server was asked
 * @param earlier addresses that were right before, by `ExpectedName.name`: a server that still gives them is stale
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
      const queries = queriesAbout(set, name, options);
      const fqdn = withDomain(name.name, options);
      const { checks, verdicts } = checkRecords(name, queries, replies, options);
      return {
        ...name,
        fqdn,
        findings: [...name.findings, ...lengthFaults(fqdn)],
        heard: replies.flatMap((server) => heardFrom(server, queries)),
        records: checks,
        verdicts:
          options.clusterDomain === undefined
            ? verdictsWithoutDomain(name, queries, replies)
            : verdictsOn(name, queries, replies, verdicts, new Set(earlier.get(name.name))),
      };
    }),
  }));
}

function verdictsOn(
  name: ExpectedName,
  queries: Queries,
  replies: readonly ServerReplies[],
  ofRecords: readonly ServerVerdict[],
  earlier: ReadonlySet<string>,
): [Verdict, ...Verdict[]] {
  const known = isKnown(name);
  const comparisons = replies.map((server) => compare(name, queries, server));
  const right = comparisons.filter(({ complete, differences }) => complete && differences.length === 0);
  const wrong = comparisons.filter(({ differences }) => differences.length > 0);
  const verdicts: Verdict[] = merged([
    ...comparisons.flatMap(({ failures }) => failures),
    ...comparisons.flatMap(({ differences }) => withStale(differences, earlier, right.length > 0)),
    ...ofRecords,
  ]);
  if (right.length > 0 && wrong.length > 0) {
    const servers = (list: readonly Comparison[]) => [...new Set(list.map(({ server }) => server))];
    verdicts.push({ kind: 'servers disagree', right: servers(right), wrong: servers(wrong) });
  }
  const asked = replies.length > 0 && queries.byFamily.size > 0;
  if (known && name.unpublished && !isAlias(name)) verdicts.push(...verdictsOnUnpublished(right));
  else if (verdicts.length === 0)
    verdicts.push({ kind: replies.length === 0 ? 'not asked' : known && asked ? 'ok' : 'not known' });
  const [worst = { kind: 'not known' }, ...others] = worstFirst(verdicts);
  return [worst, ...others];
}

/** A server may give a name that is not published, if it leads to the right pod. */
function verdictsOnUnpublished(right: readonly Comparison[]): Verdict[] {
  const givenBy = right.filter(({ given }) => given.length > 0).map(({ server }) => server);
  return [
    ...(givenBy.length > 0 ? [{ kind: 'resolves unpublished' as const, givenBy }] : []),
    ...(right.length === 0 || givenBy.length < right.length ? [{ kind: 'not published' as const }] : []),
  ];
}

/** All that is known then: what the objects say, and which servers answer nothing at all. */
function verdictsWithoutDomain(
  name: ExpectedName,
  queries: Queries,
  replies: readonly ServerReplies[],
): [Verdict, ...Verdict[]] {
  const verdicts: Verdict[] = merged(replies.flatMap((server) => compare(name, queries, server).failures));
  if (isKnown(name) && name.unpublished && !isAlias(name)) verdicts.push({ kind: 'not published' });
  const [worst = { kind: 'domain undetermined' as const }, ...others] = worstFirst(verdicts);
  return [worst, ...others];
}

/** An unexpected address is stale if it was right before, or if it is extra and another server does not give it. */
function withStale(
  differences: readonly ServerVerdict[],
  earlier: ReadonlySet<string>,
  anotherIsRight: boolean,
): ServerVerdict[] {
  return differences.flatMap((verdict): ServerVerdict[] => {
    if (verdict.kind !== 'wrong address' && verdict.kind !== 'extra address') return [verdict];
    const isStale = (address: string) => earlier.has(address) || (verdict.kind === 'extra address' && anotherIsRight);
    const stale = verdict.got.filter(isStale);
    const others = verdict.got.filter((address) => !isStale(address));
    return [
      ...(stale.length > 0 ? [{ kind: 'stale' as const, got: stale, servers: verdict.servers }] : []),
      ...(others.length > 0 ? [{ ...verdict, got: others }] : []),
    ];
  });
}

/** The same verdict on several servers becomes one, with the servers in the order in which they were asked. */
function merged(verdicts: readonly ServerVerdict[]): ServerVerdict[] {
  const byFact = new Map<string, ServerVerdict>();
  for (const verdict of verdicts) {
    const { servers, ...fact } = verdict;
    const key = JSON.stringify(fact);
    const known = byFact.get(key);
    byFact.set(key, { ...verdict, servers: [...new Set([...(known?.servers ?? []), ...servers])] });
  }
  return [...byFact.values()];
}

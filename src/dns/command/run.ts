/** `dns`: names from the cluster or from files, answers from DNS servers, and both together again and again. */
import { setsInFiles } from '#src/cli/choosesets.ts';
import { connected } from '#src/cli/connected.ts';
import type { Deps } from '#src/cli/deps.ts';
import { durationFlag } from '#src/cli/durations.ts';
import { UsageError } from '#src/cli/usageerror.ts';
import { nothingFound, refusalLine } from '#src/drawing/notices.ts';
import type { Client } from '#src/kube/client.ts';
import type { ConnectionOptions } from '#src/kube/config/connectionoptions.ts';
import type { ExitCode } from '#src/objects/failure.ts';
import { isRunningAndReady } from '#src/objects/podstatus.ts';
import type { StatefulSet } from '#src/objects/types.ts';
import { isMember } from '#src/statefulset/identity.ts';
import type { Selection } from '#src/statefulset/selection.ts';
import type { Console } from '#src/terminal/console.ts';
import { printable } from '#src/terminal/escape.ts';
import { interruption } from '#src/terminal/interruption.ts';
import { type ClusterDomain, usualDomain } from '../live/corefile.ts';
import { type NamesReading, readNames } from '../live/reading.ts';
import { byExec, byPortForward, direct, type ResolveMeans, type Resolver } from '../live/resolve.ts';
import { expectedNames, type NamesSnapshot } from '../model/names.ts';
import { type AskOptions, type JudgedSet, judge, outcomeOf, questionsOf } from '../model/verdicts.ts';
import { type Asked, type NameFormatOptions, nameNotes, renderNames } from '../view/format.ts';
import type { DnsFlags } from './dns.ts';
import { waitForAll } from './wait.ts';
import { watchNames } from './watch.ts';

export interface DnsRun {
  flags: DnsFlags;
  connection: ConnectionOptions;
  selection: Selection;
  /** Of the pods that were asked for; undefined for all, and the Service. */
  ordinals: readonly number[] | undefined;
  console: Console;
}

/** @returns the exit code */
export async function runDns(run: DnsRun, deps: Deps): Promise<ExitCode> {
  const { flags, connection, console } = run;
  refuseContradictions(flags);
  const timeout = durationFlag('--timeout', flags.timeout);
  if (flags.filename) return fromFiles(run, flags.filename);
  return connected(connection, deps, console, (client) => fromCluster(run, client, timeout, deps));
}

function refuseContradictions(flags: DnsFlags): void {
  if (flags.wait && flags.watch)
    throw new UsageError('--wait ends when all names are right, -w goes on: use one of them');
  if (flags.filename && (flags.wait || flags.watch))
    throw new UsageError('files do not change: -f goes neither with --wait nor with -w');
  if (flags.via === 'direct' && !flags['dns-server']) throw new UsageError('--via direct asks --dns-server HOST:PORT');
  if (flags.via !== 'direct' && flags['dns-server']) throw new UsageError('--dns-server goes with --via direct');
  if (flags.via !== 'exec' && flags.from) throw new UsageError('--from goes with --via exec');
  if (flags.via === 'none' && (flags.wait || flags.watch))
    throw new UsageError('--via none asks nobody, so there is nothing to wait for');
  if (flags.port !== undefined && flags.output !== 'name') throw new UsageError('--port goes with -o name');
}

async function fromFiles({ flags, selection, ordinals, console }: DnsRun, paths: readonly string[]): Promise<number> {
  const { readFiles } = await import('#src/sources/files.ts');
  const snapshot = readFiles(paths);
  const { sets, failures } = setsInFiles(snapshot, selection, flags.namespace);
  for (const { message } of failures) console.err(`${printable(message)}\n`);
  if (sets.length === 0) return 2;
  const domain = domainOf(flags);
  const judged = judge(expectedNames(snapshot, sets, ordinals), [], askOptions(flags, domain.domain), new Map());
  const asked: Asked = { via: 'none', servers: [], unreached: [], clusterDomain: domain, hidden: [] };
  await show(judged, asked, flags, selection, console);
  return failures.length > 0 ? 2 : 0;
}

/** @param timeout milliseconds to wait for */
async function fromCluster(
  { flags, selection, ordinals, console }: DnsRun,
  client: Client,
  timeout: number,
  { clock, random, host }: Deps,
): Promise<ExitCode> {
  const namespace = flags['all-namespaces'] ? undefined : client.namespace;
  const interrupted = flags.watch ? interruption(host) : undefined;
  const signal = interrupted?.signal ?? new AbortController().signal;
  signal.addEventListener('abort', () => client.close());
  const means = { clock, random, signal };
  const first = await readNames(client, namespace, selection);
  for (const { message } of first.failures) console.err(`${printable(message)}\n`);
  if (first.sets.length === 0) {
    if (first.failures.length === 0) console.err(`${nothingFound(namespace)}\n`);
    return first.failures.length > 0 ? 2 : 0;
  }
  const refused = refusalLine(Object.values(first.snapshot));
  if (refused) console.err(`${refused}\n`);
  const resolver = await resolverFor(client, flags, first, means);
  const asked: Asked = {
    via: resolver?.path ?? 'none',
    servers: resolver?.servers ?? [],
    unreached: [],
    clusterDomain: resolver?.clusterDomain ?? domainOf(flags),
    hidden: resolver?.path === 'port-forward' ? ['NodeLocal DNSCache', 'caches of clients'] : [],
  };
  const options = askOptions(flags, asked.clusterDomain.domain);
  const seen = new Map<string, string[]>();

  async function look({ snapshot, sets }: Pick<NamesReading, 'snapshot' | 'sets'>): Promise<JudgedSet[]> {
    const names = expectedNames(snapshot, sets, ordinals);
    const questions = questionsOf(names, options);
    const replies = resolver && questions.length > 0 ? await resolver.ask(questions) : [];
    const judged = judge(names, replies, options, seen);
    for (const { name, addresses } of names.flatMap((set) => set.names)) {
      const known = seen.get(name) ?? [];
      seen.set(name, [...new Set([...known, ...addresses.map(({ address }) => address)])]);
    }
    return judged;
  }

  const again = async () => look(await readNames(client, namespace, selection));
  if (flags.watch) {
    await watchNames(await look(first), again, formatOptions(flags, selection, console), {
      asked,
      console,
      signal,
      clock,
      host,
    });
    return interrupted?.exitCode ?? 0;
  }
  const judged = flags.wait ? await waitForAll(await look(first), again, timeout, console, clock) : await look(first);
  await show(judged, { ...asked, unreached: silentServers(judged) }, flags, selection, console);
  // Who only wants the names has them.
  const outcome = resolver === undefined ? 'right' : outcomeOf(judged);
  const why = outcome === 'unknown' ? await resolver?.whySilent() : undefined;
  if (why !== undefined) console.err(`hint: ${printable(why)}\n`);
  return first.failures.length > 0 ? 2 : exitCodes[outcome];
}

/** Those that answered nothing at all. */
function silentServers(judged: readonly JudgedSet[]): Asked['unreached'] {
  const heard = Map.groupBy(
    judged.flatMap(({ names }) => names.flatMap((name) => name.heard)),
    ({ server }) => server,
  );
  return [...heard]
    .filter(([, replies]) => replies.every(({ outcome }) => outcome === 'none'))
    .map(([server, [first]]) => ({ server, why: first?.why ?? 'it did not answer' }));
}

const exitCodes = { right: 0, wrong: 1, unknown: 2 };

function domainOf(flags: DnsFlags): ClusterDomain {
  const given = flags['cluster-domain'];
  return given === undefined ? usualDomain : { domain: given, from: '--cluster-domain' };
}

function askOptions({ srv, ptr }: DnsFlags, clusterDomain: string): AskOptions {
  return { clusterDomain, srv, ptr };
}

/** Undefined where nobody is to be asked. */
async function resolverFor(
  client: Client,
  flags: DnsFlags,
  { snapshot, sets }: NamesReading,
  means: ResolveMeans,
): Promise<Resolver | undefined> {
  const domain = flags['cluster-domain'];
  switch (flags.via) {
    case 'none':
      return undefined;
    case 'direct':
      return direct(client, flags['dns-server'] ?? '', domain, means);
    case 'exec':
      return byExec(client, containerToAsk(snapshot, sets, flags.from), domain, means);
    default:
      return byPortForward(
        client,
        { dnsService: flags['dns-service'], servers: flags.servers, clusterDomain: domain },
        means,
      );
  }
}

/** The pod of that name, else the first ready one of the sets: any of them has the resolver that counts. */
function containerToAsk({ pods }: NamesSnapshot, sets: readonly StatefulSet[], from: string | undefined) {
  const name = from?.replace(/^(?:pods?|po)\//, '');
  const pod = pods.items.find((one) =>
    name === undefined
      ? isRunningAndReady(one) && sets.some((set) => isMember(set, one))
      : one.metadata.name === name && sets.some(({ metadata }) => metadata.namespace === one.metadata.namespace),
  );
  const container = pod?.spec?.containers?.[0]?.name;
  if (pod === undefined || container === undefined) {
    throw new UsageError(
      name === undefined
        ? 'no pod of the set is ready to ask from: name one with --from'
        : `pods ${JSON.stringify(name)} not found`,
    );
  }
  return { namespace: pod.metadata.namespace ?? '', name: pod.metadata.name, container };
}

async function show(
  judged: JudgedSet[],
  asked: Asked,
  flags: DnsFlags,
  selection: Selection,
  console: Console,
): Promise<void> {
  console.out(await renderNames(judged, asked, formatOptions(flags, selection, console)));
  for (const line of nameNotes(judged, asked, flags['all-namespaces'])) console.err(`${line}\n`);
}

function formatOptions(flags: DnsFlags, selection: Selection, console: Console): NameFormatOptions {
  return {
    format: flags.output ?? 'table',
    single: selection.names.length === 1,
    allNamespaces: flags['all-namespaces'],
    header: !flags['no-headers'],
    colour: console.colour,
    width: console.width,
    port: flags.port,
  };
}

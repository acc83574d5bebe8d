/** `dns` on a cluster: finds DNS servers and asks them, once, until all names are right, or until Ctrl-C. */
import { connected } from '#src/cli/connected.ts';
import type { Deps } from '#src/cli/deps.ts';
import { nothingFound, refusalLine } from '#src/drawing/notices.ts';
import type { Client } from '#src/kube/client.ts';
import type { ExitCode } from '#src/objects/failure.ts';
import { type Console, processConsole } from '#src/terminal/console.ts';
import { printable } from '#src/terminal/escape.ts';
import { interruption } from '#src/terminal/interruption.ts';
import { readCorefile } from '../live/corefile.ts';
import { configuredDomain, type FindDomain, givenDomain } from '../live/domain.ts';
import { type Looking, lookingWith } from '../live/look.ts';
import { findNodeCache } from '../live/nodecache.ts';
import { type NamesReading, readNames } from '../live/reading.ts';
import { byExec, byPortForward, direct, type ResolveDeps, type Resolver } from '../live/resolve.ts';
import { usualNamespace } from '../live/servers.ts';
import { podToAskFrom } from '../model/askingpod.ts';
import { podsServer } from '../model/podsserver.ts';
import type { Unaskable } from '../model/unaskable.ts';
import { type JudgedSet, type Outcome, outcomeOf, silentServers } from '../model/verdicts.ts';
import { type Asked, policyHint } from '../view/notes.ts';
import { unaskableLine } from '../view/unaskablewords.ts';
import type { AskPath, DnsOptions, Until } from './options.ts';
import { formatOptions, printNames } from './print.ts';
import { waitForAll } from './wait.ts';
import { watchNames } from './watch.ts';

/** @param until when to stop asking */
export async function askCluster(options: DnsOptions, path: AskPath, until: Until, deps: Deps): Promise<ExitCode> {
  const console = processConsole(deps.host, options.color);
  return connected(options.connection, deps, console, async (client) => {
    const namespace = options.allNamespaces ? undefined : client.namespace;
    const asking: Asking = { client, options, namespace, path, console, deps };
    if (until.kind === 'interrupted') return watch(asking);
    const found = await prepare(asking, new AbortController().signal);
    if ('exitCode' in found) return found.exitCode;
    const { first, looking, resolver, asked } = found;
    let look = await looking.at(first);
    if (until.kind === 'right') {
      look = await waitForAll(look, looking.again, until.timeout, console, deps.steadyClock);
    }
    const { judged, clusterDomain } = look;
    await printNames(judged, { ...asked, clusterDomain, unreached: silentServers(judged) }, options, console);
    const code = await judgedCode(judged, resolver, console);
    return first.failures.length > 0 ? 2 : code;
  });
}

/** What one run of the command works with. */
interface Asking {
  client: Client;
  options: DnsOptions;
  /** Undefined for all namespaces. */
  namespace: string | undefined;
  path: AskPath;
  console: Console;
  deps: Deps;
}

async function watch(asking: Asking): Promise<ExitCode> {
  const { client, options, console, deps } = asking;
  const interrupted = interruption(deps.host);
  const { signal } = interrupted;
  // Closing the client ends the requests that are under way.
  signal.addEventListener('abort', () => client.close());
  try {
    const found = await prepare(asking, signal);
    if ('exitCode' in found) return found.exitCode;
    const { first, looking, asked } = found;
    const watching = { asked, console, signal, clock: deps.clock, host: deps.host };
    await watchNames(await looking.at(first), looking.again, formatOptions(options, console), watching);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return interrupted.exitCode;
}

/** What was read, and how the servers are asked about it. */
interface Prepared {
  first: NamesReading;
  looking: Looking;
  /** Undefined when nobody is to be asked. */
  resolver: Resolver | undefined;
  asked: Omit<Asked, 'clusterDomain'>;
}

/** Reads the objects, says what is missing, and finds the servers. Gives the exit code when there is nothing to ask. */
async function prepare(asking: Asking, signal: AbortSignal): Promise<Prepared | { exitCode: ExitCode }> {
  const { client, options, namespace, path, console, deps } = asking;
  const { selection, ordinals } = options;
  const { clock, random } = deps;
  const reading = readNames(client, namespace, selection);
  const resolving = resolverFor(asking, reading, { clock, random, signal });
  // Where there is no set, no server is asked, so a failure of the search does not matter.
  resolving.catch(() => {});
  const first = await reading;
  for (const { message } of first.failures) console.err(`${printable(message)}\n`);
  if (first.sets.length === 0) {
    if (first.failures.length === 0) console.err(`${nothingFound(namespace)}\n`);
    return { exitCode: first.failures.length > 0 ? 2 : 0 };
  }
  const refused = refusalLine(Object.values(first.snapshot));
  if (refused) console.err(`${refused}\n`);
  const asksCluster = path.kind === 'port-forward' || path.kind === 'exec';
  // Side by side with the search for servers.
  const caching = asksCluster ? findNodeCache(client) : undefined;
  caching?.catch(() => {});
  const resolver = await resolving;
  if (resolver !== undefined && 'unaskable' in resolver) {
    console.err(`${unaskableLine(resolver.unaskable)}\n`);
    return { exitCode: 2 };
  }
  const nodeCache = await caching;
  const answeredBy = nodeCache && podsServer((await resolver?.nameservers()) ?? [], nodeCache);
  const asked = { via: path.kind, servers: resolver?.servers ?? [], unreached: [], nodeCache, answeredBy };
  const findDomain = resolver?.findDomain ?? domainWithoutServers(client, options.clusterDomain);
  const { srv, ptr } = options;
  const looking = lookingWith(client, findDomain, resolver?.ask, { srv, ptr, namespace, selection, ordinals });
  return { first, resolver, asked, looking };
}

function domainWithoutServers(client: Client, given: string | undefined): FindDomain {
  return given === undefined ? configuredDomain(() => readCorefile(client, usualNamespace)) : givenDomain(given);
}

/**
 * The DNS servers of the cluster are looked for while its objects are read: that saves round trips, and the time of
 * reading many pods. A pod to ask from is one of those that are read.
 *
 * @returns undefined when nobody is to be asked
 */
async function resolverFor(
  { client, path, options: { clusterDomain } }: Asking,
  reading: Promise<NamesReading>,
  deps: ResolveDeps,
): Promise<Resolver | { unaskable: Unaskable } | undefined> {
  switch (path.kind) {
    case 'none':
      return undefined;
    case 'direct':
      // The look-up of its name cannot be broken off, and would keep the command from ending where there is no set.
      await reading;
      return direct(client, path.server, clusterDomain, deps);
    case 'exec': {
      const { snapshot, sets } = await reading;
      const pod = podToAskFrom(snapshot, sets, path.from);
      return 'unaskable' in pod ? pod : byExec(client, pod, clusterDomain, deps);
    }
    case 'port-forward': {
      const { service: dnsService, servers } = path;
      return byPortForward(client, { dnsService, servers, clusterDomain }, deps);
    }
  }
}

const exitCodes: Record<Outcome, ExitCode> = { right: 0, wrong: 1, unknown: 2 };

/** With a hint, when servers did not answer and a cause is known. */
async function judgedCode(
  judged: readonly JudgedSet[],
  resolver: Resolver | undefined,
  console: Console,
): Promise<ExitCode> {
  // The command was to list the names, and has done so.
  if (resolver === undefined) return 0;
  const outcome = outcomeOf(judged);
  const inTheWay = outcome === 'unknown' ? await resolver.policiesInTheWay() : undefined;
  if (inTheWay) console.err(`${policyHint(inTheWay)}\n`);
  return exitCodes[outcome];
}

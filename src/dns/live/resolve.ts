/** Asks the cluster's DNS servers, by a path that works from where the person is. */
import type { Client } from '#src/kube/client.ts';
import { ConnectionError, StatusError } from '#src/kube/errors.ts';
import type { PodName } from '#src/kube/podstream.ts';
import { missingRights, rightWords, streamRights } from '#src/kube/rights.ts';
import type { Clock } from '#src/objects/clock.ts';
import { type Question, questionKey, type Reply, type ServerReplies } from '#src/objects/dns.ts';
import { askOverStream, askOverUdp, locate } from '#src/resolver/ask.ts';
import type { AskingPod } from '../model/askingpod.ts';
import { domainOfPod, onlyDomainOf } from '../model/clusterdomain.ts';
import type { ServiceName } from '../model/namedservice.ts';
import { nameserversIn } from '../model/podsserver.ts';
import type { Unaskable } from '../model/unaskable.ts';
import { readCorefile } from './corefile.ts';
import { askedDomain, domainOnce, type FindDomain, givenDomain } from './domain.ts';
import { askInPod, readResolvConf } from './getent.ts';
import { policiesOn } from './networkpolicy.ts';
import { type DnsServer, findDnsServers, usualNamespace } from './servers.ts';

export interface ResolveDeps {
  clock: Clock;
  /** From 0 to below 1. */
  random: () => number;
  signal: AbortSignal;
}

/** DNS servers that can be asked by one path. */
export interface Resolver {
  path: 'port-forward' | 'exec' | 'direct';
  /** The servers as people know them; for `exec`, the pod that asks. */
  servers: readonly string[];
  findDomain: FindDomain;
  ask(questions: readonly Question[]): Promise<ServerReplies[]>;
  /** Of the pod that asks, as far as they are known; none for the other paths. */
  nameservers(): Promise<string[]>;
  /** The NetworkPolicies that may be why no server answers; undefined when none is known. */
  policiesInTheWay(): Promise<{ namespace: string; policies: string[] } | undefined>;
}

/** Milliseconds for one question. A healthy server needs some tens, even if it is far away. */
const patience = 3_000;

export interface ForwardOptions {
  /** The DNS Service; the usual one when undefined. */
  dnsService: ServiceName | undefined;
  /** Ask at most this many servers. */
  servers: number;
  /** Found out when undefined. */
  clusterDomain: string | undefined;
}

/**
 * Asks the ready pods behind the cluster's DNS Service, each over a port-forward of its own.
 *
 * @throws {StatusError} when the API server fails
 */
export async function byPortForward(
  client: Client,
  options: ForwardOptions,
  deps: ResolveDeps,
): Promise<Resolver | { unaskable: Unaskable }> {
  const { dnsService, clusterDomain } = options;
  // Side by side: on a far-away cluster each request counts.
  const reading =
    clusterDomain === undefined ? readCorefile(client, dnsService?.namespace ?? usualNamespace) : undefined;
  reading?.catch(() => {});
  const found = await findDnsServers(client, dnsService);
  if ('unaskable' in found) return found;
  const asked = found.servers.slice(0, options.servers);
  const [first] = asked;
  const unaskable = first && (await streamForbidden(client, 'port-forward', first.pod));
  if (unaskable) return { unaskable };
  const ask = (questions: readonly Question[]) =>
    Promise.all(asked.map((server) => forwarded(client, server, questions, deps)));
  return {
    path: 'port-forward',
    servers: asked.map(({ name }) => name),
    findDomain:
      clusterDomain === undefined
        ? domainOnce(async (telltales) => {
            const corefile = await reading;
            const only = corefile && onlyDomainOf(corefile);
            return only ?? askedDomain({ corefile, ask, dnsService: found })(telltales);
          })
        : givenDomain(clusterDomain),
    ask,
    nameservers: async () => [],
    async policiesInTheWay() {
      const policies = first ? await policiesOn(client, first.pod) : [];
      return policies.length === 0 ? undefined : { namespace: found.namespace, policies };
    },
  };
}

async function forwarded(
  client: Client,
  { name, pod, port }: DnsServer,
  questions: readonly Question[],
  { clock, random, signal }: ResolveDeps,
): Promise<ServerReplies> {
  const open = (own: AbortSignal) => client.forwardPort(pod, port, own);
  try {
    return { server: name, replies: await askOverStream(open, questions, { clock, random, signal, patience }) };
  } catch (error) {
    // This pod was deleted meanwhile, or does not listen. The other servers may still answer.
    if (error instanceof StatusError) return { server: name, replies: none(questions, error.detail) };
    if (error instanceof ConnectionError) return { server: name, replies: none(questions, error.message) };
    throw error;
  }
}

/**
 * Asks from inside a pod, with that pod's own resolver.
 *
 * @param given the cluster domain; read from the pod when undefined
 */
export async function byExec(
  client: Client,
  pod: AskingPod,
  given: string | undefined,
  { signal }: ResolveDeps,
): Promise<Resolver | { unaskable: Unaskable }> {
  const unaskable = await streamForbidden(client, 'exec', pod);
  if (unaskable) return { unaskable };
  const reading = readResolvConf(client, pod, signal);
  reading.catch(() => {});
  const ask = async (questions: readonly Question[]) => [
    { server: pod.name, replies: await askInPod(client, pod, questions, signal) },
  ];
  return {
    path: 'exec',
    servers: [pod.name],
    findDomain:
      given === undefined
        ? domainOnce(async (telltales) => {
            const own = domainOfPod((await reading) ?? '', pod.name);
            return own ?? askedDomain({ corefile: undefined, ask, dnsService: undefined })(telltales);
          })
        : givenDomain(given),
    nameservers: async () => nameserversIn((await reading) ?? ''),
    policiesInTheWay: async () => undefined,
    ask,
  };
}

/** A DNS server that this machine can reach. */
export interface DirectServer {
  /** As the person typed it: `10.96.0.10`, `[::1]:53`. */
  typed: string;
  /** An address or a name. */
  host: string;
  port: number;
}

/**
 * Asks one server over UDP.
 *
 * @param given the cluster domain; read from the cluster when undefined
 */
export async function direct(
  client: Client,
  { typed, host, port }: DirectServer,
  given: string | undefined,
  { clock, random, signal }: ResolveDeps,
): Promise<Resolver | { unaskable: Unaskable }> {
  const found = await locate({ host, port });
  if ('error' in found) return { unaskable: { kind: 'unknown host', host, why: found.error } };
  const ask = async (questions: readonly Question[]) => {
    // Its name may lead elsewhere by now.
    const now = await locate({ host, port });
    const replies =
      'error' in now
        ? none(questions, now.error)
        : await askOverUdp(now, questions, { clock, random, signal, patience });
    return [{ server: typed, replies }];
  };
  return {
    path: 'direct',
    servers: [typed],
    findDomain:
      given === undefined
        ? domainOnce(async (telltales) => {
            // The server need not be one of the cluster's own, so that its configuration alone says nothing.
            const corefile = await readCorefile(client, usualNamespace);
            return askedDomain({ corefile, ask, dnsService: undefined })(telltales);
          })
        : givenDomain(given),
    nameservers: async () => [],
    policiesInTheWay: async () => undefined,
    ask,
  };
}

/** Undefined when the person may open such a stream. A missing right is found before anything is asked. */
async function streamForbidden(
  client: Client,
  stream: 'port-forward' | 'exec',
  { namespace, name }: PodName,
): Promise<Unaskable | undefined> {
  const subresource = stream === 'exec' ? 'exec' : 'portforward';
  const missing = await missingRights(client, streamRights(subresource, { namespace, name }));
  if (missing.length === 0) return undefined;
  return { kind: 'stream forbidden', stream, rights: missing.map(rightWords), namespace };
}

function none(questions: readonly Question[], why: string): Map<string, Reply> {
  return new Map(questions.map((question) => [questionKey(question), { kind: 'none', timedOut: false, why }]));
}

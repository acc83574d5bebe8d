/** Asks the cluster's DNS, by a path that works from where the person is. */

import type { Client } from '#src/kube/client.ts';
import { ConnectionError, StatusError } from '#src/kube/errors.ts';
import type { PodName } from '#src/kube/podstream.ts';
import { missingRights, rightWords, streamRights } from '#src/kube/rights.ts';
import type { Clock } from '#src/objects/clock.ts';
import { type Question, questionKey, type Reply, type ServerReplies } from '#src/objects/dns.ts';
import { askOverStream, askOverUdp } from '#src/resolver/ask.ts';
import { type ClusterDomain, domainInName, domainOfCorefile, usualDomain } from './corefile.ts';
import { askInPod, domainOfPod } from './getent.ts';
import { policiesOn } from './networkpolicy.ts';
import { type DnsServer, type DnsService, findDnsServers, usualNamespace } from './servers.ts';
import { Unaskable } from './unaskable.ts';

export interface ResolveMeans {
  clock: Clock;
  /** From 0 to below 1. */
  random: () => number;
  signal: AbortSignal;
}

/** A way to ask. */
export interface Resolver {
  path: 'port-forward' | 'exec' | 'direct';
  /** Who is asked, as people know them. */
  servers: readonly string[];
  clusterDomain: ClusterDomain;
  ask(questions: readonly Question[]): Promise<ServerReplies[]>;
  /** What may be the cause when nobody answers; undefined when nothing is known of one. */
  whySilent(): Promise<string | undefined>;
}

const nothingKnown = async () => undefined;

/** Milliseconds that one question is given: a server that is well takes some tens, however far it is. */
const patience = 3_000;

export interface ForwardOptions {
  /** `NS/NAME` of the DNS Service; the usual one when undefined. */
  dnsService: string | undefined;
  /** At most so many are asked. */
  servers: number;
  clusterDomain: string | undefined;
}

/**
 * Asks the ready pods behind the cluster's DNS Service, each over a port-forward of its own.
 *
 * @throws {Unaskable} when a right is missing or there is nobody to ask, {StatusError} when the server refuses
 */
export async function byPortForward(client: Client, options: ForwardOptions, means: ResolveMeans): Promise<Resolver> {
  const found = await refusalsNamed(findDnsServers(client, options.dnsService), 'to find the DNS servers');
  if ('why' in found) {
    throw new Unaskable(`${found.why}: name it with --dns-service NAMESPACE/NAME, or ask another way with --via`);
  }
  const asked = found.servers.slice(0, options.servers);
  const [first] = asked;
  if (first) await needStreams(client, 'portforward', first.pod);
  const ask = (questions: readonly Question[]) =>
    Promise.all(asked.map((server) => forwarded(client, server, questions, means)));
  const clusterDomain = await domainFor(client, found, options.clusterDomain, ask);
  return {
    path: 'port-forward',
    servers: asked.map(({ name }) => name),
    clusterDomain,
    ask,
    async whySilent() {
      const policies = first ? await policiesOn(client, first.pod) : [];
      if (policies.length === 0) return undefined;
      return `NetworkPolicy ${policies.join(', ')} in namespace ${found.namespace} selects the DNS pods: see whether it lets anybody in`;
    },
  };
}

async function forwarded(
  client: Client,
  { name, pod, port }: DnsServer,
  questions: readonly Question[],
  { clock, random, signal }: ResolveMeans,
): Promise<ServerReplies> {
  const open = (own: AbortSignal) => client.forwardPort(pod, port, own);
  try {
    return { server: name, replies: await askOverStream(open, questions, { clock, random, signal, patience }) };
  } catch (error) {
    // The pod has gone since, or does not listen: the others may.
    if (error instanceof StatusError) return { server: name, replies: none(questions, error.detail) };
    if (error instanceof ConnectionError) return { server: name, replies: none(questions, error.message) };
    throw error;
  }
}

async function domainFor(
  client: Client,
  service: DnsService,
  given: string | undefined,
  ask: (questions: readonly Question[]) => Promise<ServerReplies[]>,
): Promise<ClusterDomain> {
  if (given !== undefined) return { domain: given, from: '--cluster-domain' };
  return (await domainOfCorefile(client, service.namespace)) ?? (await probed(service, ask)) ?? usualDomain;
}

/** What the servers call their own Service: a name that ends with the domain. */
async function probed(
  { namespace, name, clusterIP }: DnsService,
  ask: (questions: readonly Question[]) => Promise<ServerReplies[]>,
): Promise<ClusterDomain | undefined> {
  if (clusterIP === undefined || !/^[\d.]+$/.test(clusterIP)) return undefined;
  const question: Question = { name: `${clusterIP.split('.').toReversed().join('.')}.in-addr.arpa`, type: 'PTR' };
  for (const { server, replies } of await ask([question])) {
    const reply = replies.get(questionKey(question));
    for (const record of reply?.kind === 'answer' ? reply.records : []) {
      const domain = record.type === 'PTR' ? domainInName(record.target, { namespace, name }) : undefined;
      if (domain !== undefined) return { domain, from: `the name that ${server} gives for ${clusterIP}` };
    }
  }
  return undefined;
}

/**
 * Asks from inside a pod, with that pod's own resolver.
 *
 * @throws {Unaskable} when a right is missing
 */
export async function byExec(
  client: Client,
  pod: PodName & { container: string },
  given: string | undefined,
  { signal }: ResolveMeans,
): Promise<Resolver> {
  await needStreams(client, 'exec', pod);
  const clusterDomain =
    given === undefined
      ? ((await domainOfPod(client, pod, signal)) ?? usualDomain)
      : { domain: given, from: '--cluster-domain' };
  return {
    path: 'exec',
    servers: [pod.name],
    clusterDomain,
    whySilent: nothingKnown,
    ask: async (questions) => [{ server: pod.name, replies: await askInPod(client, pod, questions, signal) }],
  };
}

/** @param server `HOST:PORT` */
export async function direct(
  client: Client,
  server: string,
  given: string | undefined,
  means: ResolveMeans,
): Promise<Resolver> {
  const [, bracketed, plain = '', port = '53'] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(server) ?? [];
  const host = bracketed ?? plain;
  if (host === '' || Number(port) > 65_535)
    throw new Unaskable(`--dns-server takes HOST:PORT, not ${JSON.stringify(server)}`);
  const { clock, random, signal } = means;
  return {
    path: 'direct',
    servers: [server],
    clusterDomain:
      given === undefined
        ? ((await domainOfCorefile(client, usualNamespace)) ?? usualDomain)
        : { domain: given, from: '--cluster-domain' },
    whySilent: nothingKnown,
    ask: async (questions) => {
      try {
        const replies = await askOverUdp({ host, port: Number(port) }, questions, { clock, random, signal, patience });
        return [{ server, replies }];
      } catch (error) {
        if (signal.aborted || !(error instanceof Error && 'code' in error)) throw error;
        throw new Unaskable(`the DNS server ${host} is not known here: ${error.message}`);
      }
    },
  };
}

/** Fails before anything is begun, with the rights as an administrator grants them. */
async function needStreams(client: Client, kind: 'exec' | 'portforward', pod: PodName): Promise<void> {
  const missing = await missingRights(client, streamRights(kind, pod));
  if (missing.length === 0) return;
  const rights = missing.map(rightWords).join(' and ');
  throw new Unaskable(
    `no right to ${rights} in namespace ${pod.namespace}: nothing was asked; another path is --via ${kind === 'exec' ? 'port-forward' : 'exec'}, and --via none lists the names`,
  );
}

/** A refusal with what it was wanted for. */
async function refusalsNamed<T>(work: Promise<T>, purpose: string): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof StatusError) || error.reason !== 'Forbidden') throw error;
    throw new StatusError(
      error.code,
      error.reason,
      `${error.detail} (${purpose}; other paths: --via exec, --via none)`,
    );
  }
}

function none(questions: readonly Question[], why: string): Map<string, Reply> {
  return new Map(questions.map((question) => [questionKey(question), { kind: 'none', timedOut: false, why }]));
}

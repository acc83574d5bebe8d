/** The cluster domain, with which all names of a cluster end, and by what it is found out. */
import { parseAddress } from '#src/objects/address.ts';
import { type Question, questionKey, type Reply, type ServerReplies } from '#src/objects/dns.ts';
import type { KubernetesZones } from './corefilezones.ts';
import type { ServiceName } from './namedservice.ts';
import { addressTypes, withDomain } from './queries.ts';
import { isAnswer, recordsOf } from './replies.ts';
import type { Telltale } from './telltales.ts';

export type ClusterDomain = KnownDomain | UndeterminedDomain;

interface KnownDomain {
  state: 'known';
  domain: string;
  source: DomainSource;
}

interface UndeterminedDomain {
  state: 'undetermined';
  why: WhyUndetermined;
  /** The servers that gave no usable answer to any question, each with its first reply. */
  failed: readonly { server: string; reply: Reply }[];
}

/** Where the domain was learnt. */
export type DomainSource =
  /** `--cluster-domain` */
  | { kind: 'flag' }
  /** Files, which tell of no cluster. */
  | { kind: 'default' }
  /** CoreDNS's configuration. */
  | { kind: 'config map'; namespace: string; name: string }
  /** A Service that a server resolves in this domain, and in the domains `also`. */
  | { kind: 'answer'; server: string; service: ServiceName; also: readonly string[] }
  /** The search list of a pod. */
  | { kind: 'resolv.conf'; pod: string };

export type WhyUndetermined =
  /** Nobody is to be asked, and CoreDNS's configuration does not tell. */
  | { kind: 'corefile'; corefile: CorefileZones }
  /** No Service of the sets' namespaces has an address by which a server could show that it knows the domain. */
  | { kind: 'no telltale' }
  | { kind: 'no answer' }
  /** The servers know none of the Services in these domains. */
  | { kind: 'nothing resolves'; domains: readonly string[]; services: readonly ServiceName[] };

/** What CoreDNS's configuration says of the cluster's own domains. */
export type CorefileZones = { configMap: ServiceName } & (
  | { state: 'read'; zones: KubernetesZones }
  | { state: 'missing' }
  | { state: 'forbidden' }
);

/** Kubernetes's own default (`--cluster-domain` of the kubelet). */
const usual = 'cluster.local';

/** For what comes from files. */
export const usualDomain: KnownDomain = { state: 'known', domain: usual, source: { kind: 'default' } };

export function domainGiven(given: string): KnownDomain {
  return { state: 'known', domain: given, source: { kind: 'flag' } };
}

/** Undefined where it is not determined. */
export function domainText(clusterDomain: ClusterDomain): string | undefined {
  return clusterDomain.state === 'known' ? clusterDomain.domain : undefined;
}

/** The domain that CoreDNS's configuration tells alone; undefined when it tells none, or several. */
export function onlyDomainOf(corefile: CorefileZones): KnownDomain | undefined {
  const [zone, ...others] = corefile.state === 'read' ? corefile.zones.own : [];
  if (zone === undefined || others.length > 0) return undefined;
  return { state: 'known', domain: zone, source: { kind: 'config map', ...corefile.configMap } };
}

/** A domain that servers are asked about. */
export interface Candidate {
  domain: string;
  /**
   * What a Service must give in it. Another cluster may have Services of the same names, so that only the Service's own
   * addresses count in a domain that may be another cluster's. In the others any does, since DNS may lag.
   */
  counts: 'any address' | 'own addresses';
}

/** @param hint the domain in the name that a server gives for the DNS Service's address; undefined where there is none */
export function candidatesOf(corefile: CorefileZones | undefined, hint: string | undefined): Candidate[] {
  const { own, others } = corefile?.state === 'read' ? corefile.zones : { own: [], others: [] };
  const likely = own.length > 0 ? own : [usual];
  const domains = new Set(hint === undefined ? likely : [...likely, hint]);
  return [...domains].map((domain) => ({
    domain,
    counts: likely.includes(domain) && !others.includes(domain) ? 'any address' : 'own addresses',
  }));
}

export function domainQuestions(candidates: readonly Candidate[], telltales: readonly Telltale[]): Question[] {
  return candidates.flatMap(({ domain }) => telltales.flatMap((telltale) => questionsAbout(domain, telltale)));
}

function questionsAbout(domain: string, { service: { namespace, name }, addresses }: Telltale): Question[] {
  const families = new Set(addresses.map(({ family }) => family));
  return [...families].map((family) => ({
    name: withDomain(`${name}.${namespace}.svc`.toLowerCase(), { clusterDomain: domain }),
    type: addressTypes[family],
  }));
}

/**
 * The domain in which a server resolves a Service to its own addresses; if there is none, the domain in which one is
 * resolved at all, since DNS may lag. Of several the hinted one, or else the first.
 *
 * @param hint the domain in the name that a server gives for the DNS Service's address. It is the first one of the
 * plugin that answers, which may serve another cluster with the same addresses: alone it says nothing.
 */
export function domainByAnswers(
  candidates: readonly Candidate[],
  telltales: readonly Telltale[],
  replies: readonly ServerReplies[],
  hint: string | undefined,
): ClusterDomain {
  if (telltales.length === 0) return { state: 'undetermined', why: { kind: 'no telltale' }, failed: [] };
  const proofs = candidates.flatMap((candidate) => replies.flatMap((server) => proofsOf(candidate, telltales, server)));
  const strong = proofs.filter(({ isOwn }) => isOwn);
  const counted = strong.length > 0 ? strong : proofs;
  const proof = counted.find(({ domain }) => domain === hint) ?? counted[0];
  if (proof !== undefined) {
    const { domain, server, service } = proof;
    const also = [...new Set(counted.map((other) => other.domain))].filter((other) => other !== domain);
    return { state: 'known', domain, source: { kind: 'answer', server, service, also } };
  }
  const questions = domainQuestions(candidates, telltales);
  const failed = replies.flatMap((server) => failureOf(server, questions));
  const domains = candidates.map(({ domain }) => domain);
  const services = telltales.map(({ service }) => service);
  const why: WhyUndetermined =
    failed.length === replies.length ? { kind: 'no answer' } : { kind: 'nothing resolves', domains, services };
  return { state: 'undetermined', why, failed };
}

interface Proof {
  domain: string;
  server: string;
  service: ServiceName;
  /** Whether one of the Service's own addresses was given. */
  isOwn: boolean;
}

function proofsOf(
  { domain, counts }: Candidate,
  telltales: readonly Telltale[],
  { server, replies }: ServerReplies,
): Proof[] {
  return telltales.flatMap((telltale) => {
    const own = new Set(telltale.addresses.map(({ address }) => address));
    const given = questionsAbout(domain, telltale).flatMap((question) =>
      recordsOf(replies.get(questionKey(question)), question).flatMap((one) =>
        'address' in one ? [parseAddress(one.address)?.address ?? one.address] : [],
      ),
    );
    const isOwn = given.some((address) => own.has(address));
    return isOwn || (given.length > 0 && counts === 'any address')
      ? [{ domain, server, service: telltale.service, isOwn }]
      : [];
  });
}

function failureOf(
  { server, replies }: ServerReplies,
  questions: readonly Question[],
): { server: string; reply: Reply }[] {
  const all = questions.flatMap((question) => replies.get(questionKey(question)) ?? []);
  const [reply] = all;
  // A server refuses what it does not serve: that is an answer here.
  const isFailure = (one: Reply) => one.kind === 'none' || !(isAnswer(one.rcode) || one.rcode === 'REFUSED');
  return reply !== undefined && all.every(isFailure) ? [{ server, reply }] : [];
}

/** The domain in a Service's full name, `kube-dns.kube-system.svc.DOMAIN`; undefined when that is another name. */
export function domainInName(name: string, service: ServiceName): string | undefined {
  const start = `${service.name}.${service.namespace}.svc.`;
  return name.startsWith(start) && name.length > start.length ? name.slice(start.length) : undefined;
}

/** @param pod whose resolv.conf it is */
export function domainOfPod(resolvConf: string, pod: string): KnownDomain | undefined {
  const domain = domainInSearchList(resolvConf);
  return domain === undefined ? undefined : { state: 'known', domain, source: { kind: 'resolv.conf', pod } };
}

/** The first entry of a resolv.conf's search list that ends the names of Services: `shop.svc.DOMAIN svc.DOMAIN DOMAIN`. */
export function domainInSearchList(resolvConf: string): string | undefined {
  const [, search = ''] = /^search\s+(.*)$/m.exec(resolvConf) ?? [];
  const [, domain] = /(?:^|\s)svc\.([a-z0-9_.-]+?)\.?(?=\s|$)/.exec(search) ?? [];
  return domain;
}

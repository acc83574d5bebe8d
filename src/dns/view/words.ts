/** Words for verdicts on DNS names, and for what is wrong with a set. */
import { nameFaultWords, otherHeadlessWords } from '#src/drawing/namewords.ts';
import type { Tone } from '#src/drawing/tone.ts';
import { longestLabel } from '#src/statefulset/namelimits.ts';
import type { NameFinding, SetFinding } from '../model/names.ts';
import { longestName } from '../model/queries.ts';
import type { Heard, JudgedName, JudgedSet, Verdict } from '../model/verdicts.ts';
import { all } from './listwords.ts';
import { notPublished, unpublishedReason, unseen } from './unpublishedwords.ts';

export interface VerdictWords {
  /** The verdict with its reason. */
  text: string;
  /** What to look at, or to do, next. */
  next: string | undefined;
  /** The beginning of the text: the verdict without its reason. */
  brief: string;
  tone: Tone;
}

const tones: Record<Verdict['kind'], Tone> = {
  ok: 'good',
  'not asked': 'faint',
  'not published': 'warning',
  'not known': 'warning',
  'resolves unpublished': 'warning',
  'domain undetermined': 'warning',
  missing: 'bad',
  'wrong address': 'bad',
  'extra address': 'bad',
  incomplete: 'bad',
  'family missing': 'bad',
  'servers disagree': 'bad',
  stale: 'bad',
  'no answer': 'bad',
  refused: 'bad',
  'srv wrong': 'bad',
  'ptr wrong': 'bad',
};

/** The worst verdict comes first, then the others, then where the objects contradict each other. */
export function verdictWords(name: JudgedName, { serviceName }: Pick<JudgedSet, 'serviceName'>): VerdictWords {
  const [worst] = name.verdicts;
  const said = new Set([
    ...verdictsToTell(name).map((verdict) => verdictSentence(verdict, name, serviceName)),
    ...name.findings.map(findingSentence),
    ...recordSentences(name),
  ]);
  const doubtful = worst.kind === 'ok' && name.findings.some(({ kind }) => kind === 'slice differs from pod');
  const text = [...said].join('; ');
  return {
    text,
    brief: text.split(/[:;] /, 1)[0] ?? '',
    next: nextStep(worst, name, serviceName),
    tone: doubtful ? 'warning' : tones[worst.kind],
  };
}

/** `servers disagree` adds nothing to a sentence that says what one server gives and that another is right. */
function verdictsToTell({ verdicts }: JudgedName): Verdict[] {
  const told = verdicts.filter(({ kind }) => kind !== 'servers disagree');
  return told.length > 0 ? told : verdicts;
}

function verdictSentence(verdict: Verdict, name: JudgedName, serviceName: string | undefined): string {
  const { kind } = verdict;
  const right = rightServers(name);
  const others = right.length > 0 ? `, ${clause(right, 'is')} right` : '';
  switch (kind) {
    case 'ok':
      return 'ok';
    case 'not asked':
      return name.unpublished ? `${kind}; ${notPublished(name, serviceName)}` : kind;
    case 'domain undetermined':
      return ['not asked: the cluster domain is not determined', notPublished(name, serviceName) ?? []]
        .flat()
        .join('; ');
    case 'resolves unpublished':
      return name.verdicts.some((other) => other.kind === 'not published')
        ? `${clause(verdict.givenBy, 'gives')} the pod's address all the same`
        : `works, though not published: ${unpublishedReason(name, serviceName)}`;
    case 'not published':
    case 'not known':
      return notPublished(name, serviceName) ?? kind;
    case 'missing': {
      const heard = name.heard.find(({ server }) => verdict.servers.includes(server));
      const says = `${clause(verdict.servers, 'says')} ${heard ? answerWords(heard) : 'NXDOMAIN'}`;
      return right.length > 0 ? `${kind}: ${says}${others}` : `${kind}: published, but ${says}`;
    }
    case 'wrong address':
      // If another server is right already, this address is the old one.
      return `${kind}: ${clause(verdict.servers, 'gives', right.length > 0 ? 'still ' : '')} ${all(verdict.got)}${others}`;
    case 'stale':
      return `${kind}: ${clause(verdict.servers, 'gives', 'still ')} ${all(verdict.got)}${others}`;
    case 'extra address':
      return `${kind}: ${clause(verdict.servers, 'gives')} ${all(verdict.got)} too${others}`;
    case 'incomplete':
      return `${kind}: ${clause(verdict.servers, 'lacks')} ${all(verdict.lacking)}${others}`;
    case 'family missing': {
      const record = verdict.family === 'IPv4' ? 'A' : 'AAAA';
      return `no ${verdict.family}: ${clause(verdict.servers, 'gives')} no ${record} record${others}`;
    }
    case 'servers disagree':
      return `${kind}: ${clause(verdict.wrong, 'is')} wrong, ${clause(verdict.right, 'is')} right`;
    case 'no answer':
      return `${kind}: ${all(verdict.servers)}${verdict.timedOut ? ' timed out' : `: ${verdict.why}`}`;
    case 'refused':
      return `${verdict.rcode}: from ${all(verdict.servers)}${others}`;
    case 'srv wrong':
      return `SRV wrong: port ${verdict.port}: ${srvSentence(verdict)}`;
    case 'ptr wrong': {
      const got = verdict.got.length > 0 ? `the name ${all(verdict.got)}` : 'no name';
      return `PTR wrong: ${verdict.address} has ${got} at ${all(verdict.servers)}`;
    }
  }
}

/** Names only the records that differ: there may be many. */
function srvSentence({ expected, got, servers }: Extract<Verdict, { kind: 'srv wrong' }>): string {
  if (got.length === 0) return `${clause(servers, 'has')} no record, expected ${all(expected)}`;
  const lacking = expected.filter((record) => !got.includes(record));
  const extra = got.filter((record) => !expected.includes(record));
  return all([
    ...(lacking.length > 0 ? [`${clause(servers, 'lacks')} ${all(lacking)}`] : []),
    ...(extra.length > 0 ? [`${clause(servers, 'gives')} ${all(extra)} too`] : []),
  ]);
}

function nextStep(worst: Verdict, name: JudgedName, serviceName: string | undefined): string | undefined {
  const object = name.subject.kind === 'pod' ? name.subject.pod : name.subject.service;
  switch (worst.kind) {
    case 'resolves unpublished':
      return name.unpublished?.kind === 'other hostname' ? 'only a pod made anew is published' : undefined;
    case 'not published':
      switch (name.unpublished?.kind) {
        case 'pod missing':
          return 'see kubectl sts tree';
        case 'not selected':
          return `see kubectl get pod ${object} --show-labels`;
        case 'other hostname':
          return 'only a pod made anew gets the right one';
        case 'not in a slice':
          return `see kubectl get endpointslices -l kubernetes.io/service-name=${serviceName}`;
        default:
          return undefined;
      }
    case 'refused':
      return worst.rcode === 'REFUSED' ? 'is the cluster domain right?' : "see the DNS servers' logs";
    case 'missing':
    case 'wrong address':
    case 'stale':
    case 'incomplete':
      // If another server is right, the sentence already names the one to look at.
      return rightServers(name).length > 0 ? undefined : "see the DNS servers' logs";
    default:
      return undefined;
  }
}

function findingSentence(finding: NameFinding): string {
  switch (finding.kind) {
    case 'slice differs from pod':
      return `the EndpointSlice has ${all(finding.slice)}, the pod ${finding.pod.length > 0 ? all(finding.pod) : 'no address'}`;
    case 'not ready, published all the same':
      return 'not ready, published all the same';
    case 'label too long':
      return `a part of it has ${finding.length} characters, and DNS allows ${longestLabel}`;
    case 'name too long':
      return `it has ${finding.length} characters, and DNS allows ${longestName}`;
  }
}

/** That SRV or PTR records are right. What is wrong with them is a verdict. */
function recordSentences({ records }: JudgedName): string[] {
  const right = records.filter(({ outcome }) => outcome === 'right');
  const ports = right.flatMap(({ about }) => (about.type === 'SRV' ? [about.port] : []));
  const addresses = right.flatMap(({ about }) => (about.type === 'PTR' ? [about.address] : []));
  const isAll = (type: 'SRV' | 'PTR', count: number) =>
    count > 0 && count === records.filter(({ about }) => about.type === type).length;
  return [
    ...(ports.length > 0 ? [`SRV right: ${all(ports)}`] : []),
    ...(isAll('PTR', addresses.length) ? ['PTR right'] : addresses.map((address) => `PTR right: ${address}`)),
  ];
}

/** What is wrong with a set as a whole, and what to do about it. */
export function setFindingWords(finding: SetFinding, { serviceName = '' }: Pick<JudgedSet, 'serviceName'>): string {
  const service = `Service ${serviceName}`;
  switch (finding.kind) {
    case 'no serviceName':
      return 'it has no spec.serviceName, so its pods have no names; that can be set only when a set is made';
    case 'service missing':
      return `its ${service} is missing: create it, headless, with the labels of the pods as its selector`;
    case 'service unknown':
      return `its ${service} ${finding.why === 'forbidden' ? 'may not be read' : 'is not given'}`;
    case 'selector misses the pods':
      return `the selector of ${service} misses all of its pods: see kubectl get pods --show-labels`;
    case 'no selector':
      return `${service} has no selector: its EndpointSlices are somebody else's work`;
    case 'has a cluster IP': {
      const address = finding.clusterIP && ` (${finding.clusterIP})`;
      return `${service} is not headless${address}: CoreDNS gives names to its pods, the DNS specification does not promise it`;
    }
    case 'ExternalName':
      return `${service} is an ExternalName, ${finding.target}: it gives no names to pods`;
    case 'hides not-ready pods':
      return `${service} hides pods that are not ready (${all(finding.pods)}): if members must meet before they are ready, set publishNotReadyAddresses`;
    case 'slices unknown':
      return `what is published is unknown: ${unseen('EndpointSlices', finding.why)}`;
    case 'absent pods not listed':
      return `${finding.count} more of its pods are missing, and not listed`;
    case 'other Service selects the pods':
      return otherHeadlessWords(finding.service);
    case 'set refused':
    case 'pods refused':
      return nameFaultWords(finding);
  }
}

/** A server's answer in a word. */
export function answerWords({ outcome, addresses }: Heard): string {
  if (outcome === 'none') return 'no answer';
  if (outcome !== 'NOERROR') return outcome;
  return addresses.length === 0 ? 'NODATA' : addressWords(addresses.map(({ address }) => address));
}

/** The address, or how many there are. */
export function addressWords(addresses: readonly string[]): string {
  const [first = '-'] = addresses;
  return addresses.length > 1 ? `${addresses.length} addresses` : first;
}

/** The servers that no verdict complains about. */
function rightServers({ heard, verdicts }: JudgedName): string[] {
  const wrong = new Set(verdicts.flatMap(serversOf));
  return heard.map(({ server }) => server).filter((server) => !wrong.has(server));
}

/** The servers that a verdict complains about. */
export function serversOf(verdict: Verdict): string[] {
  if ('servers' in verdict) return verdict.servers;
  return verdict.kind === 'servers disagree' ? verdict.wrong : [];
}

type Does = 'gives' | 'has' | 'is' | 'lacks' | 'says';
const plural: Record<Does, string> = { gives: 'give', has: 'have', is: 'are', lacks: 'lack', says: 'say' };

function clause(servers: readonly string[], does: Does, how = ''): string {
  return `${all(servers)} ${how}${servers.length === 1 ? does : plural[does]}`;
}

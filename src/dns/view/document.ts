/** DNS names and verdicts as a document for programs. docs/output.md describes its shape. */
import { apiVersion, type Fields, identity, present, stateWord } from '#src/drawing/document.ts';
import type { ClusterDomain } from '../model/clusterdomain.ts';
import type { NameFinding, SetFinding, Unpublished } from '../model/names.ts';
import type { NodeCache, PodsServer } from '../model/podsserver.ts';
import type { RecordCheck } from '../model/recordchecks.ts';
import { type Heard, type JudgedName, type JudgedSet, outcomeOf, type Verdict } from '../model/verdicts.ts';
import { sourceWords, whyUndetermined } from './domainwords.ts';
import type { Asked } from './notes.ts';

/** @param single whether exactly one set was asked for by name: its document then stands alone, not in a list */
export function namesDocument(sets: readonly JudgedSet[], asked: Asked, single: boolean): object {
  const [only] = sets;
  if (single && only) return setDocument(only, asked);
  return { apiVersion, kind: 'StatefulSetNamesList', items: sets.map((set) => setDocument(set, asked)) };
}

function setDocument(judged: JudgedSet, asked: Asked): Fields {
  const { set, serviceName, findings, names } = judged;
  const { name, namespace } = set.metadata;
  return present({
    apiVersion,
    kind: 'StatefulSetNames',
    metadata: present({ name, namespace, ...identity(set) }),
    serviceName,
    clusterDomain: domainDocument(asked.clusterDomain),
    asked: askedDocument(asked),
    outcome: asked.servers.length > 0 ? outcomeOf([judged]) : undefined,
    findings: findings.map(setFindingDocument),
    names: names.map(nameDocument),
  });
}

function askedDocument({ via, servers, unreached, nodeCache, answeredBy }: Asked): Fields {
  return present({
    via: paths[via],
    servers: [...servers],
    unreached: unreached.map(({ server, why }) => ({ server, why })),
    nodeLocalCache: nodeCache && nodeCacheDocument(nodeCache),
    answeredBy: answeredBy && { address: answeredBy.address, kind: serverKinds[answeredBy.kind] },
  });
}

function nodeCacheDocument(nodeCache: NodeCache): Fields {
  if (nodeCache.state !== 'found') return { state: nodeCache.state };
  const { daemonSet, addresses } = nodeCache;
  return { state: 'found', daemonSet: `${daemonSet.namespace}/${daemonSet.name}`, addresses: [...addresses] };
}

const serverKinds: Record<PodsServer['kind'], string> = {
  'node cache': 'nodeLocalCache',
  other: 'other',
  unknown: 'unknown',
};

function domainDocument(clusterDomain: ClusterDomain): Fields {
  if (clusterDomain.state === 'undetermined') return { undetermined: whyUndetermined(clusterDomain.why) };
  const { domain, source } = clusterDomain;
  const others = source.kind === 'answer' && source.also.length > 0 ? source.also : undefined;
  return present({ name: domain, from: sourceWords(source), others });
}

const paths: Record<Asked['via'], string> = {
  'port-forward': 'portForward',
  exec: 'exec',
  direct: 'direct',
  none: 'none',
};

function nameDocument(name: JudgedName): Fields {
  const { subject, fqdn, addresses, families, unpublished, findings, ports, heard, records, verdicts } = name;
  return present({
    name: fqdn || undefined,
    ...(subject.kind === 'pod'
      ? // The model gives -1 to a pod whose name has no ordinal.
        { pod: subject.pod, ordinal: subject.ordinal < 0 ? undefined : subject.ordinal }
      : { service: subject.service }),
    expected: addresses.map(({ address }) => address),
    families: [...families],
    ports:
      ports.length > 0
        ? ports.map(({ name: port, protocol, port: number }) => ({ name: port, protocol, port: number }))
        : undefined,
    unpublished: unpublished && unpublishedDocument(unpublished),
    findings: findings.map(nameFindingDocument),
    answers: heard.map(answerDocument),
    records: records.length > 0 ? records.map(recordDocument) : undefined,
    verdicts: verdicts.map(verdictDocument),
  });
}

function answerDocument({ server, outcome, addresses, ttl, why }: Heard): Fields {
  return present({ server, outcome, addresses: addresses.map(({ address }) => address), ttl, why });
}

function recordDocument({ about, outcome, answers }: RecordCheck): Fields {
  return {
    ...about,
    outcome,
    answers: answers.map(({ server, outcome: code, values }) => ({ server, outcome: code, values: [...values] })),
  };
}

const verdictKinds: Record<Verdict['kind'], string> = {
  ok: 'ok',
  'not asked': 'notAsked',
  'not published': 'notPublished',
  'not known': 'notKnown',
  'resolves unpublished': 'resolvesUnpublished',
  'domain undetermined': 'domainUndetermined',
  missing: 'missing',
  'wrong address': 'wrongAddress',
  'extra address': 'extraAddress',
  incomplete: 'incomplete',
  'family missing': 'familyMissing',
  'servers disagree': 'serversDisagree',
  stale: 'stale',
  'no answer': 'noAnswer',
  refused: 'refused',
  'srv wrong': 'srvWrong',
  'ptr wrong': 'ptrWrong',
};

function verdictDocument({ kind, ...fields }: Verdict): Fields {
  return { kind: verdictKinds[kind], ...fields };
}

const unpublishedKinds: Record<Unpublished['kind'], string> = {
  'no serviceName': 'noServiceName',
  'service missing': 'serviceMissing',
  'service unknown': 'serviceUnknown',
  ExternalName: 'externalName',
  'pod missing': 'podMissing',
  'pods unknown': 'podsUnknown',
  'slices unknown': 'slicesUnknown',
  'not ready': 'notReady',
  terminating: 'terminating',
  'no address': 'noAddress',
  'not selected': 'notSelected',
  'other hostname': 'otherHostname',
  'not in a slice': 'notInASlice',
  'endpoint without hostname': 'endpointWithoutHostname',
  'no endpoints': 'noEndpoints',
};

function unpublishedDocument(unpublished: Unpublished): Fields {
  const { kind, ...fields } = unpublished;
  return present({ kind: unpublishedKinds[kind], ...fields, ...whyUnknown(unpublished) });
}

const setFindingKinds: Record<SetFinding['kind'], string> = {
  'no serviceName': 'noServiceName',
  'service missing': 'serviceMissing',
  'service unknown': 'serviceUnknown',
  'selector misses the pods': 'selectorMissesPods',
  'no selector': 'noSelector',
  'has a cluster IP': 'hasClusterIP',
  ExternalName: 'externalName',
  'hides not-ready pods': 'hidesNotReadyPods',
  'slices unknown': 'slicesUnknown',
  'absent pods not listed': 'absentPodsNotListed',
  'other Service selects the pods': 'otherServiceSelectsPods',
  'set refused': 'setRefused',
  'pods refused': 'podsRefused',
};

function setFindingDocument(finding: SetFinding): Fields {
  const { kind, ...fields } = finding;
  return { kind: setFindingKinds[kind], ...fields, ...whyUnknown(finding) };
}

function whyUnknown(said: Unpublished | SetFinding): Fields {
  return 'why' in said ? { why: stateWord(said.why) } : {};
}

const nameFindingKinds: Record<NameFinding['kind'], string> = {
  'slice differs from pod': 'sliceDiffersFromPod',
  'not ready, published all the same': 'publishedNotReady',
  'label too long': 'labelTooLong',
  'name too long': 'nameTooLong',
};

function nameFindingDocument({ kind, ...fields }: NameFinding): Fields {
  return { kind: nameFindingKinds[kind], ...fields };
}

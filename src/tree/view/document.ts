/** Topologies as a document for programs. docs/output.md describes its shape. Fields are added, never renamed. */

import { apiVersion, type Fields, identity, looked, present, stateWord } from '#src/drawing/document.ts';
import { isRunningAndReady, isTrouble, podStatus } from '#src/objects/podstatus.ts';
import { humanBytes } from '#src/objects/quantity.ts';
import { isHeadless } from '#src/objects/service.ts';
import { taintText } from '#src/objects/taints.ts';
import type { Budget, Event, Service } from '#src/objects/types.ts';
import { revisionOf } from '#src/statefulset/controller/pods.ts';
import { type OrdinalRange, podName } from '#src/statefulset/identity.ts';
import type { NodeDoubt } from '#src/statefulset/lostnode.ts';
import type { NameFault } from '#src/statefulset/namelimits.ts';
import {
  type ClosedNode,
  isShutOut,
  type Reach,
  type ReachingNode,
  type Unschedulable,
} from '#src/statefulset/scheduling.ts';
import { otherVolumes } from '#src/statefulset/storage.ts';
import type { TemplateChange } from '#src/statefulset/templatechange.ts';
import type { AbsentPods, Member, PresentPod, WhyMissing } from '../model/members.ts';
import { type Amount, type Summary, summary, total } from '../model/summary.ts';
import type { Topology } from '../model/topology.ts';
import { perPodDocument, pinDocument } from './pindocument.ts';
import { blockerDocument, rolloutDocument, stuckCauses } from './rolloutdocument.ts';
import { claimDocument, leftOverDocument } from './storagedocument.ts';

/** @param single whether exactly one name was given: the document of that set then stands alone, and not in a list */
export function treeDocument(topologies: readonly Topology[], single: boolean): object {
  const [only] = topologies;
  if (single && only) return tree(only);
  const sum = summaryDocument(total(topologies));
  return { apiVersion, kind: 'StatefulSetTreeList', items: topologies.map(tree), summary: sum };
}

function tree(topology: Topology): Fields {
  const { set, wanted, rollout, governingService, members, pins, perPod, unmounted, leftOver } = topology;
  const { updateStrategy, podManagementPolicy, persistentVolumeClaimRetentionPolicy: retention } = set.spec ?? {};
  const { name, namespace } = set.metadata;
  return present({
    apiVersion,
    kind: 'StatefulSetTree',
    metadata: present({ name, namespace, ...identity(set) }),
    ordinals: ordinalsDocument(wanted),
    updateStrategy: updateStrategy?.type ?? 'RollingUpdate',
    partition: updateStrategy?.rollingUpdate?.partition,
    podManagementPolicy: podManagementPolicy ?? 'OrderedReady',
    claimRetentionPolicy: {
      whenDeleted: retention?.whenDeleted ?? 'Retain',
      whenScaled: retention?.whenScaled ?? 'Retain',
    },
    currentRevision: set.status?.currentRevision,
    updateRevision: set.status?.updateRevision,
    rollout: rolloutDocument(rollout),
    warning: topology.warning && warningDocument(topology.warning),
    governingService: governingService && looked(governingService.name, governingService.service, serviceFields),
    otherHeadlessService: topology.otherHeadless,
    nameFaults: topology.nameFaults.length > 0 ? topology.nameFaults.map(nameFaultDocument) : undefined,
    pods: members.map((member) => memberDocument(topology, member)),
    budgets: topology.budgets.length > 0 ? topology.budgets.map(budgetDocument) : undefined,
    updateChanges: topology.changes?.map(changeDocument),
    pins: pins.map(pinDocument),
    perPodServices: perPod.map(perPodDocument),
    notMounted: unmounted.map((claim) => claimDocument(topology, claim)),
    leftOver: leftOver.map((claim) => leftOverDocument(topology, claim)),
    otherVolumes: otherVolumes(set),
    summary: summaryDocument(summary(topology)),
  });
}

function budgetDocument(budget: Budget): Fields {
  const { spec, status } = budget;
  return present({
    name: budget.metadata.name,
    ...identity(budget),
    minAvailable: spec?.minAvailable,
    maxUnavailable: spec?.maxUnavailable,
    disruptionsAllowed: status?.disruptionsAllowed,
    currentHealthy: status?.currentHealthy,
    expectedPods: status?.expectedPods,
  });
}

const changeKinds: Record<TemplateChange['kind'], string> = {
  image: 'image',
  'container added': 'containerAdded',
  'container removed': 'containerRemoved',
  'container fields': 'containerFields',
  'pod fields': 'podFields',
  'metadata fields': 'metadataFields',
};

function changeDocument({ kind, ...change }: TemplateChange): Fields {
  return { kind: changeKinds[kind], ...change };
}

const nameFaultKinds: Record<NameFault['kind'], string> = {
  'set refused': 'setRefused',
  'pods refused': 'podsRefused',
};

function nameFaultDocument({ kind, ...fields }: NameFault): Fields {
  return { kind: nameFaultKinds[kind], ...fields };
}

function ordinalsDocument({ start, end }: OrdinalRange): Fields {
  return { start, replicas: end - start };
}

function serviceFields(service: Service): Fields {
  const { spec } = service;
  return present({
    ...identity(service),
    type: spec?.type ?? 'ClusterIP',
    clusterIP: spec?.clusterIP,
    headless: isHeadless(service),
    ports: (spec?.ports ?? []).map(({ name, port, protocol }) => present({ name, port, protocol: protocol ?? 'TCP' })),
  });
}

const lostNodes: Record<NodeDoubt, string | undefined> = {
  missing: 'missing',
  'not ready': 'notReady',
  forbidden: 'forbidden',
  'not given': undefined,
};

function memberDocument(topology: Topology, member: Member): Fields {
  const fields = member.state === 'found' ? podDocument(member) : absentDocument(topology, member);
  return { ...fields, claims: member.storage.map((claim) => claimDocument(topology, claim)) };
}

function podDocument({ pod, ordinal, wanted, revision, unschedulable, lostNode, warning, lacks }: PresentPod): Fields {
  const { word, ready, containers, restarts, lastRestart } = podStatus(pod);
  const ips = (pod.status?.podIPs ?? []).flatMap(({ ip }) => ip ?? []);
  return present({
    name: pod.metadata.name,
    state: 'found',
    // -1 stands for a name without an ordinal.
    ordinal: ordinal < 0 ? undefined : ordinal,
    wanted,
    ...identity(pod),
    status: word || undefined,
    trouble: isTrouble(word),
    ready: isRunningAndReady(pod),
    readyContainers: ready,
    containers,
    restarts,
    lastRestart,
    revision: revisionOf(pod),
    revisionStanding: revision,
    node: pod.spec?.nodeName || undefined,
    lostNode: lostNode && lostNodes[lostNode],
    ips: ips.length > 0 ? ips : undefined,
    unschedulable: unschedulable && unschedulableDocument(unschedulable),
    warning: warning && warningDocument(warning),
    lacksVolumes: lacks.length > 0 ? lacks : undefined,
  });
}

export function warningDocument({ reason = '', message = '' }: Event): Fields {
  return { reason, message };
}

/** One ordinal, or a run of ordinals that have no claims of their own. */
function absentDocument({ set }: Topology, { state, ordinals, why }: AbsentPods): Fields {
  const { start, end } = ordinals;
  const { name } = set.metadata;
  return present({
    ...(end - start === 1 ? { name: podName(name, start), ordinal: start } : { ordinals: ordinalsDocument(ordinals) }),
    state: stateWord(state),
    wanted: true,
    why: why && whyMissingDocument(why),
  });
}

function whyMissingDocument(why: WhyMissing): Fields {
  switch (why.kind) {
    case 'set is being deleted':
      return { kind: 'setIsBeingDeleted' };
    case 'claim is being deleted':
      return { kind: 'claimIsBeingDeleted', claim: why.claim };
    case 'claim is stale':
      return { kind: 'claimIsStale', claim: why.claim };
    case 'cannot be created':
      return { kind: 'cannotBeCreated', cause: stuckCauses[why.stuck.cause] };
    case 'waits for':
      return { kind: 'waitsFor', blocker: why.waiting ? blockerDocument(why.waiting) : { pod: why.pod } };
    case 'event':
      return { kind: 'event', reason: why.reason, message: why.message };
  }
}

const nodeStates: Record<ClosedNode['state'], string> = {
  cordoned: 'cordoned',
  'not ready': 'notReady',
  'not selected by the pod': 'notSelectedByPod',
  tainted: 'tainted',
};

function unschedulableDocument({ scheduler, reach }: Unschedulable): Fields {
  const [first] = reach?.volumes ?? [];
  return present({
    scheduler,
    // As long as there was no `reach`, one volume was told, where it was the reason.
    volume:
      reach &&
      first &&
      isShutOut(reach) &&
      present({ name: first.name, place: first.place?.text, nodes: reach.nodes.map(nodeDocument) }),
    reach: reach && reachDocument(reach),
  });
}

function reachDocument({ volumes, nodes, complete }: Reach): Fields {
  return {
    volumes: volumes.map(({ name, place }) => present({ name, place: place?.text })),
    nodes: nodes.map(nodeDocument),
    complete,
  };
}

function nodeDocument({ name, closed }: ReachingNode): Fields {
  return present({
    name,
    state: closed && nodeStates[closed.state],
    taint: closed?.state === 'tainted' ? taintText(closed.taint) : undefined,
  });
}

export function summaryDocument({ ready, wanted, claims, leftOver, unseenClaims }: Summary): Fields {
  return present({
    ready,
    wanted,
    claims: amountDocument(claims),
    leftOver: amountDocument(leftOver),
    unseenClaims: unseenClaims && { count: unseenClaims.count, state: stateWord(unseenClaims.state) },
  });
}

function amountDocument({ count, bytes }: Amount): Fields {
  return Number.isFinite(bytes) ? { count, bytes, size: humanBytes(bytes) } : { count };
}

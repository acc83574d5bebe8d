/** The status of StatefulSets as a document for programs. docs/output.md describes its shape. Fields are added, never renamed. */
import { apiVersion, type Fields, identity, looked, present } from '#src/drawing/document.ts';
import { summary, total } from '#src/tree/model/summary.ts';
import type { Topology } from '#src/tree/model/topology.ts';
import { summaryDocument, warningDocument } from '#src/tree/view/document.ts';
import { pinDocument } from '#src/tree/view/pindocument.ts';
import { rolloutDocument } from '#src/tree/view/rolloutdocument.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import type { Goal, Standing } from '../model/gate.ts';
import { countByHealth, type Health, healthOf } from '../model/health.ts';
import { diagnosisDocument } from './diagnosisdocument.ts';
import { statusWords, troubleWords } from './words.ts';

export interface DocumentOptions {
  /** Whether exactly one name was given: the document of that set then stands alone, and not in a list. */
  single: boolean;
  /** Why a set is not well; undefined where nobody asked. */
  diagnosed: ((topology: Topology) => Diagnosis) | undefined;
  /** Milliseconds since the epoch. */
  now: number;
}

export function statusDocument(topologies: readonly Topology[], { single, diagnosed, now }: DocumentOptions): Fields {
  const [only] = topologies;
  const one = (topology: Topology) => ({
    ...setDocument(topology, now),
    ...(diagnosed && diagnosisDocument(diagnosed(topology))),
  });
  if (single && only) return one(only);
  return {
    apiVersion,
    kind: 'StatefulSetStatusList',
    items: topologies.map(one),
    counts: Object.fromEntries(countByHealth(topologies).map(([health, count]) => [healthNames[health], count])),
    summary: summaryDocument(total(topologies)),
  };
}

const healthNames: Readonly<Record<Health, string>> = {
  stuck: 'stuck',
  failing: 'failing',
  'not ready': 'notReady',
  'not known': 'notKnown',
  'in doubt': 'inDoubt',
  outdated: 'outdated',
  'under way': 'underWay',
  healthy: 'healthy',
};

/** @param gate where the document is a line of `--wait`: what it waits for, and how the set stands to it */
export function setDocument(topology: Topology, now: number, gate?: { goal: Goal; standing: GateState }): Fields {
  const { set, rollout, governingService, warning, pins } = topology;
  const { name, namespace } = set.metadata;
  const { reason } = statusWords(topology, now);
  return present({
    apiVersion,
    kind: 'StatefulSetStatus',
    metadata: present({ name, namespace, ...identity(set) }),
    generation: set.metadata.generation,
    observedGeneration: set.status?.observedGeneration,
    health: healthNames[healthOf(topology)],
    reason: reason.text || undefined,
    gate: gate && { for: gate.goal, state: gateStates[gate.standing] },
    rollout: rolloutDocument(rollout),
    troubles: troubleWords(topology, now).map(({ text }) => text),
    warning: warning && warningDocument(warning),
    governingService: governingService && looked(governingService.name, governingService.service, identity),
    pins: pins.map(pinDocument),
    summary: summaryDocument(summary(topology)),
  });
}

export type GateState = Standing['kind'] | 'timed out';

const gateStates: Readonly<Record<GateState, string>> = {
  waiting: 'waiting',
  met: 'met',
  stuck: 'stuck',
  outdated: 'outdated',
  deleting: 'deleting',
  unknown: 'unknown',
  'timed out': 'timedOut',
};

/** What fails about a pod that is not ready, or does not end: the evidence that it will not get well by waiting. */
import { endOf } from '#src/objects/deletion.ts';
import type { OwnerReference } from '#src/objects/owners.ts';
import { isTrouble, podStatus, unscheduledMessage } from '#src/objects/podstatus.ts';
import type { Part } from '#src/objects/snapshot.ts';
import type { ContainerStatus, Event, Named, Node, Pod } from '#src/objects/types.ts';
import { isTerminating } from './controller/pods.ts';
import { lastSeen, subjectOf } from './events.ts';
import { type LostNode, lostNode, nodeDoubt } from './lostnode.ts';
import { unreadySince } from './waiting.ts';

export type Evidence =
  /** `exitCode`: of the container's last run, if it has ended. */
  | { kind: 'container'; name: string; word: string; exitCode: number | undefined; restarts: number }
  | { kind: 'warning'; reason: string; message: string }
  | { kind: 'unschedulable'; message: string }
  | { kind: 'node'; node: string; state: LostNode }
  /** The pod is being deleted, and these hold it. */
  | { kind: 'finalizers'; names: string[] }
  /** Who controls the pod that has the name; undefined if nobody does. */
  | { kind: 'holder'; controller: OwnerReference | undefined };

export interface Failure {
  pod: Pod;
  evidence: Evidence[];
  /** Milliseconds since the epoch. */
  since: number | undefined;
  /** The container has failed so often that its back-offs alone took more than five minutes. */
  isRepeated: boolean;
  /** The kubelet backs off: it has tried more than once. */
  backsOff: boolean;
  /** Only a person can change it: the image's name is none. */
  isFinal: boolean;
  /** What would tell more, and could not be read. */
  missing: ('events' | 'nodes')[];
}

export interface WarningContext {
  /** The newest warnings, by `subjectOf` the object. */
  warnings: ReadonlyMap<string, Event>;
  /** Milliseconds since the epoch. */
  now: number;
}

export interface FailureContext extends WarningContext {
  nodes: Part<Node>;
  /** By which times in files are judged, where it is later than `now`. */
  latest: number;
  /** Whether a pod without a warning has none. */
  warningsRead: boolean;
}

/** Milliseconds after which a Warning says nothing about the present. */
export const recent = 10 * 60_000;

/** 10 s, 20 s, 40 s, 80 s and 160 s of back-off. */
const manyRestarts = 5;

export function failureOf(pod: Pod, context: FailureContext): Failure {
  const { nodes, warningsRead, latest } = context;
  const doubt = nodeDoubt(pod, nodes, latest);
  const warning = recentWarning('Pod', pod, context);
  const containers = isTerminating(pod) ? [] : failingContainers(pod);
  const evidence: Evidence[] = [
    ...ofNode(pod, lostNode(pod, nodes, latest)),
    ...ofScheduling(pod),
    ...containers,
    ...(warning ? [{ kind: 'warning', reason: warning.reason ?? '', message: warning.message ?? '' } as const] : []),
    ...ofFinalizers(pod),
  ];
  return {
    pod,
    evidence,
    // A pod that is being deleted may take its grace period.
    since: isTerminating(pod) ? endOf(pod) : unreadySince(pod),
    isRepeated: containers.some(({ word, restarts }) => word === 'CrashLoopBackOff' && restarts >= manyRestarts),
    backsOff: containers.some(({ word }) => word.endsWith('BackOff')),
    isFinal: containers.some(({ word }) => word === 'InvalidImageName'),
    missing: [
      ...(warningsRead ? [] : (['events'] as const)),
      ...(doubt === 'forbidden' || doubt === 'not given' ? (['nodes'] as const) : []),
    ],
  };
}

/** The newest warning about an object, unless it is too old to tell of the present. */
export function recentWarning(
  kind: 'Pod' | 'StatefulSet',
  { metadata }: Named,
  { warnings, now }: WarningContext,
): Event | undefined {
  const warning = warnings.get(subjectOf(kind, metadata));
  return warning !== undefined && now - lastSeen(warning) < recent ? warning : undefined;
}

function ofNode(pod: Pod, state: LostNode | undefined): Evidence[] {
  return state === undefined ? [] : [{ kind: 'node', node: pod.spec?.nodeName ?? '', state }];
}

function ofScheduling(pod: Pod): Evidence[] {
  const message = unscheduledMessage(pod);
  return message === undefined ? [] : [{ kind: 'unschedulable', message }];
}

function ofFinalizers({ metadata }: Pod): Evidence[] {
  const names = metadata.deletionTimestamp === undefined ? [] : (metadata.finalizers ?? []);
  return names.length > 0 ? [{ kind: 'finalizers', names }] : [];
}

/** The containers that fail, in kubectl's words. Those that are only on their way are none. */
function failingContainers(pod: Pod): Extract<Evidence, { kind: 'container' }>[] {
  const { containerStatuses = [], initContainerStatuses = [] } = pod.status ?? {};
  if (!isTrouble(podStatus(pod).word)) return [];
  return [...initContainerStatuses, ...containerStatuses].flatMap((container) => {
    const word = failureWord(container);
    if (word === undefined) return [];
    const { name, restartCount: restarts = 0, lastState, state } = container;
    const exitCode = state?.terminated?.exitCode ?? lastState?.terminated?.exitCode;
    return [{ kind: 'container' as const, name, word, exitCode, restarts }];
  });
}

function failureWord({ state }: ContainerStatus): string | undefined {
  if (state?.waiting?.reason && isTrouble(state.waiting.reason)) return state.waiting.reason;
  const { exitCode = 0, reason } = state?.terminated ?? {};
  return exitCode === 0 ? undefined : reason || 'Error';
}

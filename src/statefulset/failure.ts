/** What fails about a pod that is not ready, or does not end: the evidence that it will not get well by waiting. */
import { endOf } from '#src/objects/deletion.ts';
import type { OwnerReference } from '#src/objects/owners.ts';
import { isTrouble, podStatus, statusesOf, unscheduledMessage } from '#src/objects/podstatus.ts';
import type { Part } from '#src/objects/snapshot.ts';
import { timeOf } from '#src/objects/time.ts';
import type { ContainerStatus, Event, Named, Node, Pod, StatefulSet } from '#src/objects/types.ts';
import { isTerminating } from './controller/pods.ts';
import { lastSeen, subjectOf } from './events.ts';
import { isLost, isOutOfService, type LostNode, type NodeDoubt, nodeDoubt } from './lostnode.ts';
import { unreadySince } from './waiting.ts';

export type Evidence =
  /** `exitCode`: of the container's last run, if it has ended. */
  | {
      kind: 'container';
      name: string;
      word: string;
      exitCode: number | undefined;
      restarts: number;
      /** Of the kubelet, about an image that it cannot pull. */
      message?: string;
    }
  | { kind: 'warning'; reason: string; message: string }
  | { kind: 'unschedulable'; message: string }
  /** `outOfService`: somebody has told Kubernetes that the machine is off. */
  | { kind: 'node'; node: string; state: LostNode; outOfService: boolean }
  /** The pod is being deleted, and these hold it. */
  | { kind: 'finalizers'; names: string[] }
  /** Who controls the pod that has the name; undefined if nobody does. */
  | { kind: 'holder'; controller: OwnerReference | undefined };

export interface Failure {
  pod: Pod;
  evidence: Evidence[];
  /** Since when the pod is not ready, or should have ended, in milliseconds since the epoch. */
  since: number | undefined;
  /** Since when it fails, as far as the objects prove it: it may have been starting before, for as long as it likes. */
  failingSince: number | undefined;
  /** A container has failed so often in a row that its back-offs alone took more than five minutes. */
  isRepeated: boolean;
  /** The kubelet backs off from pulling an image: it has tried more than once. */
  backsOff: boolean;
  /** The scheduler waits for the pod's claims to be provisioned, a step of each start that may take some minutes. */
  isSlowStep: boolean;
  /** All containers run, and only a probe fails: the pod may still get well. */
  mayRecover: boolean;
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
  /** When the newest warnings were given first, by `subjectOf` the object, in milliseconds since the epoch. */
  warnedSince: ReadonlyMap<string, number>;
  nodes: Part<Node>;
  /** By which times in files are judged, where it is later than `now`. */
  latest: number;
  /** Whether a pod without a warning has none. */
  warningsRead: boolean;
}

/** Milliseconds after which a Warning says nothing about the present. */
const recent = 10 * 60_000;

/** The same for a set: its controller tries again after up to 1000 s (`DefaultControllerRateLimiter`, client-go). */
const recentOfSet = 20 * 60_000;

/** 10 s, 20 s, 40 s, 80 s and 160 s of back-off. */
const manyRestarts = 5;

/** Milliseconds after which the kubelet takes a container for well, and begins its back-off anew. */
const wellAfter = 10 * 60_000;

export function failureOf(pod: Pod, context: FailureContext): Failure {
  const { nodes, warningsRead, latest } = context;
  const doubt = nodeDoubt(pod, nodes, latest);
  const warning = recentWarning(pod, context);
  const containers = isTerminating(pod) ? [] : failingContainers(pod, context);
  const said = warning && !isOfStart(pod, warning) ? warning : undefined;
  const evidence: Evidence[] = [
    ...ofNode(pod, doubt, nodes.items),
    ...ofScheduling(pod),
    ...containers,
    ...(said ? [{ kind: 'warning', reason: said.reason ?? '', message: said.message ?? '' } as const] : []),
    ...ofFinalizers(pod),
  ];
  return {
    pod,
    evidence,
    // A pod that is being deleted may take its grace period.
    since: isTerminating(pod) ? endOf(pod) : unreadySince(pod),
    failingSince: isTerminating(pod)
      ? endOf(pod)
      : failingSince(pod, containers.length > 0 ? undefined : said, context),
    isSlowStep: evidence.length > 0 && evidence.every(isProvisioning),
    isRepeated: statusesOf(pod).some((status) => isRepeated(status)),
    backsOff: containers.some(({ word }) => word === 'ImagePullBackOff'),
    mayRecover: evidence.length > 0 && evidence.every((each) => each.kind === 'warning' && each.reason === 'Unhealthy'),
    isFinal: containers.some(({ word }) => word === 'InvalidImageName'),
    missing: [
      ...(warningsRead ? [] : (['events'] as const)),
      ...(doubt === 'forbidden' || doubt === 'not given' ? (['nodes'] as const) : []),
    ],
  };
}

/** `pod has unbound immediate PersistentVolumeClaims`, pkg/scheduler/framework/plugins/volumebinding */
function isProvisioning(evidence: Evidence): boolean {
  const isScheduling =
    evidence.kind === 'unschedulable' || (evidence.kind === 'warning' && evidence.reason === 'FailedScheduling');
  return isScheduling && evidence.message.includes('unbound immediate PersistentVolumeClaims');
}

/**
 * Since when a pod has been failing, and not merely starting: it may have been pulling an image for minutes before its
 * first crash. Of several signs, the first one counts.
 *
 * @param warning where nothing but a warning tells of the failure
 */
function failingSince(
  pod: Pod,
  warning: Event | undefined,
  { warnedSince }: Pick<FailureContext, 'warnedSince'>,
): number | undefined {
  const unready = unreadySince(pod);
  const crashes = statusesOf(pod).flatMap((status) => crashingSince(status) ?? []);
  const warned = warning ? [warnedSince.get(subjectOf('Pod', pod.metadata)) ?? 0] : [];
  const signs = [...crashes, ...warned].filter((time) => time > 0);
  return signs.length === 0 ? unready : Math.max(unready ?? 0, Math.min(...signs));
}

/** At the latest: before each restart but the first one, the kubelet backs off for 10 s, 20 s, 40 s, …, 5 minutes. */
function crashingSince({ restartCount = 0, state, lastState, ready }: ContainerStatus): number | undefined {
  const { finishedAt, exitCode = 0 } = state?.terminated ?? lastState?.terminated ?? {};
  const last = timeOf(finishedAt);
  if (ready || last === undefined || exitCode === 0) return undefined;
  let backOffs = 0;
  for (let nth = 1; nth < Math.min(restartCount, mostCounted); nth++)
    backOffs += Math.min(10_000 * 2 ** (nth - 1), 300_000);
  return last - backOffs;
}

/** So many back-offs are added up: more of them are more than a day. */
const mostCounted = 300;

/**
 * The newest warning about a pod, unless it is too old to tell of the present, or the pod has got further since: it has a
 * node, or a container has started.
 */
export function recentWarning(pod: Pod, context: WarningContext): Event | undefined {
  const warning = warningWithin('Pod', pod, context, recent);
  return warning && isOvercome(pod, warning) ? undefined : warning;
}

/** Whether the event still says something about the present. @param now milliseconds since the epoch */
export function recentlySeen(event: Event, now: number): boolean {
  return now - lastSeen(event) < recent;
}

/** The newest warning about a set, unless its controller would have said it again since. */
export function recentWarningOfSet(set: StatefulSet, context: WarningContext): Event | undefined {
  return warningWithin('StatefulSet', set, context, recentOfSet);
}

function warningWithin(
  kind: 'Pod' | 'StatefulSet',
  { metadata }: Named,
  { warnings, now }: WarningContext,
  age: number,
): Event | undefined {
  const warning = warnings.get(subjectOf(kind, metadata));
  return warning !== undefined && now - lastSeen(warning) < age ? warning : undefined;
}

function isOvercome(pod: Pod, warning: Event): boolean {
  if (warning.reason === 'FailedScheduling') return Boolean(pod.spec?.nodeName);
  return statusesOf(pod).some(({ state }) => (timeOf(state?.running?.startedAt) ?? 0) > lastSeen(warning));
}

/** Whether it is a startup probe that fails, of a pod that has not been restarted for that: it merely starts. */
function isOfStart(pod: Pod, { reason, message = '' }: Event): boolean {
  const isProbe = reason === 'Unhealthy' && message.startsWith('Startup probe failed');
  return isProbe && statusesOf(pod).every(({ restartCount = 0 }) => restartCount === 0);
}

function ofNode(pod: Pod, doubt: NodeDoubt | undefined, nodes: readonly Node[]): Evidence[] {
  if (!isLost(doubt)) return [];
  return [{ kind: 'node', node: pod.spec?.nodeName ?? '', state: doubt, outOfService: isOutOfService(pod, nodes) }];
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
function failingContainers(pod: Pod, { now }: WarningContext): Extract<Evidence, { kind: 'container' }>[] {
  const isInTrouble = isTrouble(podStatus(pod).word);
  return statusesOf(pod).flatMap((container) => {
    const word = isInTrouble ? failureWord(container) : diedAgain(container, now);
    if (word === undefined) return [];
    const { name, restartCount: restarts = 0, lastState, state } = container;
    const exitCode = state?.terminated?.exitCode ?? lastState?.terminated?.exitCode;
    const message = word === state?.waiting?.reason && /Image|Registry/.test(word) ? state.waiting.message : undefined;
    return [{ kind: 'container' as const, name, word, exitCode, restarts, ...(message && { message }) }];
  });
}

function failureWord({ state }: ContainerStatus): string | undefined {
  if (state?.waiting?.reason && isTrouble(state.waiting.reason)) return state.waiting.reason;
  const { exitCode = 0, reason } = state?.terminated ?? {};
  return exitCode === 0 ? undefined : reason || 'Error';
}

/** The end of a container's last run, where that was short and the container now runs again: it is between two crashes. */
function diedAgain({ ready, state, lastState }: ContainerStatus, now: number): string | undefined {
  const { exitCode = 0, reason, finishedAt } = lastState?.terminated ?? {};
  const isRecent = now - (timeOf(finishedAt) ?? 0) < recent;
  const isAgain = state?.running !== undefined && !ready && exitCode !== 0 && isRecent && isShort(lastState);
  return isAgain ? reason || 'Error' : undefined;
}

/** Whether the last run ended before the kubelet took the container for well. Not known where a time is missing. */
function isShort(lastState: ContainerStatus['lastState']): boolean | undefined {
  const from = timeOf(lastState?.terminated?.startedAt);
  const to = timeOf(lastState?.terminated?.finishedAt);
  return from === undefined || to === undefined ? undefined : to - from < wellAfter;
}

/**
 * Whether the container has failed for minutes in a row. Its restarts are those of its whole life. The kubelet says how
 * long it backs off, and takes five minutes (`MaxContainerBackOff`) only after five failures.
 */
function isRepeated({ restartCount = 0, state, lastState }: ContainerStatus): boolean {
  const { reason, message = '' } = state?.waiting ?? {};
  if (reason !== 'CrashLoopBackOff' || restartCount < manyRestarts || isShort(lastState) === false) return false;
  return !message.startsWith('back-off ') || message.startsWith('back-off 5m0s ');
}

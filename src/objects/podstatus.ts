/**
 * kubectl's own words for a pod: the READY, STATUS and RESTARTS columns of `kubectl get pods`.
 * Source: `printPod`, pkg/printers/internalversion/printers.go, Kubernetes 1.36.
 */
import { holds } from './conditions.ts';
import { parseTime } from './time.ts';
import type { Container, ContainerStatus, Pod } from './types.ts';

export interface PodStatus {
  /** Running, Pending, Init:1/2, CrashLoopBackOff, Terminating …; empty if the pod has no status yet. */
  word: string;
  ready: number;
  /** How many containers count for readiness: the main ones and the sidecars. */
  containers: number;
  restarts: number;
  /** When the last restart was (RFC 3339), if the kubelet still knows. */
  lastRestart?: string;
}

/** What `kubectl get pods` would print for `pod`. */
export function podStatus(pod: Pod): PodStatus {
  const { status } = pod;
  const initContainers = pod.spec?.initContainers ?? [];
  const sidecars = new Set(initContainers.filter(isSidecar).map((container) => container.name));
  const init = initialization(status?.initContainerStatuses ?? [], initContainers.length, sidecars);
  const conditions = status?.conditions ?? [];

  const phase = status?.phase ?? '';
  let word = status?.reason || phase;
  if (conditions.some((condition) => condition.type === 'PodScheduled' && condition.reason === 'SchedulingGated')) {
    word = 'SchedulingGated';
  }
  word = init.word ?? word;

  let ready = init.readySidecars;
  let restarts = init.restarts;
  if (init.word === undefined || holds(conditions, 'Initialized')) {
    const main = mainContainers(status?.containerStatuses ?? []);
    word = main.word ?? word;
    ready += main.ready;
    restarts = combined(init.sidecarRestarts, main.restarts);
    if (word === 'Completed') {
      // A pod with a container that still runs is not completed.
      if (main.hasRunning && holds(conditions, 'Ready')) word = 'Running';
      else if (main.errorWord !== undefined) word = main.errorWord;
      else if (main.hasRunning) word = 'NotReady';
    }
  }

  if (pod.metadata.deletionTimestamp) {
    if (status?.reason === 'NodeLost') word = 'Unknown';
    else if (phase !== 'Succeeded' && phase !== 'Failed') word = 'Terminating';
  }
  return {
    word,
    ready,
    containers: (pod.spec?.containers ?? []).length + sidecars.size,
    restarts: restarts.count,
    ...(restarts.count > 0 && restarts.last !== undefined ? { lastRestart: restarts.last } : {}),
  };
}

// The words of pods that are well, or become so by themselves.
const ordinary = new Set([
  '',
  'Running',
  'Pending',
  'Terminating',
  'ContainerCreating',
  'PodInitializing',
  'NotReady',
  'SchedulingGated',
  'Completed',
  'Succeeded',
]);

/** Whether the word says that something is wrong with the pod: CrashLoopBackOff, ImagePullBackOff, Error … */
export function isTrouble(word: string): boolean {
  return !ordinary.has(word) && !/^Init:\d+\/\d+$/.test(word);
}

/** The scheduler's message about a pod that fits no node; undefined for any other pod. */
export function unscheduledMessage({ spec, status }: Pod): string | undefined {
  const condition = status?.conditions?.find(({ type }) => type === 'PodScheduled');
  if (spec?.nodeName || condition?.status !== 'False' || condition.reason !== 'Unschedulable') return undefined;
  return condition.message ?? '';
}

/** The state that a StatefulSet's controller waits for before it goes on to the next pod (`isRunningAndReady`). */
export function isRunningAndReady({ metadata, status }: Pod): boolean {
  return status?.phase === 'Running' && holds(status.conditions, 'Ready') && !metadata.deletionTimestamp;
}

/** A sidecar is an init container that restarts for as long as the pod lives (KEP-753). */
function isSidecar(container: Container): boolean {
  return container.restartPolicy === 'Always';
}

interface Restarts {
  count: number;
  last?: string;
}

const none: Restarts = { count: 0 };

function combined(a: Restarts, b: Restarts): Restarts {
  const last =
    a.last === undefined || (b.last !== undefined && parseTime(b.last) > parseTime(a.last)) ? b.last : a.last;
  return { count: a.count + b.count, ...(last === undefined ? {} : { last }) };
}

function restartsOf(container: ContainerStatus): Restarts {
  // May be null at runtime: the API server writes a zero time so.
  const last = container.lastState?.terminated?.finishedAt;
  return { count: container.restartCount ?? 0, ...(last ? { last } : {}) };
}

interface Initialization {
  /** How far initialization is; undefined if it is done. */
  word?: string;
  readySidecars: number;
  restarts: Restarts;
  sidecarRestarts: Restarts;
}

/** Init containers run one after the other. The first one that is not done determines the word. */
function initialization(statuses: ContainerStatus[], total: number, sidecars: Set<string>): Initialization {
  const result: Initialization = { readySidecars: 0, restarts: none, sidecarRestarts: none };
  for (const [position, container] of statuses.entries()) {
    const sidecar = sidecars.has(container.name);
    result.restarts = combined(result.restarts, restartsOf(container));
    if (sidecar) result.sidecarRestarts = combined(result.sidecarRestarts, restartsOf(container));
    const { terminated, waiting } = container.state ?? {};
    if (terminated && (terminated.exitCode ?? 0) === 0) continue;
    if (sidecar && container.started) {
      if (container.ready) result.readySidecars++;
      continue;
    }
    if (terminated) result.word = `Init:${terminationWord(terminated)}`;
    else if (waiting?.reason && waiting.reason !== 'PodInitializing') result.word = `Init:${waiting.reason}`;
    else result.word = `Init:${position}/${total}`;
    break;
  }
  return result;
}

interface MainContainers {
  /** The word of the first container that waits or has ended; undefined if all run. */
  word?: string;
  /** The word of the first container that ended with an error. */
  errorWord?: string;
  ready: number;
  hasRunning: boolean;
  restarts: Restarts;
}

function mainContainers(statuses: ContainerStatus[]): MainContainers {
  const result: MainContainers = { ready: 0, hasRunning: false, restarts: none };
  // From the last to the first, so that the word of the first one stays.
  for (const container of statuses.toReversed()) {
    result.restarts = combined(result.restarts, restartsOf(container));
    const { running, terminated, waiting } = container.state ?? {};
    if (waiting?.reason) {
      result.word = waiting.reason;
    } else if (terminated) {
      result.word = terminationWord(terminated);
      if ((terminated.exitCode ?? 0) !== 0) result.errorWord = result.word;
    } else if (container.ready && running) {
      result.hasRunning = true;
      result.ready++;
    }
  }
  return result;
}

function terminationWord(terminated: { reason?: string; signal?: number; exitCode?: number }): string {
  return (
    terminated.reason || (terminated.signal ? `Signal:${terminated.signal}` : `ExitCode:${terminated.exitCode ?? 0}`)
  );
}

/** Of its init containers, sidecars among them, and of the others. */
export function statusesOf({ status }: Pod): ContainerStatus[] {
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
}

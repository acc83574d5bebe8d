/** What fails about the containers of a pod, by their statuses and the events about them. */
import { timeOf } from '#src/objects/time.ts';
import type { Container, ContainerStatus, Event, Pod } from '#src/objects/types.ts';
import { lastSeen } from '#src/statefulset/events.ts';
import type { ContainerName, ContainerTrouble, LastRun, ProbeKind, Suspect } from './causes.ts';
import { missingObject } from './missingobject.ts';

/** A container as the set wants it and as the kubelet sees it. */
interface Seen {
  name: ContainerName;
  container: Container | undefined;
  status: ContainerStatus;
}

/**
 * The troubles of the containers in the order in which they start: the first one keeps the others waiting.
 *
 * @param warnings about the pod, the newest first
 */
export function containerTroubles(pod: Pod, warnings: readonly Event[]): ContainerTrouble[] {
  return seenIn(pod).flatMap((seen) => troubleOf(seen, warnings) ?? []);
}

/**
 * The containers that end again and again, and are ready in between: their pod is well each time somebody looks, and fails
 * its clients each time nobody does.
 *
 * @param now milliseconds since the epoch
 */
export function restartTroubles(pod: Pod, warnings: readonly Event[], now: number): ContainerTrouble[] {
  return seenIn(pod)
    .filter(({ status }) => restartsAgain(status, now))
    .map((seen) => {
      const last = seen.status.lastState?.terminated;
      return killedByProbe(seen, warnings) ?? { kind: 'crash', ...seen.name, ...lastRun(last, seen, warnings) };
    });
}

/** Whether it is back for less than ten minutes, and not for the first time: one restart may be an accident. */
export function restartsAgain({ ready, restartCount = 0, state, lastState }: ContainerStatus, now: number): boolean {
  const ended = timeOf(lastState?.terminated?.finishedAt);
  const isBack = ready === true && state?.running !== undefined;
  return isBack && restartCount > 1 && ended !== undefined && now - ended < lately;
}

/** Milliseconds. After them the kubelet takes a container for well, and begins its back-off anew. */
const lately = 10 * 60_000;

function seenIn({ spec, status }: Pod): Seen[] {
  const init = (status?.initContainerStatuses ?? []).map((each): Seen => {
    const container = spec?.initContainers?.find(({ name }) => name === each.name);
    return seenAs(container?.restartPolicy === 'Always' ? 'sidecar' : 'init', container, each);
  });
  const main = (status?.containerStatuses ?? []).map((each): Seen => {
    const container = spec?.containers?.find(({ name }) => name === each.name);
    return seenAs('main', container, each);
  });
  return [...init, ...main];
}

/** A status in a file may lack even its name. */
function seenAs(role: ContainerName['role'], container: Container | undefined, status: ContainerStatus): Seen {
  return { name: { container: status.name ?? '', role }, container, status };
}

const imageWords = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'ImageInspectError',
  'RegistryUnavailable',
  'SignatureValidationFailed',
]);

const creationWords = new Set([
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
  'PreCreateHookError',
  'PreStartHookError',
  'PostStartHookError',
]);

function troubleOf(seen: Seen, warnings: readonly Event[]): ContainerTrouble | undefined {
  const { name, container, status } = seen;
  const { reason = '', message } = status.state?.waiting ?? {};
  if (imageWords.has(reason)) {
    return {
      kind: 'image',
      ...name,
      image: container?.image ?? '',
      word: reason,
      message: imageMessage(message, warnings),
    };
  }
  if (creationWords.has(reason)) {
    return {
      kind: 'container not created',
      ...name,
      word: reason,
      message: message ?? '',
      missing: missingObject(message ?? ''),
    };
  }
  if (status.ready === true) return crashOf(seen, warnings);
  return killedByProbe(seen, warnings) ?? crashOf(seen, warnings) ?? failingProbe(seen, warnings);
}

/** While it backs off, the kubelet only says so. The event of the last try has the registry's words. */
function imageMessage(message: string | undefined, warnings: readonly Event[]): string | undefined {
  const failed = warnings.find((event) => event.reason === 'Failed' && /pull image/i.test(event.message ?? ''));
  return failed?.message ?? message;
}

/** Whether a program says that a volume is full. */
export function findsNoSpace(message = ''): boolean {
  return /no space left on device|ENOSPC/i.test(message);
}

/** The container runtime could not run the program. It never ran, and has no log. */
const neverRan = new Set(['StartError', 'ContainerCannotRun']);

/** A container that ended, and has not come up again since. */
function crashOf(seen: Seen, warnings: readonly Event[]): ContainerTrouble | undefined {
  const { name, status } = seen;
  const { state, lastState, ready } = status;
  const waits = state?.waiting?.reason === 'CrashLoopBackOff';
  const ended = state?.terminated;
  // Between two crashes it runs, and is not ready.
  const last = ended ?? (waits || (state?.running !== undefined && ready !== true) ? lastState?.terminated : undefined);
  // Only an init container may end: the kubelet runs all others again.
  const isDone = name.role === 'init' && ended !== undefined && (ended.exitCode ?? 0) === 0;
  if (isDone || (last === undefined && !waits)) return undefined;
  const { exitCode, reason = '' } = last ?? {};
  if (!waits && ended === undefined && (exitCode ?? 0) === 0) return undefined;
  if (neverRan.has(reason)) {
    return { kind: 'container not created', ...name, word: reason, message: last?.message ?? '', missing: undefined };
  }
  const hook = warnings.find((event) => event.reason === 'FailedPostStartHook' && isAbout(event, name.container));
  if (hook && killed.has(exitCode ?? -1)) {
    const message = hook.message ?? '';
    return { kind: 'container not created', ...name, word: 'PostStartHookError', message, missing: undefined };
  }
  return { kind: 'crash', ...name, ...lastRun(last, seen, warnings) };
}

type Ended = NonNullable<ContainerStatus['lastState']>['terminated'];

function lastRun(last: Ended, seen: Seen, warnings: readonly Event[]): LastRun {
  const { container, status } = seen;
  const { restartCount: restarts = 0 } = status;
  const { reason = '' } = last ?? {};
  const [from, to] = [timeOf(last?.startedAt), timeOf(last?.finishedAt)];
  const limit = container?.resources?.limits?.['memory'];
  return {
    exitCode: last?.exitCode,
    reason: reason || 'Error',
    memoryLimit: reason === 'OOMKilled' && limit !== undefined ? String(limit) : undefined,
    restarts,
    isBack: status.ready === true && status.state?.running !== undefined,
    isPrevious: last !== undefined && status.state?.terminated === undefined,
    lasted: from === undefined || to === undefined ? undefined : to - from,
    message: last?.message?.trim() || undefined,
    suspects: reason === 'OOMKilled' ? [] : suspectsOf(last, seen, warnings),
  };
}

/** SIGKILL and SIGTERM, as a shell tells them. */
const killed = new Set([137, 143]);

const deadly: readonly ProbeKind[] = ['liveness', 'startup'];

/** A program that is asked to end may end with any exit code. */
function suspectsOf(last: Ended, { name, container }: Seen, warnings: readonly Event[]): Suspect[] {
  const ended = timeOf(last?.finishedAt) ?? 0;
  const unhealthy = newestProbe(warnings, name.container, deadly);
  const seen = unhealthy === undefined ? 0 : lastSeen(unhealthy.event);
  if (unhealthy && seen >= ended - slack && seen <= ended)
    return [{ probe: unhealthy.probe, answer: unhealthy.answer }];
  if (!killed.has(last?.exitCode ?? -1)) return [];
  const { livenessProbe, startupProbe } = container ?? {};
  return deadly
    .filter((probe) => (probe === 'liveness' ? livenessProbe : startupProbe) !== undefined)
    .map((probe) => ({ probe, answer: undefined }));
}

/**
 * A container that the kubelet ended because its liveness or startup probe failed. After 25 events about a pod, a kubelet
 * gives one in five minutes: the newest one may be of an earlier run. Source: `EventSourceObjectSpamFilter`,
 * client-go/tools/record/events_cache.go.
 */
function killedByProbe({ name, status }: Seen, warnings: readonly Event[]): ContainerTrouble | undefined {
  const { lastState, state, restartCount = 0, ready } = status;
  const last = state?.terminated ?? lastState?.terminated;
  if (last === undefined || last.reason === 'OOMKilled') return undefined;
  const unhealthy = newestProbe(warnings, name.container, deadly);
  if (unhealthy === undefined) return undefined;
  const ended = timeOf(last.finishedAt) ?? 0;
  // A program may also end by itself when it is asked to.
  const isAsked = (last.exitCode ?? 0) === 0 && lastSeen(unhealthy.event) >= ended - slack;
  if (!isAsked && !killed.has(last.exitCode ?? -1)) return undefined;
  const { probe, answer } = unhealthy;
  return { kind: 'probe', ...name, probe, answer, restarts: restartCount, isBack: ready === true };
}

/** Milliseconds: the last answer of a probe comes before the end of the container by its grace period at most. */
const slack = 60_000;

/** A container that runs, and is not ready or not started. */
function failingProbe({ name, container, status }: Seen, warnings: readonly Event[]): ContainerTrouble | undefined {
  const { state, ready, started, restartCount = 0 } = status;
  if (state?.running === undefined || ready === true) return undefined;
  if (name.role === 'init') return undefined;
  const starts = started === false && container?.startupProbe !== undefined;
  const kinds: ProbeKind[] = starts ? ['startup'] : ['readiness'];
  const answer = newestProbe(warnings, name.container, kinds)?.answer;
  const has = starts || container?.readinessProbe !== undefined || answer !== undefined;
  if (!has) return undefined;
  return { kind: 'probe', ...name, probe: kinds[0] ?? 'readiness', answer, restarts: restartCount, isBack: false };
}

interface ProbeEvent {
  event: Event;
  probe: ProbeKind;
  answer: string;
}

/** Where each answer is another one, kubelets put many into one event. Source: `EventAggregator`, client-go/tools/record. */
const probeMessage =
  /^(?:\(combined from similar events\): )?(Readiness|Liveness|Startup) probe (?:failed|errored)[^:]*:?\s*([\s\S]*)$/;

/** The newest event `Unhealthy` about a container. Source: `prober.probe`, pkg/kubelet/prober/prober.go. */
function newestProbe(
  warnings: readonly Event[],
  container: string,
  kinds: readonly ProbeKind[],
): ProbeEvent | undefined {
  for (const event of warnings) {
    if (event.reason !== 'Unhealthy') continue;
    const [, kind = '', answer = ''] = probeMessage.exec(event.message ?? '') ?? [];
    const probe = kinds.find((each) => each === kind.toLowerCase());
    if (probe !== undefined && isAbout(event, container)) return { event, probe, answer };
  }
  return undefined;
}

/** Whether the log that tells of the trouble is that of the container's run before this one, as in `kubectl logs --previous`. */
export function isOfPreviousRun(what: ContainerTrouble): boolean {
  switch (what.kind) {
    case 'crash':
      return what.isPrevious;
    case 'probe':
      // What failed is over. Of one that still fails, the present run tells.
      return what.isBack;
    case 'image':
    case 'container not created':
      return false;
  }
}

function isAbout({ involvedObject }: Event, container: string): boolean {
  const path = involvedObject?.fieldPath;
  return path === undefined || path.includes(`{${container}}`);
}

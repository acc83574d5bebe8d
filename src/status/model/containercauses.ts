/** What fails about the containers of a pod, by their statuses and the events about them. */
import { timeOf } from '#src/objects/time.ts';
import type { Container, ContainerStatus, Event, Pod } from '#src/objects/types.ts';
import { lastSeen } from '#src/statefulset/events.ts';
import type { ContainerName, ContainerTrouble, LastRun, MissingObject, ProbeKind } from './causes.ts';

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

function seenIn({ spec, status }: Pod): Seen[] {
  const init = (status?.initContainerStatuses ?? []).map((each): Seen => {
    const container = spec?.initContainers?.find(({ name }) => name === each.name);
    const role = container?.restartPolicy === 'Always' ? 'sidecar' : 'init';
    return { name: { container: each.name, role }, container, status: each };
  });
  const main = (status?.containerStatuses ?? []).map((each): Seen => {
    const container = spec?.containers?.find(({ name }) => name === each.name);
    return { name: { container: each.name, role: 'main' }, container, status: each };
  });
  return [...init, ...main];
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
  return killedByProbe(seen, warnings) ?? crashOf(seen) ?? failingProbe(seen, warnings);
}

/** While it backs off, the kubelet only says so. The event of the last try has the registry's words. */
function imageMessage(message: string | undefined, warnings: readonly Event[]): string | undefined {
  const failed = warnings.find((event) => event.reason === 'Failed' && /pull image/i.test(event.message ?? ''));
  return failed?.message ?? message;
}

/** `secret "db" not found`, `couldn't find key password in Secret shop/db` */
export function missingObject(message: string): MissingObject | undefined {
  const [, key, keyKind, keyName] = /find key (\S+) in (Secret|ConfigMap) (?:[^/\s]+\/)?([^\s"]+)/i.exec(message) ?? [];
  if (keyName !== undefined) return { kind: kindOf(keyKind), name: keyName, key };
  const [, kind, name] = /\b(secret|configmap) "(?:[^"/]+\/)?([^"]+)" not found/i.exec(message) ?? [];
  if (name !== undefined) return { kind: kindOf(kind), name, key: undefined };
  const [, absent] = /references non-existent (?:secret|config) key: (\S+)/i.exec(message) ?? [];
  if (absent === undefined) return undefined;
  return undefined;
}

function kindOf(word = ''): MissingObject['kind'] {
  return word.toLowerCase() === 'secret' ? 'Secret' : 'ConfigMap';
}

/** A container that ended with an error, and has not come up again since. */
function crashOf({ name, container, status }: Seen): ContainerTrouble | undefined {
  const { state, lastState, ready, restartCount = 0 } = status;
  const waits = state?.waiting?.reason === 'CrashLoopBackOff';
  const ended = state?.terminated;
  // Between two crashes it runs, and is not ready.
  const last = ended ?? (waits || (state?.running !== undefined && ready !== true) ? lastState?.terminated : undefined);
  const isDone = ended !== undefined && (ended.exitCode ?? 0) === 0;
  if (isDone || (last === undefined && !waits)) return undefined;
  const { exitCode, reason = '' } = last ?? {};
  if (!waits && ended === undefined && (exitCode ?? 0) === 0) return undefined;
  return { kind: 'crash', ...name, ...lastRun(last, container, restartCount, reason) };
}

function lastRun(
  last: NonNullable<ContainerStatus['lastState']>['terminated'],
  container: Container | undefined,
  restarts: number,
  reason: string,
): LastRun {
  const [from, to] = [timeOf(last?.startedAt), timeOf(last?.finishedAt)];
  const limit = container?.resources?.limits?.['memory'];
  return {
    exitCode: last?.exitCode,
    reason: reason || 'Error',
    memoryLimit: reason === 'OOMKilled' && limit !== undefined ? String(limit) : undefined,
    restarts,
    lasted: from === undefined || to === undefined ? undefined : to - from,
    message: last?.message?.trim() || undefined,
  };
}

/** SIGKILL and SIGTERM, as a shell tells them. */
const killed = new Set([137, 143]);

/** A container that the kubelet ended because its liveness or startup probe failed. */
function killedByProbe({ name, status }: Seen, warnings: readonly Event[]): ContainerTrouble | undefined {
  const { lastState, state, restartCount = 0, ready } = status;
  const last = state?.terminated ?? lastState?.terminated;
  if (last === undefined || ready === true || last.reason === 'OOMKilled') return undefined;
  const unhealthy = newestProbe(warnings, name.container, ['liveness', 'startup']);
  if (unhealthy === undefined) return undefined;
  // A program may also end by itself when it is asked to.
  const isKilled = killed.has(last.exitCode ?? -1) || (last.exitCode ?? 0) === 0;
  const ended = timeOf(last.finishedAt) ?? 0;
  if (!isKilled || lastSeen(unhealthy.event) < ended - slack) return undefined;
  return { kind: 'probe', ...name, probe: unhealthy.probe, answer: unhealthy.answer, restarts: restartCount };
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
  return { kind: 'probe', ...name, probe: kinds[0] ?? 'readiness', answer, restarts: restartCount };
}

interface ProbeEvent {
  event: Event;
  probe: ProbeKind;
  answer: string;
}

/** The newest event `Unhealthy` about a container. Source: `prober.probe`, pkg/kubelet/prober/prober.go. */
function newestProbe(
  warnings: readonly Event[],
  container: string,
  kinds: readonly ProbeKind[],
): ProbeEvent | undefined {
  for (const event of warnings) {
    if (event.reason !== 'Unhealthy') continue;
    const [, kind = '', answer = ''] =
      /^(Readiness|Liveness|Startup) probe (?:failed|errored)[^:]*:?\s*([\s\S]*)$/.exec(event.message ?? '') ?? [];
    const probe = kinds.find((each) => each === kind.toLowerCase());
    const path = event.involvedObject?.fieldPath;
    if (probe !== undefined && (path === undefined || path.includes(`{${container}}`))) return { event, probe, answer };
  }
  return undefined;
}

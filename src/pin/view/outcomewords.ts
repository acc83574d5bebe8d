/** What is said when a Service was pinned or unpinned, and when it was not written. */
import { isRunningAndReady } from '#src/objects/podstatus.ts';
import { isEmpty, type Selector } from '#src/objects/service.ts';
import type { Refusal } from '#src/objects/snapshot.ts';
import { podNameLabel } from '#src/statefulset/identity.ts';
import { isSame } from '../model/drift.ts';
import type { DryRun, EndpointWait, NotWritten, Pinned, PinOutcome, Unpinned, UnpinOutcome } from '../model/outcome.ts';
import { isPinned, selectorOf } from '../model/pinning.ts';
import type { LeaderRecord } from '../model/record.ts';
import type { TargetPod } from '../model/targetpod.ts';
import { driftWords, listed, reachWords, selectorWords } from './words.ts';

const dryRunWords: Readonly<Record<DryRun, string>> = {
  none: '',
  client: ' (dry run)',
  server: ' (server dry run)',
};

/** Several lines: the pod, the change, how the endpoints followed, and how to undo it all. */
export function pinnedLines({ plan, wait }: Pinned, namespace: string, dryRun: DryRun): string[] {
  const { service, target, led, movedFrom, before, after } = plan;
  const { name } = service.metadata;
  const moved = movedFrom === undefined ? '' : `, moved from ${movedFrom}`;
  return [
    `service/${name} pinned to pod/${target.name}${podWords(target)}${moved}${dryRunWords[dryRun]}`,
    ...(led ? [`  leader    ${ledWords(led, target.name)}`] : []),
    changeWords(before, after),
    ...(wait?.kind === 'followed'
      ? [`  endpoints ${wait.before} → 1 after ${secondsOf(wait)}; established connections stay where they are`]
      : []),
    ...(dryRun === 'none' ? [`undo: kubectl sts unpin ${name} -n ${namespace}`] : []),
  ];
}

/** `exit code 0 in web-1, 1 in web-0, 1 in web-2` */
function ledWords({ exitCodes }: LeaderRecord, leader: string): string {
  const others = Object.entries(exitCodes).filter(([pod]) => pod !== leader);
  const told = others.slice(0, mostTold).map(([pod, code]) => `${code} in ${pod}`);
  const more = others.length > told.length ? [`and ${others.length - told.length} more`] : [];
  return listed([`exit code ${exitCodes[leader]} in ${leader}`, ...told, ...more]);
}

/** So many pods that do not lead are told one by one. */
const mostTold = 8;

function podWords({ pod }: TargetPod): string {
  if (pod === undefined) return '';
  const addresses = (pod.status?.podIPs ?? []).slice(0, 1).map(({ ip }) => ip);
  return ` (${listed([...addresses, isRunningAndReady(pod) ? 'ready' : 'not ready'])})`;
}

function changeWords(before: Selector, after: Selector): string {
  return `  selector  ${selectorWords(before)}  →  ${selectorWords(after)}`;
}

export function alreadyLine({ service, pod, by }: PinOutcome & { kind: 'already' }): string {
  const name = `service/${service.metadata.name}`;
  switch (by) {
    case 'pin':
      return `${name} is already pinned to pod/${pod}`;
    case 'per-pod Service':
      return `${name} leads to pod/${pod} alone already: it is a per-pod Service, which nobody pinned`;
  }
}

/** The line for standard error; undefined when the endpoints followed. */
export function waitLine({ plan, wait }: Pinned): string | undefined {
  const service = `service/${plan.service.metadata.name}`;
  const expected = `the endpoints of ${service} to name ${plan.target.name} alone`;
  switch (wait?.kind) {
    case 'timed out':
      return `error: timed out after ${secondsOf(wait)} waiting for ${expected}: ${namedWords(wait.names)}; the pin stays`;
    case 'interrupted':
      return `error: interrupted after ${secondsOf(wait)} of waiting for ${expected}: ${namedWords(wait.names)}; the pin stays`;
    case 'unseen':
      return `warning: whether the endpoints of ${service} have followed is not known: ${wait.message}`;
    case 'followed':
    case undefined:
      return undefined;
  }
}

function namedWords(names: readonly string[]): string {
  return names.length === 0 ? 'they name no pod' : `they name ${listed(names)}`;
}

function secondsOf({ seconds }: Exclude<EndpointWait, { kind: 'unseen' }>): string {
  return `${seconds.toFixed(1)} s`;
}

export function slicesUnseenLine({ verb, resource, message }: Refusal): string {
  return `warning: whether the endpoints follow is not known: no right to ${verb} ${resource}: ${message}`;
}

/** @param rights that are missing to run commands in pods */
export function noExecLine(rights: readonly string[], namespace: string): string {
  return `error: --leader-check: no right to ${rights.join(', ')} in namespace ${namespace}`;
}

export function unpinnedLines({ plan }: Unpinned, dryRun: DryRun): string[] {
  const { service, before, after, reach } = plan;
  const name = `service/${service.metadata.name}`;
  const isChanged = !isSame(before, after);
  return [
    `${name} unpinned${isChanged ? '' : ' without a change of its selector: only the annotation goes'}${dryRunWords[dryRun]}`,
    isChanged ? changeWords(before, after) : `  selector  ${selectorWords(after)}  (unchanged)`,
    ...(reach ? [`  ${reachWords(reach)}`] : []),
  ];
}

export function notPinnedLine({ service }: UnpinOutcome & { kind: 'not pinned' }): string {
  return `service/${service.metadata.name} is not pinned`;
}

export function driftLine({ service, original, drift, merged }: UnpinOutcome & { kind: 'drift' }): string {
  const isKept = isSame(merged, selectorOf(service));
  const kept = isKept ? `keeps ${selectorWords(merged)} and forgets the pin` : `makes it ${selectorWords(merged)}`;
  const options = `--force restores ${selectorWords(original)}${isEmpty(merged) ? '' : `, --keep-changes ${kept}`}`;
  const name = JSON.stringify(service.metadata.name);
  return `error: service ${name} is not unpinned: its selector was changed after the pin (${driftWords(drift)}): ${options}`;
}

/** The lines for standard error about the manifests that hold the pin. */
export function holderLines({ service, plan }: Unpinned): string[] {
  return plan.holders.map(
    ({ name, mark }) =>
      `warning: the manifest of ${name} (${mark}) holds the pin: its next apply pins service/${service.metadata.name} again, unless the pin is taken out of it`,
  );
}

/** The line for standard error; undefined when unpin left nothing behind. */
export function leftoverLine({ service, leftover }: Unpinned): string | undefined {
  if (leftover === undefined) return undefined;
  const { annotation, fieldManager, message } = leftover;
  const name = `service/${service.metadata.name}`;
  const apply = "the next server-side apply of the Service's owner may meet a conflict";
  const again = annotation ? `: run kubectl sts unpin ${service.metadata.name} again` : '';
  return `warning: the selector of ${name} is restored, but ${fieldManager} still owns it, so ${apply}: ${message}${again}`;
}

export function notWrittenLine(outcome: NotWritten): string {
  switch (outcome.kind) {
    case 'failed':
      return outcome.isForbidden ? `${outcome.message} (nothing was changed)` : outcome.message;
    case 'overtaken': {
      const { service } = outcome;
      const selector = selectorOf(service);
      const pod = selector[podNameLabel];
      const kind = isPinned(service) ? 'pinned to' : 'a per-pod Service of';
      const state = pod === undefined ? 'not pinned' : `${kind} pod/${pod}`;
      const name = JSON.stringify(service.metadata.name);
      return `error: service ${name} was changed by somebody else at the same time, and nothing was written: it is now ${state}, and its selector is ${selectorWords(selector)}`;
    }
  }
}

/** kubectl's sentence. */
export function notFoundLine(service: string): string {
  return `Error from server (NotFound): services ${JSON.stringify(service)} not found`;
}

/** @param count how many Services of the files have this name: not exactly one */
export function notInFilesLine(service: string, count: number): string {
  const name = JSON.stringify(service);
  return count === 0
    ? `error: the files hold no Service ${name}`
    : `error: the files hold several Services ${name}: tell them apart by -n`;
}

/** What a list of pins leaves out. */
export function perPodLine(count: number): string {
  return count === 1
    ? '1 per-pod Service, which leads to one pod and is not pinned, is not listed: --all-services lists it too'
    : `${count} per-pod Services, which lead to one pod each and are not pinned, are not listed: --all-services lists them too`;
}

/** @param namespace undefined for all namespaces */
export function nonePinnedLine(namespace: string | undefined): string {
  return namespace === undefined ? 'no Service is pinned' : `no Service is pinned in ${namespace} namespace.`;
}

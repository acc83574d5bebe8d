/** Puts into words what is wrong with a StatefulSet, and who says so. */
import { unschedulableWords } from '#src/drawing/schedulingwords.ts';
import { counted, inOneLine, listed, named, shortened, whole } from '#src/drawing/sentences.ts';
import { humanDuration } from '#src/objects/time.ts';
import type { Storage } from '#src/statefulset/storage.ts';
import { budgetDetail } from '#src/tree/view/budgetwords.ts';
import { findingWords } from '#src/tree/view/claimwords.ts';
import type { BudgetTrouble, Cause, ContainerName, FullClaim, MissingDriver, MissingObject } from '../model/causes.ts';
import type { DriverPod } from '../model/driverpod.ts';
import { setCauseWords } from './setcausewords.ts';

/** `db-1: container db crashes: exit code 1, 12 restarts, ran for 2s` @param now milliseconds since the epoch */
export function causeWords({ pod, what }: Cause, now: number): string {
  const words = troubleSentence(what, now);
  return pod === undefined ? words : `${pod}: ${words}`;
}

function troubleSentence(what: Cause['what'], now: number): string {
  switch (what.kind) {
    case 'crash':
      return crashWords(what);
    case 'image':
      return imageWords(what);
    case 'container not created':
      return uncreatedWords(what);
    case 'probe':
      return probeWords(what);
    case 'unschedulable':
      return `no node takes it: ${unschedulableWords(what.unschedulable, whole)}`;
    case 'scheduling gates':
      return `it is not scheduled until somebody opens its gates: ${named(what.gates)}`;
    case 'readiness gates':
      return `its containers are ready, and these readiness gates are not: ${named(what.gates)}`;
    case 'attach':
      return attachWords(what);
    case 'mount':
      return mountWords(what);
    case 'sandbox':
      return `its network cannot be set up: ${whole(what.message)}`;
    case 'node':
      return what.state === 'missing'
        ? `its node ${what.node} is gone`
        : `its node ${what.node} is not ready${kubeletSays(what.says) ?? ': nobody knows whether the pod still runs there'}`;
    case 'does not end':
      return endWords(what);
    case 'claim':
      return `its claim ${what.storage.name} ${claimStateWords(what.storage, now)}`;
    case 'not ready':
      return unreadyWords(what);
    case 'budget':
      return budgetWords(what);
    case 'warning':
      return `${what.reason}: ${whole(what.message)}`;
    default:
      return setCauseWords(what);
  }
}

function budgetWords({ budgets, pods }: BudgetTrouble): string {
  const [budget, ...others] = budgets;
  const names = named(budgets.map(({ metadata }) => metadata.name));
  return budget === undefined || others.length > 0
    ? `PodDisruptionBudgets ${names} select ${named(pods)}, and the API server evicts no pod of several budgets: drains and rolls fail`
    : `PodDisruptionBudget ${names} never lets ${named(pods)} be evicted: it wants all its pods healthy (${budgetDetail(budget)}); drains and rolls wait in vain`;
}

const roles: Readonly<Record<ContainerName['role'], string>> = {
  main: 'container',
  init: 'init container',
  sidecar: 'sidecar',
};

function container({ role, container: name }: ContainerName): string {
  return `${roles[role]} ${name}`;
}

/** Signals by their numbers, as a shell adds them to 128. */
const signals = new Map([
  [134, 'SIGABRT'],
  [135, 'SIGBUS'],
  [136, 'SIGFPE'],
  [137, 'SIGKILL'],
  [139, 'SIGSEGV'],
  [143, 'SIGTERM'],
]);

/** In these words the container has been created, and its program cannot be run. */
const notStarted = new Set(['RunContainerError', 'StartError', 'ContainerCannotRun', 'PostStartHookError']);

function uncreatedWords(what: Extract<Cause['what'], { kind: 'container not created' }>): string {
  const { word, message, missing } = what;
  const verb = notStarted.has(word) ? 'started' : 'created';
  return `${container(what)} cannot be ${verb}: ${missingWords(missing) ?? whole(runtimeCause(message) || word)}`;
}

/**
 * What the kubelet says last, without the layers of programs through which it went: `failed to create containerd task: …:
 * unable to start container process: exec: "x": executable file not found in $PATH`, `… (pod: "db-0_shop(…)", container: db)`.
 */
function runtimeCause(message: string): string {
  return inOneLine(message)
    .replace(/^.*unable to start container process: /, '')
    .replace(/ \(pod: "[^"]*", container: [^)]*\)$/, '');
}

function crashWords(what: Extract<Cause['what'], { kind: 'crash' }>): string {
  const { exitCode, reason, memoryLimit, restarts, isBack, lasted, message, suspects, full } = what;
  const signal = signals.get(exitCode ?? 0);
  const code =
    exitCode === undefined ? '' : `exit code ${exitCode}${signal && reason !== 'OOMKilled' ? ` (${signal})` : ''}`;
  const how =
    reason === 'OOMKilled'
      ? `ran out of memory${memoryLimit ? `, its limit is ${memoryLimit}` : ''}`
      : exitCode === 0
        ? 'ends without an error, and should run on'
        : 'ends with an error';
  return [
    `${container(what)} ${how}: ${listed(
      code,
      restarts > 0 && counted(restarts, 'restart'),
      lasted !== undefined && `its last run lasted ${humanDuration(lasted)}`,
    )}`,
    suspectWords(suspects),
    message && `it left the message "${shortened(message)}"`,
    ...(full ?? []).map(fullWords),
    isBack && backWords,
  ]
    .filter(Boolean)
    .join('; ');
}

function fullWords({ claim, size, grows }: FullClaim): string {
  const may = grows === undefined ? '' : `, and its class ${grows ? 'lets' : 'does not let'} it grow`;
  return `its claim ${claim} has ${size ?? 'an unknown size'}${may}`;
}

const backWords = 'it is ready again at the moment';

function suspectWords(suspects: Extract<Cause['what'], { kind: 'crash' }>['suspects']): string {
  const [first] = suspects;
  if (first === undefined) return '';
  if (first.answer === undefined)
    return `as the kubelet does when a ${suspects.map(({ probe }) => probe).join(' or ')} probe fails`;
  const answer = shortened(runtimeCause(first.answer));
  return `shortly before, its ${first.probe} probe failed${answer && `: ${answer}`}`;
}

function imageWords({ image, word, message, ...name }: Extract<Cause['what'], { kind: 'image' }>): string {
  if (word === 'InvalidImageName') return `the image of ${container(name)} has no valid name: "${image}"`;
  if (word === 'ErrImageNeverPull')
    return `the image of ${container(name)} is not on its node, and the pull policy is Never: ${image}`;
  const why = message && whole(pullCause(message, image));
  return `the image of ${container(name)} cannot be pulled: ${[image, why].filter(Boolean).join(': ')}; the kubelet tries again, after up to 5 minutes`;
}

/** `Failed to pull image "x": rpc error: code = NotFound desc = failed to pull and unpack image "x": …: not found` */
function pullCause(message: string, image: string): string {
  return inOneLine(message)
    .replace(`Failed to pull image "${image}": `, '')
    .replace(/^Back-off pulling image "[^"]*": /, '')
    .replace(/rpc error: code = \w+ desc = /g, '');
}

function probeWords({ probe, answer, restarts, isBack, ...name }: Extract<Cause['what'], { kind: 'probe' }>): string {
  const said =
    answer === undefined
      ? ', and no event tells its answer'
      : answer.trim() === ''
        ? ''
        : `: ${shortened(runtimeCause(answer))}`;
  const ends =
    probe === 'readiness' || restarts === 0
      ? ''
      : `; the kubelet has restarted it ${restarts === 1 ? 'once' : `${restarts} times`} for that`;
  return `the ${probe} probe of ${container(name)} fails${said}${ends}${isBack ? `; ${backWords}` : ''}`;
}

function missingWords(missing: MissingObject | undefined): string | undefined {
  if (missing === undefined) return undefined;
  const { kind, name, key } = missing;
  return key === undefined ? `the ${kind} ${name} is missing` : `the ${kind} ${name} has no key ${key}`;
}

function attachWords({ volume, message, holder }: Extract<Cause['what'], { kind: 'attach' }>): string {
  if (holder === undefined) return `its volume cannot be attached: ${whole(message)}`;
  const who = listed(
    holder.nodes.length > 0 && `attached to node ${named(holder.nodes)}`,
    holder.pods.length > 0 && `used by ${named(holder.pods)}`,
  );
  return `its volume ${volume ?? ''} cannot be attached: it is still ${who}`;
}

function mountWords({ message, missing, driver }: Extract<Cause['what'], { kind: 'mount' }>): string {
  if (driver === undefined) return `its volumes cannot be mounted: ${missingWords(missing) ?? whole(message)}`;
  return `its volume cannot be mounted: ${[driverWords(driver), driver.pod && driverPodWords(driver.pod)].filter(Boolean).join('; ')}`;
}

function driverWords({ driver, node, registered }: MissingDriver): string {
  const subject = `the CSI driver ${driver}`;
  if (registered?.includes(driver)) return `${subject} was not registered on node ${node} at the last try, and is now`;
  const missing = `${subject} is not registered on node ${node}`;
  if (registered === undefined) return missing;
  return `${missing}; ${registered.length === 0 ? 'no driver is registered there' : `registered there: ${named(registered)}`}`;
}

function driverPodWords(pod: DriverPod | 'none'): string {
  if (pod === 'none') return 'no pod there says that it registers this driver';
  const { namespace, name, controller, word, ready, containers } = pod;
  const whose = controller === undefined ? '' : ` of ${controller}`;
  return `its pod there, ${namespace}/${name}${whose}, is ${word}, ${ready}/${containers} ready`;
}

function kubeletSays(says: string | undefined): string | undefined {
  return says === undefined ? undefined : `; its kubelet says: ${whole(says) || 'nothing more'}`;
}

function endWords(what: Extract<Cause['what'], { kind: 'does not end' }>): string {
  const { finalizers, node, lostNode, says, isNodeUnread, isLate } = what;
  if (finalizers.length > 0)
    return `it is being deleted, and held by ${counted(finalizers.length, 'finalizer')}: ${named(finalizers)}; ask who keeps ${finalizers.length === 1 ? 'it: to remove it by hand skips its work' : 'them: to remove them by hand skips their work'}`;
  if (lostNode === 'missing') return `it is being deleted, and its node ${node ?? ''} is gone`;
  if (lostNode === 'not ready')
    return `it is being deleted, and its node ${node ?? ''} is not ready${kubeletSays(says) ?? ': nobody knows whether it still runs there'}`;
  const late = 'it is being deleted, and has outlived its grace period';
  const unread = `whether its node ${node ?? ''} is well is not known`;
  if (isNodeUnread) return isLate ? `${late}; ${unread}` : `it is being deleted, and ${unread}`;
  return late;
}

/** Words of kubectl for a pod that starts. */
const startingWords = /^(Pending|ContainerCreating|PodInitializing|Init:\d+\/\d+)$/;

function unreadyWords({ word, node }: Extract<Cause['what'], { kind: 'not ready' }>): string {
  const where = node === undefined ? '' : ` on ${node}`;
  if (startingWords.test(word)) return `it is starting${where} (${word}), and nothing says that it fails`;
  return `it is not ready${where} (${word}), and nothing tells why`;
}

function claimStateWords(storage: Storage, now: number): string {
  const { claim, findings } = storage;
  const phase = claim.state === 'found' ? (claim.object.status?.phase ?? '') : claim.state;
  const texts = findings
    .filter(({ kind }) => kind === 'pending' || kind === 'lost')
    .map((finding) => {
      const { text } = findingWords(finding, storage, now);
      const isFixed = finding.kind === 'pending' && finding.why?.kind === 'class missing';
      return isFixed ? `${text}, and the class of a claim cannot be changed` : text;
    });
  return `is ${phase}${texts.filter(Boolean).length > 0 ? `: ${texts.filter(Boolean).join('; ')}` : ''}`;
}

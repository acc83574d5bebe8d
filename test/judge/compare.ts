/** Compares what `nextSync` says of a state with what the controller itself does. */
import type { Act, Sync, SyncError } from '#src/statefulset/controller/acts.ts';
import type * as controller from './controller.ts';

/** What the two say differently, a line each; empty where they agree. */
export function differences({ set }: controller.State, sync: Sync, answer: controller.Answer): string[] {
  if ('panic' in answer) return [`the controller panics: ${answer.panic}`];
  const inOrder = worksInOrder(set);
  const ours = compared(set, sync);
  return [
    ...unequal('acts', ours.acts, sorted(actsOf(answer, inOrder), inOrder)),
    ...unequal('errors', ours.errors, unique(errorsOf(answer))),
    ...unequal('waits', missingWaits(sync, answer), []),
  ];
}

/** What of the port's answer is compared, but for the waits. */
export function compared(set: controller.State['set'], { acts, errors }: Sync): { acts: string[]; errors: string[] } {
  const inOrder = worksInOrder(set);
  return {
    acts: sorted(
      acts.map((act) => actLine(act, inOrder)),
      inOrder,
    ),
    errors: unique(errors.map(errorLine)),
  };
}

function sorted(lines: readonly string[], inOrder: boolean): string[] {
  return inOrder ? unorderedSorted(lines) : unique(lines);
}

/** The controllers of Parallel sets, and of strategy Recreate, work on several pods side by side. */
function worksInOrder({ spec }: controller.State['set']): boolean {
  return spec?.podManagementPolicy !== 'Parallel' && spec?.updateStrategy?.type !== 'Recreate';
}

function unequal(what: string, model: readonly string[], controller: readonly string[]): string[] {
  const [ours, theirs] = [model, controller].map((lines) => lines.join('; ') || 'nothing');
  return ours === theirs ? [] : [`${what}: nextSync says ${ours}; the controller ${theirs}`];
}

function unique(lines: readonly string[]): string[] {
  return [...new Set(lines)].sort();
}

/** Pods are adopted and released, and the claims of a pod are worked on, in no order (maps in Go). */
function unorderedSorted(lines: readonly string[]): string[] {
  const sorted: string[] = [];
  let run: string[] = [];
  for (const line of [...lines, undefined]) {
    if (line !== undefined && /^adopt |^release | claim /.test(line)) run.push(line);
    else {
      sorted.push(...run.sort(), ...(line === undefined ? [] : [line]));
      run = [];
    }
  }
  return sorted;
}

/** @param withReason whether the reason of a deletion is told */
function actLine(act: Act, withReason: boolean): string {
  switch (act.act) {
    case 'create pod':
      return `create pod ${act.pod} in ${act.revision}`;
    case 'delete pod':
      return `delete pod ${act.pod}${withReason ? ` (${act.why})` : ''}`;
    case 'create claim':
      return `create claim ${act.claim}`;
    case 'update claim':
      return `update claim ${act.claim} ${ownersLine(act.owners)}`;
    default:
      return `${act.act} ${act.pod}`;
  }
}

type Owners = readonly { kind: string; name: string; uid: string; controller: boolean }[];

function ownersLine(owners: Owners): string {
  return `[${owners
    .map(({ kind, name, uid, controller }) => `${kind} ${name} ${uid} ${controller}`)
    .sort()
    .join(', ')}]`;
}

function actsOf({ acts }: controller.Sync, withReason: boolean): string[] {
  return acts.flatMap((act) => (act.refused === undefined ? doneLine(act, withReason) : []));
}

function doneLine(act: Exclude<controller.Act, { refused: string }>, withReason: boolean): string {
  switch (act.act) {
    case 'createPod':
      return `create pod ${act.name} in ${act.revision}`;
    case 'deletePod':
      return `delete pod ${act.name}${withReason ? ` (${act.why})` : ''}`;
    case 'updatePod':
      return `update pod ${act.name}`;
    case 'createClaim':
      return `create claim ${act.name}`;
    case 'updateClaim':
      return `update claim ${act.name} ${ownersLine(act.owners)}`;
    default:
      return `${act.act} ${act.name}`;
  }
}

function errorLine(error: SyncError): string {
  switch (error.kind) {
    case 'name taken':
      return `createPod ${error.pod}: AlreadyExists`;
    case 'label too long':
      return `createPod ${error.pod}: Invalid`;
    case 'identity does not fit':
      // The controller asks for the pod by the name that it should have: of web-007, for web-7.
      return `updatePod ${error.pod.replace(/-0+(?=\d)/, '-')}: NotFound`;
    case 'created a moment ago':
      return error.claim ? `createClaim ${error.claim}: AlreadyExists` : `updatePod ${error.pod}: Invalid`;
    case 'claims do not fit':
      return `updatePod ${error.pod}: Invalid`;
    case 'claim is being deleted':
      return `pvc ${error.claim} is being deleted`;
    case 'strategy not enabled':
      return `strategy Recreate`;
  }
}

/** The errors at which the controller's sync ends, as far as it tells them, and the requests that were refused. */
export function errorsOf({ acts, error }: controller.Sync): string[] {
  if (error === undefined) return [];
  const refused = acts.flatMap(({ act, name, refused: why }) =>
    // The controller tries again after a conflict.
    why === undefined || why === 'Conflict' ? [] : [`${act} ${name}: ${why}`],
  );
  const going = [...error.matchAll(/pvc (\S+) is being deleted/g)].map(([text]) => text);
  const strategy = /uses (\w+) strategy but/.exec(error)?.[1];
  const told = [...refused, ...going, ...(strategy ? [`strategy ${strategy}`] : [])];
  return told.length > 0 ? told : [error];
}

/** The pods of which the controller's log says that it waits for them, and `nextSync` does not. */
function missingWaits({ waits, acts }: Sync, answer: controller.Sync): string[] {
  const created = new Set(acts.flatMap((act) => (act.act === 'create pod' ? act.pod : [])));
  return answer.log.flatMap(({ message, pod }) => {
    const reason = /waiting for Pod to (Terminate|be Running and Ready|be Available|update)/.exec(message)?.[1];
    if (reason === undefined || pod === undefined || created.has(pod)) return [];
    const own = waits.filter((wait) => wait.pod === pod).map(({ why }) => why.kind);
    const fits = own.some((kind) => reason === 'update' || kind === reasons[reason] || message.includes('scale down'));
    return fits ? [] : [`none for ${pod}, of which the controller says: ${message}`];
  });
}

const reasons: Readonly<Record<string, string>> = {
  Terminate: 'terminating',
  'be Running and Ready': 'not ready',
  'be Available': 'not available',
};

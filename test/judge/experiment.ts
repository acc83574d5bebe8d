/**
 * Judges by experiment the pods that `nextSync` says the controller waits for. Such a pod is made well, or taken away if
 * it is ending: then the controller itself must do something else, or wait for another pod. To make any other pod well
 * must change nothing. What the controller does with the pod that was made well does not count, but that it makes a
 * successor, or removes it.
 *
 * A controller that counts its unavailable pods may wait for several of them, of which one alone changes nothing. So a
 * pod is also made well after others, as long as these have changed nothing.
 *
 * Where a sync ends in an error, only the pods that it waits for are tried, and the claims that must go: what it would do
 * after the error nobody knows.
 */
import type { Pod } from '#src/objects/types.ts';
import type { Sync, WaitReason } from '#src/statefulset/controller/acts.ts';
import { membersOf } from '#src/statefulset/controller/membership.ts';
import { isReady, isTerminating } from '#src/statefulset/controller/pods.ts';
import type { nextSync } from '#src/statefulset/controller/sync.ts';
import { syncOf } from './ask.ts';
import { errorsOf } from './compare.ts';
import { type Answer, askController, type State, type Variant } from './controller.ts';
import type { Recipe } from './recipes.ts';
import { takes } from './recording.ts';
import { shrunk } from './shrink.ts';
import { stateOf } from './states.ts';

/** What is changed in a state: a pod, or the claims of one. */
interface Remedy {
  pod: string;
  why: WaitReason | { kind: 'claim is being deleted'; claim: string };
}

interface Experiment {
  recipe: Recipe;
  state: State;
  /** The pod that is tried. */
  tried: Remedy;
  isWaitedFor: boolean;
  /** The states before and after it is made well, by how many others were made well before. */
  steps: { before: State; after: State }[];
}

export interface WrongWait {
  recipe: Recipe;
  complaint: string;
}

/**
 * @param next the port, or one with a fault in it
 * @returns what is wrong with the waits of these states
 */
export async function wrongWaits(
  variant: Variant,
  recipes: readonly Recipe[],
  next?: typeof nextSync,
): Promise<WrongWait[]> {
  const known = recipes.filter((recipe) => takes(variant, recipe));
  const experiments = known.flatMap((recipe) => {
    const state = stateOf(recipe);
    return experimentsOf(recipe, state, syncOf(state, variant, next));
  });
  const asked = experiments.flatMap(({ steps }) => steps.flatMap(({ before, after }) => [before, after]));
  const answers = await askController(variant, asked);
  let at = 0;
  return experiments.flatMap((experiment) => {
    const own = answers.slice(at, at + 2 * experiment.steps.length);
    at += own.length;
    return isSomethingElse(experiment, own) === experiment.isWaitedFor ? [] : [wrong(experiment)];
  });
}

/** Makes a wrong wait as small as it can be made. */
export async function smallestWrongWait(variant: Variant, first: WrongWait): Promise<WrongWait> {
  const recipe = await shrunk(first.recipe, async (candidates) => {
    const found = new Set((await wrongWaits(variant, candidates)).map((each) => each.recipe));
    return candidates.map((candidate) => found.has(candidate));
  });
  const [found] = await wrongWaits(variant, [recipe]);
  return found ?? first;
}

/** Whether the pod that is tried makes the controller do something else. */
function isSomethingElse({ state, tried, steps }: Experiment, answers: readonly Answer[]): boolean {
  const signatures = answers.map((answer) => signature(state, tried, answer));
  return steps.some((_, place) => {
    const [before, after] = signatures.slice(2 * place);
    // What the others have changed says nothing of this pod.
    return before === signatures[0] && after !== before;
  });
}

function wrong({ recipe, tried, isWaitedFor }: Experiment): WrongWait {
  const what = isWaitedFor ? 'changes nothing, though nextSync waits for it' : 'changes something';
  return { recipe, complaint: `to make ${tried.pod} well (${tried.why.kind}) ${what}` };
}

function experimentsOf(recipe: Recipe, state: State, sync: Sync): Experiment[] {
  const going = sync.errors.filter((error) => error.kind === 'claim is being deleted');
  const waited: Remedy[] = [...sync.waits, ...going.map((why) => ({ pod: why.pod, why }))];
  const names = new Set(waited.map(({ pod }) => pod));
  const others = othersIn(state, sync).filter(({ pod }) => !names.has(pod));
  const experiment = (tried: Remedy, isWaitedFor: boolean): Experiment => {
    // A Parallel set gets a successor for a pod as soon as it is gone: that alone would change something.
    const isEnding = ({ why }: Remedy) => Number(why.kind === 'terminating');
    const before = sync.waits.filter(({ pod }) => pod !== tried.pod).sort((a, b) => isEnding(a) - isEnding(b));
    const steps = Array.from({ length: before.length + 1 }, (_, count) => {
      const eased = before.slice(0, count).reduce(withRemedy, state);
      return { before: eased, after: withRemedy(eased, tried) };
    });
    return { recipe, state, tried, isWaitedFor, steps };
  };
  return [
    ...waited.map((each) => experiment(each, true)),
    ...(sync.errors.length > 0 ? [] : others.map((other) => experiment(other, false))),
  ];
}

/** Pods that could be made well, and missing ones whose claims could go. None that the sync deletes or creates. */
function othersIn({ set, pods, claims }: State, { acts }: Sync): Remedy[] {
  const touched = new Set(acts.flatMap((act) => (/^(create|delete) pod$/.test(act.act) ? act.pod : [])));
  const { members } = membersOf(set, pods);
  const existing = new Set(members.map(({ metadata }) => metadata.name));
  const unwell = members
    .filter((pod) => !isWell(pod))
    .map((pod): Remedy => {
      return { pod: pod.metadata.name, why: { kind: isTerminating(pod) ? 'terminating' : 'not ready' } };
    });
  const missing = claims.flatMap(({ metadata: { name, ownerReferences = [] } }) =>
    ownerReferences
      .filter((owner) => owner.kind === 'Pod' && !existing.has(owner.name))
      .map((owner): Remedy => ({ pod: owner.name, why: { kind: 'claim is stale', claim: name } })),
  );
  return [...unwell, ...missing].filter(({ pod }) => !touched.has(pod));
}

function isWell(pod: Pod): boolean {
  const [condition] = pod.status?.conditions ?? [];
  return isReady(pod) && !isTerminating(pod) && condition?.lastTransitionTime !== undefined && isLongAgo(condition);
}

/** Longer than any `minReadySeconds` of the recipes. */
function isLongAgo({ lastTransitionTime }: { lastTransitionTime?: string }): boolean {
  return lastTransitionTime === wellSince;
}

const wellSince = '2026-11-29T05:43:20Z';

function withRemedy(state: State, { pod: name, why }: Remedy): State {
  switch (why.kind) {
    case 'claim is stale':
      return withoutClaimsOf(state, name);
    case 'claim is being deleted':
      return { ...state, claims: state.claims.filter(({ metadata }) => metadata.name !== why.claim) };
    case 'terminating': {
      const pods = state.pods.filter(({ metadata }) => metadata.name !== name);
      return withoutClaimsOf({ ...state, pods }, name);
    }
    default: {
      const conditions = [{ type: 'Ready', status: 'True', lastTransitionTime: wellSince }];
      const pods = state.pods.map((pod) =>
        pod.metadata.name === name ? ({ ...pod, status: { phase: 'Running', conditions } } as Pod) : pod,
      );
      return { ...state, pods };
    }
  }
}

/**
 * The garbage collector takes away the claims that belong to a pod which is gone, and a claim that is being deleted goes
 * when no pod has it any more. (`kubernetes.io/pvc-protection`)
 */
function withoutClaimsOf(state: State, pod: string): State {
  const claims = state.claims.filter(({ metadata }) => {
    const isOfPod = metadata.ownerReferences?.some(({ kind, name }) => kind === 'Pod' && name === pod);
    return !isOfPod && !(metadata.deletionTimestamp && isClaimOf(pod, metadata.name));
  });
  return { ...state, claims };
}

/** The claims of web-00 are those of web-0. */
function isClaimOf(pod: string, claim: string): boolean {
  return claim.endsWith(`-${pod.replace(/-0+(?=\d)/, '-')}`);
}

/** What the controller does, and of which pods it says in its log, or in the set's conditions, that it waits for them. */
function signature({ set }: State, tried: Remedy, answer: Answer): string {
  if ('panic' in answer) return JSON.stringify(answer);
  const isOfTried = (name: string) => name === tried.pod || isClaimOf(tried.pod, name);
  const counts = ({ act, name }: { act: string; name: string }) =>
    act === 'createPod' || act === 'deletePod' || tried.why.kind === 'claim is being deleted' || !isOfTried(name);
  const acts = answer.acts.filter(counts).map(({ act, name, refused }) => `${act} ${name} ${refused}`);
  const told = answer.log.flatMap(({ message, pod }) =>
    message.includes('waiting for Pod') ? `${message} ${pod}` : [],
  );
  const recreates = answer.status?.conditions?.some(({ message }) => message === 'Deleting old revision pods');
  // Of several errors, the controller of a Parallel set tells one, any.
  const errors = set.spec?.podManagementPolicy === 'Parallel' ? [`${answer.error !== undefined}`] : errorsOf(answer);
  return [acts, told, errors]
    .map((lines) => [...new Set(lines)].sort().join('\n'))
    .concat(recreates ? 'recreates' : '')
    .join();
}

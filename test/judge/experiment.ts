/**
 * Judges by experiment the pods that `nextSync` says the controller waits for. Such a pod is made well, or taken away if
 * it is ending: then the controller itself must do something else, or wait for another pod. To make any other pod well
 * must change nothing.
 *
 * A controller that counts its unavailable pods may wait for several of them, of which one alone changes nothing. So a
 * pod is also made well after others, as long as these have changed nothing.
 */
import type { Pod } from '#src/objects/types.ts';
import type { Sync, Wait } from '#src/statefulset/controller/acts.ts';
import { membersOf } from '#src/statefulset/controller/membership.ts';
import { isReady, isTerminating } from '#src/statefulset/controller/pods.ts';
import { syncOf } from './ask.ts';
import { type Answer, askController, type State, type Variant } from './controller.ts';
import type { Recipe } from './recipes.ts';
import { stateOf } from './states.ts';

/** What is changed in a state: pods by name, or the claim of one. */
type Remedy = Pick<Wait, 'pod' | 'why'>;

interface Experiment {
  recipe: Recipe;
  variant: Variant;
  state: State;
  /** The pods that nextSync waits for in it. */
  waited: ReadonlySet<string>;
  /** The pod that is tried. */
  tried: Remedy;
  isWaitedFor: boolean;
  /** The states before and after it is made well, by how many others were made well before. */
  steps: { before: State; after: State }[];
}

/** @returns what is wrong with the waits of these states, a line each */
export async function wrongWaits(variant: Variant, recipes: readonly Recipe[]): Promise<string[]> {
  const experiments = recipes.flatMap((recipe) => experimentsOf(variant, recipe));
  const asked = experiments.flatMap(({ state, steps }) => [
    state,
    ...steps.flatMap(({ before, after }) => [before, after]),
  ]);
  const answers = await askController(variant, asked);
  let at = 0;
  const next = () => answers[at++];
  return experiments.flatMap((experiment) => {
    const first = signature(experiment, experiment.state, next());
    const changes = experiment.steps.map((step) => {
      const before = signature(experiment, step.before, next());
      const after = signature(experiment, step.after, next());
      // What the others have changed, says nothing of this pod.
      return before === first && after !== before;
    });
    return changes.some(Boolean) === experiment.isWaitedFor ? [] : [complaint(experiment)];
  });
}

function complaint({ recipe, tried, isWaitedFor }: Experiment): string {
  const what = isWaitedFor ? 'changes nothing, though nextSync waits for it' : 'changes something';
  return `to make ${tried.pod} well (${tried.why.kind}) ${what}: ${JSON.stringify(recipe)}`;
}

function experimentsOf(variant: Variant, recipe: Recipe): Experiment[] {
  const state = stateOf(recipe);
  const sync = syncOf(state, variant);
  if (sync.errors.length > 0) return [];
  const waited = new Set(sync.waits.map(({ pod }) => pod));
  const others = membersOf(state.set, state.pods)
    .members.filter((pod) => !waited.has(pod.metadata.name) && !isWell(pod) && !isTouched(sync, pod))
    .map(
      (pod): Remedy => ({ pod: pod.metadata.name, why: { kind: isTerminating(pod) ? 'terminating' : 'not ready' } }),
    );
  const experiment = (tried: Remedy, isWaitedFor: boolean): Experiment => {
    // A Parallel set gets a successor for a pod as soon as it is gone: that alone would change something.
    const isEnding = ({ why }: Wait) => Number(why.kind === 'terminating');
    const before = sync.waits.filter(({ pod }) => pod !== tried.pod).sort((a, b) => isEnding(a) - isEnding(b));
    const steps = Array.from({ length: before.length + 1 }, (_, count) => {
      const eased = withRemedies(state, before.slice(0, count));
      return { before: eased, after: withRemedies(eased, [tried]) };
    });
    return { recipe, variant, state, waited, tried, isWaitedFor, steps };
  };
  return [...sync.waits.map((wait) => experiment(wait, true)), ...others.map((other) => experiment(other, false))];
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

/** Whether the sync does something with the pod itself, or with its claims. */
function isTouched({ acts }: Sync, { metadata }: Pod): boolean {
  return acts.some(({ pod }) => pod === metadata.name);
}

function withRemedies(state: State, remedies: readonly Remedy[]): State {
  return remedies.reduce(withRemedy, state);
}

function withRemedy(state: State, { pod: name, why }: Remedy): State {
  switch (why.kind) {
    case 'claim is stale':
      return withoutClaimsOf(state, name);
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

/** The garbage collector takes away the claims that belong to a pod which is gone. */
function withoutClaimsOf(state: State, pod: string): State {
  const claims = state.claims.filter(
    ({ metadata }) => !metadata.ownerReferences?.some(({ kind, name }) => kind === 'Pod' && name === pod),
  );
  return { ...state, claims };
}

/**
 * What the controller does, and which other pods it waits for. It says that in its log, but not of strategy Recreate, nor
 * of stale claims: there nextSync's word is taken for what comes next.
 */
function signature({ tried, variant, waited }: Experiment, state: State, answer: Answer | undefined): string {
  if (answer === undefined || 'panic' in answer) return JSON.stringify(answer);
  const isOfTried = (name: string) => name === tried.pod || name.endsWith(`-${tried.pod}`);
  const acts = answer.acts
    .filter(({ act, name }) => act === 'createPod' || act === 'deletePod' || !isOfTried(name))
    .map(({ act, name }) => `${act} ${name}`);
  const told = answer.log.flatMap(({ message, pod }) =>
    message.includes('waiting for Pod') ? `${message} ${pod}` : [],
  );
  const waits = syncOf(state, variant).waits.map(({ pod }) => pod);
  const others = waits.filter((pod) => !waited.has(pod));
  const isRecreated = state.set.spec?.updateStrategy?.type === 'Recreate';
  const end = isRecreated && waits.length === 0 ? 'waits for nothing' : '';
  return [acts, told, others]
    .map((lines) => [...new Set(lines)].sort().join('\n'))
    .concat(answer.error ?? '', end)
    .join();
}

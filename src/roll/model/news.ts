/** The events of a roll: the difference between two of its states. */
import type { Refusal } from '#src/objects/snapshot.ts';
import type { Phase, RollState, RollStep, View } from './state.ts';

/** How far a pod has come. */
type Milestone =
  /** The person is asked. */
  | 'asking'
  /** Another pod is ready, and not yet available. */
  | 'waiting'
  | 'pre-check'
  /** A budget forbids the eviction. */
  | 'blocked'
  /** The pod is ending. */
  | 'evicted'
  | 'gone'
  | 'ready'
  | 'check'
  | 'dns'
  | 'done';

export interface StepNews {
  pod: string;
  ordinal: number;
  /** `unready`: the new pod was ready, and is no longer. */
  what: Milestone | 'unready';
  /** The new pod's, from `ready` on. */
  uid?: string;
  /** Why it is blocked. */
  why?: string;
  /** The other pod that it waits for. */
  waitsFor?: string;
  /** The pod was gone before this run looked: an earlier run, or somebody else, made it go. */
  already?: true;
}

/** In the order in which they happened, including events that came and went between two looks. */
export function newsBetween(before: RollState, after: RollState): StepNews[] {
  return after.steps.flatMap((step, at) => {
    const was = before.steps[at];
    return was === undefined || was.phase === step.phase ? [] : newsOf(was, step);
  });
}

function newsOf(was: RollStep, { pod, ordinal, phase }: RollStep): StepNews[] {
  const [from, to] = [milestonesOf(was.phase), milestonesOf(phase)];
  const passed = to.filter((milestone) => !from.includes(milestone));
  const news = passed.map((what): StepNews => {
    const already = what === 'gone' && !from.includes('evicted') && was.phase.kind !== 'evicting';
    return {
      pod,
      ordinal,
      what,
      ...(what !== 'gone' && 'uid' in phase && phase.uid && { uid: phase.uid }),
      ...(what === 'blocked' && phase.kind === 'blocked' && { why: phase.why }),
      ...(what === 'waiting' && phase.kind === 'waits' && phase.awaits !== undefined && { waitsFor: phase.awaits }),
      ...(already && { already }),
    };
  });
  const told = news.filter(({ what }) => !(what === 'evicted' && news.some(({ already }) => already)));
  const relapsed = from.includes('ready') && !to.includes('ready');
  return relapsed ? [{ pod, ordinal, what: 'unready' }, ...told] : told;
}

/** The milestones that a pod in this phase has passed. */
function milestonesOf(phase: Phase): Milestone[] {
  switch (phase.kind) {
    case 'waits':
      return phase.awaits === undefined ? [] : ['waiting'];
    case 'confirmed':
    case 'may go':
    case 'evicting':
      return [];
    case 'confirm':
      return ['asking'];
    case 'pre-check':
      return ['pre-check'];
    case 'blocked':
      return ['blocked'];
    case 'ending':
      return ['evicted'];
    case 'coming':
      return ['evicted', 'gone', ...(phase.readySince === undefined ? [] : (['ready'] as const))];
    case 'check':
    case 'dns':
      return ['evicted', 'gone', 'ready', phase.kind];
    case 'back':
      return ['evicted', 'gone', 'ready'];
    case 'done':
      return ['evicted', 'gone', 'ready', 'done'];
  }
}

/** What the driver of a roll reports. */
export type RollNews =
  /** The state of the roll, reported whenever it may have changed. */
  | { kind: 'look'; state: RollState; view: View }
  | ({ kind: 'step' } & StepNews)
  /** Somebody asked to stop. Reported once. */
  | { kind: 'interrupted' }
  /** The API server gives no answer, or no usable one. */
  | { kind: 'lost'; message: string }
  | { kind: 'recovered' }
  /** It may be listed, but not watched: what is shown lags behind. */
  | { kind: 'not watched'; refusal: Refusal }
  /** The Lease could not be given up, so the next run has to wait until it counts as silent. */
  | { kind: 'lease kept'; message: string };

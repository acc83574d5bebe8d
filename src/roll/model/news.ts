/** The events of a roll: the difference between two of its states. */
import type { Refusal } from '#src/objects/snapshot.ts';
import { ordinalOf } from '#src/statefulset/identity.ts';
import type { UnknownLeader } from '#src/statefulset/leadership.ts';
import { isToGo, type Leading, type Phase, type RollState, type RollStep, type View } from './state.ts';

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
  /**
   * `unready`: the new pod was ready, and is no longer. `leads`: the pod is known to lead, and another one was before, or
   * none. `no leader`: before anything is done to the pod, nobody knows who leads.
   */
  what: Milestone | 'unready' | 'leads' | 'no leader';
  /** The new pod's, from `ready` on. */
  uid?: string;
  /** Why it is blocked. */
  why?: string;
  /** The other pod that it waits for. */
  waitsFor?: string;
  /** The other pod that led before. */
  before?: string;
  /** The pods that are to go, in their order, once it is known who leads. */
  order?: string[];
  unknown?: UnknownLeader;
  /** The pod was gone before this run looked: an earlier run, or somebody else, made it go. */
  already?: true;
}

/** In the order in which they happened, including events that came and went between two looks. */
export function newsBetween(before: RollState, after: RollState): StepNews[] {
  // The order may have changed, and never the pods.
  const earlier = new Map(before.steps.map((step) => [step.pod, step]));
  const ofSteps = after.steps.flatMap((step) => {
    const was = earlier.get(step.pod);
    return was === undefined || was.phase === step.phase ? [] : newsOf(was, step);
  });
  // Since then the next pod may have gone.
  const wereToGo = ({ pod }: RollStep) => before.steps.some((step) => step.pod === pod && isToGo(step));
  return [...leaderNews(before.leading, after, after.steps.filter(wereToGo)), ...ofSteps];
}

/** @param left the pods that are to go, in their order */
function leaderNews(was: Leading, { leading }: RollState, left: readonly RollStep[]): StepNews[] {
  const { leader, unknown } = leading;
  const [next] = left;
  if (unknown !== undefined) {
    if (was.unknown !== undefined || next === undefined) return [];
    return [{ pod: next.pod, ordinal: next.ordinal, what: 'no leader', unknown }];
  }
  if (leader === undefined || (leader === was.leader && was.unknown === undefined)) return [];
  return [
    {
      pod: leader,
      ordinal: ordinalOf(leader),
      what: 'leads',
      ...(was.leader !== undefined && was.leader !== leader && { before: was.leader }),
      order: left.map(({ pod }) => pod),
    },
  ];
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

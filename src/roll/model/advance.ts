/** Moves a pod's restart on as a view shows it: the old pod is gone, the new pod is ready, stable, and back. */
import { isRunningAndReady } from '#src/objects/podstatus.ts';
import type { Action } from './actions.ts';
import { type Held, heldBy, type Phase, type RollSettings, type RollStep } from './state.ts';
import { type StepContext, stabilityOf } from './stepcontext.ts';
import type { Trouble } from './trouble.ts';

/** What a view makes of a pod's restart. */
export interface Advanced {
  step: RollStep;
  actions: readonly Action[];
  trouble?: Trouble;
}

/** A pod whose eviction is still to come stays as it is: maygo.ts decides about it. */
export function advance(step: RollStep, context: StepContext): Advanced {
  const { view, members, now, settings } = context;
  const pod = members.get(step.pod);
  const isOld = pod?.metadata.uid === step.uid;
  const { phase } = step;
  const to = (next: Phase): RollStep => ({ ...step, phase: next });
  const unchanged: Advanced = { step, actions: [] };
  switch (phase.kind) {
    case 'ending':
      return isOld ? unchanged : advance(to({ kind: 'coming' }), context);
    case 'coming': {
      if (pod === undefined || isOld || !isRunningAndReady(pod)) return { step: to({ kind: 'coming' }), actions: [] };
      const uid = pod.metadata.uid ?? '';
      const readySince = phase.uid === uid && phase.readySince !== undefined ? phase.readySince : now;
      const stableAt = readySince + stabilityOf(context);
      if (now < stableAt) return { step: to({ kind: 'coming', uid, readySince }), actions: [] };
      return advance(to(phaseAfter('stable', settings, uid, stableAt)), context);
    }
    case 'check':
    case 'dns':
      // A pod that is no longer ready, or was replaced once more, starts over.
      if (pod?.metadata.uid !== phase.uid || !isRunningAndReady(pod)) return advance(to({ kind: 'coming' }), context);
      return { step, actions: [{ kind: phase.kind, pod: step.pod, uid: phase.uid }] };
    case 'back': {
      if (pod?.metadata.uid !== phase.uid || !isRunningAndReady(pod)) return advance(to({ kind: 'coming' }), context);
      // An older reading cannot show that the pod stayed ready, however much time has passed.
      if (view.readAt < phase.since) return { step, actions: [{ kind: 'read' }] };
      const other = otherStorage(step, heldBy(context.set, pod, view.claims));
      if (other === undefined) return { step: to({ kind: 'done', uid: phase.uid }), actions: [] };
      return { ...unchanged, trouble: { pod: step.pod, reason: { kind: 'other storage', claim: other } } };
    }
    default:
      return unchanged;
  }
}

/** What follows once a new pod is stable, or has passed a check, at the time `since`. */
export function phaseAfter(
  passed: 'stable' | 'check' | 'dns',
  { check, waitDns }: RollSettings,
  uid: string,
  since: number,
): Phase {
  if (passed === 'stable' && check) return { kind: 'check', uid };
  if (passed !== 'dns' && waitDns) return { kind: 'dns', uid };
  return { kind: 'back', uid, since };
}

/** The first claim of the old pod that the new pod lacks, or that is another claim or on another volume. */
function otherStorage({ held }: RollStep, now: readonly Held[]): string | undefined {
  return held.find(({ claim, uid, volume }) => {
    const same = now.find((one) => one.claim === claim);
    return same === undefined || same.uid !== uid || same.volume !== volume;
  })?.claim;
}

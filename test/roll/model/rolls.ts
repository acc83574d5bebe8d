/** Rolls as tests need them, of plain objects. */
import type { PodHandling } from '#src/roll/model/record.ts';
import { nobodyAsked, type Phase, type RollSettings, type RollState } from '#src/roll/model/state.ts';

/** One pod at a time, and nothing asked of anybody. Milliseconds. */
export const careful: RollSettings = {
  maxUnavailable: 1,
  timeout: 300_000,
  deadline: 7_200_000,
  stable: 10_000,
  confirm: false,
  preCheck: false,
  check: false,
  waitDns: false,
  leaderCheck: false,
};

/** Pods are evicted, and no command runs in them. */
export const unchecked: PodHandling = {
  evicts: true,
  preCheck: undefined,
  check: undefined,
  leaderCheck: undefined,
  container: undefined,
  checkTimeout: 0,
};

/**
 * The roll of a set with as many pods as phases, from the highest ordinal down.
 *
 * @param begun when those that do not wait were begun
 */
export function rollOf(set: string, phases: readonly Phase[], begun = 1): RollState {
  return {
    settings: careful,
    set: { uid: 'set', generation: 1 },
    begun: 0,
    steps: phases.map((phase, at) => {
      const ordinal = phases.length - 1 - at;
      return {
        pod: `${set}-${ordinal}`,
        ordinal,
        uid: `old-${ordinal}`,
        held: [],
        phase,
        begun: phase.kind === 'waits' ? undefined : begun,
        sentAt: undefined,
      };
    }),
    leading: nobodyAsked,
    acted: 0,
    uncountedSince: undefined,
    interrupted: false,
    end: undefined,
  };
}

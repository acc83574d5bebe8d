/** How a StatefulSet is, in one word, and in which order a person wants to hear of several. */
import { blockerOf } from '#src/statefulset/blocker.ts';
import type { Progress } from '#src/statefulset/rollout.ts';
import type { Storage } from '#src/statefulset/storage.ts';
import { longWait } from '#src/statefulset/waiting.ts';
import type { Topology } from '#src/tree/model/topology.ts';
import { serviceTrouble } from './setcauses.ts';

export type Health =
  /** Nothing happens any more until a person acts, for certain or likely. */
  | 'stuck'
  /** A pod fails that the controller waits for, or the API server refuses one. It may pass. */
  | 'failing'
  /** Nothing is left to do for the controller, and a pod is not available. */
  | 'not ready'
  /** What would tell could not be read. */
  | 'not known'
  /** The rollout is done, and something else is wrong: a claim, a Service, the set's name. */
  | 'in doubt'
  /** OnDelete waits for pods to be deleted. */
  | 'outdated'
  | 'under way'
  | 'healthy';

/** The worst first. */
const order: readonly Health[] = [
  'stuck',
  'failing',
  'not ready',
  'not known',
  'in doubt',
  'outdated',
  'under way',
  'healthy',
];

export function healthOf(topology: Topology): Health {
  const { rollout } = topology;
  switch (rollout.state) {
    case 'no status':
      return 'not known';
    case 'deleting':
    case 'unseen':
      return 'under way';
    default:
      break;
  }
  const { judgement, state } = rollout;
  if (judgement.kind === 'stuck') return 'stuck';
  if (isFailing(topology, rollout)) return 'failing';
  if (judgement.kind === 'undetermined') return 'not known';
  switch (state) {
    case 'scaling':
    case 'updating':
      return 'under way';
    case 'waits for deletion':
      return 'outdated';
    case 'not ready':
      return 'not ready';
    case 'done':
      return isInDoubt(topology) ? 'in doubt' : 'healthy';
  }
}

function isFailing({ warning }: Topology, { state, waitsFor, unavailable }: Progress): boolean {
  if (state === 'done') return false;
  const awaited = [...waitsFor.flatMap(({ object }) => object ?? []), ...unavailable];
  const isLong = waitsFor.some(({ why, lasted = 0 }) => why.kind === 'not ready' && lasted >= longWait);
  return isLong || warning?.reason === 'FailedCreate' || awaited.some((pod) => blockerOf(pod).trouble);
}

/** Something is wrong of which the rollout knows nothing. */
function isInDoubt(topology: Topology): boolean {
  const { warning, nameFaults, pins, members, unmounted } = topology;
  return (
    warning !== undefined ||
    nameFaults.length > 0 ||
    serviceTrouble(topology) !== undefined ||
    pins.some((pin) => pin.kind !== 'pinned' || (pin.endangered && pin.endangered.kind !== 'unknown')) ||
    [...members.flatMap(({ storage }) => storage), ...unmounted].some(isTroubled)
  );
}

/** A claim that is lost, has the volume of another one, or goes with its data as soon as a pod does. */
export function isTroubled({ findings }: Storage): boolean {
  return findings.some(({ kind }) => kind === 'lost' || kind === 'being deleted' || kind === 'volume of another claim');
}

/** The sets in trouble first; sets of equal health keep their order. */
export function byHealth(list: readonly Topology[]): Topology[] {
  const rank = new Map(list.map((topology) => [topology, order.indexOf(healthOf(topology))]));
  return list.toSorted((a, b) => (rank.get(a) ?? 0) - (rank.get(b) ?? 0));
}

/** How many sets there are of each health; the worst first, and none that no set has. */
export function countByHealth(list: readonly Topology[]): [health: Health, count: number][] {
  const counts = Map.groupBy(list, healthOf);
  return order.flatMap((health): [Health, number][] => {
    const count = counts.get(health)?.length ?? 0;
    return count > 0 ? [[health, count]] : [];
  });
}

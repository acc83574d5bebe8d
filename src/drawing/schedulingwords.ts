/** Puts into words why no node takes a pod. */
import type { Unschedulable } from '#src/statefulset/scheduling.ts';
import { listed, shortened } from './sentences.ts';

/** The scheduler's own message, unless a volume is the reason: then the volume's place and the state of the nodes there. */
export function unschedulableWords({ scheduler, volume }: Unschedulable): string {
  if (volume === undefined) return shortened(scheduler);
  const { place, nodes } = volume;
  const [only] = nodes;
  if (only && nodes.length === 1) {
    const there = only.name === place ? '' : `in ${place ?? 'one place'} `;
    return `its volume lives ${there}on ${only.name}, which is ${only.state}`;
  }
  const lives = `its volume lives ${place === undefined ? 'elsewhere' : `in ${place}`}`;
  if (nodes.length === 0) return `${lives}, where the cluster has no node`;
  const states = nodes.slice(0, 3).map(({ name, state }) => `${name} is ${state}`);
  return `${lives}: ${listed(...states, nodes.length > 3 && `${nodes.length - 3} more`)}`;
}

/** Puts into words why no node takes a pod. */
import type { Place } from '#src/objects/nodeselector.ts';
import { taintText } from '#src/objects/taints.ts';
import type { ClosedNode, Reach, ReachingNode, Unschedulable } from '#src/statefulset/scheduling.ts';
import { inOneLine, listed, named, shortened } from './sentences.ts';

/**
 * The scheduler's own words, and then where the pod's volumes let it run.
 *
 * @param fitted what is shown of a long message
 */
export function unschedulableWords(
  { scheduler, reach }: Unschedulable,
  fitted: (text: string) => string = shortened,
): string {
  return [schedulerWords(scheduler, fitted), reach && reachWords(reach)].filter(Boolean).join('; ');
}

/**
 * The scheduler's message up to its cause: behind that stands why preemption would not help.
 * Source: `FitError.Error`, pkg/scheduler/framework/types.go.
 */
export function schedulerWords(message: string, fitted: (text: string) => string = shortened): string {
  const text = inOneLine(message);
  return fitted(/^0\/\d+ nodes are available: .*?\.(?= )/.exec(text)?.[0] ?? text);
}

/** `its volume lives in zone-c on node-3, which is cordoned` */
export function reachWords({ volumes, nodes, complete }: Reach): string {
  const lives = volumes.length === 1 ? 'its volume lives' : 'its volumes live';
  const [only] = nodes;
  if (only && nodes.length === 1) return `${lives} ${onNode(only, volumes)}`;
  if (nodes.length === 0 && complete) return noNodeWords(lives, volumes);
  const closed = nodes.flatMap((node) => (node.closed ? `${node.name} ${closedWords(node.closed)}` : []));
  const told = listed(...closed.slice(0, 3), closed.length > 3 && `${closed.length - 3} more`);
  return `${lives} ${placesWords(volumes)}${told && `: ${told}`}`;
}

type PlacedVolumes = Reach['volumes'];

/** `in zone-a`, `on node-1`; `elsewhere` where nothing names the place */
function placesWords(volumes: PlacedVolumes): string {
  const places = volumes.flatMap(({ place }) => (place ? `${prepositions[place.kind]} ${place.text}` : []));
  return named([...new Set(places)]) || 'elsewhere';
}

const prepositions: Record<Place['kind'], string> = { nodes: 'on', zones: 'in' };

function onNode({ name, closed }: ReachingNode, volumes: PlacedVolumes): string {
  const places = placesWords(volumes);
  const isThere = volumes.every(({ place }) => place?.kind === 'nodes');
  const place = places === 'elsewhere' ? 'in one place ' : isThere ? '' : `${places} `;
  return `${place}on ${name}${closed ? `, which ${closedWords(closed)}` : ''}`;
}

function noNodeWords(lives: string, volumes: PlacedVolumes): string {
  const lost = volumes.find(({ nodes }) => nodes === 0);
  if (lost === undefined) {
    const places = placesWords(volumes);
    return `${lives} apart${places === 'elsewhere' ? '' : `, ${places}`}: no node reaches them all`;
  }
  const where = volumes.length > 1 ? `its volume ${lost.name} lives` : lives;
  return lost.place?.kind === 'nodes'
    ? `${where} on ${lost.place.text}, which the cluster does not have`
    : `${where} ${placesWords([lost])}, where the cluster has no node`;
}

function closedWords(closed: ClosedNode): string {
  return closed.state === 'tainted' ? `has the taint ${taintText(closed.taint)}` : `is ${closed.state}`;
}

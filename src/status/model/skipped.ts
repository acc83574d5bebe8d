/** What a diagnosis did not look at, and would tell more. */
import type { Part, Snapshot } from '#src/objects/snapshot.ts';
import { storageOf } from '#src/tree/model/summary.ts';
import type { Topology } from '#src/tree/model/topology.ts';
import type { Cause } from './causes.ts';
import { asked, type Facts } from './nodefacts.ts';

export interface Skipped {
  what:
    | 'pods'
    | 'claims'
    | 'volumes'
    | 'classes'
    | 'events'
    | 'nodes'
    | 'services'
    | 'budgets'
    | 'volume attachments'
    | 'drivers of nodes'
    | 'pods of nodes'
    | 'managed fields';
  /** `not read`: a watch does not ask for it each time, the server gave no usable answer in time, or it is too much. */
  why: 'forbidden' | 'not given' | 'not read';
  /** The right that is missing: `list events`. */
  right: string | undefined;
  /** The one that the files lack, where they hold others. */
  name?: string | undefined;
}

const partNames = ['pods', 'claims', 'volumes', 'classes', 'events', 'nodes', 'services'] as const;

/**
 * The parts that may not be read, or that files lack. Of a cluster, a part that is not needed was not given either. Where
 * no cause was found, what is lacking may still keep the set from what was asked for.
 */
export function skippedIn(topology: Topology, snapshot: Snapshot, facts: Facts, causes: readonly Cause[]): Skipped[] {
  const { rollout, governingService } = topology;
  const isDone = rollout.state === 'done' || !('next' in rollout);
  const storage = storageOf(topology);
  const hasClaims = storage.length > 0;
  // Only a claim that waits may do so for its class.
  const waits = storage.some(({ findings }) => findings.some(({ kind }) => kind === 'pending'));
  const isOfFiles = snapshot.statefulSets.others === 'not given';
  const unread = isOfFiles ? [] : unreadFor(causes, snapshot, facts);
  const parts: [Skipped['what'], Part<unknown> | undefined][] = [
    ...partNames.map((part): [Skipped['what'], Part<unknown>] => [part, snapshot[part]]),
    ['budgets', snapshot.budgets],
    ['volume attachments', facts.attachments],
    ['drivers of nodes', facts.drivers],
    ['pods of nodes', facts.pods],
    // They were read for other sets too.
    ['managed fields', asked(causes).managed ? facts.managed : undefined],
  ];
  return parts.flatMap(([what, part]): Skipped[] => {
    // That it is missing is a cause by itself, and files may hold Services of other sets.
    const isUnseen = what === 'services' && isOfFiles && governingService?.service.state === 'not given';
    if (isDone && causes.length === 0 && !isUnseen) return [];
    if (!hasClaims && (what === 'claims' || what === 'volumes')) return [];
    if (!waits && what === 'classes') return [];
    if (part?.others === 'forbidden') {
      const where = what === 'pods of nodes' ? ' in all namespaces' : '';
      return [{ what, why: 'forbidden', right: `${part.refusal.verb} ${part.refusal.resource}${where}` }];
    }
    if (unread.includes(what)) return [{ what, why: 'not read', right: undefined }];
    // The files may hold other nodes than that of a pod.
    const isNode =
      what === 'nodes' && topology.members.some((each) => each.state === 'found' && each.lostNode === 'not given');
    const isLacking = isOfFiles && part?.others === 'not given' && (part.items.length === 0 || isNode);
    const name = isUnseen && snapshot.services.items.length > 0 ? governingService.name : undefined;
    return isLacking || isUnseen ? [{ what, why: 'not given', right: undefined, name }] : [];
  });
}

/** What the causes ask for, and nobody has read. Budgets tell something of any set that is not well. */
function unreadFor(causes: readonly Cause[], { budgets }: Snapshot, facts: Facts): Skipped['what'][] {
  const { attachments, drivers, managed } = asked(causes);
  const lacksNodes = (part: Part<unknown> | undefined) =>
    drivers.length > 0 && (part === undefined || drivers.some((node) => facts.passedOver.includes(node)));
  return [
    ...(causes.length > 0 && budgets?.others === 'not given' ? (['budgets'] as const) : []),
    ...(attachments && facts.attachments === undefined ? (['volume attachments'] as const) : []),
    ...(lacksNodes(facts.drivers) ? (['drivers of nodes'] as const) : []),
    ...(lacksNodes(facts.pods) ? (['pods of nodes'] as const) : []),
    ...(managed && facts.managed === undefined ? (['managed fields'] as const) : []),
  ];
}

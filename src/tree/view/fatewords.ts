/** Puts into words what becomes of a claim and of its data, and what decides it. */
import { listed, named } from '#src/drawing/sentences.ts';
import { volumeFateWords } from '#src/drawing/volumefatewords.ts';
import { ownerName, podKind, refersTo, setKind } from '#src/objects/owners.ts';
import type { Pod, StatefulSet } from '#src/objects/types.ts';
import type { ClaimFate, Owner } from '#src/statefulset/fate.ts';
import type { Holder } from '#src/statefulset/podclaims.ts';
import type { Storage } from '#src/statefulset/storage.ts';

/** What becomes of a claim; empty where it stays, or is being deleted, which its findings say. */
export function fateWords({ fate, fateByPolicy, volumeFate }: Storage, place: Place): string {
  if (fate === undefined) return '';
  const volume = goes(fate) || goes(fateByPolicy) ? volumeFateWords(volumeFate) : '';
  return listed(claimWords(fate, place), policyWords(fateByPolicy, place), fate.kind !== 'goes now' && volume);
}

/** Where a claim stands: in the tree of a set, and below a pod. */
export interface Place {
  set: StatefulSet;
  pod: Pod | undefined;
}

function goes(fate: ClaimFate | undefined): boolean {
  return fate !== undefined && fate.kind !== 'stays';
}

function claimWords(fate: ClaimFate, place: Place): string {
  switch (fate.kind) {
    case 'stays':
    case 'goes now':
      return '';
    case 'owners are gone': {
      const names = named(fate.owners.map(ownerName));
      return fate.owners.length === 1
        ? `its owner ${names} is gone: goes now`
        : `its owners ${names} are gone: goes now`;
    }
    case 'goes with':
      return goesWith(fate.owners, place);
  }
}

/** The garbage collector waits for the last of several owners. */
function goesWith(owners: readonly Owner[], { set, pod }: Place): string {
  const names = owners.map((owner) => {
    if (refersTo(owner, setKind, set)) return 'the set';
    return pod !== undefined && refersTo(owner, podKind, pod) ? 'the pod' : ownerName(owner);
  });
  return names.length === 1 ? `goes with ${names[0]}` : `goes when ${named(names)} are gone`;
}

function policyWords(fate: ClaimFate | undefined, place: Place): string {
  if (fate === undefined) return '';
  const words = fate.kind === 'goes with' ? goesWith(fate.owners, place) : 'stays';
  return `${words} once the controller has changed its owners`;
}

/** That a claim is being deleted, and when it goes with its data. A pod that has no node does not hold it. */
export function goingWords({ holders, volumeFate }: Storage): string {
  const [first, ...others] = holders.filter(({ state }) => state !== 'not scheduled');
  if (first === undefined) return listed('being deleted', volumeFateWords(volumeFate));
  const when = `when ${others.length > 0 ? `${first.pod} and ${others.length} more pods do` : `${first.pod} does`}`;
  switch (volumeFate) {
    case 'deleted':
    case 'scrubbed':
      return `being deleted: its data goes ${when}`;
    case 'to be deleted':
      return `being deleted: its data goes ${when}, if its volume can be deleted`;
    default:
      return `being deleted: ${listed(`the claim goes ${when}`, volumeFateWords(volumeFate))}`;
  }
}

const states: Record<Holder['state'], (names: readonly string[]) => string> = {
  running: (names) => `in use by ${named(names)}`,
  completed: (names) => `held by ${ended(names, 'completed')}`,
  failed: (names) => `held by ${ended(names, 'failed')}`,
  'not scheduled': (names) => `named by ${named(names)}, not scheduled`,
};

/** A pod that has ended holds a claim against deletion alone. */
function ended(names: readonly string[], how: string): string {
  return names.length === 1
    ? `the ${how} pod ${names[0]}: delete that first`
    : `the ${how} pods ${named(names)}: delete those first`;
}

/** The pods that name a claim which stands below none of them; empty where none does. */
export function holderWords(holders: readonly Holder[]): string {
  const byState = Map.groupBy(holders, ({ state }) => state);
  return listed(...[...byState].map(([state, some]) => states[state](some.map(({ pod }) => pod))));
}

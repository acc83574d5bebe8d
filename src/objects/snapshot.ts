/** What a source knows of a cluster at one moment. Everything that is shown or decided is told from one of these. */
import { namespacedKey } from './namespacedkey.ts';
import type { Claim, Class, Event, Named, Node, Pod, Service, StatefulSet, Volume } from './types.ts';

/**
 * What it means that an object is not in a part:
 * `missing`, the source looked and it is not there; `forbidden`, it was not allowed to look;
 * `not given`, the source could not look (a file holds what somebody put into it).
 */
export type Absence = 'missing' | 'forbidden' | 'not given';

/** A refusal by the API server, in the words of its answer. */
export interface Refusal {
  verb: string;
  /** The resource with its group, as RBAC names it: `statefulsets.apps`. */
  resource: string;
  message: string;
}

/** The objects of one kind that a source has, and what the absence of any other one means. */
export type Part<T> =
  | { readonly items: readonly T[]; readonly others: 'missing' | 'not given' }
  | { readonly items: readonly T[]; readonly others: 'forbidden'; readonly refusal: Refusal };

export interface Snapshot {
  statefulSets: Part<StatefulSet>;
  services: Part<Service>;
  pods: Part<Pod>;
  claims: Part<Claim>;
  volumes: Part<Volume>;
  classes: Part<Class>;
  /** Only read where something needs an explanation. */
  nodes: Part<Node>;
  /** Only read where something needs an explanation, and then only what concerns it. */
  events: Part<Event>;
  /** What kubelets measured of mounted claims; undefined unless it was asked for. */
  usage?: Part<VolumeUsage>;
}

/** How full the file system of a mounted claim is, in bytes, as the kubelet of its node measured it. */
export interface VolumeUsage {
  namespace: string;
  claim: string;
  used: number;
  available: number;
  capacity: number;
}

/** A part that nobody read or gave. */
export const notGiven = { items: [], others: 'not given' } as const;

/** What a first reading leaves open: the objects by which a second one completes the picture. */
export interface Needs {
  /** Names of the volumes that claims are bound to. */
  volumes: string[];
  /** Names of the classes that claims are of. */
  classes: string[];
  /** Whether a pod has no node, or may have lost it, so that the nodes may tell why. */
  nodes: boolean;
  /** The UIDs of the objects whose events may explain something: claims that wait, sets that lack a pod. */
  events: string[];
}

/** An object that another one names: found, or why it is not at hand. */
export type Lookup<T> = { readonly state: 'found'; readonly object: T } | { readonly state: Absence };

/** An index of a part by namespace and name; what it does not hold is answered with the part's `others`. */
export function index<T extends Named>(part: Part<T>): (namespace: string | undefined, name: string) => Lookup<T> {
  const byName = new Map<string, T>();
  for (const object of part.items) byName.set(namespacedKey(object.metadata.namespace, object.metadata.name), object);
  return (namespace, name) => {
    const object = byName.get(namespacedKey(namespace, name));
    return object ? { state: 'found', object } : { state: part.others };
  };
}

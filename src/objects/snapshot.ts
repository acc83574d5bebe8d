/**
 * The objects of a cluster at one moment, as far as a source has them. Models take all that they know from a Snapshot.
 */
import { namespacedKey } from './namespacedkey.ts';
import type {
  Budget,
  Claim,
  Class,
  ControllerRevision,
  Event,
  Named,
  Node,
  Pod,
  Service,
  StatefulSet,
  Volume,
} from './types.ts';

/**
 * What it means that a part lacks an object: `missing`, the source looked and the object does not exist; `forbidden`,
 * the source was not allowed to look; `not given`, the source could not look, since a file holds only what was put into
 * it.
 */
export type Absence = 'missing' | 'forbidden' | 'not given';

/** A refusal by the API server, with the message of its answer. */
export interface Refusal {
  verb: string;
  /** With its group: `statefulsets.apps`. */
  resource: string;
  message: string;
}

/** The objects of one kind that a source has, and what it means that it lacks any other. */
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
  /** Read only if something needs an explanation. */
  nodes: Part<Node>;
  /** Read only if something needs an explanation, and then only the events about it. */
  events: Part<Event>;
  /** PodDisruptionBudgets and ControllerRevisions, which only files bring; undefined where nobody looked for them. */
  budgets?: Part<Budget>;
  revisions?: Part<ControllerRevision>;
  /**
   * When it was read, by the server's clock, in milliseconds since the epoch. Of files, the newest time in them.
   */
  time: number;
  /** The latest that it may be instead: of files, when this machine read them. Undefined where the time is known. */
  latest?: number;
  /** How full mounted claims are, as kubelets measured it; undefined unless it was asked for. */
  usage?: Part<VolumeUsage>;
}

/** How full the file system of a mounted claim is, in bytes, as the kubelet of the node measured it. */
export interface VolumeUsage {
  namespace: string;
  claim: string;
  used: number;
  available: number;
  capacity: number;
}

/** A part that the source could not look for. */
export const notGiven = { items: [], others: 'not given' } as const;

/** The objects that a first reading refers to, and that a second one must read. */
export interface Needs {
  /** The names of the volumes that claims are bound to. */
  volumes: string[];
  /** The names of the classes of claims. */
  classes: string[];
  /** The names of the nodes that pods may have lost; `all` where a pod has no node. */
  nodes: readonly string[] | 'all';
  /** The UIDs of the claims that are pending or grow, whose events may explain them. */
  events: string[];
  /** The UIDs of the pods that are not ready, and of their sets, whose warnings may explain them. */
  warnings: string[];
}

/** The object that another one names, or why the Snapshot does not have it. */
export type Lookup<T> = { readonly state: 'found'; readonly object: T } | { readonly state: Absence };

/** Indexes a part by namespace and name. An object that the part lacks has the state of the part's `others`. */
export function index<T extends Named>(part: Part<T>): (namespace: string | undefined, name: string) => Lookup<T> {
  const byName = new Map<string, T>();
  for (const object of part.items) byName.set(namespacedKey(object.metadata.namespace, object.metadata.name), object);
  return (namespace, name) => {
    const object = byName.get(namespacedKey(namespace, name));
    return object ? { state: 'found', object } : { state: part.others };
  };
}

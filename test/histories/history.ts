/** A history: a set, a change of it, what goes wrong meanwhile, and what a gate that waits for it must say. */

/** Whether nothing goes wrong, it heals by itself, or it never does. */
export const fates = ['healthy', 'heals', 'stuck'] as const;

export type Fate = (typeof fates)[number];

export interface SetShape {
  replicas: number;
  start: number;
  policy: 'OrderedReady' | 'Parallel';
  strategy: 'RollingUpdate' | 'OnDelete';
  partition: number;
  minReadySeconds: number;
  /** The names of its claim templates. */
  claims: readonly string[];
  /** Another number is another pod template. */
  template: number;
}

/** Milliseconds: at least, and at most. */
export type Span = readonly [number, number];

/** How long the steps of a pod's life take; each pod's are drawn anew. */
export interface Pace {
  /** Until its containers run. */
  start: Span;
  /** From then until it is ready. */
  ready: Span;
  /** Being deleted. */
  end: number;
}

/** Undefined durations are for ever. Pods are those that are made after the change. */
export type Trouble =
  /**
   * Containers that end with an error, so many times. They run again `backOff` milliseconds after the first time, then
   * after twice as long. `flaps`: the pod is ready while they run, for less than `minReadySeconds`.
   */
  | { kind: 'crashes'; times: number | undefined; backOff: number; flaps: boolean; pods: 'one' | 'each' }
  /** An image that cannot be pulled for so many milliseconds. */
  | { kind: 'image is missing'; lasts: number | undefined; pods: 'one' | 'each' }
  /** The node of all pods is lost before the change. */
  | { kind: 'node is lost'; lasts: number | undefined }
  | { kind: 'image has no name' }
  | { kind: 'name is taken'; ordinal: number }
  | { kind: 'quota'; pods: number }
  /** A finalizer of nobody holds this pod. */
  | { kind: 'finalizer'; ordinal: number }
  /** OnDelete, and nobody deletes. */
  | { kind: 'nobody deletes' }
  /** The set was deleted with `--cascade=orphan`, and is made again with another claim template. */
  | { kind: 'claims do not fit' }
  | { kind: 'name is too long' }
  /** A readiness probe that fails, which nobody can tell from a slow start. */
  | { kind: 'never ready' };

/** Why a gate ends with 1. */
export type Ground = 'certain' | 'likely' | 'outdated' | 'time-out';

export interface History {
  fate: Fate;
  seed: number;
  /** The set that is there and well before the change; undefined where the change is to make it. */
  before: SetShape | undefined;
  after: SetShape;
  /** What becomes of it so many milliseconds after the change. */
  middle: { wait: number; set: SetShape } | undefined;
  pace: Pace;
  trouble: Trouble | undefined;
  gate: {
    for: 'rollout' | 'ready';
    /** Milliseconds. */
    timeout: number;
    stuckAfter: number;
    output: 'text' | 'json';
    /** Runs it as people do, in a process of its own. */
    asProcess: boolean;
  };
  /** Why it must end with 1; undefined where it must end with 0. */
  expected: Ground | undefined;
}

/** A history's name, by which it can be repeated. */
export function nameOf({ fate, seed }: Pick<History, 'fate' | 'seed'>): string {
  return `${fate}-${seed}`;
}

/** What kind of history it is, for a person. */
export function kindOf({ fate, trouble, before, after }: History): string {
  if (trouble) return `${fate}: ${trouble.kind}`;
  if (before === undefined) return `${fate}: created`;
  const [scaled, updated] = [before.replicas !== after.replicas, before.template !== after.template];
  return `${fate}: ${[...(updated ? ['updated'] : []), ...(scaled ? ['scaled'] : [])].join(' and ')}`;
}

/** The set's name in the cluster. */
export function setNameOf(history: History): string {
  const name = nameOf(history);
  // With a hash of one digit, the label `controller-revision-hash` has 64 characters: one too many.
  return history.trouble?.kind === 'name is too long' ? `${name}-${'x'.repeat(61 - name.length)}` : name;
}

/** What a dump of a broken set still has to tell, whatever was left out of it. */
import assert from 'node:assert/strict';

/** Of `kubectl sts status NAME -o json`. */
export interface Told {
  causes: {
    kind: string;
    ground: string;
    pod?: string;
    container?: string;
    sentence: string;
    actions?: { command: string }[];
  }[];
  skipped: { what: string }[];
}

export interface Dumped {
  kind: string;
  [field: string]: unknown;
}

/** What `kubectl get` gives to somebody who asks for help. */
export const dumpedKinds = [
  ...[
    'statefulsets',
    'pods',
    'persistentvolumeclaims',
    'services',
    'events',
    'controllerrevisions',
    'poddisruptionbudgets',
  ],
  ...['persistentvolumes', 'storageclasses', 'nodes', 'csinodes', 'volumeattachments'],
];

export type Omission = 'events' | 'nodes';

/** Events are gone after an hour, and many may not read nodes. */
export const omissions: readonly (readonly Omission[])[] = [[], ['events'], ['nodes'], ['events', 'nodes']];

const kindOf: Readonly<Record<Omission, string>> = { events: 'Event', nodes: 'Node' };

export function without(objects: readonly Dumped[], omitted: readonly Omission[]): Dumped[] {
  return objects.filter(({ kind }) => !omitted.some((each) => kindOf[each] === kind));
}

/** The kinds of causes that show in nothing but events, or nodes. All others show in the pods, claims and sets themselves. */
const evidence: Readonly<Record<string, Omission>> = {
  podRefused: 'events',
  mount: 'events',
  attach: 'events',
  sandbox: 'events',
  warning: 'events',
  // That a container was killed for its probe; a probe that merely fails shows in the pod.
  probe: 'events',
  node: 'nodes',
  // Within the grace period of a pod, only that its node is lost; finalizers show in the pod.
  doesNotEnd: 'nodes',
};

/**
 * These are seen by what is missing in the cluster: in a dump, the same may only have been left out. How the pod of a
 * driver is, a dump of another namespace does not tell either.
 */
const byAbsence =
  /^the governing Service \S+ is missing|: there is no StorageClass |the CSI driver \S+ is not registered on node \S+;/;

/**
 * A dump tells the same cause, or that it cannot know. That means:
 *
 * 1. Its first cause is of the same kind and of the same pod as the cluster's first one; in a dump with all objects, in
 *    the same words.
 * 2. Where the evidence for that one was left out, or is that something is missing, there may be no cause instead, or one
 *    whose ground is `undetermined`, of the kinds that `otherwise` lists. Then `skipped` names what was not in the dump.
 * 3. No cause is told as certain or likely that the cluster's own diagnosis does not tell too, and none as certain that
 *    is not certain there.
 *
 * @param otherwise as of a set that is shown; undefined allows all kinds
 */
export function assertSame(
  cluster: Told,
  dump: Told,
  omitted: readonly Omission[],
  otherwise?: readonly string[],
): void {
  const context = JSON.stringify({ omitted, cluster: cluster.causes, dump: [dump.causes, dump.skipped] });
  const isSame = (a: Told['causes'][number], b: Told['causes'][number]) => a.kind === b.kind && a.pod === b.pod;
  for (const cause of dump.causes.filter(({ ground }) => ground !== 'undetermined')) {
    const own = cluster.causes.find((each) => isSame(each, cause));
    assert.ok(own, `another cause: ${cause.sentence}: ${context}`);
    if (cause.ground === 'certain') assert.equal(own.ground, 'certain', context);
  }
  const [expected] = cluster.causes;
  const [first] = dump.causes;
  assert.ok(expected, context);
  const isAbsence = byAbsence.test(expected.sentence);
  if (first && isSame(first, expected)) {
    if (omitted.length === 0 && !isAbsence) assert.equal(first.sentence, expected.sentence, context);
    return;
  }
  const lacking = [...omitted.filter((each) => evidence[expected.kind] === each), ...(isAbsence ? ['services'] : [])];
  assert.ok(
    lacking.some((each) => dump.skipped.some(({ what }) => what === each)),
    `not told as skipped: ${context}`,
  );
  assert.equal(first?.ground ?? 'undetermined', 'undetermined', context);
  const kind = first?.kind ?? 'none';
  assert.ok(otherwise === undefined || otherwise.includes(kind), `${kind} in place of ${expected.kind}: ${context}`);
}

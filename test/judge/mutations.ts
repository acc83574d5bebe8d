/**
 * Faults that somebody could write into `nextSync`. The judge must show each of them: one that does not notice them shows
 * nothing. mutant.ts writes them.
 */

export interface Mutation {
  fault: string;
  file: string;
  /** Source text that stands in the file once, and what stands there instead. */
  from: string;
  to: string;
}

export const mutations: readonly Mutation[] = [
  {
    fault: 'takes ready for available',
    file: 'pods',
    from: 'return minReadySeconds === 0 || (at !== undefined && at <= now);',
    to: 'return true;',
  },
  {
    fault: 'asks for the phase of an available pod',
    file: 'pods',
    from: "if (readyCondition(pod)?.status !== 'True') return false;",
    to: 'if (!isReady(pod)) return false;',
  },
  {
    fault: 'takes a pod that is being deleted for available',
    file: 'pods',
    from: 'return !isAvailable(rule, pod) || isTerminating(pod);',
    to: 'return !isAvailable(rule, pod);',
  },
  {
    fault: 'does not replace pods that have succeeded',
    file: 'pods',
    from: "status?.phase === 'Failed' || status?.phase === 'Succeeded'",
    to: "status?.phase === 'Failed'",
  },
  {
    fault: 'removes no condemned pod',
    file: 'sync',
    from: 'if (forAll(ordered, condemned, (pod) => processCondemned(context, condemned, pod), sync)) return false;',
    to: '',
  },
  {
    fault: 'leaves the claims of condemned pods alone',
    file: 'sync',
    from: '({ acts: fixClaimOwners(context, pod) })',
    to: '({ acts: [] })',
  },
  {
    fault: 'removes a condemned pod that is not well',
    file: 'sync',
    from: 'if (ordered && !isWell && pod !== lowest) {',
    to: 'if (false) {',
  },
  {
    fault: 'spares the highest unavailable condemned pod in place of the lowest',
    file: 'sync',
    from: 'condemned.findLast((each) => isUnavailable(context, each))',
    to: 'condemned.find((each) => isUnavailable(context, each))',
  },
  {
    fault: 'removes condemned pods from the lowest up',
    file: 'sync',
    from: 'ordinalOf(b.metadata.name) - ordinalOf(a.metadata.name)',
    to: 'ordinalOf(a.metadata.name) - ordinalOf(b.metadata.name)',
  },
  {
    fault: 'updates an OnDelete set',
    file: 'sync',
    from: "return type !== 'OnDelete' && type !== 'Recreate';",
    to: "return type !== 'Recreate';",
  },
  {
    fault: 'recreates without deleting first',
    file: 'sync',
    from: "if (type === 'Recreate' && recreates(context, replicas, condemned, sync)) return false;",
    to: '',
  },
  {
    fault: 'works on a set that is being deleted',
    file: 'sync',
    from: '!set.metadata.deletionTimestamp && ',
    to: '',
  },
  {
    fault: 'goes on after an error',
    file: 'sync',
    from: 'sync.errors.length > 0 || (ordered && outcomes.some(({ exits }) => exits))',
    to: 'ordered && outcomes.some(({ exits }) => exits)',
  },
  { fault: 'goes through a Parallel set in one batch', file: 'batches', from: 'let size = 1;', to: 'let size = 500;' },
  {
    fault: 'counts the partition from 0',
    file: 'revisions',
    from: 'return wantedOrdinals(set).start + (',
    to: 'return (',
  },
  {
    fault: 'creates every pod in the update revision',
    file: 'revisions',
    from: 'return ordinal < firstUpdated(set) ? (currentRevision ?? updateRevision) : updateRevision;',
    to: 'return updateRevision;',
  },
  {
    fault: 'compares with the current revision',
    file: 'update',
    from: 'return revisionOf(pod) !== set.status?.updateRevision;',
    to: 'return revisionOf(pod) !== set.status?.currentRevision;',
  },
  {
    fault: 'updates from the lowest pod up',
    file: 'update',
    from: 'return replicas.filter(({ ordinal }) => ordinal >= from).toReversed();',
    to: 'return replicas.filter(({ ordinal }) => ordinal >= from);',
  },
  {
    fault: 'waits for no pod of the update',
    file: 'update',
    from: 'if (isUnavailable(context, pod)) return { waits: [unavailability(context, pod)] };',
    to: '',
  },
  {
    fault: 'rounds maxUnavailable up',
    file: 'update',
    from: 'Math.floor(',
    to: 'Math.ceil(',
  },
  {
    fault: 'counts only the pods of the update as unavailable',
    file: 'update',
    from: 'return replicas.filter(({ pod }) => pod === undefined || isUnavailable(context, pod)).length;',
    to: 'return targetsOf(context, replicas).filter(({ pod }) => pod === undefined || isUnavailable(context, pod)).length;',
  },
  {
    fault: 'replaces unavailable pods first before 1.37 too',
    file: 'update',
    from: 'if (ordered || minor < 37) return',
    to: 'if (ordered) return',
  },
  {
    fault: 'does not replace unavailable pods first',
    file: 'update',
    from: 'if (ordered || minor < 37) return',
    to: 'if (true) return',
  },
  {
    fault: 'creates a pod on a claim of an earlier pod',
    file: 'replicas',
    from: 'if (stale !== undefined)',
    to: 'if (false)',
  },
  {
    fault: 'creates the claims of pending pods never',
    file: 'replicas',
    from: "pod.status?.phase === 'Pending' ? pendingClaims(context, pod) : {}",
    to: '{}',
  },
  {
    fault: 'takes any pod for one that fits',
    file: 'replicas',
    from: 'return templateNames(set).every((template) => {',
    to: 'return templateNames(set).slice(0, 0).every((template) => {',
  },
  {
    fault: 'leaves the labels of a pod alone',
    file: 'replicas',
    from: 'const isLabelled = pod.metadata.labels?.[podNameLabel] === name;',
    to: 'const isLabelled = true;',
  },
  {
    fault: 'looks for the owners of claims by a name with a leading zero',
    file: 'replicas',
    from: '{ metadata: { ...pod.metadata, name: expected } }',
    to: 'pod',
  },
  {
    fault: 'takes a pod whose name has a leading zero for one that fits',
    file: 'replicas',
    from: 'const isNamed = name === expected;',
    to: 'const isNamed = true;',
  },
  {
    fault: 'goes on at an ended pod',
    file: 'replicas',
    from: "return { exits: true, acts: [{ act: 'delete pod', pod: name, why: 'ended' }] };",
    to: "return { acts: [{ act: 'delete pod', pod: name, why: 'ended' }] };",
  },
  {
    fault: 'creates a pod whose name is taken',
    file: 'replicas',
    from: 'if (pods.has(name)) return',
    to: 'if (false) return',
  },
  {
    fault: 'makes several pods of an ordered set at a time',
    file: 'replicas',
    from: 'const isBlocking = isTerminating(pod) || !isReady(pod) || !isAvailable(context, pod);',
    to: 'const isBlocking = false;',
  },
  {
    fault: 'ignores that a claim is being deleted',
    file: 'claims',
    from: 'else if (found.metadata.deletionTimestamp) errors.push',
    to: 'else if (false) errors.push',
  },
  {
    fault: 'lets the claims of a condemned pod belong to the set',
    file: 'claims',
    from: "const goesWithPod = whenScaled === 'Delete' && isCondemned;",
    to: 'const goesWithPod = false;',
  },
  {
    fault: 'takes claims away from other controllers',
    file: 'claims',
    from: 'return own === undefined ? reference.controller === true : reference.uid !== own.uid;',
    to: 'return own !== undefined && reference.uid !== own.uid;',
  },
  {
    fault: 'adopts no orphan',
    file: 'membership',
    from: 'else if (owner === undefined && matches &&',
    to: 'else if (false &&',
  },
  {
    fault: 'releases no pod',
    file: 'membership',
    from: "else if (owner !== undefined && !isDeleted) acts.push({ act: 'release', pod: name });",
    to: '',
  },
];

/** Faults of the waits alone. An answer of a controller does not tell all the pods that it waits for: experiment.ts shows them. */
export const waitMutations: readonly Mutation[] = [
  {
    fault: 'waits for every unavailable pod, though no more pods would go',
    file: 'update',
    from: 'return more.length > 0 ? staying.map((pod) => unavailability(context, pod)) : [];',
    to: 'return staying.map((pod) => unavailability(context, pod));',
  },
  {
    fault: 'waits for no unavailable pod, though more pods would go',
    file: 'update',
    from: 'return more.length > 0 ? staying.map((pod) => unavailability(context, pod)) : [];',
    to: 'return [];',
  },
  {
    fault: 'waits for one unavailable pod where it takes several',
    file: 'update',
    from: 'staying.map((pod) => unavailability(context, pod)) : [];',
    to: 'staying.slice(0, 1).map((pod) => unavailability(context, pod)) : [];',
  },
  {
    fault: 'waits for no old pod before it recreates',
    file: 'sync',
    from: 'if (going.length === 0) sync.waits.push(...old.map((pod) => unavailability(context, pod)));',
    to: '',
  },
  {
    fault: 'waits for the lowest condemned pod alone, where the highest one would do',
    file: 'sync',
    from: 'const awaited = lowest === undefined ? [pod] : [pod, lowest];',
    to: 'const awaited = lowest === undefined ? [pod] : [lowest];',
  },
  {
    fault: 'waits for no pod of a Parallel set that is being deleted',
    file: 'replicas',
    from: 'const waits = isTerminating(pod) ? [unavailability(context, pod)] : [];',
    to: 'const waits: never[] = [];',
  },
  {
    fault: 'waits for no pod that has ended and is being deleted',
    file: 'replicas',
    from: 'if (isTerminating(pod)) return { exits: true, waits: [unavailability(context, pod)] };',
    to: 'if (isTerminating(pod)) return { exits: true };',
  },
  {
    fault: 'waits for no claim of an earlier pod',
    file: 'replicas',
    from: "waits: [{ pod: name, why: { kind: 'claim is stale', claim: stale } }] };",
    to: '};',
  },
  {
    fault: 'waits for every pod of the update that is unavailable',
    file: 'update',
    from: 'return { acts: deletions([pod]) };',
    to: 'return { acts: deletions([pod]), waits: replicas.flatMap(existingPod).filter((each) => isUnavailable(context, each)).map((each) => unavailability(context, each)) };',
  },
];

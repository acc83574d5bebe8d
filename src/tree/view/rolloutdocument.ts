/** A rollout as a document for programs. docs/output.md describes its shape. Fields are added, never renamed. */
import { type Fields, present } from '#src/drawing/document.ts';
import type { OwnerReference } from '#src/objects/owners.ts';
import { formatTime } from '#src/objects/time.ts';
import { blockerOf } from '#src/statefulset/blocker.ts';
import { isReady } from '#src/statefulset/controller/pods.ts';
import type { Evidence } from '#src/statefulset/failure.ts';
import type { Outlook, PodAct, Progress, ProgressState, Rollout } from '#src/statefulset/rollout.ts';
import type { Stuck, StuckCause } from '#src/statefulset/stuck.ts';
import type { Waiting } from '#src/statefulset/waiting.ts';
import { volumeFates } from './storagedocument.ts';

export function rolloutDocument(rollout: Rollout): Fields {
  switch (rollout.state) {
    case 'no status':
      return { state: 'noStatus' };
    case 'deleting':
    case 'unseen':
      return { state: rollout.state };
    default:
      return progressDocument(rollout);
  }
}

const states: Readonly<Record<ProgressState, string>> = {
  scaling: 'scaling',
  updating: 'updating',
  'waits for deletion': 'waitsForDeletion',
  'not ready': 'notReady',
  done: 'done',
};

function progressDocument(progress: Progress): Fields {
  const { judgement, otherwise, state } = progress;
  const stuck = judgement.kind === 'stuck' ? judgement.stuck : undefined;
  const undetermined = judgement.kind === 'undetermined' ? judgement.missing : [];
  // By the set's status alone, nobody knows what happens next.
  const isKnown = !undetermined.includes('pods');
  return present({
    state: stuck ? 'stuck' : states[state],
    cause: stuck && stuckCauses[stuck.cause],
    ...counts(progress),
    blocker: blockerIn(progress, stuck),
    ...(isKnown && outlookDocument(progress)),
    otherwise: otherwise && outlookDocument(otherwise),
    stuck: stuck && stuckDocument(stuck),
    undetermined: undetermined.length > 0 ? undetermined : undefined,
  });
}

function counts({ state, pods, wanted, updated, target, heldBack }: Progress): Fields {
  switch (state) {
    case 'scaling':
      return { pods, wanted };
    case 'updating':
      return { updated, target };
    case 'waits for deletion':
      return { updated, wanted };
    case 'not ready':
      return {};
    case 'done':
      return { heldBack };
  }
}

/** The pod that keeps the rollout, or the set, from being done. */
function blockerIn({ waitsFor, unavailable, state }: Progress, stuck: Stuck | undefined): Fields | undefined {
  const [waiting] = waitsFor;
  const [pod] = unavailable;
  const named = unavailable.find(({ metadata }) => metadata.name === stuck?.pod);
  if (stuck) return named ? blockerFields(named) : (waitsFor.map(blockerDocument)[0] ?? { pod: stuck.pod });
  if (state === 'done') return undefined;
  if (waiting) return blockerDocument(waiting);
  return pod && state !== 'scaling' && state !== 'updating' ? blockerFields(pod) : undefined;
}

export function blockerDocument({ pod, object }: Waiting): Fields {
  return object === undefined ? { pod } : blockerFields(object);
}

function blockerFields(object: NonNullable<Waiting['object']>): Fields {
  const { pod, word, trouble } = blockerOf(object);
  // A pod that is ready is waited for only until it is available.
  const running = isReady(object) ? 'Running' : 'NotReady';
  return { pod, status: word === 'not ready' ? running : word, trouble };
}

function outlookDocument({ next, waitsFor }: Outlook): Fields {
  return { next: next.map(actDocument), waitsFor: waitsFor.map(waitingDocument) };
}

const acts: Readonly<Record<PodAct['act'], string>> = {
  'create pod': 'create',
  'delete pod': 'delete',
  'update pod': 'update',
  adopt: 'adopt',
  release: 'release',
};

const deletions: Readonly<Record<Extract<PodAct, { act: 'delete pod' }>['why'], string>> = {
  update: 'update',
  'scale-down': 'scaleDown',
  ended: 'ended',
  recreate: 'recreate',
};

function actDocument(act: PodAct): Fields {
  return present({
    act: acts[act.act],
    pod: act.pod,
    revision: act.act === 'create pod' ? act.revision : undefined,
    why: act.act === 'delete pod' ? deletions[act.why] : undefined,
  });
}

const reasons: Readonly<Record<Waiting['why']['kind'], string>> = {
  terminating: 'terminating',
  'not ready': 'notReady',
  'not available': 'notAvailable',
  'claim is stale': 'claimIsStale',
  'claim is being deleted': 'claimIsBeingDeleted',
  'name taken': 'nameTaken',
};

function waitingDocument({ pod, why, since }: Waiting): Fields {
  return present({
    pod,
    why: reasons[why.kind],
    since: since === undefined ? undefined : formatTime(since),
    availableAt: why.kind === 'not available' && why.at !== undefined ? formatTime(why.at) : undefined,
    claim: 'claim' in why ? why.claim : undefined,
  });
}

export const stuckCauses: Readonly<Record<StuckCause, string>> = {
  'broken in an older revision': 'brokenInOlderRevision',
  'broken in the update revision': 'brokenInUpdateRevision',
  'name taken': 'nameTaken',
  'identity does not fit': 'identityDoesNotFit',
  'claims do not fit': 'claimsDoNotFit',
  'label too long': 'labelTooLong',
  'strategy not enabled': 'strategyNotEnabled',
  'cannot be created': 'cannotBeCreated',
  'does not end': 'doesNotEnd',
};

function stuckDocument({
  ground,
  pod,
  cause,
  evidence,
  since,
  endangered,
  goes,
  comesBackIn,
  kept,
  lacks,
  former,
  others,
}: Stuck): Fields {
  return present({
    ground,
    pod,
    cause: stuckCauses[cause],
    since: since === undefined ? undefined : formatTime(since),
    evidence: evidence.map(evidenceDocument),
    endangeredClaim: endangered?.claim,
    endangeredVolumeFate: endangered?.volumeFate && volumeFates[endangered.volumeFate],
    claimsGoingWithPod: goes && goes.length > 0 ? goes.map(({ claim }) => claim) : undefined,
    claimsUnknown: goes === undefined ? true : undefined,
    comesBackIn,
    keptByPartition: kept || undefined,
    lacksVolumes: lacks.length > 0 ? lacks : undefined,
    formerClaims: former.length > 0 ? former : undefined,
    otherPods: others.length > 0 ? others : undefined,
  });
}

function ownerDocument({ apiVersion, kind, name }: OwnerReference): Fields {
  return present({ apiVersion: apiVersion || undefined, kind, name });
}

function evidenceDocument(evidence: Evidence): Fields {
  switch (evidence.kind) {
    case 'container': {
      const { kind, name, word, exitCode, restarts, message } = evidence;
      return present({ kind, container: name, reason: word, exitCode, restarts, message });
    }
    case 'warning':
      return { ...evidence };
    case 'unschedulable':
      return { ...evidence };
    case 'node':
      return { kind: 'node', node: evidence.node, state: evidence.state === 'missing' ? 'missing' : 'notReady' };
    case 'finalizers':
      return { ...evidence };
    case 'holder':
      return present({ kind: 'holder', controller: evidence.controller && ownerDocument(evidence.controller) });
  }
}

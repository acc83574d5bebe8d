/** Finds the pod that a Service is to be pinned to, and its StatefulSet. */
import { controllerOf, isOfKind, setKind } from '#src/objects/owners.ts';
import { isEmpty, unmet } from '#src/objects/service.ts';
import { index, type Lookup } from '#src/objects/snapshot.ts';
import type { Pod, StatefulSet } from '#src/objects/types.ts';
import {
  isMember,
  isWanted,
  ordinalOf,
  podName,
  podNameLabel,
  setNameOf,
  wantedOrdinals,
} from '#src/statefulset/identity.ts';
import { selectorOf, without, withoutPod } from './pinning.ts';
import { labelsAt, type PinRefusal, unknown } from './refusal.ts';
import { inNamespace, type PinRequest, type PinSnapshot } from './request.ts';

export interface TargetPod {
  kind: 'found';
  name: string;
  ordinal: number;
  set: StatefulSet;
  /** Undefined where pods were not given. */
  pod: Pod | undefined;
}

type FoundSet = { kind: 'found'; set: StatefulSet };
type Refused = { kind: 'refused'; reason: PinRefusal };

function refused(reason: PinRefusal): Refused {
  return { kind: 'refused', reason };
}

export function targetPodOf(request: PinRequest): TargetPod | Refused {
  const { service, target, snapshot } = request;
  const found = setOf(request);
  if (found.kind === 'refused') return found;
  const { set } = found;
  const name = target.kind === 'pod' ? target.pod : podName(set.metadata.name, target.ordinal);
  const ordinal = ordinalOf(name);
  const wanted = wantedOrdinals(set);
  if (!isWanted(wanted, ordinal)) {
    return refused({ kind: 'ordinal outside the set', set: set.metadata.name, ordinal, wanted });
  }
  const pod = index(snapshot.pods)(service.metadata.namespace, name);
  if (pod.state === 'missing') return refused({ kind: 'pod missing', pod: name });
  if (pod.state === 'forbidden') return refused(unknown(snapshot, 'pods'));
  const object = pod.state === 'found' ? pod.object : undefined;
  if (object && !isMember(set, object)) {
    return refused({ kind: 'not of the set', pod: name, set: set.metadata.name });
  }
  return { kind: 'found', name, ordinal, set, pod: object };
}

function setOf(request: PinRequest): FoundSet | Refused {
  const { service, target, snapshot } = request;
  const { namespace } = service.metadata;
  switch (target.kind) {
    case 'ordinal':
      return selectedSet(request, target.ordinal);
    case 'set': {
      const set = index(snapshot.statefulSets)(namespace, target.set);
      return foundOr({ kind: 'set missing', set: target.set }, set, snapshot);
    }
    case 'pod':
      return setOfPod(target.pod, request);
  }
}

function setOfPod(name: string, { service, snapshot }: PinRequest): FoundSet | Refused {
  const { namespace } = service.metadata;
  const pod = index(snapshot.pods)(namespace, name);
  if (pod.state === 'forbidden') return refused(unknown(snapshot, 'pods'));
  if (pod.state !== 'found') {
    const set = index(snapshot.statefulSets)(namespace, setNameOf(name));
    return foundOr({ kind: 'pod missing', pod: name }, set, snapshot);
  }
  const set = inNamespace(snapshot.statefulSets, namespace).find((other) => isMember(other, pod.object));
  if (set) return { kind: 'found', set };
  const controller = controllerOf(pod.object);
  const isOfSet = controller !== undefined && isOfKind(controller, setKind);
  const isUnseen = snapshot.statefulSets.others !== 'missing' && isOfSet;
  return refused(isUnseen ? unknown(snapshot, 'statefulSets') : { kind: 'not of the set', pod: name, set: undefined });
}

function foundOr(missing: PinRefusal, set: Lookup<StatefulSet>, snapshot: PinSnapshot): FoundSet | Refused {
  if (set.state === 'found') return { kind: 'found', set: set.object };
  return refused(set.state === 'missing' ? missing : unknown(snapshot, 'statefulSets'));
}

/**
 * The one set whose pods the Service selects, or would select if it were not pinned.
 *
 * @param ordinal of the pod that is meant; undefined where that is not known yet
 */
export function selectedSet(
  { service, snapshot }: Pick<PinRequest, 'service' | 'snapshot'>,
  ordinal: number | undefined,
): FoundSet | Refused {
  const { namespace } = service.metadata;
  const whole = selectorOf(service);
  const ofAllPods = withoutPod(whole);
  // An ordinal alone tells of the set too.
  const selector = isEmpty(ofAllPods) ? without(whole, podNameLabel) : ofAllPods;
  if (isEmpty(selector)) {
    const set = index(snapshot.statefulSets)(namespace, setNameOf(whole[podNameLabel] ?? ''));
    return foundOr({ kind: 'selects no set', selector: whole }, set, snapshot);
  }
  const pods = inNamespace(snapshot.pods, namespace).filter((pod) => isEmpty(unmet(selector, pod.metadata.labels)));
  const isRead = snapshot.pods.others === 'missing';
  const sets = inNamespace(snapshot.statefulSets, namespace).filter(
    (set) =>
      pods.some((pod) => isMember(set, pod)) ||
      (!isRead && isEmpty(unmet(selector, labelsAt(set, ordinal ?? wantedOrdinals(set).start)))),
  );
  const [set, ...others] = sets;
  if (others.length > 0) {
    return refused({ kind: 'several sets', sets: sets.map(({ metadata }) => metadata.name), ordinal });
  }
  if (set) return { kind: 'found', set };
  if (snapshot.statefulSets.others !== 'missing') return refused(unknown(snapshot, 'statefulSets'));
  return refused(isRead ? { kind: 'selects no set', selector } : unknown(snapshot, 'pods'));
}

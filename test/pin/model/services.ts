/** Short Services in front of a StatefulSet, and the plans for them. */

import assert from 'node:assert/strict';
import type { Selector } from '#src/objects/service.ts';
import type { Pod, Service, StatefulSet } from '#src/objects/types.ts';
import type { ServicePatch } from '#src/pin/model/patch.ts';
import { selectorOf } from '#src/pin/model/pinning.ts';
import { type PinPlan, type PlannedPin, planPin } from '#src/pin/model/plan.ts';
import { type PinRecord, pinAnnotation, readRecord } from '#src/pin/model/record.ts';
import type { PinRequest, PinSnapshot } from '#src/pin/model/request.ts';
import { planUnpin, type RestorePlan, type UnpinPlan, type UnpinRequest } from '#src/pin/model/restoreplan.ts';
import { podNameLabel } from '#src/statefulset/identity.ts';
import { namespace, podOf, snapshotOf, statefulSet, uidOf } from '../../objects/snapshots.ts';

export const now = '2026-03-04T05:06:07Z';

interface ServiceShape {
  spec?: Partial<NonNullable<Service['spec']>>;
  metadata?: Partial<Service['metadata']>;
}

/** A LoadBalancer in front of the pods labelled `app: web`. */
export function external(name: string, { spec, metadata }: ServiceShape = {}): Service {
  return {
    kind: 'Service',
    metadata: { name, namespace, uid: uidOf('Service', name), resourceVersion: '7', ...metadata },
    spec: { type: 'LoadBalancer', clusterIP: '10.96.0.1', selector: { app: 'web' }, ...spec },
  };
}

/** The pod with the labels that the controller gives it. */
export function member(set: StatefulSet, ordinal: number, shape: Parameters<typeof podOf>[2] = {}): Pod {
  const pod = podOf(set, ordinal, shape);
  const labels = { ...pod.metadata.labels, [podNameLabel]: pod.metadata.name };
  return { ...pod, metadata: { ...pod.metadata, labels } };
}

export const web = statefulSet('web', { replicas: 3 });
export const webPods = [0, 1, 2].map((ordinal) => member(web, ordinal));

export function around(
  parts: Partial<{ [Name in Exclude<keyof PinSnapshot, 'time'>]: PinSnapshot[Name]['items'] }> = {},
): PinSnapshot {
  return snapshotOf({ statefulSets: [web], pods: webPods, ...parts });
}

export function plan(service: Service, request: Partial<PinRequest> = {}): PinPlan {
  return planPin({
    service,
    target: { kind: 'ordinal', ordinal: 1 },
    snapshot: around(),
    now,
    user: 'ada',
    allowNotReady: false,
    ...request,
  });
}

export function pinnable(service: Service, request: Partial<PinRequest> = {}): PlannedPin {
  const answer = plan(service, request);
  assert.ok(answer.kind === 'pin', JSON.stringify(answer));
  return answer;
}

/** The annotation that the plan writes. */
export function writtenRecord({ patch }: PlannedPin): PinRecord {
  const record = readRecord(patch.metadata.annotations[pinAnnotation] ?? '');
  assert.ok(!('unreadable' in record), JSON.stringify(record));
  return record;
}

export function pinned(service: Service, ordinal = 1): Service {
  return patched(service, pinnable(service, { target: { kind: 'set', set: 'web', ordinal } }).patch);
}

export function unpin(service: Service, request: Partial<UnpinRequest> = {}): UnpinPlan {
  return planUnpin({ service, snapshot: around(), force: false, keepChanges: false, ...request });
}

export function restoring(service: Service, request: Partial<UnpinRequest> = {}): RestorePlan {
  const answer = unpin(service, request);
  assert.ok(answer.kind === 'restore', JSON.stringify(answer));
  return answer;
}

export function unpinned(service: Service, request: Partial<UnpinRequest> = {}): Service {
  return patched(service, restoring(service, request).patch);
}

/** What the API server stores: the merge patch applied, and empty maps left out. */
export function patched(service: Service, patch: ServicePatch): Service {
  assert.equal(patch.metadata.resourceVersion, service.metadata.resourceVersion);
  const result: Service = JSON.parse(JSON.stringify(merge(service, patch)));
  if (Object.keys(result.metadata.annotations ?? {}).length === 0) delete result.metadata.annotations;
  assert.notDeepEqual(selectorOf(result), {}, 'a selector is never left empty');
  return result;
}

/** `MergePatch` of RFC 7386. */
function merge(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const result = new Map(isObject(target) ? Object.entries(target) : []);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) result.delete(key);
    else result.set(key, merge(result.get(key), value));
  }
  return Object.fromEntries(result);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function withSelector(service: Service, selector: Selector): Service {
  return { ...service, spec: { ...service.spec, selector: { ...selector } } };
}

export function withNote(service: Service, text: string): Service {
  return { ...service, metadata: { ...service.metadata, annotations: { 'kubectl-sts/pin': text } } };
}

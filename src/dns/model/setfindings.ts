/** What is wrong, or worth knowing, about a set and its governing Service as a whole. */
import { isRunningAndReady } from '#src/objects/podstatus.ts';
import { isHeadless } from '#src/objects/service.ts';
import type { Pod, Service, StatefulSet } from '#src/objects/types.ts';
import { ordinalOf, wantedOrdinals } from '#src/statefulset/identity.ts';
import { isSelected } from '#src/statefulset/selectedpods.ts';
import { clusterIPsOf, type Governing, hasSelector, isAnswering } from './governing.ts';
import type { SetFinding } from './names.ts';

export function setFindings(governing: Governing, members: readonly Pod[]): SetFinding[] {
  const { set, service, slicesUnseen } = governing;
  if (service === undefined) return [{ kind: 'no serviceName' }];
  if (service.state === 'missing') return [{ kind: 'service missing' }];
  const findings: SetFinding[] = [];
  if (service.state === 'found') findings.push(...serviceFindings(set, service.object, members));
  else findings.push({ kind: 'service unknown', why: service.state });
  if (slicesUnseen && isAnswering(service)) findings.push({ kind: 'slices unknown', why: slicesUnseen });
  return findings;
}

function serviceFindings(set: StatefulSet, service: Service, members: readonly Pod[]): SetFinding[] {
  const { spec } = service;
  if (spec?.type === 'ExternalName') return [{ kind: 'ExternalName', target: spec.externalName ?? '' }];
  const findings: SetFinding[] = [];
  if (!isHeadless(service)) findings.push({ kind: 'has a cluster IP', clusterIP: clusterIPsOf(spec).join(', ') });
  if (!hasSelector(service)) return [...findings, { kind: 'no selector' }];
  const pods: readonly (Pod | undefined)[] = members.length > 0 ? members : [undefined];
  const selected = pods.filter((pod) => isSelected(service, set, pod));
  if (selected.length === 0) findings.push({ kind: 'selector misses the pods' });
  const hidden = hiddenPods(set, service, members);
  if (hidden.length > 0) findings.push({ kind: 'hides not-ready pods', pods: hidden });
  return findings;
}

/** Every restart has one pod that is not ready while the others are, so one hidden pod is no reason for a hint. */
function hiddenPods(set: StatefulSet, service: Service, members: readonly Pod[]): string[] {
  if (service.spec?.publishNotReadyAddresses) return [];
  const { start, end } = wantedOrdinals(set);
  const staying = members.filter(({ metadata }) => !metadata.deletionTimestamp);
  const waiting = staying.filter((pod) => !isRunningAndReady(pod) && isSelected(service, set, pod));
  const isStarting = end - start > 1 && waiting.length === staying.length;
  if (waiting.length < 2 && !isStarting) return [];
  return waiting.map(({ metadata }) => metadata.name).sort((a, b) => ordinalOf(a) - ordinalOf(b));
}

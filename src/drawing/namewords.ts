/** Puts into words what is wrong with the names of a set. What a narrow terminal must not cut stands first. */
import { longestLabel, longestSafeName, type MeasuredField, type NameFault } from '#src/statefulset/namelimits.ts';

export function nameFaultWords(fault: NameFault): string {
  const { kind, length } = fault;
  if (kind === 'set refused') {
    return `${fields[fault.field]} too long: it has ${length} characters, and the API server takes ${longestLabel}`;
  }
  return `name too long: with ${length} characters its pods ${refusals[fault.certainty]}, since the label controller-revision-hash takes ${longestLabel} for the name and a hash; up to ${longestSafeName} always fit`;
}

const fields: Record<MeasuredField, string> = {
  name: 'name',
  serviceName: 'serviceName',
  claimTemplate: 'name of a claim template',
};

const refusals: Record<Extract<NameFault, { kind: 'pods refused' }>['certainty'], string> = {
  certain: 'are refused',
  likely: 'will probably be refused',
  later: 'may be refused after the next change of their template',
};

/** A headless Service that selects the pods, and that the set does not name. */
export function otherHeadlessWords(service: string): string {
  return `${service} is the headless Service of the pods, and spec.serviceName does not name it: that can be set only when a set is made`;
}

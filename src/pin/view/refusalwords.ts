/** Why a Service was not pinned or not unpinned, and the next thing to try: one line each. */
import { unknownLeaderWords } from '#src/drawing/leadershipwords.ts';
import { isEmpty } from '#src/objects/service.ts';
import type { Keeper } from '../model/keptby.ts';
import type { PinRefusal, PinRefusalKind, UnknownPart } from '../model/refusal.ts';
import type { UnpinRefusal, UnpinRefusalKind } from '../model/restoreplan.ts';
import { listed, reachWords, selectorWords } from './words.ts';

export function pinRefusalLine<Kind extends PinRefusalKind>(service: string, reason: PinRefusal<Kind>): string {
  return `error: service ${JSON.stringify(service)} is not pinned: ${pinRefusals[reason.kind](reason)}`;
}

export function unpinRefusalLine<Kind extends UnpinRefusalKind>(service: string, reason: UnpinRefusal<Kind>): string {
  return `error: service ${JSON.stringify(service)} is not unpinned: ${unpinRefusals[reason.kind](reason)}`;
}

const pinRefusals: { [Kind in PinRefusalKind]: (reason: PinRefusal<Kind>) => string } = {
  ExternalName: ({ target }) => `it is an ExternalName, an alias of ${target}, and selects no pods`,
  headless: () =>
    "it is headless, so its clients choose among all pods themselves: let them use the pod's own DNS name instead",
  'no selector': () => 'it has no selector, so only its owner decides where it leads',
  'unreadable annotation': ({ why }) =>
    `its annotation kubectl-sts/pin cannot be read (${why}), so the original selector is unknown: unpin it with --selector, or correct the annotation`,
  'governing Service': ({ sets }) =>
    `it is the governing Service of ${listed(sets)}, from which the pods have their DNS names: create another Service to pin`,
  'selects no set': ({ selector }) => `its selector ${selectorWords(selector)} selects no pod of a StatefulSet`,
  'several sets': ({ sets, ordinal }) =>
    ordinal === undefined
      ? `it selects pods of ${listed(sets)}: --leader-check asks the pods of one StatefulSet, so name the pod instead`
      : `it selects pods of ${listed(sets)}: say which StatefulSet, as sts/${sets[0]}:${ordinal}`,
  'leader unknown': ({ unknown }) => `--leader-check: ${unknownLeaderWords(unknown)}`,
  'set missing': ({ set }) => `statefulsets.apps ${JSON.stringify(set)} not found`,
  'ordinal outside the set': ({ set, ordinal, wanted }) =>
    `StatefulSet ${set} has no ordinal ${ordinal}: ${ordinalWords(wanted)}`,
  'pod missing': ({ pod }) => `pods ${JSON.stringify(pod)} not found`,
  'not of the set': ({ pod, set }) =>
    set === undefined ? `pod ${pod} belongs to no StatefulSet` : `pod ${pod} does not belong to StatefulSet ${set}`,
  'being deleted': ({ pod }) => `pod ${pod} is being deleted: wait for its replacement, or use --allow-not-ready`,
  'not ready': ({ pod, word }) =>
    `pod ${pod} is not ready (${word}), so the Service would have no endpoint: choose another pod, or use --allow-not-ready`,
  'labels miss the selector': ({ pod, missing }) =>
    `pod ${pod} lacks labels that the selector requires: ${selectorWords(missing)}`,
  'lacks ports': ({ pod, ports }) => `pod ${pod} has no port named ${listed(ports)}, to which the Service forwards`,
  unknown: ({ part, refusal }) =>
    refusal ? `no right to ${refusal.verb} ${refusal.resource}: ${refusal.message}` : notGiven[part],
};

function ordinalWords({ start, end }: PinRefusal<'ordinal outside the set'>['wanted']): string {
  if (end === start) return 'it has no pods';
  return end - 1 === start ? `its only ordinal is ${start}` : `its ordinals are ${start} to ${end - 1}`;
}

const notGiven: Readonly<Record<UnknownPart, string>> = {
  statefulSets: 'its StatefulSet is not in the files: add its manifest with -f',
  pods: 'its pods are not in the files: add them with -f',
};

const unpinRefusals: { [Kind in UnpinRefusalKind]: (reason: UnpinRefusal<Kind>) => string } = {
  'unreadable annotation': ({ why }) =>
    `its annotation kubectl-sts/pin cannot be read (${why}): give the original selector with --selector`,
  'nothing would be left': ({ original }) =>
    `it would be left without a selector: ${original ? `--force restores ${selectorWords(original)}` : 'give one with --selector'}`,
  'original is known': ({ original }) => `its original selector is ${selectorWords(original)}: leave --selector out`,
  'per-pod Service': ({ pod }) => `it is a per-pod Service: it leads to pod ${pod}, and nobody pinned it`,
};

/** More about a refusal: who keeps a per-pod Service, where it would lead, and how to insist. */
export function unpinRefusalDetails(reason: UnpinRefusal): string[] {
  if (reason.kind !== 'per-pod Service') return [];
  const { label, keepers, after, reach } = reason;
  const known = keepers.map((keeper) => `  ${keeperWords(keeper)}`);
  const insist = isEmpty(after)
    ? [`  without ${label} its selector would be empty: --selector gives it another one`]
    : [
        `  without ${label} (selector ${selectorWords(after)}): ${reachWords(reach)}`,
        `  --force removes that label, --selector gives the Service another selector`,
      ];
  return [...(known.length > 0 ? known : ['  nothing tells who keeps that label']), ...insist];
}

function keeperWords(keeper: Keeper): string {
  switch (keeper.kind) {
    case 'writer': {
      const { manager, operation, time } = keeper.owner;
      return `its selector was written by ${manager} (${listed([operation, ...(time === undefined ? [] : [time])])})`;
    }
    case 'applier':
      return `it is applied by ${keeper.manager} (Apply), which no longer owns its selector`;
    case 'updater':
      return `it was written by ${keeper.manager} (Update), which does not own its selector now`;
    case 'tool':
    case 'manager':
      return `it is kept by ${keeper.name} (${keeper.mark})`;
    case 'controller':
      return `it is controlled by ${keeper.name} (ownerReference)`;
    case 'owner':
      return `it is owned by ${keeper.name} (ownerReference)`;
  }
}

/** What is said of pinning Services: done, refused, or warned of; with the reason and what to do. */

import { rolloutWords } from '#src/drawing/rolloutwords.ts';
import { isEmpty, type Selector } from '#src/objects/service.ts';
import type { Owner } from '../model/owner.ts';
import type { Drift, Endangered, Pin } from '../model/pinning.ts';
import type { PinRefusal, PinWarning } from '../model/plan.ts';
import type { UnpinRefusal } from '../model/restoreplan.ts';

/** `app=db, tier=data` */
export function selectorWords(selector: Selector): string {
  return isEmpty(selector)
    ? '(none)'
    : Object.entries(selector)
        .map(([key, value]) => `${key}=${value}`)
        .join(', ');
}

export function changeWords(before: Selector, after: Selector): string {
  return `  selector  ${selectorWords(before)}  →  ${selectorWords(after)}`;
}

/** Why a Service is not pinned, and what to do. */
export function refusalWords(service: string, reason: PinRefusal): string {
  const why = pinReason(reason);
  return `service ${JSON.stringify(service)} is not pinned: ${why}`;
}

function pinReason(reason: PinRefusal): string {
  switch (reason.kind) {
    case 'ExternalName':
      return `it is an ExternalName, an alias of ${reason.target}, and selects no pods`;
    case 'headless':
      return 'it is headless, and its clients choose among all its pods themselves: use the name of the pod instead';
    case 'no selector':
      return 'it has no selector, so that nobody but its owner says where it leads';
    case 'unreadable annotation':
      return `its annotation kubectl-sts/pin cannot be read (${reason.why}), so that nobody would know the selector to go back to: mend or remove the annotation`;
    case 'governing Service':
      return `it is the governing Service of ${listed(reason.sets)}, whose pods have their names from it: make a Service of its own for this`;
    case 'selects no set':
      return `its selector ${selectorWords(reason.selector)} selects no pod of a StatefulSet`;
    case 'several sets':
      return `it selects pods of ${listed(reason.sets)}: say which, as sts/${reason.sets[0]}:${reason.ordinal}`;
    case 'set missing':
      return `statefulsets.apps ${JSON.stringify(reason.set)} not found`;
    case 'ordinal outside the set': {
      const { start, end } = reason.wanted;
      const range = end === start ? 'none' : end - 1 === start ? String(start) : `${start} to ${end - 1}`;
      return `StatefulSet ${reason.set} has no ordinal ${reason.ordinal}: it wants ${range}`;
    }
    case 'pod missing':
      return `pods ${JSON.stringify(reason.pod)} not found`;
    case 'not of the set':
      return reason.set === undefined
        ? `pod ${reason.pod} is of no StatefulSet`
        : `pod ${reason.pod} is not of StatefulSet ${reason.set}`;
    case 'ends':
      return `pod ${reason.pod} is being deleted: wait for its successor, or use --allow-not-ready`;
    case 'not ready':
      return `pod ${reason.pod} is not ready (${reason.word}), and the Service would lead nowhere: choose another one, or use --allow-not-ready`;
    case 'labels miss the selector':
      return `pod ${reason.pod} lacks ${selectorWords(reason.missing)} of the selector`;
    case 'lacks ports':
      return `pod ${reason.pod} has no port named ${listed(reason.ports)}, to which the Service sends`;
    case 'unknown': {
      const what = reason.part === 'pods' ? 'pods' : 'StatefulSets';
      return reason.refusal === undefined
        ? `${what} were not given`
        : `no right to ${reason.refusal.verb} ${reason.refusal.resource}: ${reason.refusal.message}`;
    }
  }
}

export function warningWords(warning: PinWarning): string {
  switch (warning.kind) {
    case 'local traffic': {
      const where = warning.node === undefined ? "the pod's node" : `node ${warning.node}`;
      return `${warning.traffic}TrafficPolicy is Local: only ${where} answers for it`;
    }
    case 'session affinity':
      return `sessionAffinity is ClientIP: clients may stay with the pod they had for ${warning.seconds} s after their last call`;
    case 'owner':
      return ownerWords(warning.owner);
    case 'rollout':
      return `a rollout of ${warning.set} is under way: ${rolloutWords(warning.rollout).detail}`;
    case 'pinned elsewhere':
      return `service/${warning.service} of the same set is pinned to ${warning.pod}`;
    case 'services unknown':
      return `whether another Service of the set is pinned elsewhere is not known: ${warning.refusal.message}`;
    case 'drift':
      return `the selector was changed since it was pinned (${driftWords(warning.drift)}): unpin will ask what to do with that`;
    case 'ends':
      return `pod ${warning.pod} is being deleted`;
    case 'not ready':
      return `pod ${warning.pod} is not ready (${warning.word}): the Service has no endpoint until it is`;
    case 'pod not seen':
      return `whether pod ${warning.pod} is there and ready was not seen`;
  }
}

function ownerWords({ name, mark, effect }: Owner): string {
  const owned = `the Service is kept by ${name} (${mark})`;
  switch (effect) {
    case 'keeps':
      return `${owned}, which leaves the pin alone`;
    case 'conflicts':
      return `${owned}: its next apply fails with a conflict until the Service is unpinned, or undoes the pin when it is forced`;
    case 'reverts':
      return `${owned}, which puts the old selector back the next time it applies`;
    case 'may revert':
      return `${owned}, which may put the old selector back`;
  }
}

export function unpinRefusalWords(service: string, reason: UnpinRefusal): string {
  switch (reason.kind) {
    case 'unreadable annotation':
      return `service ${JSON.stringify(service)} is not unpinned: its annotation kubectl-sts/pin cannot be read (${reason.why}): give the selector with --selector`;
    case 'nothing would be left':
      return `service ${JSON.stringify(service)} is not unpinned: no selector would be left, and it would lead nowhere: give one with --selector`;
    case 'original is known':
      return `service ${JSON.stringify(service)} is not unpinned: its selector was ${selectorWords(reason.original)}, so leave --selector out`;
  }
}

/** `tier=data added, app changed from a to b` */
export function driftWords({ added, removed, changed }: Drift): string {
  return [
    ...Object.entries(added).map(([key, value]) => `${key}=${value} added`),
    ...Object.entries(removed).map(([key, value]) => `${key}=${value} removed`),
    ...Object.entries(changed).map(([key, { from, to }]) => `${key} changed from ${from} to ${to}`),
  ].join(', ');
}

/** What is wrong with a pin, for lists; undefined when nothing is. */
export function pinState({ pinning, endangered }: Pin): { text: string; bad: boolean } {
  const danger = endangered && endangeredWords(endangered);
  const known =
    pinning.kind === 'by hand'
      ? 'pinned by hand'
      : pinning.kind === 'unreadable'
        ? `annotation unreadable: ${pinning.why}`
        : pinning.drift
          ? `changed since: ${driftWords(pinning.drift)}`
          : 'ok';
  const bad = (endangered && endangered.kind !== 'unknown') || pinning.kind === 'unreadable';
  return { text: danger ?? known, bad };
}

export function endangeredWords(endangered: Endangered): string {
  switch (endangered.kind) {
    case 'pod missing':
      return 'no endpoints: the pod is not there';
    case 'beyond the set':
      return `no endpoints: ${endangered.set} wants no such ordinal any more`;
    case 'not selected':
      return `no endpoints: the pod lacks ${selectorWords(endangered.missing)}`;
    case 'unknown':
      return `its pod is ${endangered.why}`;
  }
}

function listed(words: readonly string[]): string {
  return words.join(', ');
}

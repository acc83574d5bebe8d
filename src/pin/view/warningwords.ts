/** The warnings that a person reads when a Service is pinned: one line each. */
import { rolloutWords } from '#src/drawing/rolloutwords.ts';
import type { Effect, Owner } from '../model/owner.ts';
import type { PinWarning, PinWarningKind } from '../model/warning.ts';
import { driftWords } from './words.ts';

export function warningLine<Kind extends PinWarningKind>(warning: PinWarning<Kind>): string {
  return `warning: ${warnings[warning.kind](warning)}`;
}

const warnings: { [Kind in PinWarningKind]: (warning: PinWarning<Kind>) => string } = {
  'being deleted': ({ pod }) => `pod ${pod} is being deleted: the Service has no endpoint until it is replaced`,
  'not ready': ({ pod, word }) => `pod ${pod} is not ready (${word}): the Service has no endpoint until it is`,
  'pod not seen': ({ pod }) => `whether pod ${pod} exists and is ready is not known: files do not tell`,
  'local traffic': ({ traffic, node }) =>
    `${traffic}TrafficPolicy is Local: only ${node === undefined ? "the pod's node" : `node ${node}`} answers`,
  'session affinity': ({ seconds }) =>
    `sessionAffinity is ClientIP: clients may stay with their pod until ${seconds} s after their last connection`,
  owner: ({ owner }) => ownerWords(owner),
  rollout: ({ set, rollout }) => `a rollout of ${set} is under way: ${rolloutWords(rollout).detail}`,
  'pinned elsewhere': ({ service, pod }) => `service/${service} of the same StatefulSet is pinned to ${pod}`,
  'services unknown': ({ refusal }) =>
    `whether another Service of the StatefulSet is pinned elsewhere is not known: ${refusal.message}`,
  drift: ({ drift }) =>
    `the selector was changed after the first pin (${driftWords(drift)}): unpin will ask for --force or --keep-changes`,
};

function ownerWords({ name, mark, effect }: Owner): string {
  return `the Service is managed by ${name} (${mark})${effects[effect]}`;
}

const effects: Readonly<Record<Effect, string>> = {
  keeps: ', which leaves the pin alone',
  conflicts:
    ': its next apply fails with a conflict until the Service is unpinned, or undoes the pin when it is forced',
  'conflicts also unpinned':
    ': its next apply fails with a conflict, or undoes the pin when it is forced; it may fail after unpin too, since somebody else owned the selector before the pin',
  reverts: ', which undoes the pin the next time it applies',
  replaces: ': its next replace undoes the pin, and forgets it with the annotation',
  'may revert': ', which may undo the pin',
  'may conflict': ': its next apply may fail with a conflict until the Service is unpinned',
  'may conflict also unpinned':
    ': its next apply may fail with a conflict, also after unpin, since somebody else owned the selector before the pin',
  'keeps or conflicts':
    ': its next apply leaves the pin alone where it merges on the client side, and fails with a conflict, or undoes the pin when it is forced, where it applies on the server side',
  'reverts or conflicts':
    ': its next apply undoes the pin where it merges on the client side, and fails with a conflict, or undoes the pin when it is forced, where it applies on the server side',
};

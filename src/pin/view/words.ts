/** Words that several sentences and lists about pinned Services share. */
import { isEmpty, type Selector } from '#src/objects/service.ts';
import type { Drift } from '../model/drift.ts';
import type { Endangered, EndangeredKind, Pin } from '../model/pinning.ts';

/** `app=db, tier=data` */
export function selectorWords(selector: Selector): string {
  if (isEmpty(selector)) return '(none)';
  return listed(Object.entries(selector).map(([key, value]) => `${key}=${value}`));
}

/** `tier=data added, app changed from a to b` */
export function driftWords({ added, removed, changed }: Drift): string {
  return listed([
    ...Object.entries(added).map(([key, value]) => `${key}=${value} added`),
    ...Object.entries(removed).map(([key, value]) => `${key}=${value} removed`),
    ...Object.entries(changed).map(([key, { from, to }]) => `${key} changed from ${from} to ${to}`),
  ]);
}

/** The state of a pin in a list; `bad` when the Service leads nowhere, or cannot be unpinned without help. */
export function pinState({ pinning, endangered }: Pin): { text: string; bad: boolean } {
  const bad = (endangered && endangered.kind !== 'unknown') || pinning.kind === 'unreadable';
  return { text: endangered ? endangeredWords(endangered) : pinningWords(pinning), bad };
}

function pinningWords(pinning: Pin['pinning']): string {
  switch (pinning.kind) {
    case 'by hand':
      return 'pinned by hand';
    case 'unreadable':
      return `annotation unreadable: ${pinning.why}`;
    case 'ours':
      return pinning.drift ? `changed since: ${driftWords(pinning.drift)}` : 'ok';
  }
}

const endangeredBy: { [Kind in EndangeredKind]: (endangered: Endangered<Kind>) => string } = {
  'pod missing': () => 'no endpoints: the pod is not there',
  'beyond the set': ({ set }) => `no endpoints: ${set} wants no such ordinal any more`,
  'not selected': ({ missing }) => `no endpoints: the pod lacks ${selectorWords(missing)}`,
  unknown: ({ why }) => `its pod is ${why}`,
};

function endangeredWords<Kind extends EndangeredKind>(endangered: Endangered<Kind>): string {
  return endangeredBy[endangered.kind](endangered);
}

export function listed(words: readonly string[]): string {
  return words.join(', ');
}

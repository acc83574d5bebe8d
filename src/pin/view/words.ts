/** Words that several sentences and lists about pinned Services share. */
import type { Cell } from '#src/drawing/cells.ts';
import { counted, named } from '#src/drawing/sentences.ts';
import type { Tone } from '#src/drawing/tone.ts';
import { isEmpty, type Selector } from '#src/objects/service.ts';
import type { Absence } from '#src/objects/snapshot.ts';
import type { Drift } from '../model/drift.ts';
import type { Beyond, Endangered, EndangeredKind, PerPodService, Pin } from '../model/leading.ts';
import type { Reach } from '../model/reach.ts';
import type { SelectorOwner } from '../model/record.ts';

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

/** The state of a pin in a list: bad when the Service does not lead to its pod, or cannot be unpinned without help. */
export function pinState(pin: Pin): Cell {
  switch (pin.kind) {
    case 'undone':
      return { text: `${undoneWords(pin)}: ${reachWords(pin.reach)}`, tone: 'bad' };
    case 'unreadable':
      return { text: pin.endangered ? endangeredWords(pin.endangered) : unreadableWords(pin), tone: 'bad' };
    case 'pinned':
      if (pin.endangered) return { text: endangeredWords(pin.endangered), ...toneOf(pin.endangered) };
      return { text: pin.drift ? `changed since: ${driftWords(pin.drift)}` : 'ok' };
  }
}

const endangeredTones: Readonly<Record<EndangeredKind, Tone | undefined>> = {
  'pod missing': 'bad',
  'beyond the set': 'bad',
  condemned: 'warning',
  'not selected': 'bad',
  unknown: undefined,
};

function toneOf({ kind }: Endangered): { tone?: Tone } {
  const tone = endangeredTones[kind];
  return tone === undefined ? {} : { tone };
}

/** `the pin was undone (last write by kubectl-edit, 2026-03-09T10:00:00Z)` */
function undoneWords({ writer }: Extract<Pin, { kind: 'undone' }>): string {
  return `the pin was undone${writerWords(writer)}`;
}

function unreadableWords({ why }: { why: string }): string {
  return `annotation unreadable: ${why}`;
}

/** Why a per-pod Service reaches no pod, or soon will not; empty when it reaches its pod. */
export function perPodState({ endangered }: PerPodService): string {
  return endangered ? endangeredWords(endangered) : '';
}

/** ` (last write by kubectl-edit, 2026-03-09T10:00:00Z)`; empty where nothing tells the writer. */
function writerWords(writer: SelectorOwner | undefined): string {
  if (writer === undefined) return '';
  return ` (last write by ${listed([writer.manager, ...(writer.time === undefined ? [] : [writer.time])])})`;
}

/** `traffic goes to all 3 pods`, `traffic goes to web-0 and web-2 (web-2 is not ready)` */
export function reachWords(reach: Reach): string {
  switch (reach.kind) {
    case 'all pods': {
      const pods = reach.pods.length === 1 ? named(reach.pods) : `all ${counted(reach.pods.length, 'pod')}`;
      return `traffic goes to ${pods}${notReadyWords(reach.notReady)}`;
    }
    case 'some pods': {
      const more = reach.others === 'missing' ? '' : `, and perhaps to others, which ${unseenWords[reach.others]}`;
      return `traffic goes to ${named(reach.pods)}${notReadyWords(reach.notReady)}${more}`;
    }
    case 'no pod':
      return 'traffic goes to no pod';
    case 'no selector':
      return 'it has no selector any more: its endpoints stay as they are';
    case 'unknown':
      return `where traffic goes is not known: the pods ${unseenWords[reach.why]}`;
  }
}

const unseenWords: Readonly<Record<Exclude<Absence, 'missing'>, string>> = {
  forbidden: 'may not be listed',
  'not given': 'were not given',
};

function notReadyWords(notReady: readonly string[]): string {
  if (notReady.length === 0) return '';
  return ` (${named(notReady)} ${notReady.length === 1 ? 'is' : 'are'} not ready)`;
}

const endangeredBy: { [Kind in EndangeredKind]: (endangered: Endangered<Kind>) => string } = {
  'pod missing': () => 'no endpoints: the pod is not there',
  'beyond the set': (beyond) => `no endpoints: ${beyondWords(beyond)}`,
  condemned: ({ pod, set }) => `until ${pod} goes: ${set} wants no such ordinal any more`,
  'not selected': ({ missing }) => `no endpoints: the pod lacks ${selectorWords(missing)}`,
  unknown: ({ why, beyond }) => `its pod is ${why}${beyond ? `, and ${beyondWords(beyond)}` : ''}`,
};

function beyondWords({ set, side }: Beyond): string {
  return side === 'below' ? `${set} has no such ordinal` : `${set} wants no such ordinal any more`;
}

function endangeredWords<Kind extends EndangeredKind>(endangered: Endangered<Kind>): string {
  return endangeredBy[endangered.kind](endangered);
}

export function listed(words: readonly string[]): string {
  return words.join(', ');
}

/** Puts into words why a claim stands below none of its set's pods, and what will become of it. */
import { listed } from '#src/drawing/sentences.ts';
import type { StatefulSet } from '#src/objects/types.ts';
import { isCertain } from '#src/statefulset/belonging.ts';
import type { Storage } from '#src/statefulset/storage.ts';
import type { LeftOver, WhyLeftOver } from '../model/leftover.ts';
import type { Topology } from '../model/topology.ts';
import { fateWords, holderWords } from './fatewords.ts';
import { sharedWords } from './sharingwords.ts';

export function leftOverWords({ set, sharedWith }: Topology, { why, ground, storage, sure }: LeftOver): string {
  return `${standing(ground, sure)}: ${listed(
    whyWords(why),
    ground === 'template' && 'lacks the labels of the set',
    holderWords(storage.holders),
    sharedWords(sharedWith.get(storage.name)),
    fate(storage, set),
  )}`;
}

function standing(ground: LeftOver['ground'], sure: boolean): string {
  if (!isCertain(ground)) return 'perhaps left over';
  return sure ? 'left over' : 'left over unless a pod mounts it';
}

function whyWords(why: WhyLeftOver): string {
  switch (why.kind) {
    case 'ordinal not wanted':
      return `ordinal ${why.ordinal} is not wanted`;
    case 'no template':
      return 'no claim template makes it';
    case 'former template': {
      const { template, otherSet } = why;
      const former = `a former claim template ${template}`;
      return otherSet === undefined ? `by ${former}` : `by a former set ${otherSet}, or by ${former}`;
    }
  }
}

function fate(storage: Storage, set: StatefulSet): string {
  return storage.fate?.kind === 'stays' ? 'stays when the set goes' : fateWords(storage, { set, pod: undefined });
}

/** Of a claim that the pod template names. */
export function unmountedWords({ sharedWith }: Topology, { name, holders }: Storage): string {
  return listed(
    'named by the pod template, mounted by no pod of the set',
    holderWords(holders),
    sharedWords(sharedWith.get(name)),
  );
}

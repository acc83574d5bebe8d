/** A roll's plan as a table: the pods that go, in their order, with what a restart makes of each; then those that stay. */

import { drawSentenced, type SentencedStyle, withBrief } from '#src/drawing/sentenced.ts';
import type { StatefulSet } from '#src/objects/types.ts';
import type { Admission } from '../model/admission.ts';
import type { RollPlan } from '../model/plan.ts';
import { admissionWords, revisionWords, stayWords } from './words.ts';

/** @param admissions what the API server said to each pod's eviction, by the pod's name; empty where it was not asked */
export async function planTable(
  set: StatefulSet,
  { pods, leader, left }: RollPlan,
  admissions: ReadonlyMap<string, Admission>,
  style: Omit<SentencedStyle, 'header'>,
): Promise<string> {
  const row = (texts: string[], what: string) => ({
    cells: texts.map((text) => ({ text })),
    sentences: [withBrief({ text: what })],
  });
  return await drawSentenced(
    {
      columns: [
        { title: 'ORDER', long: 'end' },
        { title: 'POD', long: 'own line' },
        { title: 'REVISION', long: 'end' },
      ],
      sentences: ['WHAT'],
      rows: [
        ...pods.map((pod, at) =>
          row(
            [String(at + 1), pod.name, revisionWords(set, pod)],
            withLeader(whatWords(admissions.get(pod.name)), pod.name === leader),
          ),
        ),
        ...left.map(({ pod, why }) => row(['-', pod, ''], withLeader(stayWords(why), pod === leader))),
      ],
      gives: [
        ['REVISION', 0],
        ['POD', 24],
      ],
    },
    { ...style, header: true },
  );
}

function whatWords(admission: Admission | undefined): string {
  return admission === undefined ? 'restarts' : admissionWords(admission);
}

function withLeader(words: string, leads: boolean): string {
  return leads ? `${words}; it leads` : words;
}

/** One look at the names of sets: the objects are read, the servers asked, and their answers judged. */
import type { Client } from '#src/kube/client.ts';
import type { Selection } from '#src/statefulset/selection.ts';
import { judge } from '../model/judge.ts';
import { expectedNames } from '../model/names.ts';
import { type AskOptions, questionsOf } from '../model/queries.ts';
import type { JudgedSet } from '../model/verdicts.ts';
import { type NamesReading, readNames } from './reading.ts';
import type { Resolver } from './resolve.ts';

export interface LookOptions extends AskOptions {
  /** Undefined for all namespaces. */
  namespace: string | undefined;
  selection: Selection;
  /** The pods whose names are wanted; empty for all pods and the Service. */
  ordinals: readonly number[];
}

/** Looks again and again; each look knows the addresses that were right at an earlier one. */
export interface Looking {
  /** At what was read already. */
  at(reading: Pick<NamesReading, 'snapshot' | 'sets'>): Promise<JudgedSet[]>;
  again(): Promise<JudgedSet[]>;
}

/** @param resolver undefined when no server is to be asked */
export function lookingWith(client: Client, resolver: Resolver | undefined, options: LookOptions): Looking {
  const { namespace, selection, ordinals } = options;
  const earlier = new Map<string, string[]>();

  async function at({ snapshot, sets }: Pick<NamesReading, 'snapshot' | 'sets'>): Promise<JudgedSet[]> {
    const names = expectedNames(snapshot, sets, ordinals);
    const questions = questionsOf(names, options);
    const replies = resolver && questions.length > 0 ? await resolver.ask(questions) : [];
    const judged = judge(names, replies, options, earlier);
    for (const { name, addresses } of names.flatMap((set) => set.names)) {
      const known = earlier.get(name) ?? [];
      earlier.set(name, [...new Set([...known, ...addresses.map(({ address }) => address)])]);
    }
    return judged;
  }

  return { at, again: async () => at(await readNames(client, namespace, selection)) };
}

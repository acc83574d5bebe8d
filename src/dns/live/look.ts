/** One look at the names of sets: the objects are read, the servers asked, and their answers judged. */
import type { Client } from '#src/kube/client.ts';
import { type Question, questionKey, type ServerReplies } from '#src/objects/dns.ts';
import type { Selection } from '#src/statefulset/selection.ts';
import { type ClusterDomain, domainText } from '../model/clusterdomain.ts';
import { judge } from '../model/judge.ts';
import { expectedNames } from '../model/names.ts';
import { type AskOptions, questionsOf } from '../model/queries.ts';
import { furtherQuestions } from '../model/recordchecks.ts';
import { together } from '../model/replies.ts';
import { telltalesOf } from '../model/telltales.ts';
import type { JudgedSet } from '../model/verdicts.ts';
import type { FindDomain } from './domain.ts';
import { type NamesReading, readNames } from './reading.ts';
import type { Resolver } from './resolve.ts';

export interface LookOptions extends Omit<AskOptions, 'clusterDomain'> {
  /** Undefined for all namespaces. */
  namespace: string | undefined;
  selection: Selection;
  /** The pods whose names are wanted; empty for all pods and the Service. */
  ordinals: readonly number[];
}

/** What one look has found. */
export interface Look {
  judged: JudgedSet[];
  clusterDomain: ClusterDomain;
}

/** Looks again and again; each look knows the addresses that were right at an earlier one. */
export interface Looking {
  /** At what was read already. */
  at(reading: Pick<NamesReading, 'snapshot' | 'sets'>): Promise<Look>;
  again(): Promise<Look>;
}

/** @param ask undefined when no server is to be asked */
export function lookingWith(
  client: Client,
  findDomain: FindDomain,
  ask: Resolver['ask'] | undefined,
  options: LookOptions,
): Looking {
  const { namespace, selection, ordinals } = options;
  const earlier = new Map<string, string[]>();

  async function at({ snapshot, sets }: Pick<NamesReading, 'snapshot' | 'sets'>): Promise<Look> {
    const names = expectedNames(snapshot, sets, ordinals);
    const clusterDomain = await findDomain(telltalesOf(snapshot, sets));
    // Where nobody is to be asked, that the domain is not known is no reason why not.
    const domain = domainText(clusterDomain) ?? (ask === undefined ? '' : undefined);
    const askOptions = { ...options, clusterDomain: domain };
    const questions = questionsOf(names, askOptions);
    const replies = await repliesTo(questions, clusterDomain, ask);
    const more = furtherQuestions(names, replies, askOptions);
    const judged = judge(names, together(replies, await repliesTo(more, clusterDomain, ask)), askOptions, earlier);
    for (const { name, addresses } of names.flatMap((set) => set.names)) {
      const known = earlier.get(name) ?? [];
      earlier.set(name, [...new Set([...known, ...addresses.map(({ address }) => address)])]);
    }
    return { judged, clusterDomain };
  }

  return { at, again: async () => at(await readNames(client, namespace, selection)) };
}

/** Without a domain the names are no questions: what the servers failed at already is their reply to all of them. */
async function repliesTo(
  questions: readonly Question[],
  clusterDomain: ClusterDomain,
  ask: Resolver['ask'] | undefined,
): Promise<ServerReplies[]> {
  if (ask === undefined || questions.length === 0) return [];
  if (clusterDomain.state === 'known') return ask(questions);
  return clusterDomain.failed.map(({ server, reply }) => ({
    server,
    replies: new Map(questions.map((question) => [questionKey(question), reply])),
  }));
}

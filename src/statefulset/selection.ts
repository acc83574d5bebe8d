/** The StatefulSets that a person asked for. */
import type { LabelSelector } from '#src/objects/selectors.ts';
import type { StatefulSet } from '#src/objects/types.ts';
import { setNameOf } from './identity.ts';

export interface Selection {
  /** In the order in which the sets are shown. Empty means all sets. */
  names: readonly string[];
  labels: LabelSelector | undefined;
}

/** The sets that were asked for, and the names of those that are missing. */
export function select(
  sets: readonly StatefulSet[],
  { names, labels }: Selection,
): { sets: StatefulSet[]; unknown: string[] } {
  const matching = sets.filter(({ metadata }) => labels === undefined || labels(metadata.labels));
  if (names.length === 0) return { sets: matching, unknown: [] };
  const named = (name: string) => matching.filter(({ metadata }) => metadata.name === name);
  return { sets: names.flatMap(named), unknown: names.filter((name) => named(name).length === 0) };
}

/**
 * Parses the names of StatefulSets: `web`, `sts/web`, `statefulset/web`, `statefulsets.apps/web`.
 *
 * @param meant kubectl's command for what the person wants, of an object of another kind
 * @returns the names, each once, or why a word names no StatefulSet
 */
export function setNames(
  words: readonly string[],
  meant: MeantCommand = 'get',
): { names: string[] } | { error: string } {
  const names: string[] = [];
  for (const word of words) {
    const slash = word.indexOf('/');
    const type = word.slice(0, Math.max(slash, 0)).toLowerCase();
    if (slash >= 0 && !typeNames.has(type)) {
      return { error: otherKindWords(word, type, meant) };
    }
    if (word.slice(slash + 1) === '')
      return { error: `no name in ${JSON.stringify(word)}: name a StatefulSet as NAME or sts/NAME` };
    names.push(word.slice(slash + 1));
  }
  return { names: [...new Set(names)] };
}

/** `rollout restart`, where the person wants pods to restart. */
export type MeantCommand = 'get' | 'rollout restart';

interface OtherKind {
  what: string;
  restarts: boolean;
}

const deployment: OtherKind = {
  what: 'a Deployment, whose pods have no names or volumes of their own',
  restarts: true,
};
const daemonSet: OtherKind = { what: 'a DaemonSet, which runs one pod on each node', restarts: true };
const replicaSet: OtherKind = {
  what: 'a ReplicaSet, whose pods have no names or volumes of their own',
  restarts: false,
};
const job: OtherKind = { what: 'a Job, whose pods end when their work is done', restarts: false };

/** The kinds that people take for StatefulSets, by the names that kubectl knows. */
const otherKinds: Readonly<Record<string, OtherKind>> = {
  deploy: deployment,
  deployment,
  deployments: deployment,
  ds: daemonSet,
  daemonset: daemonSet,
  daemonsets: daemonSet,
  rs: replicaSet,
  replicaset: replicaSet,
  replicasets: replicaSet,
  job,
  jobs: job,
};

function otherKindWords(word: string, type: string, meant: MeantCommand): string {
  const [kind = ''] = type.split('.');
  const name = word.slice(word.indexOf('/') + 1);
  const set = /^(?:po|pods?)$/.test(kind) ? setNameOf(name) : '';
  if (set !== '') return `${word} is a pod: name its StatefulSet, which is perhaps ${set}`;
  const other = Object.hasOwn(otherKinds, kind) ? otherKinds[kind] : undefined;
  if (other === undefined) return `${word} is not a StatefulSet: name one as NAME or sts/NAME`;
  const command = meant === 'rollout restart' && !other.restarts ? 'get' : meant;
  return `${word} is ${other.what}: use kubectl ${command} ${kind}/${name}`;
}

const typeNames = new Set([
  'sts',
  'statefulset',
  'statefulsets',
  'statefulset.apps',
  'statefulsets.apps',
  'statefulset.v1.apps',
  'statefulsets.v1.apps',
]);

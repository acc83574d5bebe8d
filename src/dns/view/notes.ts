/** What is said beside the names: of whom they were asked, and what is wrong with a set as a whole. */

import { printable } from '#src/terminal/escape.ts';
import type { JudgedSet } from '../model/verdicts.ts';
import { all, setFindingWords } from './words.ts';

/** Of whom the names were asked, and what is known of that. */
export interface Asked {
  via: 'port-forward' | 'exec' | 'direct' | 'none';
  /** Who was asked, as in `Heard`; with `exec` the pods that were asked from. */
  servers: readonly string[];
  /** Who was to be asked and could not be. */
  unreached: readonly { server: string; why: string }[];
  /** What names end with, and where that was learnt: `ConfigMap kube-system/coredns`. */
  clusterDomain: { domain: string; from: string };
  /** What cannot be asked, and may give what was right before: `NodeLocal DNSCache`, `caches of clients`. */
  hidden: readonly string[];
}

/** Lines, without ends, for standard error. */
export function nameNotes(sets: readonly JudgedSet[], asked: Asked, allNamespaces: boolean): string[] {
  const { servers, unreached, clusterDomain, hidden } = asked;
  return [
    ...sets.flatMap((judged) => {
      const { namespace = '', name } = judged.set.metadata;
      const set = allNamespaces ? `${namespace}/${name}` : name;
      return judged.findings.map((finding) => `warning: ${set}: ${setFindingWords(finding, judged)}`);
    }),
    ...unreached.map(({ server, why }) => `warning: could not ask ${server}: ${why}`),
    ...(servers.length > 0 && hidden.length > 0 ? [`not asked, and may lag: ${all(hidden)}`] : []),
    `${askedWords(asked)}; cluster domain ${clusterDomain.domain}, from ${clusterDomain.from}`,
  ].map(printable);
}

function askedWords({ via, servers }: Asked): string {
  if (servers.length === 0) return 'asked nobody';
  const paths = { 'port-forward': ' by port-forward', exec: ' by exec', direct: ' directly', none: '' };
  return `asked ${via === 'exec' ? 'from ' : ''}${all(servers)}${paths[via]}`;
}

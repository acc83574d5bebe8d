/** What `dns` says on standard error beside the names. */
import { printable } from '#src/terminal/escape.ts';
import type { ClusterDomain } from '../model/clusterdomain.ts';
import type { NodeCache, PodsServer } from '../model/podsserver.ts';
import { type JudgedSet, leadsRight } from '../model/verdicts.ts';
import { cacheWords, serverWords } from './cachewords.ts';
import { domainWords, undeterminedWarning } from './domainwords.ts';
import { all } from './listwords.ts';
import { setFindingWords } from './words.ts';

/** Which servers were asked, and how. */
export interface Asked {
  via: 'port-forward' | 'exec' | 'direct' | 'none';
  /** The servers that were asked, as in `Heard`; for `exec` the pods that asked. Empty for `none`. */
  servers: readonly string[];
  /** Servers that gave no answer to any question. */
  unreached: readonly { server: string; why: string }[];
  /** Whether there is one; undefined for the paths to which it does not matter. */
  nodeCache: NodeCache | undefined;
  /** Who answered the pod that asked; undefined for the other paths, and where it is not known. */
  answeredBy: PodsServer | undefined;
  clusterDomain: ClusterDomain;
}

/** Lines, without ends, for standard error. */
export function nameNotes(sets: readonly JudgedSet[], asked: Asked, allNamespaces: boolean): string[] {
  const { unreached, clusterDomain } = asked;
  return [
    ...sets.flatMap((judged) => {
      const { namespace = '', name } = judged.set.metadata;
      const set = allNamespaces ? `${namespace}/${name}` : name;
      return judged.findings.map((finding) => `warning: ${set}: ${setFindingWords(finding, judged)}`);
    }),
    ...unreached.map(({ server, why }) => `warning: could not ask ${unreachedWords(server, why, asked)}`),
    ...undeterminedWarning(clusterDomain),
    [askedWords(asked), ...cacheWords(asked), domainWords(clusterDomain)].join('; '),
  ].map(printable);
}

/** Of `exec`, the server is the pod that asks. */
function unreachedWords(server: string, why: string, { via }: Asked): string {
  return `${server}: ${why}${via === 'exec' ? ': ask from another pod with --from' : ''}`;
}

function askedWords({ via, servers, answeredBy, nodeCache }: Asked): string {
  switch (via) {
    case 'port-forward':
      return `asked ${all(servers)} by port-forward`;
    case 'exec':
      return `asked from ${all(servers)} by exec${answeredBy ? `, answered ${serverWords(answeredBy, nodeCache)}` : ''}`;
    case 'direct':
      return `asked ${all(servers)} directly`;
    case 'none':
      return 'asked nobody';
  }
}

/** What may be the cause when no server answers. */
export function policyHint({ namespace, policies }: { namespace: string; policies: readonly string[] }): string {
  return printable(
    `hint: the DNS pods are selected by NetworkPolicy ${policies.join(', ')} in namespace ${namespace}: check that it lets traffic in`,
  );
}

/** How far a wait is. */
export function progressNote(sets: readonly JudgedSet[]): string {
  const names = sets.flatMap((set) => set.names);
  const right = names.filter(leadsRight).length;
  return `waiting: ${right} of ${names.length} names are right`;
}

export const answersAgain = 'note: the API server answers again';

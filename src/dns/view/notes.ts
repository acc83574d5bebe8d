/** What `dns` says on standard error beside the names. */
import { printable } from '#src/terminal/escape.ts';
import type { ClusterDomain, DomainSource } from '../model/clusterdomain.ts';
import type { JudgedSet } from '../model/verdicts.ts';
import { all, setFindingWords } from './words.ts';

/** Which servers were asked, and how. */
export interface Asked {
  via: 'port-forward' | 'exec' | 'direct' | 'none';
  /** The servers that were asked, as in `Heard`; for `exec` the pods that asked. Empty for `none`. */
  servers: readonly string[];
  /** Servers that gave no answer to any question. */
  unreached: readonly { server: string; why: string }[];
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
    ...hiddenWords(asked),
    `${askedWords(asked)}; cluster domain ${clusterDomain.domain}, from ${sourceWords(clusterDomain.source)}`,
  ].map(printable);
}

/** Of `exec`, the server is the pod that asks. */
function unreachedWords(server: string, why: string, { via }: Asked): string {
  return `${server}: ${why}${via === 'exec' ? ': ask from another pod with --from' : ''}`;
}

/** A port-forward leads past the caches, which may still give old addresses. */
function hiddenWords({ via }: Asked): string[] {
  return via === 'port-forward' ? ['not asked, and may lag: NodeLocal DNSCache and caches of clients'] : [];
}

function askedWords({ via, servers }: Asked): string {
  switch (via) {
    case 'port-forward':
      return `asked ${all(servers)} by port-forward`;
    case 'exec':
      return `asked from ${all(servers)} by exec`;
    case 'direct':
      return `asked ${all(servers)} directly`;
    case 'none':
      return 'asked nobody';
  }
}

/** Where the cluster domain was learnt. */
export function sourceWords(source: DomainSource): string {
  switch (source.kind) {
    case 'flag':
      return '--cluster-domain';
    case 'default':
      return 'the default';
    case 'config map':
      return `ConfigMap ${source.namespace}/${source.name}`;
    case 'reverse name':
      return `the name that ${source.server} gives for ${source.address}`;
    case 'resolv.conf':
      return `/etc/resolv.conf of pod/${source.pod}`;
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
  const right = names.filter(({ verdicts: [worst] }) => worst.kind === 'ok').length;
  return `waiting: ${right} of ${names.length} names are right`;
}

export const answersAgain = 'note: the API server answers again';

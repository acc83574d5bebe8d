/** All cases, in the order in which they begin: some of the first take seconds. */

import { combinedCases } from './combined.ts';
import type { Case } from './compare.ts';
import { credentialCases } from './credentials.ts';
import { flagCases } from './flags.ts';
import { http2TroubleCases } from './http2troubles.ts';
import { kubeconfigCases } from './kubeconfigs.ts';
import { networkCases } from './network.ts';
import { proxyCases } from './proxies.ts';
import { troubleCases } from './troubles.ts';

export type Groups = Readonly<Record<string, readonly Case[]>>;

export const groups: Groups = {
  'where a list of StatefulSets meets': troubleCases,
  'with the flag or flags': flagCases,
  'with the kubeconfig': kubeconfigCases,
  'with the credentials': credentialCases,
  'over the network': networkCases,
  'through the proxy': proxyCases,
};

/** Those in which it matters by which version of HTTP a server on loopback is asked. */
export const http2Groups: Groups = {
  'where a list of StatefulSets meets': [...troubleCases.filter(({ http1 }) => !http1), ...http2TroubleCases],
  'over the network': networkCases,
  'through the proxy': proxyCases,
  'by each two ways at once': combinedCases,
};

export function casesOf(all: Groups, which: (one: Case) => boolean = () => true): Groups {
  const chosen = Object.entries(all).map(([title, cases]) => [title, cases.filter(which)] as const);
  return Object.fromEntries(chosen.filter(([, cases]) => cases.length > 0));
}

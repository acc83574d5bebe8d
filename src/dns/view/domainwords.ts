/** Words for the cluster domain: where it was learnt, or why it is not determined. */
import type { ClusterDomain, CorefileZones, DomainSource, WhyUndetermined } from '../model/clusterdomain.ts';
import type { ServiceName } from '../model/namedservice.ts';
import { all } from './listwords.ts';

/** For the end of the line that says who was asked. */
export function domainWords(clusterDomain: ClusterDomain): string {
  if (clusterDomain.state === 'undetermined') return 'cluster domain not determined';
  return `cluster domain ${clusterDomain.domain}, from ${sourceWords(clusterDomain.source)}`;
}

/** A line of its own; none where the domain is known. */
export function undeterminedWarning(clusterDomain: ClusterDomain): string[] {
  if (clusterDomain.state === 'known') return [];
  const why = whyUndetermined(clusterDomain.why);
  return [`warning: the cluster domain is not determined, and left out of the names: ${why}: give --cluster-domain`];
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
    case 'answer': {
      const also = source.also.length > 0 ? ` (which resolves in ${all(source.also)} too)` : '';
      return `the answer of ${source.server} for Service ${named(source.service)}${also}`;
    }
    case 'resolv.conf':
      return `/etc/resolv.conf of pod/${source.pod}`;
  }
}

export function whyUndetermined(why: WhyUndetermined): string {
  switch (why.kind) {
    case 'corefile':
      return corefileWords(why.corefile);
    case 'no telltale':
      return 'no Service of the namespace has an address that servers could be asked for';
    case 'no answer':
      return 'no server answered';
    case 'nothing resolves':
      return `no server gives an address for Service ${all(why.services.map(named))} in ${all(why.domains)}`;
  }
}

/** Why CoreDNS's configuration alone does not tell. */
function corefileWords(corefile: CorefileZones): string {
  const configMap = `ConfigMap ${named(corefile.configMap)}`;
  switch (corefile.state) {
    case 'forbidden':
      return `${configMap} may not be read`;
    case 'missing':
      return `${configMap} is missing`;
    case 'read': {
      const { own } = corefile.zones;
      return own.length > 0
        ? `${configMap} names several zones (${all(own)})`
        : `${configMap} names no zone of this cluster`;
    }
  }
}

function named({ namespace, name }: ServiceName): string {
  return `${namespace}/${name}`;
}

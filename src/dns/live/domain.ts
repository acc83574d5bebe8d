/** Finds out with what the names of the cluster end. */
import { parseAddress, reverseName } from '#src/objects/address.ts';
import { type Question, questionKey, type ServerReplies } from '#src/objects/dns.ts';
import {
  type ClusterDomain,
  type CorefileZones,
  candidatesOf,
  domainByAnswers,
  domainGiven,
  domainInName,
  domainQuestions,
  onlyDomainOf,
} from '../model/clusterdomain.ts';
import type { ServiceName } from '../model/namedservice.ts';
import { together } from '../model/replies.ts';
import type { Telltale } from '../model/telltales.ts';

/** Asks for the domain at each look, until it is determined: pods may get their addresses later. */
export type FindDomain = (telltales: readonly Telltale[]) => Promise<ClusterDomain>;

export function domainOnce(find: FindDomain): FindDomain {
  let known: ClusterDomain | undefined;
  return async (telltales) => {
    if (known?.state !== 'known') known = await find(telltales);
    return known;
  };
}

export const givenDomain =
  (given: string): FindDomain =>
  async () =>
    domainGiven(given);

/** By CoreDNS's configuration alone: nobody is to be asked. */
export function configuredDomain(read: () => Promise<CorefileZones>): FindDomain {
  return domainOnce(async () => {
    const corefile = await read();
    return onlyDomainOf(corefile) ?? { state: 'undetermined', why: { kind: 'corefile', corefile }, failed: [] };
  });
}

export interface AskedDomain {
  /** Undefined where nothing is known of CoreDNS's configuration. */
  corefile: CorefileZones | undefined;
  ask(questions: readonly Question[]): Promise<ServerReplies[]>;
  /** The DNS Service, whose addresses have a name that may give a hint; undefined where it is not known. */
  dnsService: (ServiceName & { clusterIPs: readonly string[] }) | undefined;
}

/** By the answers of servers about Services of the sets' namespaces. */
export function askedDomain({ corefile, ask, dnsService }: AskedDomain): FindDomain {
  return domainOnce(async (telltales) => {
    if (telltales.length === 0) return domainByAnswers([], telltales, [], undefined);
    const candidates = candidatesOf(corefile, undefined);
    const reverse = (dnsService?.clusterIPs ?? []).flatMap((text): Question[] => {
      const address = parseAddress(text);
      return address === undefined ? [] : [{ name: reverseName(address), type: 'PTR' }];
    });
    const first = await ask([...domainQuestions(candidates, telltales), ...reverse]);
    const hint = dnsService && hintIn(first, reverse, dnsService);
    const more = candidatesOf(corefile, hint).slice(candidates.length);
    const second = more.length === 0 ? [] : await ask(domainQuestions(more, telltales));
    return domainByAnswers([...candidates, ...more], telltales, together(first, second), hint);
  });
}

/** The domain in the name that a server gives for an address of the DNS Service. */
function hintIn(
  replies: readonly ServerReplies[],
  reverse: readonly Question[],
  dnsService: ServiceName,
): string | undefined {
  for (const server of replies) {
    for (const question of reverse) {
      const reply = server.replies.get(questionKey(question));
      for (const record of reply?.kind === 'answer' ? reply.records : []) {
        const domain = record.type === 'PTR' ? domainInName(record.target, dnsService) : undefined;
        if (domain !== undefined) return domain;
      }
    }
  }
  return undefined;
}

/** What a check of a pod found wrong, in words. */
import { whyUndetermined } from '#src/dns/view/domainwords.ts';
import { verdictWords } from '#src/dns/view/words.ts';
import { answerWords } from '#src/drawing/leadershipwords.ts';
import type { CommandFault, NameFault } from '../model/fault.ts';

/** `exit code 1: no such file (for 60 s)` */
export function commandFaultWords({ last, timeout }: CommandFault): string {
  return `${answerWords(last)} (for ${Math.round(timeout / 1_000)} s)`;
}

/** `stale: dns-1 still gives 10.0.0.1` */
export function nameFaultWords(fault: NameFault): string {
  switch (fault.kind) {
    case 'no name':
      return 'it has no name';
    case 'domain undetermined':
      return `the cluster domain is not determined: ${whyUndetermined(fault.why)}`;
    case 'judged':
      return verdictWords(fault.name, fault).text;
    case 'not asked':
      return fault.message;
  }
}

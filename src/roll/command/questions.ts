/** What a roll asks on its way: of the person, in pods, and of DNS servers. */
import { UsageError } from '#src/cli/usageerror.ts';
import { byPortForward, type Resolver } from '#src/dns/live/resolve.ts';
import { missingRights, rightWords, streamRights } from '#src/kube/rights.ts';
import type { StatefulSet } from '#src/objects/types.ts';
import { ordinalOf } from '#src/statefulset/identity.ts';
import { printable } from '#src/terminal/escape.ts';
import { askFor } from '#src/terminal/prompt.ts';
import { checkInPod, defaultContainer, nameIsRight } from '../live/checks.ts';
import type { RollQuestions } from '../live/tasks.ts';
import type { RollPlan } from '../model/plan.ts';
import { revisionWords } from '../view/words.ts';
import type { Following, Run } from './context.ts';

export function questionsOf(
  { client, flags, deps }: Run,
  { set, handling, resolver }: Following,
  plan: RollPlan | undefined,
): RollQuestions {
  const namespace = set.metadata.namespace ?? '';
  const container = handling.container ?? templateContainer(set);
  const check = (command: string) => (name: string, signal: AbortSignal) =>
    checkInPod(
      client,
      deps.steadyClock,
      { namespace, name },
      { command, container, timeout: handling.checkTimeout },
      signal,
    );
  return {
    async confirm(pod, signal) {
      const planned = plan?.pods.find(({ name }) => name === pod);
      const revision = planned === undefined ? '' : ` (revision ${revisionWords(set, planned)})`;
      const question = `${handling.evicts ? 'Evict' : 'Delete'} ${pod}${revision}? [y/N] `;
      if (!flags.interactive) return true;
      return isYes(await askFor(printable(question), deps.host, signal));
    },
    preCheck: check(handling.preCheck ?? 'true'),
    check: check(handling.check ?? 'true'),
    dns: async (pod, signal, tell) =>
      resolver && nameIsRight(client, deps.steadyClock, resolver, set, ordinalOf(pod), { signal, tell }),
  };
}

export function isYes(answer: string | undefined): boolean {
  return /^y(es)?$/i.test(answer?.trim() ?? '');
}

function templateContainer({ spec }: StatefulSet): string {
  const { metadata, spec: pod } = spec?.template ?? {};
  return defaultContainer({
    metadata: { ...metadata, name: '' },
    ...(pod && { spec: pod }),
  });
}

export async function dnsResolver({ client, flags, deps }: Run): Promise<Resolver> {
  const options = { dnsService: flags['dns-service'], servers: Number.POSITIVE_INFINITY, clusterDomain: undefined };
  const rights = streamRights('portforward', { namespace: 'kube-system', name: '' }).map(
    ({ name: _, ...right }) => right,
  );
  const missing = flags['dns-service'] === undefined ? await missingRights(client, rights) : [];
  if (missing.length > 0) {
    throw new UsageError(`--wait-dns: no right to ${missing.map(rightWords).join(', ')} in namespace kube-system`);
  }
  const means = { clock: deps.steadyClock, random: deps.random, signal: new AbortController().signal };
  return byPortForward(client, options, means);
}

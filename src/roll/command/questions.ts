/** Asks what a roll wants to know: the person, pods, and DNS servers. */
import { byPortForward, type Resolver } from '#src/dns/live/resolve.ts';
import type { ServiceName } from '#src/dns/model/namedservice.ts';
import type { Unaskable } from '#src/dns/model/unaskable.ts';
import { missingRights, rightWords, streamRights } from '#src/kube/rights.ts';
import { templateContainer } from '#src/statefulset/container.ts';
import { ordinalOf } from '#src/statefulset/identity.ts';
import { printable } from '#src/terminal/escape.ts';
import { askFor } from '#src/terminal/prompt.ts';
import { checkInPod, nameIsRight } from '../live/checks.ts';
import { findLeader } from '../live/leader.ts';
import type { RollQuestions } from '../live/tasks.ts';
import type { PodHandling } from '../model/record.ts';
import { commandFaultWords, nameFaultWords } from '../view/faults.ts';
import { confirmPrompt, isYes } from '../view/prompts.ts';
import type { DrivenRoll, RunContext } from './context.ts';

export function questionsOf({ client, deps }: RunContext, roll: DrivenRoll): RollQuestions {
  const { set, handling, resolver, plan } = roll;
  const { steadyClock, host } = deps;
  const namespace = set.metadata.namespace ?? '';
  const container = handling.container ?? templateContainer(set);

  async function inPod(command: string, name: string, signal: AbortSignal): Promise<string | undefined> {
    const check = { command, container, timeout: handling.checkTimeout };
    const fault = await checkInPod(client, steadyClock, { namespace, name }, check, signal);
    return fault && commandFaultWords(fault);
  }

  return {
    async confirm(pod, signal) {
      if (!roll.own.interactive) return true;
      const planned = plan?.pods.find(({ name }) => name === pod);
      const prompt = confirmPrompt({ set, pod, planned, evicts: handling.evicts });
      return isYes(await askFor(printable(prompt), host, signal));
    },
    preCheck: (pod, signal) => inPod(handling.preCheck ?? 'true', pod, signal),
    check: (pod, signal) => inPod(handling.check ?? 'true', pod, signal),
    async dns(pod, signal, tell) {
      if (resolver === undefined) return undefined;
      const fault = await nameIsRight(client, steadyClock, resolver, set, ordinalOf(pod), {
        signal,
        tell: (soFar) => tell(nameFaultWords(soFar)),
      });
      return fault && nameFaultWords(fault);
    },
    leader: (signal, tell) => findLeader(client, steadyClock, set, leaderSearch(handling), { signal, tell }),
  };
}

/** How the pods are asked who leads. Without a command every pod says so, and nobody is known to lead. */
export function leaderSearch({ leaderCheck = 'true', container, checkTimeout }: PodHandling) {
  return { command: leaderCheck, container, timeout: checkTimeout };
}

/** The namespace of the usual DNS Service. */
const dnsNamespace = 'kube-system';

/**
 * Reaches the cluster's DNS servers.
 *
 * @param dnsService undefined for the usual one, whose rights are asked first: a roll that lacks them is not begun
 */
export async function dnsResolver(
  context: RunContext,
  dnsService: ServiceName | undefined,
): Promise<Resolver | { unaskable: Unaskable }> {
  const { client, deps } = context;
  const forbidden = await forbiddenDns(context, dnsService);
  if (forbidden) return forbidden;
  const { signal } = new AbortController();
  const options = { dnsService, servers: Number.POSITIVE_INFINITY, clusterDomain: undefined };
  return byPortForward(client, options, { clock: deps.steadyClock, random: deps.random, signal });
}

/** Why the usual DNS Service may not be reached; undefined where it may, and for a Service that was named. */
export async function forbiddenDns(
  { client }: RunContext,
  dnsService: ServiceName | undefined,
): Promise<{ unaskable: Unaskable } | undefined> {
  if (dnsService !== undefined) return undefined;
  const needed = streamRights('portforward', { namespace: dnsNamespace, name: '' });
  const missing = await missingRights(
    client,
    needed.map(({ name: _, ...right }) => right),
  );
  if (missing.length === 0) return undefined;
  const rights = missing.map(rightWords);
  return { unaskable: { kind: 'stream forbidden', stream: 'port-forward', rights, namespace: dnsNamespace } };
}

/** Checks of a pod: a command in it, and its name at the cluster's DNS servers. */
import { lookingWith } from '#src/dns/live/look.ts';
import type { Resolver } from '#src/dns/live/resolve.ts';
import { leadsRight } from '#src/dns/model/verdicts.ts';
import type { Client } from '#src/kube/client.ts';
import { ConnectionError, StatusError } from '#src/kube/errors.ts';
import type { Clock } from '#src/objects/clock.ts';
import type { StatefulSet } from '#src/objects/types.ts';
import { runInPod } from '#src/sources/podcommand.ts';
import { ordinalOf } from '#src/statefulset/identity.ts';
import type { CommandFault, NameFault } from '../model/fault.ts';

/** Milliseconds between two tries. */
const interval = 1_000;
const dnsInterval = 250;

export interface CommandCheck {
  /** For `sh -c`. */
  command: string;
  container: string;
  /** Milliseconds in which it has to succeed once. */
  timeout: number;
}

/**
 * Runs a command in a pod until it ends with 0 or the time is up. A command that hangs is left when the time is up.
 *
 * @returns undefined when it succeeded
 */
export async function checkInPod(
  client: Client,
  clock: Clock,
  pod: { namespace: string; name: string },
  { command, container, timeout }: CommandCheck,
  signal: AbortSignal,
): Promise<CommandFault | undefined> {
  const end = clock.now() + timeout;
  let last: CommandFault['last'] = { kind: 'did not end' };
  for (;;) {
    const answer = await runInPod(
      client,
      clock,
      pod,
      { command, container, limit: Math.max(end - clock.now(), 1) },
      signal,
    );
    if (answer.kind === 'exit code' && answer.exitCode === 0) return undefined;
    // What a try said before tells more than that the last one was broken off.
    if (answer.kind !== 'did not end') last = answer;
    if (signal.aborted || clock.now() + interval >= end) return { last, timeout };
    await clock.sleep(interval, signal);
  }
}

/**
 * Asks all DNS servers for a pod's name until each gives the pod's present address.
 *
 * @param tell is called with each fault
 * @returns undefined once they do; the last fault when `signal` is aborted before
 */
export async function nameIsRight(
  client: Client,
  clock: Clock,
  resolver: Resolver,
  { metadata }: StatefulSet,
  ordinal: number,
  { signal, tell }: { signal: AbortSignal; tell: (fault: NameFault) => void },
): Promise<NameFault | undefined> {
  for (;;) {
    const fault = await nameFault(client, resolver, metadata, ordinal);
    if (fault === undefined) return undefined;
    tell(fault);
    if (signal.aborted) return fault;
    await clock.sleep(dnsInterval, signal);
  }
}

async function nameFault(
  client: Client,
  resolver: Resolver,
  metadata: StatefulSet['metadata'],
  ordinal: number,
): Promise<NameFault | undefined> {
  try {
    const [wrong] = await wrongNames(client, resolver, metadata, [ordinal]);
    return wrong?.fault;
  } catch (error) {
    if (!(error instanceof StatusError || error instanceof ConnectionError)) throw error;
    return { kind: 'not asked', message: error.message };
  }
}

/** The pods whose name does not lead to them now, at one DNS server or more. */
export async function wrongNames(
  client: Client,
  resolver: Resolver,
  { namespace, name }: StatefulSet['metadata'],
  ordinals: readonly number[],
): Promise<{ ordinal: number; fault: NameFault }[]> {
  const asking = { srv: false, ptr: false, namespace, selection: { names: [name], labels: undefined }, ordinals };
  const { judged, clusterDomain } = await lookingWith(client, resolver.findDomain, resolver.ask, asking).again();
  const names = judged.flatMap(({ serviceName, names: own }) => own.map((judgedName) => ({ serviceName, judgedName })));
  return ordinals.flatMap((ordinal): { ordinal: number; fault: NameFault }[] => {
    const own = names.find(
      ({ judgedName: { subject } }) => subject.kind === 'pod' && ordinalOf(subject.pod) === ordinal,
    );
    if (own === undefined) return [{ ordinal, fault: { kind: 'no name' } }];
    const { judgedName, serviceName } = own;
    const [worst] = judgedName.verdicts;
    if (worst.kind === 'domain undetermined' && clusterDomain.state === 'undetermined') {
      return [{ ordinal, fault: { kind: 'domain undetermined', why: clusterDomain.why } }];
    }
    return leadsRight(judgedName) ? [] : [{ ordinal, fault: { kind: 'judged', name: judgedName, serviceName } }];
  });
}

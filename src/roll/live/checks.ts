/** What a roll asks about a pod: by a command in it, and of the cluster's DNS servers. */

import { readNames } from '#src/dns/live/reading.ts';
import type { Resolver } from '#src/dns/live/resolve.ts';
import { judge } from '#src/dns/model/judge.ts';
import { expectedNames } from '#src/dns/model/names.ts';
import { questionsOf } from '#src/dns/model/queries.ts';
import type { Verdict } from '#src/dns/model/verdicts.ts';
import type { Client } from '#src/kube/client.ts';
import { ConnectionError, StatusError } from '#src/kube/errors.ts';
import type { Clock } from '#src/objects/clock.ts';
import type { Pod, StatefulSet } from '#src/objects/types.ts';
import { ordinalOf } from '#src/statefulset/identity.ts';

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
 * Runs a command in a pod until it ends with 0 or the time is up.
 *
 * @returns undefined when it has; else how it ended last
 */
export async function checkInPod(
  client: Client,
  clock: Clock,
  pod: { namespace: string; name: string },
  { command, container, timeout }: CommandCheck,
  signal: AbortSignal,
): Promise<string | undefined> {
  const end = clock.now() + timeout;
  let last = 'it did not end';
  for (;;) {
    const left = end - clock.now();
    const limit = AbortSignal.any([signal, AbortSignal.timeout(Math.ceil(Math.max(left, 1)))]);
    try {
      const { exitCode, stdout, stderr } = await client.execute(pod, container, ['sh', '-c', command], limit);
      if (exitCode === 0) return undefined;
      last = [`exit code ${exitCode}`, lastLine(stderr) || lastLine(stdout)].filter(Boolean).join(': ');
    } catch (error) {
      if (!(error instanceof StatusError || error instanceof ConnectionError || limit.aborted)) throw error;
      if (!limit.aborted && error instanceof Error) last = error.message.replace(/^error: /, '');
    }
    if (signal.aborted || clock.now() + interval >= end) return `${last} (for ${Math.round(timeout / 1_000)} s)`;
    await clock.sleep(interval, signal);
  }
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim() ?? '';
}

/** The container that commands run in, as kubectl chooses it. (`DefaultContainerAnnotationName`, kubectl/pkg/cmd/util/podcmd) */
export function defaultContainer({ metadata, spec }: Pick<Pod, 'metadata' | 'spec'>): string {
  const named = metadata.annotations?.['kubectl.kubernetes.io/default-container'];
  const names = (spec?.containers ?? []).map(({ name }) => name);
  return named !== undefined && names.includes(named) ? named : (names[0] ?? '');
}

/**
 * Asks all DNS servers for a pod's name until each gives its present address.
 *
 * @param tell what is wrong as yet
 * @returns undefined when they do; else what was wrong last, once `signal` is aborted
 */
export async function nameIsRight(
  client: Client,
  clock: Clock,
  resolver: Resolver,
  { metadata }: StatefulSet,
  ordinal: number,
  { signal, tell }: { signal: AbortSignal; tell: (wrong: string) => void },
): Promise<string | undefined> {
  for (;;) {
    let last: string;
    try {
      const [wrong] = await wrongNames(client, resolver, metadata, [ordinal]);
      if (wrong === undefined) return undefined;
      last = wrong.why;
    } catch (error) {
      if (!(error instanceof StatusError || error instanceof ConnectionError)) throw error;
      last = error.message;
    }
    tell(last);
    if (signal.aborted) return last;
    await clock.sleep(dnsInterval, signal);
  }
}

/** Those of the pods whose name does not lead to them now, at one DNS server or more. */
export async function wrongNames(
  client: Client,
  resolver: Resolver,
  { namespace, name }: StatefulSet['metadata'],
  ordinals: readonly number[],
): Promise<{ ordinal: number; why: string }[]> {
  const options = { clusterDomain: resolver.clusterDomain.domain, srv: false, ptr: false };
  const { snapshot, sets } = await readNames(client, namespace, { names: [name], labels: undefined });
  const expected = expectedNames(snapshot, sets, ordinals);
  const judged = judge(expected, await resolver.ask(questionsOf(expected, options)), options, new Map());
  const names = judged.flatMap((set) => set.names);
  return ordinals.flatMap((ordinal) => {
    const own = names.find(({ subject }) => subject.kind === 'pod' && ordinalOf(subject.pod) === ordinal);
    if (own === undefined) return { ordinal, why: 'it has no name' };
    const [worst] = own.verdicts;
    return worst.kind === 'ok' ? [] : { ordinal, why: verdictText(worst) };
  });
}

function verdictText(verdict: Verdict): string {
  return 'servers' in verdict ? `${verdict.kind} at ${verdict.servers.join(', ')}` : verdict.kind;
}

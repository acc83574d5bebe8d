/** What a roll asks about a pod: by a command in it, and of the cluster's DNS servers. */
import type { Clock } from '../clock.ts';
import type { Client } from '../kube/client.ts';
import { ConnectionError, StatusError } from '../kube/errors.ts';
import type { Pod, StatefulSet } from '../objects/types.ts';
import { readNames } from '../sources/names.ts';
import { expectedNames } from '../statefulset/names.ts';
import { judge, questionsOf, type Verdict } from '../statefulset/verdicts.ts';
import type { Resolver } from './resolve.ts';

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
 * @returns undefined when they do; else what was wrong last, once `signal` is aborted
 */
export async function nameIsRight(
  client: Client,
  clock: Clock,
  resolver: Resolver,
  { metadata }: StatefulSet,
  ordinal: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  const options = { clusterDomain: resolver.clusterDomain.domain, srv: false, ptr: false };
  let last = 'nobody was asked yet';
  while (!signal.aborted) {
    try {
      const { snapshot, sets } = await readNames(client, metadata.namespace, {
        names: [metadata.name],
        labels: undefined,
      });
      const names = expectedNames(snapshot, sets, [ordinal]);
      const judged = judge(names, await resolver.ask(questionsOf(names, options)), options, new Map());
      const verdicts = judged.flatMap((set) => set.names.flatMap((name) => name.verdicts));
      const [wrong] = verdicts.filter(({ kind }) => kind !== 'ok');
      if (verdicts.length > 0 && wrong === undefined) return undefined;
      last = wrong === undefined ? 'it has no name' : verdictText(wrong);
    } catch (error) {
      if (!(error instanceof StatusError || error instanceof ConnectionError)) throw error;
      last = error.message;
    }
    await clock.sleep(dnsInterval, signal);
  }
  return last;
}

function verdictText(verdict: Verdict): string {
  return 'servers' in verdict ? `${verdict.kind} at ${verdict.servers.join(', ')}` : verdict.kind;
}

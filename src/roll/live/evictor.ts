/** One eviction: what must hold directly before it is sent, and what a refusal of it means. */
import { type Backoff, backoff } from '#src/kube/backoff.ts';
import type { Client } from '#src/kube/client.ts';
import { StatusError } from '#src/kube/errors.ts';
import { resources } from '#src/kube/resources.ts';
import type { Clock } from '#src/objects/clock.ts';
import { mayPass } from '#src/sources/outage.ts';
import type { Answer } from '../model/actions.ts';

export interface EvictorOptions {
  clock: Clock;
  /** From 0 to below 1. */
  random: () => number;
  /** Ends the pauses between two tries. */
  signal: AbortSignal;
  namespace: string;
  /** By eviction, which budgets may forbid; otherwise by deletion. */
  evicts: boolean;
  /** Proves that this run holds the Lease. */
  prove(): Promise<boolean>;
  /** Whether the pod may still go, by all that has been seen until now. */
  mayGo(pod: string): boolean;
}

export interface Evictor {
  /** @param uid of the pod: another pod of the same name is not touched */
  evict(pod: string, uid: string): Promise<Answer>;
}

/** Milliseconds before another look where something else has changed the pod. */
const shortPause = 100;

/** So many times the server may refuse an eviction for a reason that may pass. */
const mostRefusals = 5;

export function evictorOf(client: Client, options: EvictorOptions): Evictor {
  const { clock, random, signal, namespace, evicts } = options;
  const pauses = backoff(clock, random);
  const blockedPauses = new Map<string, Backoff>();
  const refusals = new Map<string, number>();

  async function evict(pod: string, uid: string): Promise<Answer> {
    try {
      if (!(await options.prove()) || !options.mayGo(pod)) return { kind: 'not sent', pod };
      const refusal = evicts
        ? await client.evict({ namespace, name: pod }, uid, { dryRun: false })
        : await client.remove(resources.pods, namespace, pod, uid, { dryRun: false });
      return refusal === undefined ? { kind: 'evicted', pod } : await refused(pod, refusal);
    } catch (error) {
      if (!mayPass(error)) throw error;
      if (error instanceof StatusError) return await refused(pod, error);
      // Nobody knows whether the request arrived. The next reading shows it by the pod's UID.
      return lookAgain(pod, pauses.next());
    }
  }

  /** What a refusal means, of the eviction or of the Lease that is written before it. */
  async function refused(pod: string, { code, reason, detail, causes }: StatusError): Promise<Answer> {
    if (code === 429) {
      return { kind: 'blocked', pod, why: causes.join(' ') || detail, retryAt: clock.now() + pausesOf(pod).next() };
    }
    if (code === 404 || code === 409) return lookAgain(pod, shortPause);
    const count = (refusals.get(pod) ?? 0) + 1;
    refusals.set(pod, count);
    // A server that has just started does not know the roles yet.
    const mayChange = code >= 500 || code === 401 || reason === 'Forbidden';
    if (mayChange && count < mostRefusals) return lookAgain(pod, pauses.next());
    return { kind: 'refused', pod, message: [detail, ...causes].join(' ') };
  }

  async function lookAgain(pod: string, pause: number): Promise<Answer> {
    await clock.sleep(pause, signal);
    return { kind: 'look again', pod };
  }

  /** Each pod waits for its budget by itself. */
  function pausesOf(pod: string): Backoff {
    const known = blockedPauses.get(pod) ?? backoff(clock, random);
    blockedPauses.set(pod, known);
    return known;
  }

  return { evict };
}

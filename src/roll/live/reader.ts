/** What a roll sees of its set: followed by watches, and read anew where a decision asks for it. */
import { backoff } from '#src/kube/backoff.ts';
import type { Client } from '#src/kube/client.ts';
import type { Clock } from '#src/objects/clock.ts';
import type { Refusal } from '#src/objects/snapshot.ts';
import type { StatefulSet } from '#src/objects/types.ts';
import { mayPass, type Outage } from '#src/sources/outage.ts';
import type { View } from '../model/state.ts';
import { followSet } from './source.ts';

export interface ReaderOptions {
  clock: Clock;
  /** From 0 to below 1. */
  random: () => number;
  /** Ends the watches and the pauses. */
  signal: AbortSignal;
  outage: Outage;
  /** The claims that the next reading must show. */
  claims(): readonly string[];
  /** There is something new to see. */
  changed(): void;
  /** It may be listed, but not watched: the view lags behind. Called once for each resource. */
  notWatched(refusal: Refusal): void;
  /** Something failed that nobody foresaw. */
  failed(error: unknown): void;
  /** Gives back the memory of what is no longer used. */
  collectGarbage(): void;
}

export interface Reader {
  /** The newest state that is known. Nothing in it is older than `readAt`, which is -Infinity before the first reading. */
  view(): View;
  /** Reads the set anew; a reading that is under way counts. A failure that may pass is left to the next reading. */
  read(): Promise<void>;
  /** Reads anew over new connections, by a reading that begins now: after a sleep the old ones may be dead. */
  readAfterSleep(): Promise<void>;
  /** Since when every reading failed, and why the last one did; undefined once one succeeds. Milliseconds. */
  blindness(): Blindness | undefined;
}

interface Blindness {
  since: number;
  message: string;
}

/** A reading of so many pods leaves megabytes behind, which runtimes are slow to give back. */
const manyPods = 200;

/** @param set its name, namespace and selector say what to read */
export function readerOf(client: Client, set: StatefulSet, options: ReaderOptions): Reader {
  const { clock, random, signal, outage, changed, failed } = options;
  const unwatched = new Set<string>();
  const source = followSet(client, set, {
    clock,
    random,
    signal,
    outage,
    changed,
    failed,
    notWatched(refusal) {
      // The watch is tried again and again.
      if (!unwatched.has(refusal.resource)) options.notWatched(refusal);
      unwatched.add(refusal.resource);
    },
  });
  const pauses = backoff(clock, random);
  let reading: Promise<void> | undefined;
  let blindness: Blindness | undefined;

  async function readNow(): Promise<void> {
    try {
      await source.read(options.claims());
      if (source.view().pods.length >= manyPods) options.collectGarbage();
      outage.end('reading');
      blindness = undefined;
    } catch (error) {
      if (!mayPass(error)) throw error;
      outage.begin('reading', error);
      blindness = { since: blindness?.since ?? clock.now(), message: error.message };
      await clock.sleep(pauses.next(), signal);
    }
  }

  function read(): Promise<void> {
    reading ??= readNow().finally(() => {
      reading = undefined;
      changed();
    });
    return reading;
  }

  return {
    view: source.view,
    read,
    async readAfterSleep() {
      source.again();
      // A reading that is under way may be as old as the sleep.
      await reading;
      await read();
    },
    blindness: () => blindness,
  };
}

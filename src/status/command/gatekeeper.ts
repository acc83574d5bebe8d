/** `status --wait`: waits until all sets are where they should be, or until it knows that one cannot get there. */
import type { Deps } from '#src/cli/deps.ts';
import { live, type Teller, tellerOn } from '#src/cli/ongoing.ts';
import type { Client } from '#src/kube/client.ts';
import { withFields } from '#src/kube/config/connectionoptions.ts';
import { longestTimer } from '#src/objects/clock.ts';
import type { ExitCode } from '#src/objects/failure.ts';
import type { StatefulSet } from '#src/objects/types.ts';
import { type Bell, bellOf } from '#src/sources/bell.ts';
import { mayPass } from '#src/sources/outage.ts';
import type { Selection } from '#src/statefulset/selection.ts';
import type { Console } from '#src/terminal/console.ts';
import { printable } from '#src/terminal/escape.ts';
import { endWithReader, withoutReader } from '#src/terminal/interruption.ts';
import { type Reading, readCluster } from '#src/tree/live/reading.ts';
import { watchCluster } from '#src/tree/live/source.ts';
import { type Topology, topologies } from '#src/tree/model/topology.ts';
import { diagnosedInTime } from '../live/diagnosed.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import { type FailureMemory, failureMemory } from '../model/failurememory.ts';
import { type GateLook, gateLook, known, newerSets, outcomeIn, restOf, shutBy } from '../model/gatelook.ts';
import { statusNeeds } from '../model/needs.ts';
import { blindWords, type GateWords, newerWords, nothingToWaitFor } from '../view/gatewords.ts';
import { type GateOutput, gateOutput } from './gateoutput.ts';
import type { GateOptions, StatusOptions } from './options.ts';
import { type Verdict, verdictOf } from './verdict.ts';

/** As `--request-timeout` takes it. A request that hangs must not keep the gate from its end. */
const requestTimeout = '30s';

/** Milliseconds after which the sets are judged anew though nothing has changed: pods become available by the clock. */
const tick = 500;
/** The same where the moment is near. */
const shortTick = 100;

/** Milliseconds by which the server may be ahead of what its answers tell: they give whole seconds. */
const clockError = 1_000;

export async function keepGate(
  options: StatusOptions,
  gate: GateOptions,
  console: Console,
  deps: Deps,
): Promise<ExitCode> {
  const { connection, selection, allNamespaces } = options;
  const bounded = withFields(connection, { requestTimeout: connection.requestTimeout || requestTimeout });
  // `| head -1` must not open the gate.
  endWithReader(deps.host, withoutReader);
  let verdict: Verdict | undefined;
  const ended = await live(
    bounded,
    deps,
    console,
    (_client, signal) => gateOutput(options, gate, console, deps, signal),
    async (client, output, signal) => {
      const namespace = allNamespaces ? undefined : client.namespace;
      verdict = await wait({
        client,
        namespace,
        selection,
        gate,
        allNamespaces,
        output,
        deps,
        signal,
        memory: failureMemory(),
      });
      return verdict?.code;
    },
  );
  // What is drawn on the terminal stands before it.
  for (const line of verdict?.out ?? []) console.out(`${line}\n`);
  for (const line of verdict?.err ?? []) console.err(`${line}\n`);
  return ended;
}

interface Waiting {
  client: Client;
  /** Undefined for all namespaces. */
  namespace: string | undefined;
  selection: Selection;
  gate: GateOptions;
  allNamespaces: boolean;
  output: GateOutput;
  deps: Deps;
  signal: AbortSignal;
  memory: FailureMemory;
}

/** @returns undefined where the signal ended it */
async function wait(waiting: Waiting): Promise<Verdict | undefined> {
  const { output, signal } = waiting;
  // Ends the watches with the gate.
  const own = new AbortController();
  try {
    const look = await lastLook({ ...waiting, signal: AbortSignal.any([signal, own.signal]) });
    if (look === undefined || 'code' in look) return look;
    const diagnoses = await diagnosesFor(waiting, look);
    output.end(look, diagnoses);
    return verdictOf(look, diagnoses, wordsOf(waiting), output);
  } finally {
    own.abort();
  }
}

/** Of the sets that keep the gate from opening; empty where it opens. */
async function diagnosesFor(
  { client, namespace, deps, signal }: Waiting,
  look: GateLook,
): Promise<Map<Topology, Diagnosis>> {
  const shut = { told: shutBy(look).map(({ topology }) => topology), snapshot: look.snapshot };
  const diagnoses = await diagnosedInTime(client, namespace, shut, deps.steadyClock, signal);
  return new Map(diagnoses.map((each) => [each.topology, each]));
}

function wordsOf({ gate, allNamespaces }: Waiting): GateWords {
  return { ...gate, allNamespaces };
}

/** Waits for the look that counts: that all are there, that one cannot get there, or that the time is up. */
async function lastLook(waiting: Waiting): Promise<GateLook | Verdict | undefined> {
  const { gate, namespace, output, deps, signal } = waiting;
  const { steadyClock } = deps;
  const end = steadyClock.now() + gate.timeout;
  const bell = bellOf(steadyClock, signal);
  const teller = tellerOn(output);
  const follower = follow(waiting, teller, bell);
  let seen: ReadonlyMap<string, StatefulSet> = new Map();
  let shown: Reading | undefined;
  let rest = Number.POSITIVE_INFINITY;
  while (!signal.aborted) {
    const reading = follower.latest();
    if (reading !== undefined) {
      const refusal = shown === undefined ? refusalOf(reading, namespace) : undefined;
      if (refusal !== undefined) return refusal;
      for (const set of newerSets(seen, reading.sets)) output.say(printable(newerWords(set, wordsOf(waiting))));
      if (reading !== shown) waiting.memory.note(reading.snapshot, reading.sets);
      const look = lookAt(waiting, reading, seen);
      if (reading !== shown) teller.tellRights(reading.snapshot);
      output.show(look, reading !== shown);
      shown = reading;
      seen = new Map([...seen, ...known(reading.sets)]);
      rest = restOf(look, gate.goal);
      // Each answer tells the server's clock more exactly.
      if (outcomeIn(look) !== 'waiting' || rest <= clockError) {
        const again = await freshLook(waiting, seen, end - steadyClock.now());
        const expected = rest <= clockError ? 'met' : outcomeIn(look);
        if (again !== undefined && outcomeIn(again) === expected) return again;
      }
    }
    if (steadyClock.now() >= end) {
      const last = await freshLook(waiting, seen, 0);
      return last ?? blind(waiting, follower.fault());
    }
    await bell.rung(Math.min(tick, Math.max(rest, shortTick), end - steadyClock.now()));
  }
  return undefined;
}

/** Why there is nothing to wait for. */
function refusalOf({ sets, failures }: Reading, namespace: string | undefined): Verdict | undefined {
  if (failures.length > 0) return { code: 2, out: [], err: failures.map(({ message }) => printable(message)) };
  return sets.length > 0 ? undefined : { code: 2, out: [], err: [printable(nothingToWaitFor(namespace))] };
}

function lookAt(
  { client, gate, memory }: Waiting,
  { snapshot, sets }: Reading,
  seen: ReadonlyMap<string, StatefulSet>,
): GateLook {
  const now = { ...snapshot, time: client.serverTime() };
  const told = topologies(now, sets, {
    patience: gate.stuckAfter,
    failingFrom: memory.from,
    watchedSince: memory.since(),
  });
  return gateLook(now, told, gate.goal, seen);
}

/** Milliseconds that a reading may take at least, however little time is left. */
const leastForReading = 2_000;

/**
 * Looks once more, by a reading of its own: of several watches, one may lag behind the others, or have lost its connection.
 *
 * @param limit milliseconds
 * @returns undefined where the server gave no answer in time
 */
async function freshLook(
  waiting: Waiting,
  seen: ReadonlyMap<string, StatefulSet>,
  limit: number,
): Promise<GateLook | undefined> {
  const { client, namespace, selection, deps, signal } = waiting;
  try {
    const reading = await Promise.race([
      readCluster(client, namespace, selection, statusNeeds),
      deps.steadyClock.sleep(Math.min(Math.max(limit, leastForReading), longestTimer), signal),
    ]);
    return reading ? lookAt(waiting, reading, seen) : undefined;
  } catch (error) {
    if (!mayPass(error)) throw error;
    return undefined;
  }
}

function blind(waiting: Waiting, fault = 'the API server has not answered in time'): Verdict {
  return { code: 2, out: [], err: [printable(blindWords(fault, wordsOf(waiting)))] };
}

interface Follower {
  /** The newest reading. @throws what the first reading failed with, and any fault of this program */
  latest(): Reading | undefined;
  /** Why the server gives no answer at the moment; undefined where it does. */
  fault(): string | undefined;
}

/** Keeps a reading current, and rings the bell for each new one. */
function follow({ client, namespace, selection, deps, signal }: Waiting, { tell }: Teller, bell: Bell): Follower {
  let latest: Reading | undefined;
  let failure: { error: unknown } | undefined;
  let fault: string | undefined;
  const live: Parameters<typeof watchCluster>[3] = {
    ...deps,
    signal,
    needsOf: statusNeeds,
    tell(news) {
      if (news.kind === 'lost') fault = news.error.message;
      if (news.kind === 'recovered') fault = undefined;
      tell(news);
    },
  };
  const following = async () => {
    for await (const reading of watchCluster(client, namespace, selection, live)) {
      latest = reading;
      bell.ring();
    }
  };
  following().catch((error: unknown) => {
    failure = { error };
    bell.ring();
  });
  return {
    latest() {
      if (failure) throw failure.error;
      return latest;
    },
    fault: () => fault,
  };
}

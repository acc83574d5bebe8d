/** Reads a set before its roll begins: what the roll would do, and why it may not begin. */
import type { Resolver } from '#src/dns/live/resolve.ts';
import type { Client } from '#src/kube/client.ts';
import { StatusError } from '#src/kube/errors.ts';
import { resources } from '#src/kube/resources.ts';
import { type Right, rightWords } from '#src/kube/rights.ts';
import { isRunningAndReady } from '#src/objects/podstatus.ts';
import { formatExactTime } from '#src/objects/time.ts';
import type { Lease, StatefulSet } from '#src/objects/types.ts';
import { hasContainer } from '#src/statefulset/container.ts';
import { podName } from '#src/statefulset/identity.ts';
import type { UnknownLeader } from '#src/statefulset/leadership.ts';
import { wrongNames } from '../live/checks.ts';
import { findLeader } from '../live/leader.ts';
import { otherRollIn, readLease } from '../live/lease.ts';
import { lookAtSet, missingForRoll } from '../live/reading.ts';
import { planRoll, type RollPlan, type RollSnapshot } from '../model/plan.ts';
import type { Problem } from '../model/problem.ts';
import { runsCommands } from '../model/record.ts';
import { beginRoll, type RollState } from '../model/state.ts';
import { refusalObject } from '../view/log.ts';
import { waitsForLeaderLine } from '../view/orderwords.ts';
import { problemLine, problemWords, warningLine } from '../view/refusals.ts';
import { type RunContext, say, viewOf } from './context.ts';
import type { BeginOptions } from './options.ts';
import { leaderSearch } from './questions.ts';

export interface Prepared {
  set: StatefulSet;
  plan: RollPlan;
  /** The roll before its first step. Nothing else is kept of what was read for it. */
  state: RollState;
  problems: Problem[];
}

/** @param resolver by which names are to be looked up; undefined where none are */
export async function prepare(
  context: RunContext,
  options: BeginOptions,
  set: StatefulSet,
  resolver: Resolver | undefined,
): Promise<Prepared> {
  const { client, deps } = context;
  const { wish, settings, handling, lease } = options;
  const needs = { evicts: handling.evicts, lease: lease !== undefined, exec: runsCommands(handling) };
  const [snapshot, missing, known] = await Promise.all([
    lookAtSet(client, set),
    missingForRoll(client, set, needs),
    leaseIfReadable(client, set),
  ]);
  let plan = planRoll({ ...wish, set, leader: undefined }, snapshot);
  let problems: Problem[] = [
    ...planProblems(plan),
    ...rightProblems(missing),
    ...containerProblems(set, handling.container),
    ...(known === undefined ? [] : [{ kind: 'other roll', roll: otherRollIn(known) } as const]),
    ...(resolver === undefined ? [] : await nameProblems(client, resolver, set, plan, snapshot)),
  ];
  // Only then the pods are asked: a roll that is refused in any case runs no commands, nor waits for their answers.
  if (settings.leaderCheck && problems.length === 0 && plan.pods.length > 0) {
    const found = await leaderOf(context, options, set);
    plan = 'leader' in found ? planRoll({ ...wish, set, leader: found.leader }, snapshot) : plan;
    problems = 'leader' in found ? planProblems(plan) : [found];
  }
  const state = beginRoll(set, plan.pods, viewOf(snapshot), settings, deps.steadyClock.now());
  return { set, plan, state, problems };
}

function planProblems({ refusals }: RollPlan): Problem[] {
  return refusals.map((refusal) => ({ kind: 'plan', refusal }));
}

async function leaderOf(
  context: RunContext,
  { handling }: BeginOptions,
  set: StatefulSet,
): Promise<{ leader: string } | Problem> {
  const { client, deps } = context;
  let isTold = false;
  const tell = (unknown: UnknownLeader): void => {
    if (!isTold) say(context, waitsForLeaderLine(set.metadata.name, unknown));
    isTold = true;
  };
  // The first Ctrl-C before a roll begins ends the process.
  const { signal } = new AbortController();
  const found = await findLeader(client, deps.steadyClock, set, leaderSearch(handling), { signal, tell });
  return found.kind === 'found' ? found : { ...found, kind: 'leader unknown' };
}

/** Checks run in pods as the template makes them now. */
function containerProblems(set: StatefulSet, container: string | undefined): Problem[] {
  if (container === undefined || hasContainer(set, container)) return [];
  return [{ kind: 'no such container', container }];
}

async function nameProblems(
  client: Client,
  resolver: Resolver,
  { metadata }: StatefulSet,
  plan: RollPlan,
  { pods }: RollSnapshot,
): Promise<Problem[]> {
  const ready = new Set(pods.items.filter(isRunningAndReady).map((pod) => pod.metadata.name));
  const ordinals = plan.pods.filter(({ name }) => ready.has(name)).map(({ ordinal }) => ordinal);
  const wrong = await wrongNames(client, resolver, metadata, ordinals);
  return wrong.map(({ ordinal, fault }) => ({ kind: 'name wrong', pod: podName(metadata.name, ordinal), fault }));
}

/** Where it may not be read, the missing rights say so. */
async function leaseIfReadable(client: Client, set: StatefulSet): Promise<Lease | undefined> {
  try {
    return await readLease(client, set);
  } catch (error) {
    if (error instanceof StatusError && error.reason === 'Forbidden') return undefined;
    throw error;
  }
}

/** The rights to the Lease stand apart, since a roll can do without a Lease. */
export function rightProblems(missing: readonly Right[]): Problem[] {
  const namespace = missing[0]?.namespace ?? '';
  const isOfLease = ({ resource }: Right) => resource === resources.leases;
  const leases = missing.filter(isOfLease).map(rightWords);
  const others = missing.filter((right) => !isOfLease(right)).map(rightWords);
  return [
    ...(others.length > 0 ? [{ kind: 'rights missing', rights: others, namespace } as const] : []),
    ...(leases.length > 0 ? [{ kind: 'lease rights missing', rights: leases, namespace } as const] : []),
  ];
}

/** Prints the warnings, and why the roll may not begin. */
export function tellProblems(context: RunContext, { set, plan, problems }: Prepared): void {
  const { metadata } = set;
  for (const warning of plan.warnings) say(context, warningLine(warning));
  for (const problem of problems) say(context, problemLine(metadata, problem));
  if (problems.length === 0 || context.format !== 'json') return;
  const messages = problems.map((problem) => problemWords(metadata, problem));
  context.console.out(refusalObject(set, messages, formatExactTime(context.deps.clock.now())));
}

/** Whether a set may be rolled, and what a roll would do. */
import type { Resolver } from '#src/dns/live/resolve.ts';
import type { Client } from '#src/kube/client.ts';
import { StatusError } from '#src/kube/errors.ts';
import { resources } from '#src/kube/resources.ts';
import { type Right, rightWords } from '#src/kube/rights.ts';
import { isRunningAndReady } from '#src/objects/podstatus.ts';
import { formatExactTime } from '#src/objects/time.ts';
import type { Lease, StatefulSet } from '#src/objects/types.ts';
import { podName } from '#src/statefulset/identity.ts';
import { printable } from '#src/terminal/escape.ts';
import { wrongNames } from '../live/checks.ts';
import { holderOf, readLease, recordIn } from '../live/lease.ts';
import { lookAtSet, missingForRoll } from '../live/reading.ts';
import { planRoll, type RollPlan, type RollSnapshot } from '../model/plan.ts';
import { readRoll } from '../model/record.ts';
import { beginRoll, type RollState } from '../model/state.ts';
import { refusalObject } from '../view/log.ts';
import { refusalWords, warningWords } from '../view/words.ts';
import { type Run, view } from './context.ts';

export interface Prepared {
  set: StatefulSet;
  plan: RollPlan;
  /** The roll before its first step: all that is kept of what was read for it. */
  state: RollState;
  /** Why it may not be begun. */
  problems: string[];
}

/** @param resolver by which names are to be looked up; undefined where none are */
export async function prepare(
  { client, flags, options, deps }: Run,
  set: StatefulSet,
  resolver: Resolver | undefined,
): Promise<Prepared> {
  const needs = {
    evicts: options.handling.evicts,
    lease: !flags['no-lease'],
    exec: options.settings.check || options.settings.preCheck,
  };
  const dryRun = flags['dry-run'] === 'client';
  const [snapshot, missing, lease] = await Promise.all([
    lookAtSet(client, set),
    dryRun ? [] : missingForRoll(client, set, needs),
    leaseOrNothing(client, set),
  ]);
  const plan = planRoll({ ...options.wish, set }, snapshot);
  const problems = [
    ...plan.refusals.map(refusalWords),
    ...missingWords(missing),
    ...containerProblems(set, options.handling.container),
    ...(lease === undefined ? [] : [heldWords(lease, set)]),
    ...(resolver === undefined ? [] : await nameProblems(client, resolver, set, plan, snapshot)),
  ];
  const state = beginRoll(set, plan.pods, view(snapshot), options.settings, deps.steadyClock.now());
  return { set, plan, state, problems };
}

/** That of a check, which is asked of pods as they are made now. */
function containerProblems({ spec }: StatefulSet, container: string | undefined): string[] {
  const { containers = [], initContainers = [] } = spec?.template?.spec ?? {};
  if (container === undefined || [...containers, ...initContainers].some(({ name }) => name === container)) return [];
  return [`--container ${container}: its pod template has no such container`];
}

/** A name that is wrong while its pod is ready will be no better for the next one. */
async function nameProblems(
  client: Client,
  resolver: Resolver,
  { metadata }: StatefulSet,
  plan: RollPlan,
  { pods }: RollSnapshot,
): Promise<string[]> {
  const ready = new Set(pods.items.filter(isRunningAndReady).map((pod) => pod.metadata.name));
  const ordinals = plan.pods.filter(({ name }) => ready.has(name)).map(({ ordinal }) => ordinal);
  const wrong = await wrongNames(client, resolver, metadata, ordinals);
  return wrong.map(
    ({ ordinal, why }) => `--wait-dns: the name of ${podName(metadata.name, ordinal)} is not right even now: ${why}`,
  );
}

/** Who may not read it is told by the rights that are missing. */
async function leaseOrNothing(client: Client, set: StatefulSet): Promise<Lease | undefined> {
  try {
    return await readLease(client, set);
  } catch (error) {
    if (error instanceof StatusError && error.reason === 'Forbidden') return undefined;
    throw error;
  }
}

export function missingWords(missing: readonly Right[]): string[] {
  if (missing.length === 0) return [];
  const [leases, others] = [missing.filter(isOfLeases), missing.filter((right) => !isOfLeases(right))];
  const namespace = missing[0]?.namespace ?? '';
  const words = (rights: readonly Right[]) =>
    `no right to ${rights.map(rightWords).join(', ')} in namespace ${namespace}`;
  return [
    ...(others.length > 0 ? [words(others)] : []),
    ...(leases.length > 0
      ? [
          `${words(leases)}: with --no-lease it goes without, but then nobody keeps another roll of the set away, and this one cannot be resumed`,
        ]
      : []),
  ];
}

function isOfLeases({ resource }: Right): boolean {
  return resource === resources.leases;
}

function heldWords(lease: Lease, { metadata: { name } }: StatefulSet): string {
  const record = readRoll(recordIn(lease));
  const roll = 'unreadable' in record ? 'a roll' : `roll ${record.id}`;
  const holder = holderOf(lease);
  const state = holder === undefined ? 'was stopped before its end' : `is under way, or was cut off: held by ${holder}`;
  const what = 'unreadable' in record ? 'or' : 'go on with --resume, or';
  return `${roll} of statefulset/${name} ${state}: see it with --status, ${what} forget it with --abort`;
}

export function tellRefusals({ console, flags, deps }: Run, { set, plan, problems }: Prepared): void {
  for (const warning of plan.warnings) console.err(`warning: ${printable(warningWords(warning))}\n`);
  if (problems.length === 0) return;
  for (const problem of problems) {
    console.err(`error: ${printable(`statefulset/${set.metadata.name} is not rolled: ${problem}`)}\n`);
  }
  if (flags.output === 'json') console.out(refusalObject(set, problems, formatExactTime(deps.clock.now())));
}

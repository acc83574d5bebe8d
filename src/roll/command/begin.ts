/** Begins rolls: looks at all sets before the first roll begins, then rolls one after the other. */
import type { Resolver } from '#src/dns/live/resolve.ts';
import { StatusError } from '#src/kube/errors.ts';
import { resources } from '#src/kube/resources.ts';
import type { ExitCode } from '#src/objects/failure.ts';
import { formatExactTime } from '#src/objects/time.ts';
import type { StatefulSet } from '#src/objects/types.ts';
import { printable } from '#src/terminal/escape.ts';
import { takeNew } from '../live/lease.ts';
import { writeRoll } from '../model/record.ts';
import { beginObject, summaryObject } from '../view/log.ts';
import { problemLine, unaskableDnsLine } from '../view/refusals.ts';
import { notBegunWords, rollTitle } from '../view/words.ts';
import { type DrivenRoll, holderOf, leaseDeps, type RunContext, randomId, say } from './context.ts';
import { tellDryRun } from './dryrun.ts';
import { followRoll } from './follow.ts';
import type { BeginOptions } from './options.ts';
import { type Prepared, prepare, tellProblems } from './prepare.ts';
import { dnsResolver, forbiddenDns } from './questions.ts';

export async function beginRolls(
  context: RunContext,
  options: BeginOptions,
  sets: readonly StatefulSet[],
): Promise<ExitCode> {
  const { dryRun } = options;
  const resolver = await resolverFor(context, options);
  if (resolver && 'unaskable' in resolver) {
    say(context, unaskableDnsLine(resolver.unaskable));
    return 2;
  }
  const prepared: Prepared[] = [];
  for (const set of sets) {
    const one = await prepare(context, options, set, resolver);
    prepared.push(one);
    tellProblems(context, one);
  }
  const possible = prepared.filter(({ problems }) => problems.length === 0);
  // One refusal keeps all of them from beginning, so a dry run shows no plan either.
  if (possible.length < prepared.length) {
    tellNotBegun(context, possible);
    return 2;
  }
  if (dryRun === 'none') return rollInTurn(context, options, prepared, resolver);
  let worst: ExitCode = 0;
  for (const one of prepared) worst = Math.max(worst, await tellDryRun(context, options, one));
  return worst;
}

/** A dry run asks no DNS server, but tells which rights the roll would lack. */
async function resolverFor(context: RunContext, { settings, dryRun, own }: BeginOptions) {
  if (!settings.waitDns) return undefined;
  return dryRun === 'none' ? dnsResolver(context, own.dnsService) : forbiddenDns(context, own.dnsService);
}

async function rollInTurn(
  context: RunContext,
  options: BeginOptions,
  prepared: readonly Prepared[],
  resolver: Resolver | undefined,
): Promise<ExitCode> {
  for (const [at, one] of prepared.entries()) {
    // While the first rolls went on, the next set may have changed.
    const now = at === 0 ? one : await prepareAgain(context, options, one.set, resolver);
    const code = now === undefined ? 1 : await rollOne(context, options, now, resolver);
    if (code === 0) continue;
    tellNotBegun(context, prepared.slice(at + 1));
    return code;
  }
  return 0;
}

function tellNotBegun(context: RunContext, rest: readonly Prepared[]): void {
  if (rest.length > 0) say(context, notBegunWords(rest.map(({ set }) => set.metadata.name)));
}

/** @returns undefined where the roll may no longer begin, which is told */
async function prepareAgain(
  context: RunContext,
  options: BeginOptions,
  { metadata }: StatefulSet,
  resolver: Resolver | undefined,
): Promise<Prepared | undefined> {
  const set = await context.client.get<StatefulSet>(resources.statefulSets, metadata.namespace, metadata.name);
  if (set instanceof StatusError) {
    say(context, set.message);
    return undefined;
  }
  const prepared = await prepare(context, options, set, resolver);
  tellProblems(context, prepared);
  return prepared.problems.length > 0 ? undefined : prepared;
}

async function rollOne(
  context: RunContext,
  { handling, lease: leaseOptions, own }: BeginOptions,
  { set, plan, state }: Prepared,
  resolver: Resolver | undefined,
): Promise<ExitCode> {
  const { format, console, deps } = context;
  const id = randomId(deps, 4);
  const { name } = set.metadata;
  const time = () => formatExactTime(deps.clock.now());
  if (plan.pods.length === 0) {
    const done = { ...state, end: { kind: 'done' } } as const;
    if (format === 'json') console.out(summaryObject({ id, set, handling }, done, undefined, time()));
    else console.out(`${printable(rollTitle(undefined, name, [], 1))}\n`);
    return 0;
  }
  let lease: DrivenRoll['lease'];
  if (leaseOptions) {
    const { duration, fieldManager } = leaseOptions;
    const record = writeRoll(id, state, handling, fieldManager);
    const hold = await takeNew(leaseDeps(context, fieldManager), set, holderOf(context, duration), record);
    if (hold === undefined) {
      say(context, problemLine(set.metadata, { kind: 'somebody was faster' }));
      return 2;
    }
    lease = { hold, options: leaseOptions };
  }
  if (format === 'json') console.out(beginObject({ id, set, handling }, plan, time()));
  return followRoll(context, { id, set, handling, state, lease, resolver, plan, own });
}

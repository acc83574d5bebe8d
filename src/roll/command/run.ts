/** `roll`: which sets, and one after the other. */

import { chooseSets } from '#src/cli/choosesets.ts';
import { connected } from '#src/cli/connected.ts';
import { connectionOf } from '#src/cli/connection.ts';
import type { Deps } from '#src/cli/deps.ts';
import { UsageError } from '#src/cli/usageerror.ts';
import type { Resolver } from '#src/dns/live/resolve.ts';
import { nothingFound } from '#src/drawing/notices.ts';
import { withFields } from '#src/kube/config/connectionoptions.ts';
import { StatusError } from '#src/kube/errors.ts';
import { resources } from '#src/kube/resources.ts';
import type { ExitCode } from '#src/objects/failure.ts';
import { formatExactTime } from '#src/objects/time.ts';
import type { StatefulSet } from '#src/objects/types.ts';
import { readSets } from '#src/sources/sets.ts';
import type { Console } from '#src/terminal/console.ts';
import { printable } from '#src/terminal/escape.ts';
import { type Hold, takeNew } from '../live/lease.ts';
import { writeRoll } from '../model/record.ts';
import { beginObject, summaryObject } from '../view/log.ts';
import { planTable } from '../view/plantable.ts';
import { rollTitle } from '../view/words.ts';
import { holder, leaseDeps, type Run, randomId, type Stage } from './context.ts';
import { follow } from './follow.ts';
import { optionsOf } from './options.ts';
import { type Prepared, prepare, tellRefusals } from './prepare.ts';
import { dnsResolver } from './questions.ts';
import { resumeRoll } from './resume.ts';
import type { RollFlags } from './roll.ts';

export async function runRoll(
  words: readonly string[],
  flags: RollFlags,
  console: Console,
  deps: Deps,
): Promise<ExitCode> {
  const options = optionsOf(flags, deps.clock.now());
  const selection = chooseSets(words, { selector: flags.selector, 'all-namespaces': false });
  if (!flags.status && selection.names.length === 0 && selection.labels === undefined) {
    throw new UsageError('name the StatefulSet to roll, or select some by -l');
  }
  if (flags.resume && selection.names.length !== 1)
    throw new UsageError('--resume goes on with the roll of one StatefulSet');
  if (flags.interactive && !deps.host.stdin.isTTY)
    throw new UsageError('-i asks before each pod, and needs a terminal');
  const stage: Stage = { show: undefined, interruption: undefined };
  const beside = {
    ...console,
    err: (text: string) => (stage.show ? stage.show.say(text.trimEnd()) : console.err(text)),
  };
  let code: ExitCode = 2;
  // A request that hangs must not keep the Lease from being renewed, nor the roll from ending.
  const connection = connectionOf(flags);
  const limited = withFields(connection, { requestTimeout: connection.requestTimeout || requestTimeout });
  await connected(limited, deps, beside, async (client) => {
    const run: Run = { client, flags, options, console, stage, deps };
    if (flags.status || flags.abort) {
      const { abortRolls, showRolls } = await import('./status.ts');
      const about = { client, selection, console, json: flags.output === 'json', means: leaseDeps(run) };
      code = await (flags.status ? showRolls(about) : abortRolls(about));
      return;
    }
    const { sets, failures } = await readSets(client, client.namespace, selection);
    for (const { message } of failures) console.err(`${printable(message)}\n`);
    if (failures.length > 0) return;
    if (sets.length === 0) console.err(`${nothingFound(client.namespace)}\n`);
    const [only] = sets;
    if (flags.resume && only) code = await resumeRoll(run, only);
    else code = await rollAll(run, sets);
  });
  return code;
}

/** As `--request-timeout` has it. */
const requestTimeout = '30s';

/** All are looked at before the first is begun. */
async function rollAll(run: Run, sets: readonly StatefulSet[]): Promise<ExitCode> {
  const resolver = run.flags['wait-dns'] && run.flags['dry-run'] === 'none' ? await dnsResolver(run) : undefined;
  let worst: ExitCode = 0;
  const prepared: Prepared[] = [];
  for (const set of sets) {
    const each = await prepare(run, set, resolver);
    prepared.push(each);
    tellRefusals(run, each);
    if (each.problems.length > 0) worst = 2;
  }
  if (run.flags['dry-run'] !== 'none') {
    for (const each of prepared) worst = Math.max(worst, await tellPlan(run, each));
    return worst;
  }
  if (worst > 0) return worst;
  for (const [at, each] of prepared.entries()) {
    // What the first rolls took their time for may have changed the next set.
    const now = at === 0 ? each : await prepareAgain(run, each.set, resolver);
    const code = now === undefined ? 1 : await rollNew(run, now, resolver);
    const rest = prepared.slice(at + 1).map(({ set }) => `statefulset/${set.metadata.name}`);
    if (code !== 0) {
      if (rest.length > 0) run.console.err(`not begun: ${printable(rest.join(', '))}\n`);
      return code;
    }
  }
  return 0;
}

/** What would be done; by `--dry-run=server` the API server is asked for each eviction, one by one. */
async function tellPlan({ client, flags, options, console, deps }: Run, { set, plan }: Prepared): Promise<ExitCode> {
  const admitted = new Map<string, string>();
  let code: ExitCode = 0;
  if (flags['dry-run'] === 'server') {
    for (const { name, uid } of plan.pods) {
      const pod = { namespace: set.metadata.namespace ?? '', name };
      const refusal = options.handling.evicts
        ? await client.evict(pod, uid, { dryRun: true })
        : await client.remove(resources.pods, pod.namespace, name, uid, { dryRun: true });
      if (refusal) code = 1;
      admitted.set(
        name,
        refusal ? `${refusal.code === 429 ? 'would wait' : 'refused'}: ${whyNot(refusal)}` : 'admitted',
      );
    }
  }
  if (flags.output === 'json') {
    const roll = { id: '', set, handling: options.handling };
    console.out(beginObject(roll, plan, formatExactTime(deps.clock.now()), admitted));
    return code;
  }
  const { maxUnavailable } = options.settings;
  const ordinals = plan.pods.map(({ ordinal }) => ordinal);
  const strategy = flags['dry-run'] === 'server' ? 'server dry run' : 'dry run';
  console.out(`${printable(rollTitle(undefined, set.metadata.name, ordinals, maxUnavailable))} (${strategy})\n`);
  if (plan.pods.length + plan.left.length > 0) console.out(await planTable(set, plan, admitted));
  return code;
}

function whyNot({ detail, causes }: StatusError): string {
  return causes.join(' ') || detail;
}

async function prepareAgain(
  run: Run,
  { metadata }: StatefulSet,
  resolver: Resolver | undefined,
): Promise<Prepared | undefined> {
  const { client, console } = run;
  const set = await client.get<StatefulSet>(resources.statefulSets, metadata.namespace, metadata.name);
  if (set instanceof StatusError) {
    console.err(`${printable(set.message)}\n`);
    return undefined;
  }
  const prepared = await prepare(run, set, resolver);
  tellRefusals(run, prepared);
  return prepared.problems.length > 0 ? undefined : prepared;
}

async function rollNew(run: Run, { set, plan, state }: Prepared, resolver: Resolver | undefined): Promise<ExitCode> {
  const { flags, options, console, deps } = run;
  const id = randomId(deps, 4);
  const { handling } = options;
  const roll = { id, set, handling };
  if (plan.pods.length === 0) {
    if (flags.output !== 'json') console.out(`${printable(rollTitle(undefined, set.metadata.name, [], 1))}\n`);
    else
      console.out(
        summaryObject(roll, { ...state, end: { kind: 'done' } }, undefined, formatExactTime(deps.clock.now())),
      );
    return 0;
  }
  let hold: Hold | undefined;
  if (!flags['no-lease']) {
    hold = await takeNew(leaseDeps(run), set, holder(run), writeRoll(id, state, handling));
    if (hold === undefined) {
      console.err(
        `error: ${printable(`statefulset/${set.metadata.name} is not rolled: somebody else has just begun to`)}\n`,
      );
      return 2;
    }
  }
  if (flags.output === 'json') console.out(beginObject(roll, plan, formatExactTime(deps.clock.now())));
  return follow(run, { ...roll, state, hold, resolver, plan });
}

/** `roll`: which sets, whether each may be rolled, and then one after the other. */
import { randomBytes } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { steadyClock, systemClock } from '../clock.ts';
import { UsageError } from '../errors.ts';
import type { Client } from '../kube/client.ts';
import { StatusError } from '../kube/errors.ts';
import { resources } from '../kube/resources.ts';
import { missingRights, type Right, rightWords, streamRights } from '../kube/rights.ts';
import { formatTime } from '../objects/time.ts';
import type { Lease, StatefulSet } from '../objects/types.ts';
import { byPortForward, type Resolver } from '../operations/resolve.ts';
import { driveRoll, type RollQuestions } from '../operations/roll.ts';
import {
  type Hold,
  holderOf,
  type LeaseMeans,
  readLease,
  recordIn,
  takeNew,
  takeOver,
} from '../operations/roll-lease.ts';
import { lookAtSet, missingForRoll } from '../operations/roll-look.ts';
import { checkInPod, defaultContainer, nameIsRight } from '../operations/roll-questions.ts';
import { beginObject, refusalObject, summaryLines, summaryObject } from '../render/roll-log.ts';
import { planTable } from '../render/roll-plan.ts';
import { refusalWords, revisionWords, rollTitle, warningWords } from '../render/roll-words.ts';
import { readSets } from '../sources/cluster.ts';
import { ordinalOf } from '../statefulset/identity.ts';
import { beginRoll, type RollEnd, type RollState } from '../statefulset/roll.ts';
import { planRoll, type RollPlan, type RollSnapshot } from '../statefulset/roll-plan.ts';
import { type RollRecord, type RollWays, readRoll, resumed, writeRoll } from '../statefulset/roll-record.ts';
import { isOrdered } from '../statefulset/rollout.ts';
import type { Console } from '../terminal/console.ts';
import { printable } from '../terminal/escape.ts';
import { type Interruption, interruptionInTwo } from '../terminal/interruption.ts';
import { askFor } from '../terminal/prompt.ts';
import { chooseSets } from './choosesets.ts';
import { connected } from './connected.ts';
import { type RollShow, showRoll } from './follow-roll.ts';
import { nothingFound } from './notices.ts';
import {
  boldFlags,
  checkTimeoutOf,
  connectionWords,
  optionsOf,
  type RollFlags,
  type RollOptions,
  shellQuoted,
  timesOf,
} from './roll-options.ts';

/** What the parts of one run have in common. */
interface Run {
  client: Client;
  flags: RollFlags;
  options: RollOptions;
  console: Console;
  /** What is shown of the roll that goes on, to which warnings of the connection go too. */
  show: RollShow | undefined;
  interruption: Interruption | undefined;
}

/** 0 done, 1 stopped by trouble, 2 could not begin, 130 interrupted. */
type ExitCode = number;

/** @param version the plugin's */
export async function runRoll(
  words: readonly string[],
  flags: RollFlags,
  console: Console,
  version: string,
): Promise<ExitCode> {
  const options = optionsOf(flags, systemClock.now());
  const selection = chooseSets(words, { selector: flags.selector, 'all-namespaces': false });
  if (!flags.status && selection.names.length === 0 && selection.labels === undefined) {
    throw new UsageError('name the StatefulSet to roll, or select some by -l');
  }
  if (flags.resume && selection.names.length !== 1)
    throw new UsageError('--resume goes on with the roll of one StatefulSet');
  if (flags.interactive && !process.stdin.isTTY) throw new UsageError('-i asks before each pod, and needs a terminal');
  const run: Run = { client: undefined as never, flags, options, console, show: undefined, interruption: undefined };
  const beside = { err: (text: string) => (run.show ? run.show.say(text.trimEnd()) : console.err(text)) };
  let code: ExitCode = 2;
  await connected(flags, version, beside, async (client) => {
    run.client = client;
    if (flags.status || flags.abort) {
      const { abortRolls, showRolls } = await import('./roll-status.ts');
      const about = { client, selection, console, json: flags.output === 'json', means: leaseMeans(run) };
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

/** All are looked at before the first is begun. */
async function rollAll(run: Run, sets: readonly StatefulSet[]): Promise<ExitCode> {
  const resolver = run.flags['wait-dns'] && run.flags['dry-run'] === 'none' ? await dnsResolver(run) : undefined;
  let worst: ExitCode = 0;
  const prepared: Prepared[] = [];
  for (const set of sets) {
    const each = await prepare(run, set);
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
    const now = at === 0 ? each : await prepareAgain(run, each.set);
    if (now === undefined) return 1;
    const code = await rollNew(run, now, resolver);
    const rest = prepared.slice(at + 1).map(({ set }) => `statefulset/${set.metadata.name}`);
    if (code !== 0) {
      if (rest.length > 0) run.console.err(`not begun: ${printable(rest.join(', '))}\n`);
      return code;
    }
  }
  return 0;
}

interface Prepared {
  set: StatefulSet;
  snapshot: RollSnapshot;
  plan: RollPlan;
  /** Why it may not be begun. */
  problems: string[];
}

async function prepare({ client, flags, options }: Run, set: StatefulSet): Promise<Prepared> {
  const needs = {
    evicts: options.ways.evicts,
    lease: flags.lease,
    exec: options.settings.check || options.settings.preCheck,
  };
  const dryRun = flags['dry-run'] === 'client';
  const [snapshot, missing, lease] = await Promise.all([
    lookAtSet(client, set),
    dryRun ? [] : missingForRoll(client, set, needs),
    flags.lease ? leaseOrNothing(client, set) : undefined,
  ]);
  const plan = planRoll({ ...options.wish, set }, snapshot);
  const problems = [
    ...plan.refusals.map(refusalWords),
    ...missingWords(missing),
    ...(lease === undefined ? [] : [heldWords(lease, set)]),
  ];
  return { set, snapshot, plan, problems };
}

async function prepareAgain(run: Run, { metadata }: StatefulSet): Promise<Prepared | undefined> {
  const { client, console } = run;
  const set = await client.get<StatefulSet>(resources.statefulSets, metadata.namespace, metadata.name);
  if (set instanceof StatusError) {
    console.err(`${printable(set.message)}\n`);
    return undefined;
  }
  const prepared = await prepare(run, set);
  tellRefusals(run, prepared);
  return prepared.problems.length > 0 ? undefined : prepared;
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

function missingWords(missing: readonly Right[]): string[] {
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
  return `${roll} of statefulset/${name} ${state}: see it with --status, go on with --resume, or forget it with --abort`;
}

function tellRefusals({ console, flags }: Run, { set, plan, problems }: Prepared): void {
  for (const warning of plan.warnings) console.err(`warning: ${printable(warningWords(warning))}\n`);
  if (problems.length === 0) return;
  for (const problem of problems) {
    console.err(`error: ${printable(`statefulset/${set.metadata.name} is not rolled: ${problem}`)}\n`);
  }
  if (flags.output === 'json') console.out(refusalObject(set, problems, formatTime(systemClock.now())));
}

/** What would be done; by `--dry-run=server` the API server is asked for each eviction, one by one. */
async function tellPlan({ client, flags, options, console }: Run, { set, plan }: Prepared): Promise<ExitCode> {
  const admitted = new Map<string, string>();
  let code: ExitCode = 0;
  if (flags['dry-run'] === 'server') {
    for (const { name, uid } of plan.pods) {
      const pod = { namespace: set.metadata.namespace ?? '', name };
      const refusal = options.ways.evicts
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
    const roll = { id: '', set, ways: options.ways };
    console.out(beginObject(roll, plan, formatTime(systemClock.now()), admitted));
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

async function rollNew(run: Run, { set, snapshot, plan }: Prepared, resolver: Resolver | undefined): Promise<ExitCode> {
  const { flags, options, console } = run;
  const id = randomBytes(2).toString('hex');
  const { ways, settings } = options;
  const roll = { id, set, ways };
  const state = beginRoll(set, plan.pods, view(snapshot), settings, steadyClock.now());
  if (plan.pods.length === 0) {
    if (flags.output !== 'json') console.out(`${printable(rollTitle(undefined, set.metadata.name, [], 1))}\n`);
    else
      console.out(summaryObject(roll, { ...state, end: { kind: 'done' } }, undefined, formatTime(systemClock.now())));
    return 0;
  }
  let hold: Hold | undefined;
  if (flags.lease) {
    hold = await takeNew(leaseMeans(run), set, holder(options), writeRoll(id, state, ways));
    if (hold === undefined) {
      console.err(
        `error: ${printable(`statefulset/${set.metadata.name} is not rolled: somebody else has just begun to`)}\n`,
      );
      return 2;
    }
  }
  if (flags.output === 'json') console.out(beginObject(roll, plan, formatTime(systemClock.now())));
  return follow(run, { ...roll, state, hold, resolver, plan });
}

/** Goes on with what the Lease says. */
async function resumeRoll(run: Run, set: StatefulSet): Promise<ExitCode> {
  const { client, flags, options, console } = run;
  const { name } = set.metadata;
  const refuse = (why: string): ExitCode => {
    console.err(`error: ${printable(why)}\n`);
    return 2;
  };
  const lease = await readLease(client, set);
  if (lease === undefined) return refuse(`there is no roll of statefulset/${name} to go on with`);
  const record = readRoll(recordIn(lease));
  if ('unreadable' in record) {
    return refuse(
      `the roll of statefulset/${name} cannot be gone on with: its record cannot be read (${record.unreadable}): forget it with --abort`,
    );
  }
  const changed = whyNotResumed(record, set);
  if (changed !== undefined)
    return refuse(
      `roll ${record.id} of statefulset/${name} is not gone on with: ${changed}: forget it with --abort, and begin anew`,
    );
  if (!(await isAgreed(run, record))) return 2;
  const needs = { evicts: record.ways.evicts, lease: true, exec: record.settings.check || record.settings.preCheck };
  const missing = missingWords(await missingForRoll(client, set, needs));
  for (const words of missing) refuse(words);
  if (missing.length > 0) return 2;
  const resolver = record.settings.waitDns ? await dnsResolver(run) : undefined;
  const snapshot = await lookAtSet(client, set);

  const taken = await takeOver(leaseMeans(run), set, holder(options), (who, milliseconds) =>
    console.err(
      `${printable(`roll ${record.id} is held by ${who}: it is gone if it does not renew it for ${milliseconds / 1_000} s`)}\n`,
    ),
  );
  if (taken === undefined) return refuse(`there is no roll of statefulset/${name} to go on with any more`);
  if ('heldBy' in taken)
    return refuse(`roll ${record.id} of statefulset/${name} goes on already: it is held by ${taken.heldBy}`);
  const newest = readRoll(taken.record);
  // Looked at once more: it may have got on, and what was agreed to must still be what it says.
  if ('unreadable' in newest || newest.id !== record.id || !isSameRoll(newest, record)) {
    await taken.hold.giveUp(taken.record);
    return refuse(`the roll of statefulset/${name} was changed just now: try again`);
  }
  const from = taken.from === undefined ? '' : `, taken over from ${taken.from}`;
  console.err(`${printable(`going on with roll ${record.id} of statefulset/${name}${from}`)}\n`);
  const state = resumed(newest, view(snapshot), steadyClock.now());
  const ways = { ...newest.ways, checkTimeout: checkTimeoutOf(flags, newest.ways.checkTimeout) };
  const settings = { ...state.settings, ...timesOf(flags, state.settings), confirm: options.settings.confirm };
  return follow(run, {
    id: record.id,
    set,
    ways,
    state: { ...state, settings },
    hold: taken.hold,
    resolver,
    plan: undefined,
  });
}

function whyNotResumed({ set, settings }: RollRecord, now: StatefulSet): string | undefined {
  if (now.metadata.uid !== set.uid) return 'the set was made anew since';
  if (now.metadata.generation !== set.generation) return 'the set was changed or scaled since';
  return settings.maxUnavailable > 1 && isOrdered(now)
    ? 'it would let several pods of an OrderedReady set go at a time'
    : undefined;
}

function isSameRoll(one: RollRecord, other: RollRecord): boolean {
  return JSON.stringify([one.set, one.ways, one.settings]) === JSON.stringify([other.set, other.ways, other.settings]);
}

/** Whether the person has said, or says when asked, what makes the roll bold. */
async function isAgreed(
  { flags, options, console, client }: Run,
  { id, ways, settings }: RollRecord,
): Promise<boolean> {
  const recorded = boldFlags(ways, settings.maxUnavailable).join(' ');
  const said = boldFlags(options.ways, options.settings.maxUnavailable).join(' ');
  if (recorded === said) return true;
  if (said === '' && process.stdin.isTTY) {
    const question = `Roll ${id} was begun with ${recorded}. Go on so? [y/N] `;
    const answer = await askFor(printable(question), { input: process.stdin, output: process.stderr });
    return isYes(answer);
  }
  const name = ['kubectl sts roll NAME --resume', ...connectionWords(flags, client.namespace), recorded].join(' ');
  const what = recorded === '' ? `without ${said}` : `with ${recorded}`;
  console.err(
    `error: ${printable(`roll ${id} was begun ${what}: say so again, since what a Lease says is not done by itself: ${name}`)}\n`,
  );
  return false;
}

function isYes(answer: string | undefined): boolean {
  return /^y(es)?$/i.test(answer?.trim() ?? '');
}

interface Following {
  id: string;
  set: StatefulSet;
  ways: RollWays;
  state: RollState;
  hold: Hold | undefined;
  resolver: Resolver | undefined;
  /** Undefined of a roll that is gone on with. */
  plan: RollPlan | undefined;
}

async function follow(run: Run, following: Following): Promise<ExitCode> {
  const { client, flags, options, console } = run;
  const { id, set, ways, state, hold, plan } = following;
  const json = flags.output === 'json';
  const resume = resumeWords(run, following);
  run.interruption ??= interruptionInTwo(process, () => {
    run.show?.close();
    console.err(`left at once; go on: ${printable(resume)}\n`);
  });
  const { interruption } = run;
  const subject = { id, set, ways };
  const title = rollTitle(
    id,
    set.metadata.name,
    state.steps.map(({ ordinal }) => ordinal),
    state.settings.maxUnavailable,
  );
  const show = showRoll(subject, { json, interactive: options.settings.confirm }, console, steadyClock);
  run.show = show;
  if (!json && !process.stdout.isTTY) console.out(`${formatTime(systemClock.now())}  ${printable(title)}\n`);
  let ended: RollState = state;
  try {
    const questions = questionsOf(run, following, plan);
    const means = {
      client,
      clock: steadyClock,
      wall: systemClock.now,
      random: Math.random,
      stop: interruption.signal,
    };
    const rolling = driveRoll(state, { id, set, ways, hold, questions }, means);
    for (;;) {
      const next = await rolling.next();
      if (next.done) {
        ended = next.value;
        break;
      }
      show.news(next.value);
    }
  } finally {
    show.close();
    run.show = undefined;
  }
  const end = ended.end ?? { kind: 'interrupted' };
  const finished = { ...ended, end };
  const goOn = goOnWords(run, following, finished, resume);
  if (json) console.out(summaryObject(subject, finished, goOn, new Date(systemClock.now()).toISOString()));
  else {
    const lines = summaryLines(subject, finished, goOn).join('\n');
    if (end.kind === 'done') console.out(`${lines}\n`);
    else console.err(`${end.kind === 'stopped' ? 'error: ' : ''}${lines}\n`);
  }
  return exitCodeOf(end, interruption);
}

function exitCodeOf(end: RollEnd, { exitCode }: Interruption): ExitCode {
  if (end.kind === 'done') return 0;
  return end.kind === 'stopped' ? 1 : exitCode || 130;
}

function resumeWords({ flags, client }: Run, { set, ways, state }: Pick<Following, 'set' | 'ways' | 'state'>): string {
  const words = ['kubectl sts roll', set.metadata.name, '--resume', ...connectionWords(flags, client.namespace)];
  const { interactive, 'dns-service': dnsService } = flags;
  return [
    ...words,
    ...boldFlags(ways, state.settings.maxUnavailable),
    ...(dnsService === undefined ? [] : ['--dns-service', shellQuoted(dnsService)]),
    ...(interactive ? ['-i'] : []),
  ].join(' ');
}

/** The command that goes on from here, where one can. */
function goOnWords(
  run: Run,
  { set, hold, ways }: Following,
  { end, steps, settings }: RollState & { end: RollEnd },
  resume: string,
): string | undefined {
  if (end.kind === 'done') return undefined;
  const reason = end.kind === 'stopped' ? end.reason.kind : undefined;
  if (reason === 'set is gone' || reason === 'lease lost') return undefined;
  if (hold !== undefined && reason !== 'set changed') return resume;
  // A new roll, of those that are left.
  const left = steps.filter(({ begun, phase }) => phase.kind !== 'done' && begun === undefined);
  const order = left.map(({ ordinal }) => ordinal).join(',');
  const name = set.metadata.name;
  const connection = connectionWords(run.flags, run.client.namespace);
  const words = ['kubectl sts roll', name, ...(order === '' ? [] : ['--order', order]), ...connection];
  const anew = [...words, ...boldFlags(ways, settings.maxUnavailable), ...(hold ? [] : ['--no-lease'])].join(' ');
  return hold === undefined ? anew : `kubectl sts roll ${name} --abort ${connection.join(' ')} && ${anew}`;
}

function questionsOf(
  { client, flags }: Run,
  { set, ways, resolver }: Following,
  plan: RollPlan | undefined,
): RollQuestions {
  const namespace = set.metadata.namespace ?? '';
  const container = ways.container ?? templateContainer(set);
  const check = (command: string) => (name: string, signal: AbortSignal) =>
    checkInPod(client, steadyClock, { namespace, name }, { command, container, timeout: ways.checkTimeout }, signal);
  return {
    async confirm(pod, signal) {
      const planned = plan?.pods.find(({ name }) => name === pod);
      const revision = planned === undefined ? '' : ` (revision ${revisionWords(set, planned)})`;
      const question = `${ways.evicts ? 'Evict' : 'Delete'} ${pod}${revision}? [y/N] `;
      if (!flags.interactive) return true;
      return isYes(await askFor(printable(question), { input: process.stdin, output: process.stderr }, signal));
    },
    preCheck: check(ways.preCheck ?? 'true'),
    check: check(ways.check ?? 'true'),
    dns: async (pod, signal) => resolver && nameIsRight(client, steadyClock, resolver, set, ordinalOf(pod), signal),
  };
}

function templateContainer({ spec }: StatefulSet): string {
  const { metadata, spec: pod } = spec?.template ?? {};
  return defaultContainer({
    metadata: { ...metadata, name: '' },
    ...(pod && { spec: pod }),
  });
}

async function dnsResolver({ client, flags }: Run): Promise<Resolver> {
  const options = { dnsService: flags['dns-service'], servers: Number.POSITIVE_INFINITY, clusterDomain: undefined };
  const rights = streamRights('portforward', { namespace: 'kube-system', name: '' }).map(
    ({ name: _, ...right }) => right,
  );
  const missing = flags['dns-service'] === undefined ? await missingRights(client, rights) : [];
  if (missing.length > 0) {
    throw new UsageError(`--wait-dns: no right to ${missing.map(rightWords).join(', ')} in namespace kube-system`);
  }
  const means = { clock: steadyClock, random, signal: new AbortController().signal };
  return byPortForward(client, options, means);
}

/** From 0 to below 1: nobody may guess the ids of DNS questions (RFC 5452). */
function random(): number {
  return randomBytes(4).readUInt32BE() / 2 ** 32;
}

function view({ statefulSets, pods, claims }: RollSnapshot) {
  return { set: statefulSets.items[0], pods: pods.items, claims: claims.items };
}

function leaseMeans({ client, flags }: Run): LeaseMeans {
  const { signal } = new AbortController();
  return { client, clock: steadyClock, wall: systemClock.now, signal, fieldManager: flags['field-manager'] };
}

/** Of this process alone, and for people to know whose it is. */
function holder({ leaseDuration }: RollOptions) {
  return {
    identity: `${userName()}@${hostname()}-${process.pid}-${randomBytes(3).toString('hex')}`,
    duration: leaseDuration,
  };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // In a container the user may have no name.
    return String(process.getuid?.() ?? 'somebody');
  }
}

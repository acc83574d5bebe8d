/** `roll --resume`: goes on with a roll that was interrupted or has stopped, or whose holder is gone. */
import type { ExitCode } from '#src/objects/failure.ts';
import type { Lease, StatefulSet } from '#src/objects/types.ts';
import { printable } from '#src/terminal/escape.ts';
import { askFor } from '#src/terminal/prompt.ts';
import { readLease, recordIn, takeOver } from '../live/lease.ts';
import { lookAtSet, missingForRoll } from '../live/reading.ts';
import { durationIn } from '../model/leaserules.ts';
import { type RollRecord, readRoll, runsCommands } from '../model/record.ts';
import { isSameRoll, mismatchOf, type ResumeRefusal, resumed } from '../model/resumption.ts';
import { agreePrompt, isYes } from '../view/prompts.ts';
import { problemWords, unaskableDnsLine } from '../view/refusals.ts';
import { goingOnWords, resumeRefusalWords, waitingWords } from '../view/resuming.ts';
import { type DrivenRoll, holderOf, leaseDeps, type RunContext, say, viewOf } from './context.ts';
import { followRoll } from './follow.ts';
import { boldWords, resumeCommand } from './nextcommand.ts';
import { defaults, type LeaseOptions, type ResumeOptions } from './options.ts';
import { rightProblems } from './prepare.ts';
import { dnsResolver } from './questions.ts';

export async function resumeRoll(context: RunContext, options: ResumeOptions, set: StatefulSet): Promise<ExitCode> {
  const lease = await readLease(context.client, set);
  const recorded = recordOf(lease, set);
  if ('kind' in recorded) return refuse(context, set, recorded);
  const { record } = recorded;
  const leaseOptions = leaseOptionsOf(options, recorded);
  const disagreement = await disagreementOf(context, options, set, record, leaseOptions);
  if (disagreement === 'declined') return 2;
  if (disagreement) return refuse(context, set, disagreement);
  if (!(await hasRights(context, set, record))) return 2;
  const resolver = record.settings.waitDns ? await dnsResolver(context, options.own.dnsService) : undefined;
  if (resolver && 'unaskable' in resolver) {
    say(context, unaskableDnsLine(resolver.unaskable));
    return 2;
  }
  const taken = await takenOver(context, options, set, record, leaseOptions);
  if ('kind' in taken) return refuse(context, set, taken);
  return followRoll(context, { ...taken, set, resolver, plan: undefined, own: options.own });
}

function refuse(context: RunContext, set: StatefulSet, refusal: ResumeRefusal): ExitCode {
  say(context, `error: ${resumeRefusalWords(set.metadata.name, refusal)}`);
  return 2;
}

interface Recorded {
  lease: Lease;
  record: RollRecord;
}

/** @returns the roll that the Lease remembers, if the set as it is now lets it go on */
function recordOf(lease: Lease | undefined, set: StatefulSet): Recorded | ResumeRefusal {
  if (lease === undefined) return { kind: 'no roll' };
  const record = readRoll(recordIn(lease));
  if ('unreadable' in record) return { kind: 'unreadable', why: record.unreadable };
  const mismatch = mismatchOf(record, set);
  return mismatch ? { kind: 'mismatch', id: record.id, mismatch } : { lease, record };
}

/** As given now, else as the roll had them. */
function leaseOptionsOf({ lease: given }: ResumeOptions, { lease, record }: Recorded): LeaseOptions {
  return {
    duration: given.duration ?? durationIn(lease.spec?.leaseDurationSeconds) ?? defaults.leaseDuration,
    fieldManager: given.fieldManager ?? record.fieldManager ?? defaults.fieldManager,
  };
}

/** Why the roll is too bold to go on; undefined where the person repeated the bold flags, or agrees when asked. */
async function disagreementOf(
  { client, connection, deps }: RunContext,
  options: ResumeOptions,
  set: StatefulSet,
  { id, handling, settings }: RollRecord,
  lease: LeaseOptions,
): Promise<ResumeRefusal | 'declined' | undefined> {
  const recorded = boldWords(handling, settings.maxUnavailable);
  const said = boldWords(options.handling, options.maxUnavailable);
  if (recorded.join(' ') === said.join(' ')) return undefined;
  if (said.length === 0 && deps.host.stdin.isTTY) {
    const answer = await askFor(printable(agreePrompt(id, recorded)), deps.host);
    return isYes(answer) ? undefined : 'declined';
  }
  const terms = { connection, namespace: client.namespace, set: set.metadata.name, handling, lease, own: options.own };
  return { kind: 'not agreed', id, recorded, said, command: resumeCommand(terms, settings.maxUnavailable) };
}

async function hasRights(context: RunContext, set: StatefulSet, { handling }: RollRecord): Promise<boolean> {
  const needs = { evicts: handling.evicts, lease: true, exec: runsCommands(handling) };
  const problems = rightProblems(await missingForRoll(context.client, set, needs));
  for (const problem of problems) say(context, `error: ${problemWords(set.metadata, problem)}`);
  return problems.length === 0;
}

type TakenOver = Pick<DrivenRoll, 'id' | 'handling' | 'state' | 'lease'>;

/** Takes the Lease over, and makes the roll's state of the newest record. */
async function takenOver(
  context: RunContext,
  { times, own }: ResumeOptions,
  set: StatefulSet,
  record: RollRecord,
  options: LeaseOptions,
): Promise<TakenOver | ResumeRefusal> {
  const { name } = set.metadata;
  const { id } = record;
  const snapshot = await lookAtSet(context.client, set);
  const holder = holderOf(context, options.duration);
  const taken = await takeOver(leaseDeps(context, options.fieldManager), set, holder, (who, silence) =>
    say(context, waitingWords(id, who, silence)),
  );
  if (taken === undefined) return { kind: 'roll gone' };
  if ('heldBy' in taken) return { kind: 'held', id, holder: taken.heldBy };
  const newest = readRoll(taken.record);
  // It may have gone on meanwhile, but it must still be the roll that the person agreed to.
  if ('unreadable' in newest || !isSameRoll(newest, record)) {
    await taken.hold.giveUp(taken.record);
    return { kind: 'changed meanwhile' };
  }
  say(context, goingOnWords(name, id, taken.from));
  const state = resumed(newest, viewOf(snapshot), context.deps.steadyClock.now());
  const settings = {
    ...state.settings,
    timeout: times.timeout ?? state.settings.timeout,
    deadline: times.deadline ?? state.settings.deadline,
    stable: times.stable ?? state.settings.stable,
    confirm: own.interactive,
  };
  const handling = { ...newest.handling, checkTimeout: times.checkTimeout ?? newest.handling.checkTimeout };
  return { id, handling, state: { ...state, settings }, lease: { hold: taken.hold, options } };
}

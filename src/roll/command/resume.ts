/** Goes on with a roll that was interrupted, or whose holder is gone. */
import type { ExitCode } from '#src/objects/failure.ts';
import type { StatefulSet } from '#src/objects/types.ts';
import { printable } from '#src/terminal/escape.ts';
import { askFor } from '#src/terminal/prompt.ts';
import { readLease, recordIn, takeOver } from '../live/lease.ts';
import { lookAtSet, missingForRoll } from '../live/reading.ts';
import { type RollRecord, readRoll, resumed, whyNotResumed } from '../model/record.ts';
import { holder, leaseDeps, type Run, view } from './context.ts';
import { follow } from './follow.ts';
import { boldFlags, checkTimeoutOf, connectionWords, timesOf } from './options.ts';
import { missingWords } from './prepare.ts';
import { dnsResolver, isYes } from './questions.ts';

/** Goes on with what the Lease says. */
export async function resumeRoll(run: Run, set: StatefulSet): Promise<ExitCode> {
  const { client, flags, options, console, deps } = run;
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
  if (!(await isAgreed(run, set, record))) return 2;
  const needs = {
    evicts: record.handling.evicts,
    lease: true,
    exec: record.settings.check || record.settings.preCheck,
  };
  const missing = missingWords(await missingForRoll(client, set, needs));
  for (const words of missing) refuse(words);
  if (missing.length > 0) return 2;
  const resolver = record.settings.waitDns ? await dnsResolver(run) : undefined;
  const snapshot = await lookAtSet(client, set);

  const taken = await takeOver(leaseDeps(run), set, holder(run), (who, milliseconds) =>
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
  const state = resumed(newest, view(snapshot), deps.steadyClock.now());
  const handling = { ...newest.handling, checkTimeout: checkTimeoutOf(flags, newest.handling.checkTimeout) };
  const settings = { ...state.settings, ...timesOf(flags, state.settings), confirm: options.settings.confirm };
  return follow(run, {
    id: record.id,
    set,
    handling,
    state: { ...state, settings },
    hold: taken.hold,
    resolver,
    plan: undefined,
  });
}

function isSameRoll(one: RollRecord, other: RollRecord): boolean {
  return (
    JSON.stringify([one.set, one.handling, one.settings]) ===
    JSON.stringify([other.set, other.handling, other.settings])
  );
}

/** Whether the person has said, or says when asked, what makes the roll bold. */
async function isAgreed(
  { flags, options, console, client, deps }: Run,
  set: StatefulSet,
  { id, handling, settings }: RollRecord,
): Promise<boolean> {
  const recorded = boldFlags(handling, settings.maxUnavailable).join(' ');
  const said = boldFlags(options.handling, options.settings.maxUnavailable).join(' ');
  if (recorded === said) return true;
  if (said === '' && deps.host.stdin.isTTY) {
    const question = `Roll ${id} was begun with ${recorded}. Go on so? [y/N] `;
    const answer = await askFor(printable(question), deps.host);
    return isYes(answer);
  }
  const name = [
    `kubectl sts roll ${set.metadata.name} --resume`,
    ...connectionWords(flags, client.namespace),
    recorded,
  ].join(' ');
  const what = recorded === '' ? `without ${said}` : `with ${recorded}`;
  console.err(
    `error: ${printable(`roll ${id} was begun ${what}: say so again, since what a Lease says is not done by itself: ${name}`)}\n`,
  );
  return false;
}

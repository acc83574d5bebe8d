/** Rolls of the replicated database by the plugin. */
import assert from 'node:assert/strict';
import { type Going, start } from '../../e2e/going.ts';
import { setName } from './database.ts';

/** Milliseconds for a roll to end by itself, in spite of all that befalls it. */
const longest = 240_000;

/** How the leader goes last. */
function leaderLast(leader: string): string[] {
  return ['--last', leader.slice(leader.lastIndexOf('-') + 1)];
}

/** The same, as a person types it. */
export const leaderFlags = '--last 0';
export const pinToLeader = 'kubectl sts pin products-db-write 0';

const checks = ['--check', 'pg_isready -U postgres -q', '--pre-check', 'sh /scripts/may-go.sh'];

export interface RollOptions {
  namespace: string;
  leader: string;
  /** Further flags. */
  flags?: readonly string[];
}

export function roll({ namespace, leader, flags = [] }: RollOptions): Going {
  // A roll that was killed may be taken over soon.
  const times = ['--stable', '1s', '--lease-duration', '5s', '--timeout', '3m'];
  return start(['roll', setName, '-n', namespace, ...leaderLast(leader), ...checks, ...times, ...flags]);
}

/** Goes on with a roll that was killed or interrupted. The checks must be given again. */
export function resume({ namespace }: Pick<RollOptions, 'namespace'>): Going {
  return start(['roll', setName, '-n', namespace, '--resume', ...checks]);
}

/** What people must not do: no check, and the leader first. */
export function carelessRoll({ namespace, leader }: RollOptions): Going {
  const first = ['--first', leader.slice(leader.lastIndexOf('-') + 1)];
  return start(['roll', setName, '-n', namespace, ...first, '--stable', '0s']);
}

/** Waits for the end of a roll that must end so. */
export async function ended(going: Going, code: number): Promise<void> {
  const { code: seen } = await going.end(undefined, longest);
  assert.equal(seen, code, transcript(going));
}

export function transcript(going: Going): string {
  return `${going.lines().join('\n')}\n${going.stderr()}`;
}

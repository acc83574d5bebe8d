/** Rolls of the replicated database by the plugin. */
import assert from 'node:assert/strict';
import { type Going, start } from '../../e2e/going.ts';
import { backCheck, leaderCheck, mayGoCheck, setName } from './database.ts';

/** Milliseconds for a roll to end by itself, in spite of all that befalls it. */
const longest = 240_000;

/** What is asked of the pods. It must be given again to go on. */
const checks = [...['--leader-check', leaderCheck], ...['--check', backCheck], ...['--pre-check', mayGoCheck]];

/** @param flags further ones */
export function roll(namespace: string, ...flags: string[]): Going {
  // A roll that was killed may be taken over soon.
  const times = ['--stable', '1s', '--lease-duration', '5s', '--timeout', '3m'];
  return start(['roll', setName, '-n', namespace, ...checks, ...times, ...flags]);
}

/** Goes on with a roll that was killed, was interrupted or has stopped. */
export function resume(namespace: string): Going {
  return start(['roll', setName, '-n', namespace, '--resume', ...checks]);
}

/** What people must not do: no check, and the leader first. */
export function carelessRoll(namespace: string, leader: string): Going {
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

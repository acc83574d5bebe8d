/** What the flags of `roll` say, as one thing that is checked before anything begins. */

import { durationFlag } from '#src/cli/durations.ts';
import type { ConnectionFlags } from '#src/cli/flags.ts';
import { UsageError } from '#src/cli/usageerror.ts';
import { parseDuration } from '#src/objects/duration.ts';
import { isWanted } from '#src/statefulset/identity.ts';
import { printable } from '#src/terminal/escape.ts';
import { longestLease } from '../model/leaserules.ts';
import { parseBefore, parseOrder, parseOrdinals } from '../model/order.ts';
import type { RollWish } from '../model/plan.ts';
import type { PodHandling } from '../model/record.ts';
import type { RollSettings } from '../model/state.ts';
import type { RollFlags } from './roll.ts';

export interface RollOptions {
  wish: Omit<RollWish, 'set'>;
  settings: RollSettings;
  handling: PodHandling;
  /** Milliseconds. */
  leaseDuration: number;
}

/** Milliseconds. */
const defaults = { timeout: 5 * 60_000, deadline: 2 * 3_600_000, stable: 10_000, checkTimeout: 60_000 };

/** Seconds: renewed three times within, over any network. */
const shortestLease = 2;

/** @param now milliseconds since the epoch. @throws {UsageError} */
export function optionsOf(flags: RollFlags, now: number): RollOptions {
  refuseContradictions(flags);
  const evicts = !flags['disable-eviction'];
  const maxUnavailable = flags['max-unavailable'] ?? 1;
  const times = timesOf(flags, defaults);
  if (times.timeout <= times.stable && !flags.resume) {
    throw new UsageError('--timeout must be longer than --stable: no pod would be back in time');
  }
  const lease = durationFlag('--lease-duration', flags['lease-duration']);
  if (lease < shortestLease * 1_000) throw new UsageError(`--lease-duration is at least ${shortestLease}s`);
  if (lease > longestLease) throw new UsageError('--lease-duration is at most 1h');
  const ordinals = flags.ordinals === undefined ? undefined : given(parseOrdinals(flags.ordinals)).ordinals;
  for (const name of ['first', 'last'] as const) {
    const ordinal = flags[name];
    if (ordinals === undefined || ordinal === undefined || ordinals.some((range) => isWanted(range, ordinal))) continue;
    throw new UsageError(`--${name} ${ordinal} is not among --ordinals ${flags.ordinals}`);
  }
  return {
    wish: {
      order: given(parseOrder(flags.order ?? 'reverse')).order,
      ordinals,
      first: flags.first,
      last: flags.last,
      outdated: Boolean(flags.outdated),
      before:
        flags['older-than'] === undefined
          ? undefined
          : given(parseBefore(flags['older-than'], parseDuration(flags['older-than']), now)).before,
      maxUnavailable,
      evicts,
    },
    settings: {
      maxUnavailable,
      ...times,
      // oclif leaves out what was not given.
      confirm: Boolean(flags.interactive),
      preCheck: flags['pre-check'] !== undefined,
      check: flags.check !== undefined,
      waitDns: Boolean(flags['wait-dns']),
    },
    handling: { evicts, ...checksOf(flags), checkTimeout: checkTimeoutOf(flags, defaults.checkTimeout) },
    leaseDuration: Math.ceil(lease / 1_000) * 1_000,
  };
}

/** Those times that were given, else these. */
export function timesOf(
  flags: Pick<RollFlags, 'timeout' | 'deadline' | 'stable'>,
  otherwise: Pick<RollSettings, 'timeout' | 'deadline' | 'stable'>,
): Pick<RollSettings, 'timeout' | 'deadline' | 'stable'> {
  const time = (name: 'timeout' | 'deadline' | 'stable') => {
    const text = flags[name];
    return text === undefined ? otherwise[name] : durationFlag(`--${name}`, text);
  };
  return { timeout: time('timeout'), deadline: time('deadline'), stable: time('stable') };
}

export function checkTimeoutOf({ 'check-timeout': text }: RollFlags, otherwise: number): number {
  return text === undefined ? otherwise : durationFlag('--check-timeout', text);
}

function checksOf({ check, 'pre-check': preCheck, container }: RollFlags) {
  return { preCheck, check, container };
}

function given<T extends object>(parsed: T | { error: string }): T {
  if ('error' in parsed) throw new UsageError(String(parsed.error));
  return parsed;
}

function refuseContradictions(flags: RollFlags): void {
  const modes = (['resume', 'status', 'abort'] as const).filter((mode) => flags[mode]);
  const [mode, other] = modes;
  if (other !== undefined) throw new UsageError(`--${mode} and --${other} do not go together`);
  const dryRun = flags['dry-run'] !== 'none';
  if (mode !== undefined && dryRun) throw new UsageError(`--dry-run does not go with --${mode}`);
  const choosing = (['order', 'ordinals', 'first', 'last', 'older-than', 'selector'] as const).find(
    (name) => flags[name] !== undefined,
  );
  const chosen = choosing ?? (flags.outdated ? 'outdated' : undefined);
  if (mode !== undefined && chosen !== undefined) {
    throw new UsageError(`--${chosen} is of a roll that begins: it does not go with --${mode}`);
  }
  if (flags.resume && flags['no-lease'])
    throw new UsageError('--resume goes on with what the Lease says: not with --no-lease');
  if (flags.first !== undefined && flags.first === flags.last) {
    throw new UsageError(`ordinal ${flags.first} cannot be both --first and --last`);
  }
  if (flags.container !== undefined && flags.check === undefined && flags['pre-check'] === undefined) {
    throw new UsageError('--container goes with --check or --pre-check');
  }
  const isChecked = flags.check !== undefined || flags['pre-check'] !== undefined || flags.resume;
  if (flags['check-timeout'] !== undefined && !isChecked) {
    throw new UsageError('--check-timeout goes with --check or --pre-check');
  }
  if (flags['dns-service'] !== undefined && !flags['wait-dns'] && !flags.resume) {
    throw new UsageError('--dns-service goes with --wait-dns');
  }
}

/**
 * The flags that make a roll less careful, or run something in pods. What a Lease says of them is not done by itself: who
 * may write Leases need not be who may run commands in pods.
 */
export function boldFlags({ evicts, check, preCheck, container }: PodHandling, maxUnavailable: number): string[] {
  return [
    ...(evicts ? [] : ['--disable-eviction']),
    ...(maxUnavailable > 1 ? ['--max-unavailable', String(maxUnavailable)] : []),
    ...(preCheck === undefined ? [] : ['--pre-check', shellQuoted(preCheck)]),
    ...(check === undefined ? [] : ['--check', shellQuoted(check)]),
    ...(container === undefined ? [] : ['--container', shellQuoted(container)]),
  ];
}

/** Those that were given of the flags that no Lease remembers. */
export function ownFlags(flags: RollFlags): string[] {
  return [...repeated(flags, ['dns-service']), ...(flags.interactive ? ['-i'] : [])];
}

/** Those that were given of the flags that say how long. */
export function timeFlags(flags: RollFlags): string[] {
  return repeated(flags, ['timeout', 'deadline', 'stable', 'check-timeout']);
}

function repeated(
  flags: RollFlags,
  names: readonly ('timeout' | 'deadline' | 'stable' | 'check-timeout' | 'dns-service')[],
): string[] {
  return names.flatMap((name) => (flags[name] === undefined ? [] : [`--${name}`, shellQuoted(flags[name])]));
}

const oneWord = ['context', 'kubeconfig', 'cluster', 'user', 'server', 'tls-server-name', 'as', 'as-uid'] as const;
const files = ['certificate-authority', 'client-certificate', 'client-key'] as const;
const several = ['as-group', 'as-user-extra'] as const;

/** The flags by which the same cluster is reached as the same person; no secret is among them, nor in a URL. */
export function connectionWords(flags: Partial<ConnectionFlags>, namespace: string): string[] {
  const texts = [...oneWord, ...files].flatMap((name) => {
    const value = flags[name];
    return !value || (name === 'server' && value.includes('@')) ? [] : [`--${name}`, shellQuoted(value)];
  });
  const lists = several.flatMap((name) => (flags[name] ?? []).flatMap((value) => [`--${name}`, shellQuoted(value)]));
  const insecure = flags['insecure-skip-tls-verify'] ? ['--insecure-skip-tls-verify'] : [];
  return ['-n', shellQuoted(namespace), ...texts, ...lists, ...insecure];
}

/** A word as a POSIX shell takes it (2024, for `$'…'`): nothing is in it that could act on a terminal. */
export function shellQuoted(word: string): string {
  if (printable(word) !== word) {
    const escaped = word.replace(/[\\']/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\t', '\\t');
    return `$'${printable(escaped)}'`;
  }
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

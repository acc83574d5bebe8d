/** What the words and flags of `roll` ask for, checked before anything is read. */

import { chooseSets } from '#src/cli/choosesets.ts';
import { connectionOf } from '#src/cli/connection.ts';
import { durationFlag } from '#src/cli/durations.ts';
import type { DryRun } from '#src/cli/flags.ts';
import { UsageError } from '#src/cli/usageerror.ts';
import { parseServiceName, type ServiceName } from '#src/dns/model/namedservice.ts';
import { type ConnectionOptions, withFields } from '#src/kube/config/connectionoptions.ts';
import { isWanted } from '#src/statefulset/identity.ts';
import { parseOneOrdinal, parseOrdinals } from '#src/statefulset/ordinals.ts';
import type { Selection } from '#src/statefulset/selection.ts';
import type { ColourChoice } from '#src/terminal/console.ts';
import { parseBefore } from '../model/age.ts';
import { longestLease, shortestLease } from '../model/leaserules.ts';
import { parseOrder } from '../model/order.ts';
import type { RollWish } from '../model/plan.ts';
import type { PodHandling } from '../model/record.ts';
import type { RollSettings } from '../model/state.ts';
import type { RollFlags } from './roll.ts';

export interface RollOptions {
  connection: ConnectionOptions;
  selection: Selection;
  format: 'text' | 'json';
  color: ColourChoice | undefined;
  mode: RollMode;
}

type RollMode = BeginOptions | ResumeOptions | { kind: 'status'; allNamespaces: boolean } | { kind: 'abort' };

/** A new roll. */
export interface BeginOptions {
  kind: 'begin';
  dryRun: DryRun;
  /** The pods themselves say which of them leads. */
  wish: Omit<RollWish, 'set' | 'leader'>;
  settings: RollSettings;
  handling: PodHandling;
  /** Undefined where the roll does without a Lease. */
  lease: LeaseOptions | undefined;
  own: OwnOptions;
}

/** A roll that goes on from its Lease, which says all that is undefined here. */
export interface ResumeOptions {
  kind: 'resume';
  times: Times;
  lease: Partial<LeaseOptions>;
  /** These must repeat what the Lease says, since a Lease alone does not make a roll bold. */
  handling: PodHandling;
  maxUnavailable: number;
  own: OwnOptions;
}

export interface LeaseOptions {
  /** Milliseconds, whole seconds. */
  duration: number;
  fieldManager: string;
}

/** What each run says for itself, since no Lease remembers it. */
export interface OwnOptions {
  /** Whether the person is asked before each pod. */
  interactive: boolean;
  /** `NAMESPACE/NAME`; undefined for the usual one. */
  dnsService: ServiceName | undefined;
}

/** Times that were given, in milliseconds. */
interface Times {
  timeout: number | undefined;
  deadline: number | undefined;
  stable: number | undefined;
  checkTimeout: number | undefined;
}

/** The times are in milliseconds. */
export const defaults = {
  timeout: 5 * 60_000,
  deadline: 2 * 3_600_000,
  stable: 10_000,
  checkTimeout: 60_000,
  leaseDuration: 30_000,
  fieldManager: 'kubectl-sts',
  /** As `--request-timeout` takes it. A request that hangs must keep no Lease from being renewed, and no roll from ending. */
  requestTimeout: '30s',
} as const;

/** What the options depend on besides the command line. */
export interface OptionsContext {
  /** Whether the flag was given. Otherwise it has its default. */
  isGiven(flag: 'lease-duration' | 'field-manager'): boolean;
  /** Milliseconds since the epoch. */
  now: number;
  /** Whether a person sits at standard input. */
  isTyped: boolean;
}

/** @throws {UsageError} when the words and flags contradict each other */
export function rollOptions(words: readonly string[], flags: RollFlags, context: OptionsContext): RollOptions {
  refuseContradictions(flags);
  const connection = connectionOf(flags);
  const options = {
    connection: withFields(connection, { requestTimeout: connection.requestTimeout || defaults.requestTimeout }),
    format: flags.output ?? ('text' as const),
    color: flags.color,
    mode: modeOf(flags, context),
  };
  const chosen = { selector: flags.selector, 'all-namespaces': Boolean(flags['all-namespaces']) };
  const selection = chooseSets(words, chosen, 'rollout restart');
  const { names, labels } = selection;
  if (options.mode.kind !== 'status' && names.length === 0 && labels === undefined) {
    throw new UsageError('name the StatefulSet to roll, or select some by -l');
  }
  if (options.mode.kind === 'resume' && names.length !== 1) {
    throw new UsageError('--resume goes on with the roll of one StatefulSet');
  }
  if (flags.interactive && !context.isTyped) throw new UsageError('-i asks before each pod, and needs a terminal');
  return { ...options, selection };
}

function modeOf(flags: RollFlags, { isGiven, now }: OptionsContext): RollMode {
  const evicts = !flags['disable-eviction'];
  const maxUnavailable = flags['max-unavailable'] ?? 1;
  const times = timesOf(flags);
  const settings = settingsOf(flags, times, maxUnavailable);
  const lease = { duration: leaseDurationOf(flags['lease-duration']), fieldManager: flags['field-manager'] };
  const wish = { ...wishOf(flags, now), maxUnavailable, evicts };
  const { check, 'pre-check': preCheck, 'leader-check': leaderCheck, container } = flags;
  const checkTimeout = times.checkTimeout ?? defaults.checkTimeout;
  const handling = { evicts, preCheck, check, leaderCheck, container, checkTimeout };
  const own = { interactive: Boolean(flags.interactive), dnsService: dnsServiceOf(flags['dns-service']) };
  if (flags.status) return { kind: 'status', allNamespaces: Boolean(flags['all-namespaces']) };
  if (flags.abort) return { kind: 'abort' };
  if (flags.resume) {
    const given: Partial<LeaseOptions> = {
      ...(isGiven('lease-duration') && { duration: lease.duration }),
      ...(isGiven('field-manager') && { fieldManager: lease.fieldManager }),
    };
    return { kind: 'resume', times, lease: given, handling, maxUnavailable, own };
  }
  if (settings.timeout <= settings.stable) {
    throw new UsageError('--timeout must be longer than --stable: no pod would be back in time');
  }
  const kept = flags['no-lease'] ? undefined : lease;
  return { kind: 'begin', dryRun: flags['dry-run'], wish, settings, handling, lease: kept, own };
}

function settingsOf(flags: RollFlags, times: Times, maxUnavailable: number): RollSettings {
  return {
    maxUnavailable,
    timeout: times.timeout ?? defaults.timeout,
    deadline: times.deadline ?? defaults.deadline,
    stable: times.stable ?? defaults.stable,
    // oclif leaves out a switch that was not given.
    confirm: Boolean(flags.interactive),
    preCheck: flags['pre-check'] !== undefined,
    check: flags.check !== undefined,
    waitDns: Boolean(flags['wait-dns']),
    leaderCheck: flags['leader-check'] !== undefined,
  };
}

function timesOf(flags: RollFlags): Times {
  const time = (name: 'timeout' | 'deadline' | 'stable' | 'check-timeout') => {
    const text = flags[name];
    return text === undefined ? undefined : durationFlag(`--${name}`, text);
  };
  return {
    timeout: time('timeout'),
    deadline: time('deadline'),
    stable: time('stable'),
    checkTimeout: time('check-timeout'),
  };
}

function leaseDurationOf(text: string): number {
  const duration = durationFlag('--lease-duration', text);
  if (duration < shortestLease) throw new UsageError(`--lease-duration is at least ${shortestLease / 1_000}s`);
  if (duration > longestLease) throw new UsageError('--lease-duration is at most 1h');
  return Math.ceil(duration / 1_000) * 1_000;
}

function wishOf(flags: RollFlags, now: number): Omit<RollWish, 'set' | 'leader' | 'maxUnavailable' | 'evicts'> {
  const { order, outdated, ordinals: typed, 'older-than': age } = flags;
  const ordinals = typed === undefined ? undefined : parsed(parseOrdinals(typed)).ordinals;
  const first = ordinalOf('first', flags.first);
  const last = ordinalOf('last', flags.last);
  if (first !== undefined && first === last) throw new UsageError(`ordinal ${first} cannot be both --first and --last`);
  for (const [name, ordinal] of Object.entries({ first, last })) {
    if (ordinals === undefined || ordinal === undefined || ordinals.some((range) => isWanted(range, ordinal))) continue;
    throw new UsageError(`--${name} ${ordinal} is not among --ordinals ${typed}`);
  }
  return {
    order: parsed(parseOrder(order ?? 'reverse')).order,
    ordinals,
    first,
    last,
    outdated: Boolean(outdated),
    before: age === undefined ? undefined : parsed(parseBefore(age, now)).before,
  };
}

function ordinalOf(flag: 'first' | 'last', text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ordinal = parseOneOrdinal(text);
  if (ordinal === undefined) throw new UsageError(`--${flag} takes one ordinal such as 2, not ${JSON.stringify(text)}`);
  return ordinal;
}

function dnsServiceOf(text: string | undefined): ServiceName | undefined {
  if (text === undefined) return undefined;
  const service = parseServiceName(text);
  if ('error' in service) throw new UsageError(`--dns-service: ${service.error}`);
  return service;
}

function parsed<T extends object>(result: T | { error: string }): T {
  if ('error' in result) throw new UsageError(String(result.error));
  return result;
}

/** Flags of a roll that begins. */
const choosing = ['order', 'ordinals', 'first', 'last', 'older-than', 'selector', 'outdated'] as const;

function refuseContradictions(flags: RollFlags): void {
  const [mode, other] = (['resume', 'status', 'abort'] as const).filter((name) => flags[name]);
  if (other !== undefined) throw new UsageError(`--${mode} and --${other} do not go together`);
  if (flags['all-namespaces'] && !flags.status) {
    throw new UsageError('a StatefulSet is rolled in one namespace: use -A with --status');
  }
  if (mode !== undefined && flags['dry-run'] !== 'none') throw new UsageError(`--dry-run does not go with --${mode}`);
  const chosen = choosing.find((name) => flags[name] !== undefined && flags[name] !== false);
  if (mode !== undefined && chosen !== undefined) {
    throw new UsageError(`--${chosen} is of a roll that begins: it does not go with --${mode}`);
  }
  if (flags.resume && flags['no-lease']) {
    throw new UsageError('--resume goes on with what the Lease says: not with --no-lease');
  }
  refuseCheckContradictions(flags);
  if (flags['dns-service'] !== undefined && !flags['wait-dns'] && !flags.resume) {
    throw new UsageError('--dns-service goes with --wait-dns');
  }
}

/** Flags whose commands run in pods. */
const checks = ['check', 'pre-check', 'leader-check'] as const;

function refuseCheckContradictions(flags: RollFlags): void {
  const isChecked = checks.some((name) => flags[name] !== undefined);
  if (flags.container !== undefined && !isChecked) {
    throw new UsageError('--container goes with --check, --pre-check or --leader-check');
  }
  if (flags['check-timeout'] !== undefined && !isChecked && !flags.resume) {
    throw new UsageError('--check-timeout goes with --check, --pre-check or --leader-check');
  }
  if (flags['leader-check'] === undefined) return;
  if (flags.last !== undefined) {
    throw new UsageError('--leader-check has the pod that leads go last: it does not go with --last');
  }
  if ((flags['max-unavailable'] ?? 1) > 1) {
    throw new UsageError(
      '--leader-check asks all pods before each eviction, and those that are away give no answer: it does not go with --max-unavailable above 1',
    );
  }
}

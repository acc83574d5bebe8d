/** The commands that a roll prints for going on: to resume it, or to begin anew with the pods that are left. */
import { connectionWords } from '#src/cli/commandline.ts';
import type { ConnectionOptions } from '#src/kube/config/connectionoptions.ts';
import { formatDuration } from '#src/objects/duration.ts';
import { shellQuoted } from '#src/terminal/shell.ts';
import { type PodHandling, runsCommands } from '../model/record.ts';
import { isBeyondReturn, type RollSettings, type RollState } from '../model/state.ts';
import { defaults, type LeaseOptions, type OwnOptions } from './options.ts';

/** What the commands have to say of a roll. */
export interface RollTerms {
  connection: ConnectionOptions;
  namespace: string;
  set: string;
  handling: PodHandling;
  /** Undefined where the roll does without a Lease. Then nobody can resume it. */
  lease: LeaseOptions | undefined;
  own: OwnOptions;
}

/** The command that goes on from a state of the roll; undefined where none does. */
export function goOnCommand(terms: RollTerms, { end, steps, settings }: RollState): string | undefined {
  if (end?.kind === 'done') return undefined;
  const reason = end?.kind === 'stopped' ? end.reason.kind : undefined;
  if (reason === 'set is gone' || reason === 'lease lost') return undefined;
  if (terms.lease !== undefined && reason !== 'set changed') return resumeCommand(terms, settings.maxUnavailable);
  // Only a new roll can go on, with the pods that are left.
  const left = steps.filter((step) => step.phase.kind !== 'done' && !isBeyondReturn(step));
  const commands = [
    ...(terms.lease === undefined ? [] : [abortCommand(terms)]),
    ...(left.length === 0
      ? []
      : [
          newCommand(
            terms,
            settings,
            left.map(({ ordinal }) => ordinal),
          ),
        ]),
  ];
  return commands.length === 0 ? undefined : commands.join(' && ');
}

export function resumeCommand(terms: RollTerms, maxUnavailable: number): string {
  const { handling, lease, own } = terms;
  return [
    ...commandFor(terms, '--resume'),
    ...boldWords(handling, maxUnavailable),
    ...leaseWords(lease),
    ...ownWords(own),
  ].join(' ');
}

function abortCommand(terms: RollTerms): string {
  return commandFor(terms, '--abort').join(' ');
}

function newCommand(terms: RollTerms, settings: RollSettings, ordinals: readonly number[]): string {
  const { handling, lease, own } = terms;
  return [
    ...commandFor(terms, '--order', ordinals.join(',')),
    ...boldWords(handling, settings.maxUnavailable),
    ...(settings.waitDns ? ['--wait-dns'] : []),
    ...timeWords(settings, handling),
    ...(lease === undefined ? ['--no-lease'] : leaseWords(lease)),
    ...ownWords(own),
  ].join(' ');
}

function commandFor({ set, connection, namespace }: RollTerms, ...words: string[]): string[] {
  return ['kubectl sts roll', shellQuoted(set), ...words, ...connectionWords(connection, namespace)];
}

/**
 * The flags that make a roll bold: less careful, or running something in pods. A Lease that says so is not obeyed unless
 * the person repeats them, since those who may write Leases need not be those who may run commands in pods.
 */
export function boldWords(
  { evicts, check, preCheck, leaderCheck, container }: PodHandling,
  maxUnavailable: number,
): string[] {
  return [
    ...(evicts ? [] : ['--disable-eviction']),
    ...(maxUnavailable > 1 ? ['--max-unavailable', String(maxUnavailable)] : []),
    ...textWords('pre-check', preCheck),
    ...textWords('check', check),
    ...textWords('leader-check', leaderCheck),
    ...textWords('container', container),
  ];
}

function timeWords({ timeout, deadline, stable }: RollSettings, handling: PodHandling): string[] {
  return [
    ...durationWords('timeout', timeout, defaults.timeout),
    ...durationWords('deadline', deadline, defaults.deadline),
    ...durationWords('stable', stable, defaults.stable),
    ...(runsCommands(handling) ? durationWords('check-timeout', handling.checkTimeout, defaults.checkTimeout) : []),
  ];
}

function leaseWords(lease: LeaseOptions | undefined): string[] {
  if (lease === undefined) return [];
  const { duration, fieldManager } = lease;
  return [
    ...durationWords('lease-duration', duration, defaults.leaseDuration),
    ...(fieldManager === defaults.fieldManager ? [] : textWords('field-manager', fieldManager)),
  ];
}

function ownWords({ dnsService, interactive }: OwnOptions): string[] {
  const service = dnsService && `${dnsService.namespace}/${dnsService.name}`;
  return [...textWords('dns-service', service), ...(interactive ? ['-i'] : [])];
}

function durationWords(flag: string, duration: number, usual: number): string[] {
  return duration === usual ? [] : [`--${flag}`, formatDuration(duration)];
}

function textWords(flag: string, text: string | undefined): string[] {
  return text === undefined ? [] : [`--${flag}`, shellQuoted(text)];
}

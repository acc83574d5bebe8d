/** What the words and flags of `pin` and `unpin` ask for, checked before anything is read. */
import { connectionOf } from '#src/cli/connection.ts';
import { durationFlag } from '#src/cli/durations.ts';
import { fileSource } from '#src/cli/filesource.ts';
import { UsageError } from '#src/cli/usageerror.ts';
import type { ConnectionOptions } from '#src/kube/config/connectionoptions.ts';
import type { FileSource } from '#src/objects/filereading.ts';
import type { Selector } from '#src/objects/service.ts';
import type { LeaderCheck } from '#src/sources/leadership.ts';
import type { ColourChoice } from '#src/terminal/console.ts';
import type { WriteOptions } from '../live/servicewrite.ts';
import { type PinTarget, parseService, parseServiceSelector, parseTarget } from '../model/target.ts';
import type { ObjectFormat } from '../view/document.ts';
import type { PinFlags } from './pin.ts';
import type { UnpinFlags } from './unpin.ts';

interface CommonOptions {
  connection: ConnectionOptions;
  /** Undefined for sentences instead of objects. */
  output: ObjectFormat | undefined;
  color: ColourChoice | undefined;
}

export type PinOptions = PinServicesOptions | PinFilesOptions | ListOptions;

interface WantedPins {
  services: readonly string[];
  target: PinTarget;
  allowNotReady: boolean;
}

/** The pod that leads, whichever that is. */
type LeaderTarget = { kind: 'leader' } & LeaderCheck;

export interface PinServicesOptions extends CommonOptions, Omit<WantedPins, 'target'> {
  mode: 'pin';
  target: PinTarget | LeaderTarget;
  write: WriteOptions;
  /** Milliseconds to wait for the endpoints; undefined not to wait. */
  timeout: number | undefined;
}

/** Manifests are read, and nothing is written. */
export interface PinFilesOptions extends CommonOptions, WantedPins {
  mode: 'files';
  files: FileSource;
}

export interface ListOptions extends CommonOptions {
  mode: 'list';
  allNamespaces: boolean;
  /** Shows the Services too that lead to one pod without being pinned. */
  allServices: boolean;
  header: boolean;
}

/** Flags of a Service that is pinned, which a list has no use for, and the other way round. */
const ofPins = [
  'to',
  'leader-check',
  'container',
  'filename',
  'recursive',
  'dry-run',
  'allow-not-ready',
  'wait',
  'timeout',
  'field-manager',
] as const;
const ofLists = ['all-services', 'no-headers'] as const;

/**
 * @param isGiven whether a flag was typed, though it may have its default
 * @throws {UsageError} when the words and flags name no pins, or contradict each other
 */
export function pinOptions(
  words: readonly string[],
  flags: PinFlags,
  isGiven: (flag: (typeof ofPins)[number]) => boolean,
): PinOptions {
  const common = { connection: connectionOf(flags), output: flags.output, color: flags.color };
  if (flags.list) {
    if (words.length > 0) throw new UsageError('--list shows all Services that are pinned: name none');
    const idle = ofPins.find(isGiven);
    if (idle !== undefined) throw new UsageError(`--list shows pins and makes none: it does not go with --${idle}`);
    return {
      ...common,
      mode: 'list',
      allNamespaces: flags['all-namespaces'],
      allServices: flags['all-services'],
      header: !flags['no-headers'],
    };
  }
  const idle = ofLists.find((flag) => flags[flag]);
  if (idle !== undefined) throw new UsageError(`--${idle} goes with --list`);
  if (flags['all-namespaces']) throw new UsageError('a Service is pinned in one namespace: use -A with --list');
  const timeout = durationFlag('--timeout', flags.timeout);
  const files = fileSource(flags);
  const { 'leader-check': check, container, 'allow-not-ready': allowNotReady } = flags;
  const written = { mode: 'pin' as const, write: writeOptions(flags), timeout: flags.wait ? timeout : undefined };
  if (check !== undefined) {
    if (files) throw new UsageError('--leader-check asks the pods of a cluster: it does not go with -f');
    const target = { kind: 'leader' as const, command: check, container };
    return { ...common, ...written, services: ledServices(words, flags.to), target, allowNotReady };
  }
  if (container !== undefined) throw new UsageError('--container goes with --leader-check');
  const wanted = { ...wantedPins(words, flags.to), allowNotReady };
  if (files) {
    if (flags['dry-run'] !== 'client') {
      throw new UsageError('-f does not write the files: use it with --dry-run=client');
    }
    return { ...common, ...wanted, mode: 'files', files };
  }
  return { ...common, ...written, ...wanted };
}

/** All words are Services: the pods themselves say which one is meant. */
function ledServices(words: readonly string[], to: string | undefined): readonly string[] {
  if (to !== undefined) throw new UsageError('--to names a pod, and --leader-check finds one: give one of them');
  const last = words.at(-1);
  if (last === undefined) throw new UsageError('name the Services to pin: pin SERVICE… --leader-check COMMAND');
  if (/^\d+$/.test(last)) throw new UsageError(`${last} names a pod, and --leader-check finds one: give one of them`);
  return words.map(serviceName);
}

/** `SERVICE TARGET`, or several Services and `--to`. */
function wantedPins(words: readonly string[], to: string | undefined): Pick<WantedPins, 'services' | 'target'> {
  const target = to ?? words.at(-1);
  const services = to === undefined ? words.slice(0, -1) : words;
  if (services.length === 0 || target === undefined) {
    throw new UsageError('name a Service and a pod: pin SERVICE ORDINAL, or pin SERVICE… --to ORDINAL');
  }
  const last = words.at(-1) ?? '';
  if (to !== undefined && /^\d+$/.test(last)) throw new UsageError(`${last} and --to ${to} both name a pod: give one`);
  if (to === undefined && services.length > 1) throw new UsageError('name the pod of several Services with --to');
  const parsed = parseTarget(target);
  if ('error' in parsed) throw new UsageError(parsed.error);
  return { services: services.map(serviceName), target: parsed };
}

function writeOptions(flags: Pick<PinFlags, 'dry-run' | 'field-manager'>): WriteOptions {
  return { dryRun: flags['dry-run'], fieldManager: flags['field-manager'] };
}

export interface UnpinOptions extends CommonOptions {
  services: { kind: 'named'; names: readonly string[] } | { kind: 'all' };
  force: boolean;
  keepChanges: boolean;
  /** The selector to restore where no annotation tells the original. */
  selector: Selector | undefined;
  write: WriteOptions;
}

/** @throws {UsageError} when the words and flags name no Services, or contradict each other */
export function unpinOptions(words: readonly string[], flags: UnpinFlags): UnpinOptions {
  if (flags.all ? words.length > 0 : words.length === 0)
    throw new UsageError('name the Services to unpin, or use --all');
  const names = words.map(serviceName);
  const selector = flags.selector === undefined ? undefined : parseServiceSelector(flags.selector);
  if (selector && 'error' in selector) throw new UsageError(selector.error);
  return {
    connection: connectionOf(flags),
    services: flags.all ? { kind: 'all' } : { kind: 'named', names },
    force: flags.force,
    keepChanges: flags['keep-changes'],
    selector: selector?.selector,
    write: writeOptions(flags),
    output: flags.output,
    color: flags.color,
  };
}

function serviceName(word: string): string {
  const parsed = parseService(word);
  if ('error' in parsed) throw new UsageError(parsed.error);
  return parsed.name;
}

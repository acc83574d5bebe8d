/** Turns the arguments and flags of `status` into options. */
import { chooseSets } from '#src/cli/choosesets.ts';
import { connectionOf } from '#src/cli/connection.ts';
import { durationFlag } from '#src/cli/durations.ts';
import { fileSource } from '#src/cli/filesource.ts';
import { UsageError } from '#src/cli/usageerror.ts';
import type { ConnectionOptions } from '#src/kube/config/connectionoptions.ts';
import type { FileSource } from '#src/objects/filereading.ts';
import type { Selection } from '#src/statefulset/selection.ts';
import type { ColourChoice } from '#src/terminal/console.ts';
import type { Goal } from '../model/gate.ts';
import { type ChangeFormat, changeFormats } from '../view/changes.ts';
import type { Format } from '../view/format.ts';
import type { StatusFlags } from './status.ts';

export interface StatusOptions {
  connection: ConnectionOptions;
  selection: Selection;
  allNamespaces: boolean;
  mode: StatusMode;
  format: Format;
  header: boolean;
  /** So many lines of the log of a container that fails; undefined for none. */
  logs: number | undefined;
  color: ColourChoice | undefined;
}

/** What to do: show files or a cluster once, follow the changes, or wait. */
type StatusMode =
  | { kind: 'files'; files: FileSource }
  | { kind: 'once' }
  | { kind: 'watch'; format: ChangeFormat }
  | ({ kind: 'gate' } & GateOptions);

export interface GateOptions {
  goal: Goal;
  /** Milliseconds; Infinity for no limit. */
  timeout: number;
  /** Milliseconds for which a failure must have been seen. */
  stuckAfter: number;
  format: 'text' | 'json';
}

/** In milliseconds. */
const defaults = { timeout: 10 * 60_000, stuckAfter: 5 * 60_000 } as const;

/**
 * @param isTerminal whether a person looks at standard output
 * @throws {UsageError} when arguments and flags contradict each other
 */
export function statusOptions(names: readonly string[], flags: StatusFlags, isTerminal: boolean): StatusOptions {
  const selection = chooseSets(names, flags);
  return {
    connection: connectionOf(flags),
    selection,
    allNamespaces: flags['all-namespaces'],
    mode: modeOf(flags),
    format: flags.output ?? 'table',
    header: !flags['no-headers'],
    logs: logsOf(names, flags, isTerminal),
    color: flags.color,
  };
}

/** Logs hold credentials now and then: they go to a person who asks for them, and into no file. */
function logsOf(names: readonly string[], flags: StatusFlags, isTerminal: boolean): number | undefined {
  const { logs, output, wait, watch, filename } = flags;
  if (logs === undefined) return undefined;
  if (names.length === 0) throw new UsageError('--logs needs a NAME: it shows the log of a container that fails');
  if (wait || watch || filename) throw new UsageError('--logs cannot be used with --wait, -w or -f');
  if (output !== undefined && output !== 'wide') throw new UsageError(`--logs cannot be used with -o ${output}`);
  if (!isTerminal)
    throw new UsageError('--logs shows logs on a terminal alone, since they may hold credentials: use kubectl logs');
  return logs;
}

function modeOf(flags: StatusFlags): StatusMode {
  const { wait, watch, filename, recursive, output = 'table' } = flags;
  const stray = (['for', 'timeout', 'stuck-after'] as const).find((name) => flags[name] !== undefined);
  if (!wait && stray !== undefined) throw new UsageError(`--${stray} goes with --wait`);
  if (wait && watch) throw new UsageError('-w cannot be used with --wait, which shows the changes while it waits');
  if (wait && filename)
    throw new UsageError('--wait cannot be used with -f: it waits for a cluster, and -f reads files');
  if (watch && filename) throw new UsageError('-w cannot be used with -f: -w watches a cluster, and -f reads files');
  if (wait) return { kind: 'gate', ...gateOf(flags) };
  const files = fileSource({ filename, recursive });
  if (files) return { kind: 'files', files };
  if (!watch) return { kind: 'once' };
  const format = changeFormats.find((known) => known === output);
  if (format === undefined) throw new UsageError(`-w cannot be used with -o ${output}: use -o wide, json or yaml`);
  return { kind: 'watch', format };
}

function gateOf(flags: StatusFlags): GateOptions {
  const { output, timeout, 'stuck-after': stuckAfter, for: goal = 'rollout' } = flags;
  if (output !== undefined && output !== 'json') {
    throw new UsageError(`--wait cannot be used with -o ${output}: use -o json`);
  }
  const limit = timeout === undefined ? defaults.timeout : durationFlag('--timeout', timeout);
  return {
    goal,
    timeout: limit === 0 ? Number.POSITIVE_INFINITY : limit,
    stuckAfter: stuckAfter === undefined ? defaults.stuckAfter : durationFlag('--stuck-after', stuckAfter),
    format: output ?? 'text',
  };
}

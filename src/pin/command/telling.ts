/** Which stream each message about a Service goes to, and the exit code that its outcome means. */
import type { ExitCode } from '#src/objects/failure.ts';
import type { Service } from '#src/objects/types.ts';
import type { Console } from '#src/terminal/console.ts';
import { printable } from '#src/terminal/escape.ts';
import type { DryRun, PinOutcome, UnpinOutcome } from '../model/outcome.ts';
import { type ObjectFormat, serviceDocument } from '../view/document.ts';
import {
  alreadyLine,
  driftLine,
  holderLines,
  leftoverLine,
  notFoundLine,
  notPinnedLine,
  notWrittenLine,
  pinnedLines,
  unpinnedLines,
  waitLine,
} from '../view/outcomewords.ts';
import { pinRefusalLine, unpinRefusalDetails, unpinRefusalLine } from '../view/refusalwords.ts';
import { warningLine } from '../view/warningwords.ts';

export interface Told {
  code: ExitCode;
  /** The Service as it is now, or would be after a dry run. */
  object?: Service;
}

interface TellOptions {
  /** Objects are printed at the end, in place of the sentences on standard output. */
  output: ObjectFormat | undefined;
  dryRun: DryRun;
}

interface ObjectStyle {
  output: ObjectFormat | undefined;
  /** Whether exactly one Service was named, which is then no list. */
  single: boolean;
}

/** Tells about each Service in turn, and prints the objects at the end. The exit code is the worst of them all. */
export async function tellEach(
  names: readonly string[],
  services: readonly Service[],
  { output, single }: ObjectStyle,
  console: Console,
  tell: (service: Service) => Promise<Told>,
  signal?: AbortSignal,
): Promise<ExitCode> {
  let worst: ExitCode = 0;
  const objects: Service[] = [];
  for (const name of names) {
    if (signal?.aborted) break;
    const service = services.find(({ metadata }) => metadata.name === name);
    const { code, object } = service ? await tell(service) : fail(notFoundLine(name), 2, console);
    worst = Math.max(worst, code);
    if (object) objects.push(object);
  }
  // Of none that are pinned there is an empty list; of those that were named, nothing but errors.
  const isEmpty = objects.length === 0 && names.length > 0;
  if (output !== undefined && !isEmpty) console.out(serviceDocument(objects, output, single));
  return worst;
}

/** @param namespace of the Service, which may be left out in a manifest */
export function tellPin(
  outcome: PinOutcome,
  namespace: string,
  { output, dryRun }: TellOptions,
  console: Console,
): Told {
  switch (outcome.kind) {
    case 'pinned': {
      for (const warning of outcome.plan.warnings) say(console.err, warningLine(warning));
      if (output === undefined) say(console.out, ...pinnedLines(outcome, namespace, dryRun));
      const line = waitLine(outcome);
      if (line !== undefined) say(console.err, line);
      const hasFailed = outcome.wait?.kind === 'timed out' || outcome.wait?.kind === 'interrupted';
      return { code: hasFailed ? 1 : 0, object: outcome.service };
    }
    case 'already':
      if (output === undefined) say(console.out, alreadyLine(outcome));
      return { code: 0, object: outcome.service };
    case 'refused':
      return fail(pinRefusalLine(outcome.service.metadata.name, outcome.reason), 1, console);
    case 'overtaken':
      return fail(notWrittenLine(outcome), 1, console);
    case 'failed':
      return fail(notWrittenLine(outcome), 2, console);
  }
}

export function tellUnpin(outcome: UnpinOutcome, { output, dryRun }: TellOptions, console: Console): Told {
  switch (outcome.kind) {
    case 'unpinned': {
      const line = leftoverLine(outcome);
      if (line !== undefined) say(console.err, line);
      if (output === undefined) say(console.out, ...unpinnedLines(outcome, dryRun));
      say(console.err, ...holderLines(outcome));
      return { code: 0, object: outcome.service };
    }
    case 'not pinned':
      if (output === undefined) say(console.out, notPinnedLine(outcome));
      return { code: 0, object: outcome.service };
    case 'drift':
      return fail(driftLine(outcome), 1, console);
    case 'refused':
      say(console.err, unpinRefusalLine(outcome.service.metadata.name, outcome.reason));
      say(console.err, ...unpinRefusalDetails(outcome.reason));
      return { code: 1 };
    case 'overtaken':
      return fail(notWrittenLine(outcome), 1, console);
    case 'failed':
      return fail(notWrittenLine(outcome), 2, console);
  }
}

function fail(line: string, code: ExitCode, { err }: Console): Told {
  say(err, line);
  return { code };
}

/** Writes lines that may hold text of the cluster. */
export function say(write: (text: string) => void, ...lines: readonly string[]): void {
  write(lines.map((line) => `${printable(line)}\n`).join(''));
}

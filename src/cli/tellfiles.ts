/** Tells how the reading of files went, beside what was read. */
import { passedOverLine } from '#src/drawing/notices.ts';
import type { ExitCode, Failure } from '#src/objects/failure.ts';
import type { PassedOver } from '#src/objects/filereading.ts';
import type { Console } from '#src/terminal/console.ts';
import { printable } from '#src/terminal/escape.ts';

/** @returns the exit code that the reading means */
export function tellFiles(
  { passedOver, faults }: { passedOver: PassedOver; faults: readonly Failure[] },
  console: Console,
): ExitCode {
  const line = passedOverLine(passedOver);
  if (line !== undefined) console.err(`${line}\n`);
  for (const fault of faults) for (const each of fault.lines()) console.err(`${printable(each)}\n`);
  return faults.length > 0 ? 2 : 0;
}

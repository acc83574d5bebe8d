/** How a gate ends: its exit code, and the lines about it. */
import type { ExitCode } from '#src/objects/failure.ts';
import { printable } from '#src/terminal/escape.ts';
import { diagnose } from '../model/diagnosis.ts';
import { type GateLook, outcomeIn } from '../model/gatelook.ts';
import { closeLines } from '../view/closeview.ts';
import { failureWords, type GateWords, goneWords, metWords, timeOutWords } from '../view/gatewords.ts';

export interface Verdict {
  code: ExitCode;
  /** Lines for standard output, and for standard error; escaped. */
  out: readonly string[];
  err: readonly string[];
}

/**
 * @param look the last one: what still waits in it, has timed out
 * @param takesWords whether standard output takes words, and not documents
 */
export function verdictOf(look: GateLook, words: GateWords, takesWords: boolean): Verdict {
  const { sets, gone } = look;
  const outcome = outcomeIn(look);
  const met = sets.filter(({ standing }) => standing.kind === 'met');
  const failed = sets.flatMap(({ topology, standing }) => {
    const line = failureWords(topology, standing, words);
    return line === undefined ? [] : [{ topology, line }];
  });
  // Where one cannot get there, the others had time left.
  const late = outcome === 'waiting' ? sets.filter(({ standing }) => standing.kind === 'waiting') : [];
  const told = [...failed, ...late.map(({ topology }) => ({ topology, line: timeOutWords(topology, words) }))];
  return {
    code: outcome === 'met' ? 0 : outcome === 'unknown' ? 2 : 1,
    out: takesWords ? met.map(({ topology }) => printable(metWords(topology, words))) : [],
    err: [
      ...gone.map((set) => printable(goneWords(set, words))),
      ...told.flatMap(({ topology, line }) => [
        printable(line),
        ...(takesWords
          ? closeLines(diagnose(topology, look.snapshot), { colour: false, width: undefined, now: look.time })
          : []),
      ]),
    ],
  };
}

/** How a gate ends: its exit code, and the lines about it. */
import type { ExitCode } from '#src/objects/failure.ts';
import { printable } from '#src/terminal/escape.ts';
import type { Topology } from '#src/tree/model/topology.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import { type GateLook, outcomeIn, shutBy } from '../model/gatelook.ts';
import { closeLines } from '../view/closeview.ts';
import { doubtWords, failureWords, type GateWords, goneWords, metWords, timeOutWords } from '../view/gatewords.ts';
import { troubleWords } from '../view/words.ts';
import type { GateOutput } from './gateoutput.ts';

export interface Verdict {
  code: ExitCode;
  /** Lines for standard output, and for standard error; escaped. */
  out: readonly string[];
  err: readonly string[];
}

/**
 * @param look the last one: what still waits in it, has timed out
 * @param diagnoses of the sets that keep the gate from opening
 * @param output where the last look was shown
 */
export function verdictOf(
  look: GateLook,
  diagnoses: ReadonlyMap<Topology, Diagnosis>,
  words: GateWords,
  { takesWords, tellsClosely }: GateOutput,
): Verdict {
  const { sets, gone } = look;
  const outcome = outcomeIn(look);
  const met = sets.filter(({ standing }) => standing.kind === 'met');
  const closely = (topology: Topology) => {
    const diagnosis = takesWords && !tellsClosely ? diagnoses.get(topology) : undefined;
    return diagnosis ? closeLines(diagnosis, { colour: false, width: undefined }) : [];
  };
  return {
    code: outcome === 'met' ? 0 : outcome === 'unknown' ? 2 : 1,
    out: takesWords ? met.map(({ topology }) => printable(metWords(topology, words))) : [],
    err: [
      ...(takesWords ? met.flatMap(({ topology }) => doubtLines(topology, words, look.time)) : []),
      ...gone.map((set) => printable(goneWords(set, words))),
      ...shutBy(look).flatMap(({ topology, standing }) => [
        printable(failureWords(topology, standing, words) ?? timeOutWords(topology, words)),
        ...closely(topology),
      ]),
    ],
  };
}

/** What is wrong with a set that is rolled out: the gate does not wait for that. */
function doubtLines(topology: Topology, words: GateWords, now: number): string[] {
  return troubleWords(topology, now).map(({ text }) => printable(doubtWords(topology.set, text, words)));
}

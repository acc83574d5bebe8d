/** Reads what the clients in their pod have noted: one line for each question. */
import type { Answer, Outcome, Probe, Read, Write } from './history.ts';

export interface ClientLog {
  writes: Write[];
  reads: Read[];
  probes: Probe[];
}

/**
 * @param text lines of the form `KIND WHO NUMBER BEGUN ENDED CODE WORDS…`: KIND is write, read or probe; CODE that of
 * psql, or of the shell where psql ended without an answer; WORDS all that was said, standard error included. A line
 * without its end, which its writer was about to note, is left out.
 */
export function readClientLog(text: string): ClientLog {
  const log: ClientLog = { writes: [], reads: [], probes: [] };
  for (const line of text.split('\n').slice(0, -1)) {
    const [, kind, who = '', number, begun, ended, code, said = ''] =
      /^(write|read|probe) (\S+) (\d+) (\d+) (\d+) (\d+) ?(.*)$/.exec(line) ?? [];
    if (kind === undefined) throw new Error(`the clients noted what nobody understands: ${line}`);
    // Anything beside the answer is a warning, and then the answer does not count.
    const answer = code === '0' ? answerIn(said) : undefined;
    const asked = { begun: Number(begun), ended: Number(ended), said, ...(answer && { answer }) };
    if (kind === 'write') log.writes.push({ row: `${who}/${number}`, outcome: outcomeOf(answer, said), ...asked });
    else if (kind === 'read') log.reads.push(asked);
    else log.probes.push({ pod: who, ...asked });
  }
  return log;
}

function answerIn(said: string): Answer | undefined {
  const [, follows, server, system, address] = /^([tf]) (\S+) (\d+) ([\d.]+)$/.exec(said) ?? [];
  if (server === undefined || system === undefined || address === undefined) return undefined;
  return { server, follows: follows === 't', system, address };
}

/** What psql says when nothing was sent. */
const neverSent = /^psql: error: (connection to server|could not translate host name)/;

function outcomeOf(answer: Answer | undefined, said: string): Outcome {
  if (answer !== undefined) return 'acknowledged';
  // An error of the statement itself undoes it; FATAL ends the connection, at any time.
  const isRefused = neverSent.test(said) || (/^ERROR: /.test(said) && !/WARNING|FATAL|server closed/.test(said));
  return isRefused ? 'refused' : 'open';
}

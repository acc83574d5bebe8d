/** Commands that go on until they are interrupted: they show each reading of a cluster, and say when there is none. */
import { missingRights } from '#src/drawing/missingrights.ts';
import { outageLine } from '#src/drawing/notices.ts';
import type { Client } from '#src/kube/client.ts';
import type { ConnectionOptions } from '#src/kube/config/connectionoptions.ts';
import type { ExitCode } from '#src/objects/failure.ts';
import type { Refusal, Snapshot } from '#src/objects/snapshot.ts';
import type { Console } from '#src/terminal/console.ts';
import { printable } from '#src/terminal/escape.ts';
import { interruption } from '#src/terminal/interruption.ts';
import { connected } from './connected.ts';
import type { Deps } from './deps.ts';

/** Shows something on a terminal that is drawn anew, or writes it into a pipe or a file. */
export interface LiveOutput {
  /** Writes a line to standard error. */
  say(line: string): void;
  /** Shows a line for as long as it holds, where the output is drawn anew; undefined removes it. */
  notice(line: string | undefined): void;
  close(): void | Promise<void>;
}

/** What is in the way of a reading. */
type Hindrance = { kind: 'not watched'; refusal: Refusal } | { kind: 'lost'; error: Error } | { kind: 'recovered' };

/** What says on an output how the readings go. */
export interface Teller {
  tell(news: Hindrance): void;
  /** Names the rights that the reading lacks, each of them once. */
  tellRights(snapshot: Snapshot): void;
}

/**
 * Opens a connection and an output on it, and goes on with `work` until it ends or the person interrupts it.
 *
 * @param work returns undefined where it ended because of the signal
 * @returns the exit code of `work`, or that of the signal
 */
export async function live<Output extends LiveOutput>(
  connection: ConnectionOptions,
  deps: Deps,
  console: Console,
  open: (client: Client, signal: AbortSignal) => Output,
  work: (client: Client, output: Output, signal: AbortSignal) => Promise<ExitCode | undefined>,
): Promise<ExitCode> {
  const interrupted = interruption(deps.host);
  const { signal } = interrupted;
  let output: Output | undefined;
  const warned = { ...console, err: (text: string) => (output ? output.say(text.trimEnd()) : console.err(text)) };
  const ended = await connected(connection, deps, warned, async (client) => {
    // The requests that are under way end with the client.
    signal.addEventListener('abort', () => client.close());
    output = open(client, signal);
    try {
      return await work(client, output, signal);
    } finally {
      await output.close();
      output = undefined;
    }
  });
  return ended ?? interrupted.exitCode;
}

/** What a reading shows, and an error for each set that was asked for by name and is missing. */
interface LiveReading {
  snapshot: Snapshot;
  failures: readonly Error[];
}

/**
 * Shows all readings, until they end.
 *
 * @returns an exit code where the first reading lacks a set that was named
 */
export async function showReadings<Reading extends LiveReading>(
  readings: (tell: Teller['tell']) => AsyncIterable<Reading>,
  output: LiveOutput & { show(reading: Reading): void },
): Promise<ExitCode | undefined> {
  const { tell, tellRights } = tellerOn(output);
  let isFirst = true;
  for await (const reading of readings(tell)) {
    tellRights(reading.snapshot);
    if (isFirst && reading.failures.length > 0) {
      for (const { message } of reading.failures) output.say(printable(message));
      return 2;
    }
    isFirst = false;
    output.show(reading);
  }
  return undefined;
}

export function tellerOn(output: LiveOutput): Teller {
  const { ofParts, ofWatch } = missingRights();
  const say = (line: string | undefined) => {
    if (line !== undefined) output.say(line);
  };
  return {
    tellRights: (snapshot) => say(ofParts(Object.values(snapshot))),
    tell(news) {
      switch (news.kind) {
        case 'not watched':
          return say(ofWatch(news.refusal));
        case 'recovered':
          return output.notice(undefined);
        case 'lost': {
          const line = outageLine(news.error.message);
          output.say(line);
          return output.notice(line);
        }
      }
    },
  };
}

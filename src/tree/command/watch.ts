/** `tree -w`: shows the sets anew after every change, until it is interrupted. */
import { connected } from '#src/cli/connected.ts';
import type { Deps } from '#src/cli/deps.ts';
import { nothingFound, outageLine } from '#src/drawing/notices.ts';
import type { Client } from '#src/kube/client.ts';
import type { Clock } from '#src/objects/clock.ts';
import type { ExitCode } from '#src/objects/failure.ts';
import { formatTime } from '#src/objects/time.ts';
import type { Selection } from '#src/statefulset/selection.ts';
import type { Console } from '#src/terminal/console.ts';
import { printable } from '#src/terminal/escape.ts';
import { interruption } from '#src/terminal/interruption.ts';
import { liveScreen } from '#src/terminal/livescreen.ts';
import { takesScreens } from '#src/terminal/screen.ts';
import type { Reading } from '../live/reading.ts';
import { type LiveNews, watchCluster } from '../live/source.ts';
import { topologies } from '../model/topology.ts';
import { type ChangeOptions, treeChanges } from '../view/changes.ts';
import type { FormatOptions } from '../view/format.ts';
import { missingRights } from '../view/missingrights.ts';
import { screenText, type Watched } from '../view/screentext.ts';
import type { TreeOptions } from './options.ts';

export async function watchTree(
  { connection, selection, allNamespaces }: TreeOptions,
  format: ChangeOptions['format'],
  options: FormatOptions,
  console: Console,
  deps: Deps,
): Promise<ExitCode> {
  const { host, clock } = deps;
  const interrupted = interruption(host);
  const { signal } = interrupted;
  let output: Output | undefined;
  const warned = { ...console, err: (text: string) => (output ? output.say(text.trimEnd()) : console.err(text)) };
  const ended = await connected(connection, deps, warned, async (client) => {
    // The requests that are under way end with the client.
    signal.addEventListener('abort', () => client.close());
    const namespace = allNamespaces ? undefined : client.namespace;
    const takesTree = format === 'tree' || format === 'wide';
    output =
      takesTree && takesScreens(host)
        ? screenOutput(options, namespace, deps, signal)
        : pipeOutput({ format, allNamespaces }, namespace, console, clock);
    try {
      return await follow(client, namespace, selection, output, deps, signal);
    } finally {
      output.close();
      output = undefined;
    }
  });
  return ended ?? interrupted.exitCode;
}

/** Shows readings on a terminal, or writes them into a pipe or a file. */
interface Output {
  show(reading: Reading): void;
  /** Writes a line to standard error. */
  say(line: string): void;
  /** Shows a line for as long as it holds, where the output is drawn anew; undefined removes it. */
  notice(line: string | undefined): void;
  close(): void;
}

/** Shows readings until the signal. @returns an exit code where the first reading lacks a set that was named */
async function follow(
  client: Client,
  namespace: string | undefined,
  selection: Selection,
  output: Output,
  { clock, random }: Deps,
  signal: AbortSignal,
): Promise<ExitCode | undefined> {
  const { ofParts, ofWatch } = missingRights();
  const say = (line: string | undefined) => {
    if (line !== undefined) output.say(line);
  };
  const tell = (news: LiveNews) => {
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
      default:
        return news satisfies never;
    }
  };

  let isFirst = true;
  for await (const reading of watchCluster(client, namespace, selection, { clock, random, signal, tell })) {
    say(ofParts(Object.values(reading.snapshot)));
    if (isFirst && reading.failures.length > 0) {
      for (const { message } of reading.failures) output.say(printable(message));
      return 2;
    }
    isFirst = false;
    output.show(reading);
  }
  return undefined;
}

/** Writes each set, and later each change. */
function pipeOutput(
  options: ChangeOptions,
  namespace: string | undefined,
  { out, err }: Console,
  clock: Clock,
): Output {
  const changes = treeChanges(options);
  let isFirst = true;
  return {
    show({ snapshot, sets }) {
      if (isFirst && sets.length === 0) err(`${nothingFound(namespace)}\n`);
      isFirst = false;
      const text = changes(topologies(snapshot, sets), formatTime(clock.now()));
      if (text !== '') out(text);
    },
    say: (line) => err(`${line}\n`),
    notice() {},
    close() {},
  };
}

/** Draws the tree anew in its place. */
function screenOutput(
  options: FormatOptions,
  namespace: string | undefined,
  { clock, host }: Deps,
  signal: AbortSignal,
): Output {
  let watched: Watched = { topologies: [], failures: [], namespace };
  const screen = liveScreen({
    host,
    render: (width) => screenText(watched, { ...options, width, now: clock.now() }),
    sleep: clock.sleep,
    signal,
  });
  return {
    ...screen,
    show({ snapshot, sets, failures }) {
      watched = { topologies: topologies(snapshot, sets), failures, namespace };
      screen.draw();
    },
  };
}

/** `tree -w`: any news from the cluster makes the whole model anew, and what is shown of it has changed or not. */
import { connected } from '#src/cli/connected.ts';
import type { Deps } from '#src/cli/deps.ts';
import { nothingFound, refusalLine } from '#src/drawing/notices.ts';
import type { Client } from '#src/kube/client.ts';
import type { Clock } from '#src/objects/clock.ts';
import type { ExitCode } from '#src/objects/failure.ts';
import type { Part } from '#src/objects/snapshot.ts';
import { formatTime } from '#src/objects/time.ts';
import type { Selection } from '#src/statefulset/selection.ts';
import type { Console } from '#src/terminal/console.ts';
import { printable } from '#src/terminal/escape.ts';
import { interruption } from '#src/terminal/interruption.ts';
import { openScreen, type Screen, takesScreens } from '#src/terminal/screen.ts';
import type { Reading } from '../live/reading.ts';
import { type LiveNews, watchCluster } from '../live/source.ts';
import { type Topology, topologies } from '../model/topology.ts';
import { type ChangeOptions, changeLog } from '../view/changes.ts';
import { type FormatOptions, render } from '../view/format.ts';
import type { TreeOptions } from './options.ts';

/** Shows trees until it is interrupted. */
export async function watchTree(
  { connection, selection }: TreeOptions,
  format: ChangeOptions['format'],
  options: FormatOptions,
  console: Console,
  deps: Deps,
): Promise<ExitCode> {
  const { host } = deps;
  const interrupted = interruption(host);
  const { signal } = interrupted;
  let view: View | undefined;
  const beside = { ...console, err: (text: string) => (view ? view.say(text.trimEnd()) : console.err(text)) };
  const ended = await connected(connection, deps, beside, async (client) => {
    // Closing the client ends the requests that are under way.
    signal.addEventListener('abort', () => client.close());
    const namespace = options.allNamespaces ? undefined : client.namespace;
    view =
      (format === 'tree' || format === 'wide') && takesScreens(host)
        ? drawing(options, namespace, deps, signal)
        : writing({ format, allNamespaces: options.allNamespaces }, namespace, console, deps.clock);
    try {
      return await show(client, namespace, selection, view, deps, signal);
    } finally {
      view.close();
      view = undefined;
    }
  });
  return ended ?? interrupted.exitCode;
}

/** Where what is shown of readings goes. */
interface View {
  reading(reading: Reading): void;
  /** A line for standard error. */
  say(line: string): void;
  /** What holds at the moment beside the data; undefined when it no longer does. */
  notice(line: string | undefined): void;
  close(): void;
}

async function show(
  client: Client,
  namespace: string | undefined,
  selection: Selection,
  view: View,
  { clock, random }: Deps,
  signal: AbortSignal,
): Promise<ExitCode | undefined> {
  const said = new Set<string>();
  const sayOnce = (line: string) => {
    if (!said.has(line)) view.say(line);
    said.add(line);
  };
  const tell = (news: LiveNews) => {
    if (news.kind === 'recovered') return view.notice(undefined);
    if (news.kind === 'lost') {
      const line = `warning: ${printable(news.error.message)}, trying again`;
      view.say(line);
      return view.notice(line);
    }
    const { verb, resource, message } = news.refusal;
    sayOnce(`warning: no right to ${verb} ${resource}, listed every few seconds instead: ${printable(message)}`);
  };

  // What is asked for later, as the events of a pod that waits, is refused later.
  const refusals = new Set<string>();
  const isNew = (part: Part<unknown>) => {
    if (part.others !== 'forbidden') return false;
    const right = `${part.refusal.verb} ${part.refusal.resource}`;
    return !refusals.has(right) && refusals.add(right);
  };

  let first = true;
  const live = { clock, random, signal, tell };
  for await (const reading of watchCluster(client, namespace, selection, live)) {
    const refused = refusalLine(Object.values(reading.snapshot).filter(isNew));
    if (refused) view.say(refused);
    if (first && reading.failures.length > 0) {
      for (const { message } of reading.failures) view.say(printable(message));
      return 2;
    }
    first = false;
    view.reading(reading);
  }
  return undefined;
}

/** In a pipe or a file. */
function writing(options: ChangeOptions, namespace: string | undefined, console: Console, clock: Clock): View {
  const log = changeLog(options);
  let first = true;
  return {
    reading({ snapshot, sets }) {
      if (first && sets.length === 0) console.err(`${nothingFound(namespace)}\n`);
      first = false;
      const time = formatTime(clock.now());
      const text = log(topologies(snapshot, sets), time);
      if (text !== '') console.out(text);
    },
    say: (line) => console.err(`${line}\n`),
    notice() {},
    close() {},
  };
}

/** Milliseconds after which an age may have changed. */
const ageInterval = 1_000;

/** Lines for standard error that are kept until the screen is closed: after days of outages the last ones. */
const mostKept = 20;

/** On a terminal. */
function drawing(
  options: FormatOptions,
  namespace: string | undefined,
  { clock, host }: Deps,
  signal: AbortSignal,
): View {
  let screen: Screen | undefined;
  let shown: readonly Topology[] = [];
  let failures: readonly string[] = [];
  let notice: string | undefined;
  let kept: string[] = [];

  function draw(): void {
    if (screen === undefined) return;
    const tree = render(shown, { ...options, width: screen.width, now: clock.now() });
    const nothing = shown.length === 0 && failures.length === 0 ? [nothingFound(namespace)] : [];
    screen.show([tree, ...failures, ...nothing].filter(Boolean).join('\n'), notice);
  }

  async function redrawAges(): Promise<void> {
    while (!signal.aborted) {
      await clock.sleep(ageInterval, signal);
      draw();
    }
  }

  return {
    reading({ snapshot, sets, failures: unknown }) {
      shown = topologies(snapshot, sets);
      failures = unknown.map(({ message }) => printable(message));
      if (screen === undefined) {
        screen = openScreen(host, draw);
        void redrawAges();
      }
      draw();
    },
    say(line) {
      // It would stand across the tree.
      if (screen !== undefined && host.stderr.isTTY) kept = [...kept, line].slice(-mostKept);
      else host.stderr.write(`${line}\n`);
    },
    notice(line) {
      notice = line;
      draw();
    },
    close() {
      screen?.close();
      for (const line of kept) host.stderr.write(`${line}\n`);
      kept = [];
    },
  };
}

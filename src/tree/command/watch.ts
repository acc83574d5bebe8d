/** `tree -w`: shows the sets anew after every change, until it is interrupted. */
import type { Deps } from '#src/cli/deps.ts';
import { type LiveOutput, live, showReadings } from '#src/cli/ongoing.ts';
import { wrapped } from '#src/drawing/columns.ts';
import { nothingFound } from '#src/drawing/notices.ts';
import type { Client } from '#src/kube/client.ts';
import type { Clock } from '#src/objects/clock.ts';
import type { ExitCode } from '#src/objects/failure.ts';
import { formatTime } from '#src/objects/time.ts';
import type { Console } from '#src/terminal/console.ts';
import { liveScreen } from '#src/terminal/livescreen.ts';
import { takesScreens } from '#src/terminal/screen.ts';
import type { Reading } from '../live/reading.ts';
import { watchCluster } from '../live/source.ts';
import { topologies } from '../model/topology.ts';
import { type ChangeOptions, treeChanges } from '../view/changes.ts';
import type { ChangeFormat, FormatOptions } from '../view/formats.ts';
import { screenText, type Watched } from '../view/screentext.ts';
import type { TreeOptions } from './options.ts';

export async function watchTree(
  { connection, selection, allNamespaces }: TreeOptions,
  format: ChangeFormat,
  options: FormatOptions,
  console: Console,
  deps: Deps,
): Promise<ExitCode> {
  const namespaceOf = (client: Client) => (allNamespaces ? undefined : client.namespace);
  const takesTree = format === 'tree' || format === 'wide';
  return live(
    connection,
    deps,
    console,
    (client, signal): Output =>
      takesTree && takesScreens(deps.host)
        ? screenOutput(options, namespaceOf(client), deps, signal)
        : pipeOutput({ format, allNamespaces }, namespaceOf(client), console, deps.clock),
    (client, output, signal) =>
      showReadings((tell) => watchCluster(client, namespaceOf(client), selection, { ...deps, signal, tell }), output),
  );
}

interface Output extends LiveOutput {
  show(reading: Reading): void;
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
    wrap: (line, width) => wrapped(line, width).join('\n'),
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

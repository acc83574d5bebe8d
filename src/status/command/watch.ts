/** `status -w`: shows the status anew after every change, until it is interrupted. */
import type { Deps } from '#src/cli/deps.ts';
import { type LiveOutput, live, showReadings } from '#src/cli/ongoing.ts';
import { wrapped } from '#src/drawing/columns.ts';
import { nothingFound } from '#src/drawing/notices.ts';
import type { Client } from '#src/kube/client.ts';
import type { ExitCode } from '#src/objects/failure.ts';
import { formatTime } from '#src/objects/time.ts';
import type { Console } from '#src/terminal/console.ts';
import { printable } from '#src/terminal/escape.ts';
import { liveScreen } from '#src/terminal/livescreen.ts';
import { takesScreens } from '#src/terminal/screen.ts';
import type { Reading } from '#src/tree/live/reading.ts';
import { watchCluster } from '#src/tree/live/source.ts';
import { type Topology, topologies } from '#src/tree/model/topology.ts';
import { statusNeeds } from '../model/needs.ts';
import { type ChangeFormat, statusChanges } from '../view/changes.ts';
import { render } from '../view/format.ts';
import { formatOptions } from './formatoptions.ts';
import type { StatusOptions } from './options.ts';

export async function watchStatus(
  options: StatusOptions,
  format: ChangeFormat,
  console: Console,
  deps: Deps,
): Promise<ExitCode> {
  const { connection, selection, allNamespaces } = options;
  const namespaceOf = (client: Client) => (allNamespaces ? undefined : client.namespace);
  const takesTable = format === 'table' || format === 'wide';
  const isDrawn = takesTable && takesScreens(deps.host);
  return live(
    connection,
    deps,
    console,
    (client, signal) =>
      isDrawn
        ? screenOutput(options, console, namespaceOf(client), deps, signal)
        : pipeOutput(options, format, namespaceOf(client), console, deps),
    (client, output, signal) =>
      showReadings((tell) => {
        const watching = { ...deps, signal, tell, needsOf: statusNeeds };
        return watchCluster(client, namespaceOf(client), selection, watching);
      }, output),
  );
}

interface Output extends LiveOutput {
  show(reading: Reading): void;
}

/** Writes each set, and later each change. */
function pipeOutput(
  { allNamespaces }: StatusOptions,
  format: ChangeFormat,
  namespace: string | undefined,
  { out, err }: Console,
  { clock }: Deps,
): Output {
  const changes = statusChanges({ format, allNamespaces });
  let isFirst = true;
  return {
    show({ snapshot, sets }) {
      if (isFirst && sets.length === 0) err(`${nothingFound(namespace)}\n`);
      isFirst = false;
      const now = clock.now();
      const moments = topologies(snapshot, sets).map((topology) => ({ topology, now }));
      const text = changes(moments, formatTime(now));
      if (text !== '') out(text);
    },
    say: (line) => err(`${line}\n`),
    notice() {},
    close() {},
  };
}

/** Draws the status anew in its place. */
function screenOutput(
  options: StatusOptions,
  console: Console,
  namespace: string | undefined,
  { clock, host }: Deps,
  signal: AbortSignal,
): Output {
  let watched: { reading: Reading; told: readonly Topology[] } | undefined;
  const screen = liveScreen({
    host,
    async render(width) {
      if (watched === undefined) return '';
      const { told, reading } = watched;
      const { snapshot, sets, failures } = reading;
      const text = await render(told, formatOptions(options, { ...console, width }, clock.now(), snapshot));
      const nothing = sets.length + failures.length === 0 ? [nothingFound(namespace)] : [];
      return [text, ...failures.map(({ message }) => printable(message)), ...nothing].filter(Boolean).join('\n');
    },
    wrap: (line, width) => wrapped(line, width).join('\n'),
    sleep: clock.sleep,
    signal,
  });
  return {
    ...screen,
    show(reading) {
      watched = { reading, told: topologies(reading.snapshot, reading.sets) };
      screen.draw();
    },
  };
}

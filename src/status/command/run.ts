/** `status`: shows how StatefulSets of a cluster or of files are. */
import { setsInFiles } from '#src/cli/choosesets.ts';
import type { Deps } from '#src/cli/deps.ts';
import { tellFiles } from '#src/cli/tellfiles.ts';
import { nothingFound, refusalLine } from '#src/drawing/notices.ts';
import type { Client } from '#src/kube/client.ts';
import type { ExitCode } from '#src/objects/failure.ts';
import type { FileSource } from '#src/objects/filereading.ts';
import type { Part } from '#src/objects/snapshot.ts';
import { type Console, processConsole } from '#src/terminal/console.ts';
import { printable } from '#src/terminal/escape.ts';
import type { Reading } from '#src/tree/live/reading.ts';
import { type Topology, topologies } from '#src/tree/model/topology.ts';
import { type Diagnosis, diagnose } from '../model/diagnosis.ts';
import { statusNeeds } from '../model/needs.ts';
import { factsInFiles } from '../model/nodefacts.ts';
import { type FormatOptions, isDocument, render } from '../view/format.ts';
import { formatOptions } from './formatoptions.ts';
import type { StatusOptions } from './options.ts';

export async function runStatus(options: StatusOptions, deps: Deps): Promise<ExitCode> {
  const console = processConsole(deps.host, options.color);
  const { mode } = options;
  switch (mode.kind) {
    case 'files':
      return showFiles(options, mode.files, console, deps.clock.now());
    case 'once':
      return showCluster(options, console, deps);
    case 'watch': {
      const { watchStatus } = await import('./watch.ts');
      return watchStatus(options, mode.format, console, deps);
    }
    case 'gate': {
      const { keepGate } = await import('./gatekeeper.ts');
      return keepGate(options, mode, console, deps);
    }
  }
}

async function showFiles(options: StatusOptions, source: FileSource, console: Console, now: number): Promise<ExitCode> {
  const { readFiles } = await import('#src/sources/files.ts');
  const files = readFiles(source, now);
  const code = tellFiles(files, console);
  const found = setsInFiles(files, options.selection, options.connection.namespace);
  const { snapshot } = files;
  const told = topologies(snapshot, found.sets);
  const isClose = options.selection.names.length > 0;
  const facts = factsInFiles(snapshot, isClose ? told.flatMap((topology) => diagnose(topology, snapshot).causes) : []);
  const diagnoses = new Map(isClose ? told.map((topology) => [topology, diagnose(topology, snapshot, facts)]) : []);
  const reading = { snapshot, ...found, told };
  return (await show(reading, formatOptions(options, console, now, snapshot, diagnoses), console)) || code;
}

async function showCluster(options: StatusOptions, console: Console, deps: Deps): Promise<ExitCode> {
  const { connection, allNamespaces } = options;
  const { connected } = await import('#src/cli/connected.ts');
  return connected(connection, deps, console, async (client) => {
    const namespace = allNamespaces ? undefined : client.namespace;
    const { diagnoses, ...reading } = await read(client, namespace, options);
    const { snapshot, sets, failures } = reading;
    const isText = options.format === 'table' || options.format === 'wide';
    const untold = Object.values(snapshot).filter((part) => !(isText && isSkipped(part, [...diagnoses.values()])));
    const refused = sets.length > 0 && refusalLine(untold);
    if (refused) console.err(`${refused}\n`);
    const isEmpty = sets.length + failures.length === 0;
    if (isEmpty && !isDocument(options.format)) console.err(`${nothingFound(namespace)}\n`);
    return show(reading, formatOptions(options, console, deps.clock.now(), snapshot, diagnoses), console);
  });
}

/** Whether the paragraph `skipped` of each set names the right that is missing. */
function isSkipped(part: Part<unknown>, diagnoses: readonly Diagnosis[]): boolean {
  if (part.others !== 'forbidden' || diagnoses.length === 0) return false;
  const right = `${part.refusal.verb} ${part.refusal.resource}`;
  return diagnoses.every(({ skipped }) => skipped.some((each) => each.right === right));
}

interface Read extends Reading {
  /** Of each set that was found; empty where no set was named. */
  diagnoses: ReadonlyMap<Topology, Diagnosis>;
}

async function read(client: Client, namespace: string | undefined, { selection, logs }: StatusOptions): Promise<Read> {
  if (selection.names.length === 0) {
    const { readCluster } = await import('#src/tree/live/reading.ts');
    return { ...(await readCluster(client, namespace, selection, statusNeeds)), diagnoses: new Map() };
  }
  const { readDiagnosed } = await import('../live/diagnosed.ts');
  const { diagnoses, ...reading } = await readDiagnosed(client, namespace, selection);
  const found = new Map(diagnoses.map((each) => [each.topology, each]));
  if (logs !== undefined) {
    const { readLog } = await import('../live/logs.ts');
    for (const each of diagnoses) found.set(each.topology, { ...each, log: await readLog(client, each, logs) });
  }
  return { ...reading, diagnoses: found };
}

/** Prints the sets that were found, and then an error for each one that is missing. */
async function show(
  { snapshot, sets, failures, told }: Reading,
  options: FormatOptions,
  console: Console,
): Promise<ExitCode> {
  // As in kubectl, there is no empty document where none of the named sets was found.
  if (sets.length > 0 || failures.length === 0) console.out(await render(told ?? topologies(snapshot, sets), options));
  for (const { message } of failures) console.err(`${printable(message)}\n`);
  return failures.length > 0 ? 2 : 0;
}

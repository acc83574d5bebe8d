/** `dns`: names from a cluster or from files, and what DNS servers answer for them. */
import { setsInFiles } from '#src/cli/choosesets.ts';
import type { Deps } from '#src/cli/deps.ts';
import { tellFiles } from '#src/cli/tellfiles.ts';
import type { ExitCode } from '#src/objects/failure.ts';
import type { FileSource } from '#src/objects/filereading.ts';
import { processConsole } from '#src/terminal/console.ts';
import { printable } from '#src/terminal/escape.ts';
import { domainGiven, usualDomain } from '../model/clusterdomain.ts';
import { judge } from '../model/judge.ts';
import { expectedNames } from '../model/names.ts';
import type { DnsOptions } from './options.ts';
import { printNames } from './print.ts';

export async function runDns(options: DnsOptions, deps: Deps): Promise<ExitCode> {
  const { source } = options;
  if (source.kind === 'files') return showFiles(options, source.files, deps);
  const { askCluster } = await import('./ask.ts');
  return askCluster(options, source.path, source.until, deps);
}

async function showFiles(options: DnsOptions, source: FileSource, { host, clock }: Deps): Promise<ExitCode> {
  const { connection, selection, ordinals } = options;
  const console = processConsole(host, options.color);
  const { readFiles } = await import('#src/sources/files.ts');
  const files = readFiles(source, clock.now());
  const code = tellFiles(files, console);
  const { snapshot } = files;
  const { sets, failures } = setsInFiles(files, selection, connection.namespace);
  for (const { message } of failures) console.err(`${printable(message)}\n`);
  if (sets.length === 0) return 2;
  const given = options.clusterDomain;
  const clusterDomain = given === undefined ? usualDomain : domainGiven(given);
  const { srv, ptr } = options;
  const askOptions = { srv, ptr, clusterDomain: clusterDomain.domain };
  const judged = judge(expectedNames(snapshot, sets, ordinals), [], askOptions, new Map());
  const asked = {
    via: 'none',
    servers: [],
    unreached: [],
    nodeCache: undefined,
    answeredBy: undefined,
    clusterDomain,
  } as const;
  await printNames(judged, asked, options, console);
  return failures.length > 0 ? 2 : code;
}

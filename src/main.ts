/** The front door: argv to command to exit code. Only `main` prints errors. */
import { Errors, run as runOclif } from '@oclif/core';
import { type Arguments, readArguments, usageHint } from '#src/cli/arguments.ts';
import type { Deps } from '#src/cli/deps.ts';
import { type DescribedCommand, loadable, loadOptions } from '#src/cli/plugin.ts';
import { type ExitCode, Failure } from '#src/objects/failure.ts';
import { processConsole } from '#src/terminal/console.ts';
import { printable } from '#src/terminal/escape.ts';
import { endWithReader, endWithSignal } from '#src/terminal/interruption.ts';
import manifest from '../oclif.manifest.json' with { type: 'json' };
import packageJson from '../package.json' with { type: 'json' };
import { type CommandName, commands as loaders } from './commands.ts';

/**
 * Runs one command of the plugin.
 *
 * @param argv the words behind `kubectl sts`
 * @returns the exit code: 0 done, 1 checked and bad, 2 could not be checked or done, 130 interrupted
 */
export async function main(argv: readonly string[], deps: Deps): Promise<ExitCode> {
  const { host } = deps;
  const { out, err } = processConsole(host, undefined);
  endWithReader(host);
  endWithSignal(host);
  const read = readArguments(argv, definitions);
  if (read.kind === 'error') {
    err(`${read.message}\n`);
    return 2;
  }
  const verbosity = read.kind === 'run' ? read.verbosity : 0;
  const command = read.kind === 'complete' ? undefined : read.command;
  const tell = (error: unknown): ExitCode => {
    // A message would stand in the middle of the line that the person types.
    if (read.kind === 'complete') return 0;
    err(
      linesFor(error, command, verbosity)
        .map((line) => `${printable(line)}\n`)
        .join(''),
    );
    return error instanceof Failure ? error.exitCode : 2;
  };
  // A fault in something that nothing awaits.
  host.on('uncaughtException', (error) => host.exit(tell(error)));
  try {
    switch (read.kind) {
      case 'complete': {
        const { completions } = await import('#src/cli/choices.ts');
        out(await completions(read.words, definitions, deps));
        return 0;
      }
      case 'help':
        return await showHelp(read, deps);
      case 'run':
        return Number(await runOclif([read.command, ...read.argv], oclifOptions(read.command, deps)));
    }
  } catch (error) {
    return tell(error);
  }
}

async function showHelp({ command = '', extent }: Arguments & { kind: 'help' }, { host }: Deps): Promise<ExitCode> {
  const { commandHelp, overview } = await import('#src/cli/help.ts');
  const { out, width } = processConsole(host, undefined);
  const definition = byName[command];
  out(definition ? commandHelp(definition, extent, width) : overview(definitions, width));
  return 0;
}

// Does not compile if the manifest and src/commands.ts name different commands.
const definitions: Record<CommandName, DescribedCommand> = manifest.commands satisfies Record<CommandName, object>;

const byName: Readonly<Record<string, DescribedCommand>> = definitions;

const commandNames = Object.keys(loaders) as CommandName[];

/** oclif is told of the one command that is to run: it looks through all flags of each that it knows. */
function oclifOptions(name: string, deps: Deps) {
  const known = commandNames.filter((one) => one === name).map((one) => loadable(definitions[one], loaders[one]));
  return loadOptions(deps, packageJson, known);
}

/**
 * The lines that tell of an error, in kubectl's words. Only an unforeseen error has a stack, and only with -v 6 or
 * more.
 */
function linesFor(error: unknown, command: string | undefined, verbosity: number): readonly string[] {
  if (error instanceof Failure) return error.lines();
  if (!(error instanceof Error)) return [`error: ${String(error)}`];
  if (isFailedWrite(error)) return [`error: ${error.message}`];
  if (error instanceof Errors.CLIError) {
    // `Parsing --servers`, and indented on the next line why the value is refused.
    const [refusal = ''] = error.message.split('\nSee more help');
    return [`error: ${refusal.trim().replace(/\s*\n\s*/g, ': ')}`, usageHint(command)];
  }
  const report = `This is a fault of kubectl-sts: please report it at ${packageJson.bugs.url}`;
  if (verbosity < 6) {
    return [`error: unexpected: ${error.name}: ${error.message}`, `${report} with what it says with -v 6.`];
  }
  return [...`error: unexpected: ${error.stack ?? error.message}`.split('\n'), `${report} with these lines.`];
}

/** Whether standard output could not be written, for example to a full disk. */
function isFailedWrite(error: Error): boolean {
  return 'syscall' in error && error.syscall === 'write';
}

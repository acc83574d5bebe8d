/** The front door: argv to command to exit code, and the one place that prints an error. */
import { Config, Errors, type Interfaces, run as runOclif, settings } from '@oclif/core';
import { type CommandDefinition, readArguments, usageHint } from '#src/cli/arguments.ts';
import type { Deps } from '#src/cli/deps.ts';
import type { StsPlugin } from '#src/cli/stscommand.ts';
import { type ExitCode, Failure } from '#src/objects/failure.ts';
import { processConsole } from '#src/terminal/console.ts';
import { printable } from '#src/terminal/escape.ts';
import { endWithReader } from '#src/terminal/interruption.ts';
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
  const read = readArguments(argv, manifest.commands);
  if (read.kind === 'error') {
    err(`${read.message}\n`);
    return 2;
  }
  if (read.kind === 'complete') {
    const { completions } = await import('#src/cli/choices.ts');
    out(await completions(read.words, manifest.commands, deps));
    return 0;
  }
  const verbosity = read.kind === 'run' ? read.verbosity : 0;
  const tell = (error: unknown): ExitCode => {
    err(message(error, read.command, verbosity));
    return error instanceof Failure ? error.exitCode : 2;
  };
  // A fault in something that nobody waits for.
  host.on('uncaughtException', (error) => host.exit(tell(error)));
  try {
    if (read.kind === 'help') return await showHelp(read.command, deps);
    const code: unknown = await runOclif([read.command, ...read.argv], optionsFor(deps));
    return Number(code);
  } catch (error) {
    if (error instanceof Errors.ExitError) return error.oclif.exit ?? 0;
    return tell(error);
  }
}

async function showHelp(command: string | undefined, deps: Deps): Promise<ExitCode> {
  const { ConsoleHelp, versionWords } = await import('#src/cli/help.ts');
  const console = processConsole(deps.host, undefined);
  const config = await Config.load(optionsFor(deps));
  config.userAgent = versionWords(deps);
  await new ConsoleHelp(config, {}, console).showHelp(command === undefined ? [] : [command]);
  const takesGlobalFlags = Object.entries(definitions).some(([id, { flags }]) => id === command && 'context' in flags);
  // As kubectl, whose other help says nothing of them.
  if (command === undefined || (takesGlobalFlags && command !== 'options')) {
    console.out('Use "kubectl sts options" for a list of all global flags.\n');
  }
  return 0;
}

// Does not compile where the manifest and src/commands.ts name other commands.
const definitions: Record<CommandName, CommandDefinition> = manifest.commands satisfies Record<CommandName, object>;

// Nothing is ever read below it: the one plugin is handed over ready-made.
const root = '/';

function optionsFor(deps: Deps): Interfaces.LoadOptions & object {
  // oclif would look for ts-node, and for its own files beside the sources: in the executable there are none.
  settings.enableAutoTranspile = false;
  const plugin = pluginWith(deps);
  return { root, plugins: new Map([[plugin.name, plugin]]) };
}

/** What oclif would find on disk, given to it: a single executable has no package.json and no modules to require. */
function pluginWith(deps: Deps): StsPlugin {
  const commands = (Object.keys(loaders) as CommandName[]).map(
    (id) => ({ hidden: false, ...definitions[id], load: loaders[id] }) as unknown as StsPlugin['commands'][number],
  );
  return {
    deps,
    _base: '',
    alias: packageJson.name,
    commandIDs: Object.keys(loaders),
    commands,
    commandsDir: undefined,
    findCommand: async (id: string) => {
      const found = commands.find((command) => command.id === id);
      if (found === undefined) throw new Errors.CLIError(`command ${id} not found`);
      return found.load();
    },
    hasManifest: true,
    hooks: {},
    isRoot: true,
    load: async () => {},
    moduleType: 'module',
    name: packageJson.name,
    options: { root },
    pjson: { name: packageJson.name, version: packageJson.version, oclif: packageJson.oclif } as Interfaces.PJSON,
    root,
    topics: [],
    type: 'core',
    valid: true,
    version: packageJson.version,
  };
}

/** In kubectl's words; with a stack only of what nobody foresaw, and where somebody asked for more than the requests. */
function message(error: unknown, command: string | undefined, verbosity: number): string {
  return linesFor(error, command, verbosity)
    .map((line) => `${printable(line)}\n`)
    .join('');
}

function linesFor(error: unknown, command: string | undefined, verbosity: number): readonly string[] {
  if (error instanceof Failure) return error.lines();
  if (!(error instanceof Error)) return [`error: ${String(error)}`];
  // Standard output, on a disk that is full.
  if ('syscall' in error && error.syscall === 'write') return [`error: ${error.message}`];
  if (error instanceof Errors.CLIError) {
    const [first = ''] = error.message.split('\nSee more help');
    return [...`error: ${first.trim()}`.split('\n'), usageHint(command)];
  }
  const report = `This is a fault of kubectl-sts: please report it at ${packageJson.bugs.url}`;
  if (verbosity < 6) {
    return [`error: unexpected: ${error.name}: ${error.message}`, `${report} with what it says with -v 6.`];
  }
  return [...`error: unexpected: ${error.stack ?? error.message}`.split('\n'), `${report} with these lines.`];
}

/** The front door: argv to command to exit code, and the one place that prints an error. */
import { type Command, Errors, type Interfaces, run as runOclif, settings } from '@oclif/core';
import { type CommandDefinition, readArguments, usageHint } from '#src/cli/arguments.ts';
import { UsageError } from '#src/objects/errors.ts';
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
export async function main(argv: readonly string[]): Promise<number> {
  endWithReader(process);
  if (argv[0] === '__complete') return offer(argv.slice(1));
  const read = readArguments(argv, manifest.commands);
  if (read.kind === 'error') {
    process.stderr.write(`${read.message}\n`);
    return 2;
  }
  const verbosity = read.kind === 'run' ? Number(read.values.get('v') ?? 0) : 0;
  // What fails where nobody waits for it.
  process.on('uncaughtException', (error) => {
    process.stderr.write(`${message(error, read.command, verbosity)}\n`);
    process.exit(2);
  });
  try {
    return await (read.kind === 'help' ? showHelp(read.command) : run([read.command, ...read.argv]));
  } catch (error) {
    if (error instanceof Errors.ExitError) return error.oclif.exit ?? 0;
    process.stderr.write(`${message(error, read.command, verbosity)}\n`);
    return 2;
  }
}

/** For the script kubectl_complete-sts. */
async function offer(words: readonly string[]): Promise<number> {
  const { completions } = await import('#src/cli/choices.ts');
  process.stdout.write(await completions(words, manifest.commands, packageJson.version));
  return 0;
}

async function run(argv: string[]): Promise<number> {
  // oclif would look for ts-node, and for its own files beside the sources: in the executable there are none.
  settings.enableAutoTranspile = false;
  await runOclif(argv, { root, plugins: new Map([[plugin.name, plugin]]) });
  return Number(process.exitCode ?? 0);
}

async function showHelp(command: string | undefined): Promise<number> {
  const code = await run([...(command ? [command] : []), '--help']);
  const known = command === undefined || commands.some(({ id, flags }) => id === command && 'context' in flags);
  // As kubectl, whose other help tells nothing of them.
  if (known && command !== 'options') {
    process.stdout.write('Use "kubectl sts options" for a list of all global flags.\n');
  }
  return code;
}

// Nothing is ever read below it: the one plugin is handed over ready-made.
const root = '/';

// Does not compile where the manifest and src/commands.ts name other commands.
const definitions: Record<CommandName, CommandDefinition> = manifest.commands satisfies Record<CommandName, object>;

const commands = (Object.keys(loaders) as CommandName[]).map(
  (id) => ({ hidden: false, ...definitions[id], load: loaders[id] }) as unknown as Command.Loadable,
);

/** What oclif would find on disk, given to it: a single executable has no package.json and no modules to require. */
const plugin: Interfaces.Plugin = {
  _base: '',
  alias: packageJson.name,
  commandIDs: Object.keys(manifest.commands),
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

/** In kubectl's words; with a stack only of what nobody foresaw, and where somebody asked for more than the requests. */
function message(error: unknown, command: string | undefined, verbosity: number): string {
  if (!(error instanceof Error)) return `error: ${printable(String(error))}`;
  if (error.name === 'StatusError') return printable(error.message);
  // A plugin's hint, or a list of faults; what a server says is one line.
  if (['ConfigError', 'ConnectionError'].includes(error.name)) return lines(error.message);
  if (error instanceof UsageError || error.name === 'FileError') return `error: ${printable(error.message)}`;
  // Standard output, on a disk that is full.
  if ('syscall' in error && error.syscall === 'write') return `error: ${printable(error.message)}`;
  if (error instanceof Errors.CLIError) {
    const [first = ''] = error.message.split('\nSee more help');
    return `error: ${lines(first.trim())}\n${usageHint(command)}`;
  }
  const report = 'This is a fault of kubectl-sts: please report it';
  if (verbosity >= 6) return `error: unexpected: ${lines(error.stack ?? error.message)}\n${report}.`;
  return `error: unexpected: ${printable(`${error.name}: ${error.message}`)}\n${report}, with what it says with -v 6.`;
}

function lines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

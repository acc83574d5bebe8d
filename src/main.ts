/** The front door: argv to command to exit code, and the one place that prints an error. */
import { type Command, Errors, type Interfaces, run as runOclif, settings } from '@oclif/core';
import manifest from '../oclif.manifest.json' with { type: 'json' };
import packageJson from '../package.json' with { type: 'json' };
import { load } from './commands/load.ts';
import { UsageError } from './errors.ts';
import { printable } from './terminal/escape.ts';

/**
 * Runs one command of the plugin.
 *
 * @param argv the words behind `kubectl sts`
 * @returns the exit code: 0 done, 1 checked and bad, 2 could not be checked or done, 130 interrupted
 */
export async function main(argv: readonly string[]): Promise<number> {
  // oclif would look for ts-node, and for its own files beside the sources: in the executable there are none.
  settings.enableAutoTranspile = false;
  try {
    await runOclif(withHelpAsFlag(argv), { root, plugins: new Map([[plugin.name, plugin]]) });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof Errors.ExitError) return error.oclif.exit ?? 0;
    process.stderr.write(`${message(error, argv)}\n`);
    return 2;
  }
}

/** What oclif does not know by itself: `kubectl sts help tree` is `kubectl sts tree --help`, as everywhere in kubectl. */
function withHelpAsFlag(argv: readonly string[]): string[] {
  const [first, ...rest] = argv;
  if (first === undefined) return ['--help'];
  // oclif's own answer takes bun for Node.
  if (first === '--version') return ['version'];
  return first === 'help' ? [...rest, '--help'] : [...argv];
}

// Nothing is ever read below it: the one plugin is handed over ready-made.
const root = '/';

const commands = Object.entries(manifest.commands).map(([id, command]) => {
  const loadCommand = load[id];
  if (loadCommand === undefined) throw new Error(`src/commands/load.ts lacks ${id}`);
  return { hidden: false, ...command, load: loadCommand } as Command.Loadable;
});

/** What oclif would find on disk, given to it: a single executable has no package.json and no modules to require. */
const plugin: Interfaces.Plugin = {
  _base: '',
  alias: packageJson.name,
  commandIDs: Object.keys(manifest.commands),
  commands,
  commandsDir: undefined,
  findCommand: async (id: string) => {
    const loadCommand = load[id];
    if (loadCommand === undefined) throw new Errors.CLIError(`command ${id} not found`);
    return loadCommand();
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

/** One line in kubectl's words; what nobody foresaw says so, with its stack only where it was asked for. */
function message(error: unknown, argv: readonly string[]): string {
  if (!(error instanceof Error)) return `error: ${String(error)}`;
  if (['StatusError', 'ConnectionError', 'ConfigError'].includes(error.name)) return printable(error.message);
  if (error instanceof UsageError || error.name === 'FileError') {
    return `error: ${printable(error.message)}`;
  }
  const help = `See 'kubectl sts ${manifest.commands[argv[0] as 'tree'] ? `${argv[0]} ` : ''}--help' for usage.`;
  if ('flags' in error && Array.isArray(error.flags))
    return `error: unknown flag: ${printable(error.flags.join(', '))}\n${help}`;
  if (error instanceof Errors.CLIError) {
    if (/^command .* not found$/.test(error.message)) {
      return `error: unknown command "${printable(argv[0] ?? '')}" for "kubectl sts"\n${help}`;
    }
    const [first = ''] = error.message.split('\nSee more help');
    return `error: ${printable(first.trim()).replaceAll('\\u000a', '\n')}\n${help}`;
  }
  return `error: unexpected: ${printable(error.stack ?? error.message).replaceAll('\\u000a', '\n')}\nThis is a fault of kubectl-sts: please report it.`;
}

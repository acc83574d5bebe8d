/**
 * The plugin of oclif that holds the subcommands. oclif would look for it on disk, but a single executable has no
 * package.json and no modules to require.
 */
import { type Command, Config, Errors, type Interfaces, settings } from '@oclif/core';
import type { FlagDefinition } from './definitions.ts';
import type { Deps } from './deps.ts';
import type { DescribedWords } from './help.ts';

/** The plugin also carries what the commands use. */
export interface StsPlugin extends Interfaces.Plugin {
  deps: Deps;
}

export function isStsPlugin(plugin: Interfaces.Plugin): plugin is StsPlugin {
  return 'deps' in plugin;
}

/** What oclif reads of package.json. */
export interface PackageJson {
  name: string;
  version: string;
  oclif: { bin: string; dirname: string; additionalHelpFlags: string[] };
}

type Described = 'aliases' | 'args' | 'hasDynamicHelp' | 'hiddenAliases' | 'id' | 'strict';

/** A command as the manifest describes it. Its help is shown without loading it. */
export interface DescribedCommand extends Pick<Command.Cached, Described>, Omit<DescribedWords, 'args'> {}

export function loadable(
  { flags, hidden = false, ...rest }: DescribedCommand,
  load: () => Promise<Command.Class>,
): Command.Loadable {
  const cached = Object.entries(flags).map(([name, flag]) => [name, cachedFlag(flag)] as const);
  return { ...rest, hidden, flags: Object.fromEntries(cached), load };
}

function cachedFlag({ type, char, options, allowNo = false, ...rest }: FlagDefinition): Command.Flag.Cached {
  const short = char !== undefined && isLetter(char) ? { char } : {};
  if (type === 'boolean') return { ...rest, ...short, type: 'boolean', allowNo };
  return { ...rest, ...short, type: 'option', ...(options && { options }) };
}

type Letter = NonNullable<Interfaces.BooleanFlag<boolean>['char']>;

function isLetter(char: string): char is Letter {
  return /^[A-Za-z]$/.test(char);
}

// The plugin is complete, so that oclif reads nothing below this folder.
const root = '/';

/** oclif's configuration, with the one plugin that there is. */
export function loadOptions(
  deps: Deps,
  { name, version, oclif }: PackageJson,
  commands: Command.Loadable[],
): Interfaces.LoadOptions & object {
  // Otherwise oclif looks for ts-node, and for its own files beside the sources: the executable has none.
  settings.enableAutoTranspile = false;
  // Otherwise oclif reads theme.json of ~/.config/kubectl-sts, and waits for ever if that is a pipe.
  Config.prototype.loadTheme = async () => undefined;
  const { bin, dirname, additionalHelpFlags } = oclif;
  const plugin: StsPlugin = {
    deps,
    _base: '',
    alias: name,
    commandIDs: commands.map(({ id }) => id),
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
    name,
    options: { root },
    pjson: { name, version, oclif: { bin, dirname, additionalHelpFlags, topicSeparator: ' ' } },
    root,
    topics: [],
    type: 'core',
    valid: true,
    version,
  };
  return { root, plugins: new Map([[name, plugin]]) };
}

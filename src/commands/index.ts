import Options from './options.ts';
import Tree from './tree.ts';
import Version from './version.ts';

/** Every subcommand, for the manifest. What runs is loaded by ./load.ts, one at a time. */
export const COMMANDS = { options: Options, tree: Tree, version: Version };

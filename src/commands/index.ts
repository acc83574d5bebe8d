import Tree from './tree.ts';
import Version from './version.ts';

/** Every subcommand, for the manifest. What runs is loaded by ./load.ts, one at a time. */
export const COMMANDS = { tree: Tree, version: Version };

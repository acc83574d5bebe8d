/** All subcommands, loaded. Only the manifest needs them: oclif finds this file by `oclif.commands` in package.json. */
import { commands } from '../src/commands.ts';

const loaded = Object.entries(commands).map(async ([name, load]) => [name, await load()] as const);

export const COMMANDS = Object.fromEntries(await Promise.all(loaded));

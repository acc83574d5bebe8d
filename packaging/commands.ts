/** All subcommands at once, which only the manifest needs: oclif finds this file by `oclif.commands` of package.json. */
import { commands } from '../src/commands.ts';

const loaded = Object.entries(commands).map(async ([name, load]) => [name, await load()] as const);

export const COMMANDS = Object.fromEntries(await Promise.all(loaded));

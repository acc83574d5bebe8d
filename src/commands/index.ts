import Dns from './dns.ts';
import Options from './options.ts';
import Pin from './pin.ts';
import Roll from './roll.ts';
import Tree from './tree.ts';
import Unpin from './unpin.ts';
import Version from './version.ts';

/** Every subcommand, for the manifest. What runs is loaded by ./load.ts, one at a time. */
export const COMMANDS = {
  dns: Dns,
  options: Options,
  pin: Pin,
  roll: Roll,
  tree: Tree,
  unpin: Unpin,
  version: Version,
};

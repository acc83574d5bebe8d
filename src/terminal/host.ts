/**
 * The part of the process that commands use: its streams, environment and signals. Commands are given it, so that a
 * test can run a command with another one.
 */
export type Host = Pick<
  NodeJS.Process,
  | 'arch'
  | 'env'
  | 'exit'
  | 'getuid'
  | 'kill'
  | 'off'
  | 'on'
  | 'pid'
  | 'platform'
  | 'stderr'
  | 'stdin'
  | 'stdout'
  | 'versions'
>;

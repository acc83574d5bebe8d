/**
 * The part of the process that commands use: its streams, environment and signals. Commands are given it, so that a
 * test can run a command with another one.
 */
export type Host = Pick<
  NodeJS.Process,
  | 'arch'
  | 'emit'
  | 'env'
  | 'exit'
  | 'getuid'
  | 'kill'
  | 'listenerCount'
  | 'off'
  | 'on'
  | 'pid'
  | 'platform'
  | 'stderr'
  | 'stdin'
  | 'stdout'
  | 'versions'
>;

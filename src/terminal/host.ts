/**
 * The process as far as commands reach for it: its streams, its environment and its signals. It is handed to them, so
 * that a test runs a command with a process of its own.
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

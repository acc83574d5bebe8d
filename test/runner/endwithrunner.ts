/**
 * Has a process of tests end when it is told to, or when the runner that has started it is gone. It ends by an exit of
 * its own, so that what the tests made in temporary folders is removed.
 *
 * @returns a function to call before the runner is left on purpose
 */
export function endWithRunner(): () => void {
  const end = (): void => {
    // mocha would take what a listener of the exit throws for a failure of the test that runs, and go on.
    process.removeAllListeners('uncaughtException');
    process.exit(1);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
  process.on('disconnect', end);
  return () => void process.off('disconnect', end);
}

/**
 * A process that runs the files that its parent sends, job by job, until it gets an empty job. It sends the counts of each
 * job to its parent.
 */
import { parseArgs } from 'node:util';
import { endWithRunner } from './endwithrunner.ts';
import { runFiles } from './mocha.ts';
import { endOfJob } from './pool.ts';

/** Milliseconds after which it says what keeps it from ending. */
const patience = 2_000;

const { values } = parseArgs({ options: { grep: { type: 'string' } } });
const stay = endWithRunner();

process.on('message', async (files: readonly string[]) => {
  if (files.length === 0) return end();
  const phase = await runFiles(files, values.grep);
  process.stdout.write(endOfJob);
  process.send?.(phase);
});

function end(): void {
  stay();
  process.disconnect?.();
  // A test may have set another one.
  process.exitCode = 0;
  setTimeout(() => process.stdout.write(`open: ${process.getActiveResourcesInfo().join(', ')}\n`), patience).unref();
}

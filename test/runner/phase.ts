/** Mocha over the files that are named, in a process of its own. Tells its parent the counts. */
import { parseArgs } from 'node:util';
import { endWithRunner } from './endwithrunner.ts';
import { runFiles } from './mocha.ts';

const { values, positionals: files } = parseArgs({ options: { grep: { type: 'string' } }, allowPositionals: true });
const stay = endWithRunner();
const phase = await runFiles(files, values.grep);
process.exitCode = phase.counts.failed > 0 ? 1 : 0;
process.send?.(phase, () => {
  stay();
  process.disconnect?.();
});

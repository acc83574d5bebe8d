/**
 * `npm test`: first what needs no cluster, then, if all of that passed, what runs on a stand. Ends with one plain line,
 * `N passed, N failed`, and exit code 1 if any failed or none ran.
 *
 *   npm test                                   everything but what needs real nodes
 *   npm run test:real                          what needs real nodes (Linux, root)
 *   npm test -- --coverage                     and how much of src/ the tests without a cluster run through; too little fails
 *   npm test -- test/objects/time.test.ts      these files or folders
 *   KUBECTL_STS_STAND=dev npm test             on a stand that is up already
 *   KUBECTL_STS_TEST_PLUGIN=FILE npm test      with this executable instead of a newly built one
 */
import { parseArgs } from 'node:util';
import { runPhase } from './runner/child.ts';
import { type Counts, closingLine, nothing, sum } from './runner/counts.ts';
import { coverageFolder, reportCoverage } from './runner/coverage.ts';
import { allTestFiles, chosenFiles, needsStand, realTestFiles } from './runner/files.ts';
import { prepareRealNodes, runOnStand } from './runner/on-stand.ts';

const interrupted = new AbortController();
let exitCode = 0;
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  process.on(signal, () => {
    // Who insists leaves the stand to the next run's sweep.
    if (interrupted.signal.aborted) process.exit(code);
    exitCode = code;
    interrupted.abort();
  });
}

const { values, positionals: words } = parseArgs({
  options: { real: { type: 'boolean', default: false }, coverage: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const all = values.real ? realTestFiles() : allTestFiles();
const files = words.length === 0 ? all : chosenFiles(all, words);
if ('missing' in files) {
  process.stderr.write(`error: no test file: ${files.missing}\n`);
  process.exitCode = 2;
} else {
  const counts = await run(files);
  if (exitCode === 0 && (counts.failed > 0 || counts.passed === 0)) exitCode = 1;
  if (interrupted.signal.aborted) process.stdout.write('Interrupted.\n');
  process.stdout.write(`\n${closingLine(counts)}\n`);
  process.exitCode = exitCode;
}

async function run(chosen: readonly string[]): Promise<Counts> {
  const alone = chosen.filter((file) => !needsStand(file));
  const onStand = chosen.filter(needsStand);
  const unable = values.real ? await prepareRealNodes() : undefined;
  if (unable) return unable;
  const first = alone.length === 0 ? nothing : await runAlone(alone);
  if (onStand.length === 0 || interrupted.signal.aborted) return first;
  if (first.failed > 0) {
    process.stdout.write(`Not run: ${onStand.length} files that need a stand, since what needs none has failed.\n`);
    return first;
  }
  return sum(first, await runOnStand(onStand, interrupted.signal, values));
}

/** What needs no cluster. Too little coverage counts as one failure for each place that falls short. */
async function runAlone(files: readonly string[]): Promise<Counts> {
  if (!values.coverage) return runPhase(files, process.env, interrupted.signal);
  const { folder, env, remove } = coverageFolder();
  try {
    const counts = await runPhase(files, env, interrupted.signal);
    if (interrupted.signal.aborted) return counts;
    const short = await reportCoverage(folder, (line) => process.stdout.write(`${line}\n`));
    return { ...counts, failed: counts.failed + short };
  } finally {
    remove();
  }
}

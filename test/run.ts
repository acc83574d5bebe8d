/**
 * `npm test`: first what needs no cluster, then, if all of that passed, what runs on a stand. Ends with the ten slowest
 * files and one plain line, `N passed, N failed`, and exit code 1 if any failed or none ran.
 *
 *   npm test                                   everything but what needs real nodes or emulators
 *   npm run test:unit                          what needs no cluster and builds nothing: the inner loop
 *   npm run test:unit -- --watch               again whenever a source or a test has changed
 *   npm run test:real                          what needs real nodes (Linux, root)
 *   npm run test:platforms                     executables of other platforms, under emulators (Linux on amd64)
 *   npm run test:skew                          what people do most, on each older version of Kubernetes
 *   npm run test:skew -- --in-turn             on the oldest, and on one more, another one each day
 *   npm test -- --kubernetes 1.35 test/e2e     on this version
 *   npm test -- --coverage                     and how much of src/ the tests without a cluster run through; too little fails
 *   npm test -- --grep 'a claim'               tests whose title holds this
 *   npm test -- test/objects/time.test.ts      these files or folders
 *   KUBECTL_STS_STAND=dev npm test             on a stand that is up already
 *   KUBECTL_STS_TEST_PLUGIN=FILE npm test      with this executable instead of a newly built one
 */
import { parseArgs } from 'node:util';
import { failedPhase, joined, type Phase, type PhaseOptions } from './runner/child.ts';
import { compileCache } from './runner/compilecache.ts';
import { closingLine, failureBlock, slowestLines } from './runner/counts.ts';
import { coverageFolder, reportCoverage } from './runner/coverage.ts';
import {
  allTestFiles,
  chosenFiles,
  jobsOf,
  looksAtWhole,
  needsStand,
  platformTestFiles,
  realTestFiles,
  skewFiles,
} from './runner/files.ts';
import { prepareEmulators, prepareRealNodes, runOnStand } from './runner/on-stand.ts';
import { runInPool } from './runner/pool.ts';
import { watchSources } from './runner/watch.ts';
import { inTurn, isMinor, type KubernetesMinor, minors, older, today } from './stand/kubernetes.ts';

const interrupted = new AbortController();
let exitCode = 0;
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  process.on(signal, () => {
    // After a second signal the next run's sweep tidies the stand up.
    if (interrupted.signal.aborted) process.exit(code);
    exitCode = code;
    interrupted.abort();
  });
}

const { values, positionals: words } = parseArgs({
  options: {
    real: { type: 'boolean', default: false },
    platforms: { type: 'boolean', default: false },
    unit: { type: 'boolean', default: false },
    skew: { type: 'boolean', default: false },
    'in-turn': { type: 'boolean', default: false },
    kubernetes: { type: 'string', multiple: true },
    watch: { type: 'boolean', default: false },
    coverage: { type: 'boolean', default: false },
    grep: { type: 'string' },
  },
  allowPositionals: true,
});
const options: PhaseOptions = { env: process.env, signal: interrupted.signal, grep: values.grep };

const files = words.length === 0 ? knownFiles() : chosenFiles(knownFiles(), words);
const unknown = values.kubernetes?.find((minor) => !isMinor(minor));
if ('missing' in files) {
  process.stderr.write(`error: no test file: ${files.missing}\n`);
  process.exitCode = 2;
} else if (values['in-turn'] && !values.skew) {
  process.stderr.write('error: --in-turn goes with --skew alone\n');
  process.exitCode = 2;
} else if (values.real && (values.skew || values.kubernetes)) {
  process.stderr.write('error: real nodes run only the newest Kubernetes\n');
  process.exitCode = 2;
} else if (unknown !== undefined) {
  process.stderr.write(`error: no stand of Kubernetes ${unknown}: there are ${minors.join(', ')}\n`);
  process.exitCode = 2;
} else if (values.watch) {
  await watchSources(() => runAndTell(files), interrupted.signal);
  process.exitCode = exitCode;
} else {
  process.exitCode = await runAndTell(files);
}

function knownFiles(): string[] {
  if (values.real) return realTestFiles();
  if (values.platforms) return platformTestFiles();
  if (values.skew) return skewFiles;
  const all = allTestFiles();
  return values.unit ? all.filter((file) => !needsStand(file) && !looksAtWhole(file)) : all;
}

/** On which versions of Kubernetes the tests run that need a stand; undefined is the newest, or that of a named stand. */
function versions(): readonly (KubernetesMinor | undefined)[] {
  if (values.kubernetes) return values.kubernetes.filter(isMinor);
  if (!values.skew) return [undefined];
  return values['in-turn'] ? inTurn(today()) : older;
}

/** @returns the exit code */
async function runAndTell(chosen: readonly string[]): Promise<number> {
  const begun = performance.now();
  const { counts, times, failures } = await run(chosen);
  const lines = slowestLines(times);
  if (lines.length > 1) process.stdout.write(`\nThe slowest files:\n${lines.join('\n')}\n`);
  process.stdout.write(failureBlock(failures));
  if (interrupted.signal.aborted) process.stdout.write('Interrupted.\n');
  process.stdout.write(`\nafter ${((performance.now() - begun) / 1_000).toFixed(0)} s\n${closingLine(counts)}\n`);
  return exitCode === 0 && (counts.failed > 0 || counts.passed === 0) ? 1 : exitCode;
}

async function run(chosen: readonly string[]): Promise<Phase> {
  const alone = chosen.filter((file) => !needsStand(file));
  const onStand = chosen.filter(needsStand);
  const unable = await prepared();
  if (unable) return unable;
  const first = await runAlone(alone);
  if (onStand.length === 0 || interrupted.signal.aborted) return first;
  if (first.counts.failed > 0) {
    process.stdout.write(`Not run: ${onStand.length} files that need a stand, since what needs none has failed.\n`);
    return first;
  }
  const phases = [first];
  for (const kubernetes of versions()) {
    phases.push(await runOnStand(onStand, options, { real: values.real, kubernetes }));
    if (interrupted.signal.aborted) break;
  }
  return joined(phases);
}

/** Makes ready what chosen tests need beside a stand. @returns why there can be none, as counts */
async function prepared(): Promise<Phase | undefined> {
  if (values.real) return prepareRealNodes();
  return values.platforms ? prepareEmulators() : undefined;
}

/** What needs no cluster. Too little coverage counts as one failure for each place that falls short. */
async function runAlone(chosen: readonly string[]): Promise<Phase> {
  const jobs = jobsOf(chosen);
  if (!values.coverage) return runInPool(jobs, { ...options, env: { ...process.env, ...compileCache() } });
  const { folder, env, remove } = coverageFolder();
  try {
    const phase = await runInPool(jobs, { ...options, env });
    if (interrupted.signal.aborted) return phase;
    const short = await reportCoverage(folder, (line) => process.stdout.write(`${line}\n`));
    return joined([phase, ...short.map(failedPhase)]);
  } finally {
    remove();
  }
}

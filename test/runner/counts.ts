/** How long each file of a phase took, in milliseconds, with its hooks and the modules that it loads. */
export type Times = Readonly<Record<string, number>>;

/** What became of the tests of a phase. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export const nothing: Counts = { passed: 0, failed: 0, skipped: 0 };

export function sum(a: Counts, b: Counts): Counts {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

/** Those of two phases; a file that ran in both took the sum. */
export function addTimes(a: Times, b: Times): Times {
  const sums: Record<string, number> = { ...a };
  for (const [file, time] of Object.entries(b)) sums[file] = (sums[file] ?? 0) + time;
  return sums;
}

/** The line that a test run ends with: `12 passed, 0 failed`, with `, 1 skipped` where there is one. */
export function closingLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/** The most lines of an error that are repeated at the end, and the most characters of each. */
const repeated = 12;
const widest = 300;

/** A test that has failed, in a few lines, for the end of the run: the test's own place may be far above. */
export function failureOf(file: string, title: string, error: unknown): string {
  return [`${file}: ${title}`, ...linesOf(error)].join('\n      ');
}

/** The error's first lines, and those of its cause: a property that fails names only its counterexample by itself. */
function linesOf(error: unknown): string[] {
  const lines = (error instanceof Error ? error.message : String(error))
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(0, repeated)
    .map((line) => line.slice(0, widest));
  if (!(error instanceof Error) || error.cause === undefined) return lines;
  return [...lines, 'because of:', ...linesOf(error.cause)];
}

/** Where there is any: a heading, and each indented, without an empty line between them. */
export function failureBlock(failures: readonly string[]): string {
  return failures.length === 0 ? '' : `\nWhat has failed:\n${failures.map((each) => `  ${each}\n`).join('')}`;
}

const shown = 10;

/** The slowest files, a line each, the slowest first: `  12.3 s  test/roll/model/step.test.ts`. */
export function slowestLines(times: Times): string[] {
  return Object.entries(times)
    .sort(([, a], [, b]) => b - a)
    .slice(0, shown)
    .map(([file, time]) => `${(time / 1_000).toFixed(1).padStart(7)} s  ${file}`);
}

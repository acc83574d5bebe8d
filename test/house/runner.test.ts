import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { runSideBySide } from '../runner/child.ts';
import { closingLine, failureBlock, slowestLines } from '../runner/counts.ts';
import { checkout, jobsOf } from '../runner/files.ts';
import { runInPool } from '../runner/pool.ts';

for (const [place, runJobs] of Object.entries({ 'without a cluster': runInPool, 'on a stand': runSideBySide })) {
  describe(`the runner of tests ${place}`, function () {
    this.timeout(60_000);
    let folder: string;
    before(() => {
      folder = mkdtempSync(join(tmpdir(), 'kubectl-sts-runner-'));
    });
    after(() => rmSync(folder, { recursive: true, force: true }));

    /** Runs test files, which are given by their names and what they hold, and says how it ended. */
    async function run(files: Record<string, string>, grep?: string) {
      const paths = Object.entries(files).map(([name, text]) => {
        const path = join(folder, `${name}.test.ts`);
        writeFileSync(path, text);
        return path;
      });
      let output = '';
      const print = (said: string): void => {
        output += said;
      };
      const jobs = paths.map((path) => [path]);
      const { counts, times, failures } = await runJobs(jobs, {
        env: process.env,
        signal: new AbortController().signal,
        grep,
        print,
      });
      const slowest = slowestLines(times).map((line) => line.replace(relative(checkout, folder), ''));
      const failed = failureBlock(failures).replaceAll(`${relative(checkout, folder)}/`, '');
      return { closing: closingLine(counts), slowest, output, failed };
    }

    const passing = (title: string) => `it('${title}', () => {});\n`;

    it('counts all tests, and names those that have failed', async () => {
      const failing = "describe('a claim', () => it('is bound', () => { throw new Error('it is lost'); }));\n";
      const { closing, output, failed } = await run({ a: passing('one') + passing('two'), b: failing });
      assert.equal(closing, '2 passed, 1 failed');
      assert.equal(failed, '\nWhat has failed:\n  b.test.ts: a claim is bound\n      it is lost\n');
      assert.match(output, /1\) a claim\n +is bound:\n +Error: it is lost/);
    });

    it('runs only tests whose titles hold what somebody looks for', async () => {
      const { closing } = await run({ a: passing('one'), b: passing('two') }, 'two');
      assert.equal(closing, '1 passed, 0 failed');
    });

    it('shows a slow file among the ten slowest', async () => {
      const slow = "it('waits', () => { const end = Date.now() + 300; while (Date.now() < end); });\n";
      const names = Array.from({ length: 20 }, (_, nth) => [`quick-${nth}`, passing('one')]);
      const { slowest } = await run({ ...Object.fromEntries(names), slow: `describe('slow', () => {\n${slow}});\n` });
      assert.equal(slowest.length, 10);
      // Not the first of them on a busy machine, where a process may take longer to load its first file.
      assert.ok(
        slowest.some((line) => /^ +\d\.\d s {2}\/slow\.test\.ts$/.test(line)),
        slowest.join('\n'),
      );
    });

    it('shows the ten slowest files, the slowest first', () => {
      const times = Object.fromEntries(Array.from({ length: 12 }, (_, nth) => [`file-${nth}`, nth * 1_000]));
      const expected = Array.from({ length: 10 }, (_, nth) => `${`${11 - nth}.0`.padStart(7)} s  file-${11 - nth}`);
      assert.deepEqual(slowestLines(times), expected);
    });

    it('counts a file as failed whose process ends before its tests do, and runs the others', async () => {
      const ending = "it('ends', () => process.kill(process.pid, 'SIGKILL'));\n";
      const { closing, output, failed } = await run({ a: ending, b: passing('one'), c: passing('two') });
      assert.equal(closing, '2 passed, 1 failed');
      assert.match(failed, /^\nWhat has failed:\n {2}The tests ended without a result \(SIGKILL\): \S+\n$/);
      assert.match(output, /The tests ended without a result \(SIGKILL\): \S+\/a\.test\.ts\n/);
    });

    it('fails a test whose promise is rejected unseen, and one that throws outside of its call, after many other files', async () => {
      const files = Object.fromEntries(Array.from({ length: 15 }, (_, nth) => [`well-${nth}`, passing('one')]));
      const waiting = "{ setTimeout(() => { throw new Error('thrown'); }); return new Promise(() => {}); }";
      const { closing, output } = await run({
        ...files,
        lost: "it('rejects', () => { void Promise.reject(new Error('lost')); return new Promise(() => {}); });\n",
        thrown: `it('throws', () => ${waiting});\n`,
      });
      assert.equal(closing, '15 passed, 2 failed');
      for (const [test, error] of [
        ['rejects', 'lost'],
        ['throws', 'thrown'],
      ]) {
        assert.match(output, new RegExp(`1\\) ${test}:\n[^]*Error: ${error}`));
      }
    });

    it('fails a file without tests', async () => {
      const { closing, output, failed } = await run({ a: passing('one'), b: '' });
      assert.equal(closing, '1 passed, 1 failed');
      assert.equal(failed, '\nWhat has failed:\n  b.test.ts\n');
      assert.match(output, /^no tests: .*\/b\.test\.ts$/m);
    });

    it('counts it as failed when tests throw after their end', async () => {
      const late = "it('ends', () => { process.once('disconnect', () => { throw new Error('late'); }); });\n";
      const { closing, output } = await run({ a: late });
      assert.equal(closing, '1 passed, 1 failed');
      assert.match(output, /Error: late/);
    });
  });
}

describe('files that need no stand', () => {
  it('run one by one, but for those that write to dist/', () => {
    const building = ['test/packaging/archive.test.ts', 'test/packaging/bundle.test.ts'];
    assert.deepEqual(jobsOf(['test/cli/help.test.ts', 'test/house/source.test.ts', ...building]), [
      building,
      ['test/house/source.test.ts'],
      ['test/cli/help.test.ts'],
    ]);
    assert.deepEqual(jobsOf([]), []);
  });
});

/** What the demo shows while something is being built. */
import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { always, type Exhibit, exhibits, showWhile, withWords } from '../../examples/demo/exhibits.ts';
import { run } from '../e2e/ran.ts';
import { quickClock } from '../kube/quick-clock.ts';
import { checkout } from '../runner/files.ts';

/** What the comment of each exhibit promises, as it is printed. */
const promised: readonly RegExp[] = [
  /^sts\/products-db (?:.*\n)+.*svc\/(?:.*\n)+.*pod\/products-db-0 .*\n.*pvc\/data-/m,
  /^ {2}cause {4}full-0: .*No space left on device/m,
  /^ {2}cause {4}disks-1: no node takes it: .*its volume lives on node-0, which is cordoned/m,
  /^simple-statefulset-0\.simple-statefulset\.default\.svc\.cluster\.local$/m,
  /^ {2}cause {4}secret-mounted-0: .*the Secret mounted is missing/m,
  /^sts\/c (?:.*\n)+.*pvc\/a-b-c-0 (?:.*\n)+sts\/b-c (?:.*\n)+.*pvc\/a-b-c-0 /m,
];

describe('an exhibit of the demo shows what its comment promises', function () {
  this.timeout(30_000);

  for (const [nth, exhibit] of exhibits.entries()) {
    it(exhibit.comment, async () => {
      await withWords(exhibit, async (words, forPeople) => {
        const { PATH = '' } = process.env;
        const { stdout, stderr, code } = await run(process.execPath, ['src/start.ts', ...words], {
          cwd: checkout,
          env: { PATH },
        });
        assert.equal(code, 0, stderr);
        assert.match(stdout, promised[nth] ?? /^nothing$/);
        // The folder of the dump is nobody's business.
        assert.doesNotMatch(forPeople.join(' '), /DUMP| \//);
      });
    });
  }
});

describe('while something is being built, the demo', () => {
  /** Shows exhibits, and calls `onShow` with the number of each, from 1. @returns what was shown, and slept before each */
  async function shownWhile<T>(work: Promise<T>, onShow: (nth: number) => void) {
    const clock = quickClock();
    const shown: Exhibit[] = [];
    const show = async (exhibit: Exhibit): Promise<void> => onShow(shown.push(exhibit));
    const result = await showWhile(work, { clock, show });
    return { result, shown, slept: clock.slept };
  }

  it('shows another exhibit every 15 s until it is built', async () => {
    const work = Promise.withResolvers<string>();
    const { result, shown, slept } = await shownWhile(work.promise, (nth) => {
      if (nth === 4) work.resolve('built');
    });
    assert.equal(result, 'built');
    assert.deepEqual(shown, exhibits.slice(0, 4));
    assert.deepEqual(slept.slice(0, 2), [15_000, 15_000]);
  });

  it('shows two of them where nothing has to be built', async () => {
    const { result, shown } = await shownWhile(Promise.resolve('built'), () => {});
    assert.equal(result, 'built');
    assert.deepEqual(shown, exhibits.slice(0, always));
  });

  it('goes on as soon as it is built', async () => {
    const work = Promise.withResolvers<string>();
    // It would sleep for ever.
    const clock = quickClock(() => false);
    const sleep = (milliseconds: number, signal: AbortSignal): Promise<void> => {
      work.resolve('built');
      return clock.sleep(milliseconds, signal);
    };
    assert.equal(await showWhile(work.promise, { clock: { sleep }, show: async () => {} }), 'built');
  });

  it('waits on when it has shown them all', async () => {
    const work = Promise.withResolvers<string>();
    let isOver = false;
    const all = Promise.withResolvers<void>();
    const showing = shownWhile(work.promise, (nth) => {
      if (nth === exhibits.length) all.resolve();
    }).finally(() => {
      isOver = true;
    });
    await all.promise;
    // So that it ends now if it does not wait.
    await setImmediate();
    assert.equal(isOver, false);
    work.resolve('built');
    const { result, shown } = await showing;
    assert.deepEqual([result, shown], ['built', exhibits]);
  });

  it('fails with the build, after the exhibit that is being shown', async () => {
    const work = Promise.withResolvers<string>();
    const seen: number[] = [];
    const showing = shownWhile(work.promise, (nth) => {
      seen.push(nth);
      if (nth === 3) work.reject(new Error('no space left'));
    });
    await assert.rejects(showing, /^Error: no space left$/);
    assert.deepEqual(seen, [1, 2, 3]);
  });
});

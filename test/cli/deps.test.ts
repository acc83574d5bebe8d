import assert from 'node:assert/strict';
import { userInfo } from 'node:os';
import { processDeps } from '#src/cli/deps.ts';

describe('a process', () => {
  const deps = processDeps(process, '1.2.3');

  it('has random numbers from 0 to below 1', () => {
    const numbers = Array.from({ length: 100 }, () => deps.random());
    assert.ok(numbers.every((number) => number >= 0 && number < 1));
    assert.ok(new Set(numbers).size > 1);
  });

  it('knows who runs the command, and where', () => {
    assert.equal(deps.userName(), userInfo().username);
    assert.notEqual(deps.hostname(), '');
  });

  it('can be asked to free memory, in any runtime', () => deps.collectGarbage());

  it('has clocks that an aborted signal wakes', async () => {
    for (const clock of [deps.clock, deps.steadyClock]) {
      await clock.sleep(3_600_000, AbortSignal.abort());
      const controller = new AbortController();
      const slept = clock.sleep(3_600_000, controller.signal);
      controller.abort();
      await slept;
    }
  });
});

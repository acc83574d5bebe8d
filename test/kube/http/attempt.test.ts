import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { attempt, briefly } from '#src/kube/http/attempt.ts';

describe('work that is done once for all who wait for it', () => {
  const patient = new AbortController().signal;

  /** Work that ends when the test says so. */
  function startable() {
    const runs: PromiseWithResolvers<void>[] = [];
    const shared = attempt(() => {
      const run = Promise.withResolvers<void>();
      runs.push(run);
      return run.promise;
    });
    return { ...shared, runs };
  }

  it('is begun by the first, and done anew for those who come after its end', async () => {
    const { wait, runs } = startable();
    const both = [wait(patient), wait(patient)];
    assert.equal(runs.length, 1);
    runs[0]?.resolve();
    await Promise.all(both);
    const later = wait(patient);
    assert.equal(runs.length, 2);
    runs[1]?.resolve();
    await later;
  });

  it('may be begun before anybody waits', async () => {
    const { begin, wait, runs } = startable();
    begin();
    const waited = wait(patient);
    assert.equal(runs.length, 1);
    runs[0]?.resolve();
    await waited;
  });

  it('that failed before anybody waited fails for the first who does, and is done anew for the next', async () => {
    const { begin, wait, runs } = startable();
    begin();
    runs[0]?.reject(new Error('refused'));
    await assert.rejects(wait(patient), /refused/);
    const next = wait(patient);
    assert.equal(runs.length, 2);
    runs[1]?.resolve();
    await next;
  });

  it('that was done before anybody waited is not taken for what a later one wants', async () => {
    const { begin, wait, runs } = startable();
    begin();
    runs[0]?.resolve();
    await runs[0]?.promise;
    const waited = wait(patient);
    assert.equal(runs.length, 2);
    runs[1]?.resolve();
    await waited;
  });

  it('goes on for the others when one no longer waits', async () => {
    const { wait, runs } = startable();
    const gone = new AbortController();
    const left = wait(gone.signal);
    const kept = wait(patient);
    gone.abort(new Error('gone'));
    await assert.rejects(left, /gone/);
    runs[0]?.resolve();
    await kept;
    assert.equal(runs.length, 1);
  });
});

describe('to wait briefly', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
  afterEach(() => mock.timers.reset());

  it('ends with the work, however it ends', async () => {
    await briefly(Promise.resolve(), 40);
    await briefly(Promise.reject(new Error('refused')), 40);
  });

  it('ends when the time is up', async () => {
    const waited = briefly(new Promise(() => {}), 40);
    mock.timers.tick(40);
    await waited;
  });
});

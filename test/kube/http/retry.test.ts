import assert from 'node:assert/strict';
import { BrokenOff, ConnectionError } from '#src/kube/errors.ts';
import { persistently, type Reply } from '#src/kube/http/retry.ts';
import { quickClock } from '../quick-clock.ts';

interface Tried {
  outcome: unknown;
  /** How often it was asked. */
  times: number;
  /** Seconds, each time. */
  waited: number[];
  /** What was told before each wait. */
  told: string[];
}

/** Gives these answers one by one, and the last one on and on. */
async function trying(answers: (Reply | Error)[], harmless = true): Promise<Tried> {
  const clock = quickClock(() => true);
  let times = 0;
  const told: string[] = [];
  const once = async (): Promise<Reply> => {
    const answer = answers[Math.min(times++, answers.length - 1)];
    if (answer === undefined || answer instanceof Error) throw answer ?? new Error('no answers');
    return answer;
  };
  const outcome: unknown = await persistently(once, {
    harmless,
    clock,
    signal: new AbortController().signal,
    waits: (seconds, why) => told.push(`${why}: ${seconds}`),
  }).catch((error: unknown) => error);
  return { outcome, times, waited: clock.slept.map((milliseconds) => milliseconds / 1_000), told };
}

const fine: Reply = { status: 200, retryAfter: undefined };
const busy = (retryAfter: string | undefined, status = 429): Reply => ({ status, retryAfter });
const reset = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });

describe('a request', () => {
  it('is made once where it is answered', async () => {
    assert.deepEqual(await trying([fine]), { outcome: fine, times: 1, waited: [], told: [] });
  });

  const after: [header: string, status: number, seconds: number][] = [
    ['3', 429, 3],
    ['1', 500, 1],
    ['1', 503, 1],
    ['+2', 504, 2],
    ['0', 429, 0],
    ['-5', 429, 0],
    ['00', 429, 0],
    // A timer that is to wait for longer does not wait at all.
    ['99999999999', 429, 2_147_483],
  ];
  for (const [header, status, seconds] of after) {
    it(`is made again ${seconds} s after ${status} with Retry-After: ${header}, though it changes something`, async () => {
      const tried = await trying([busy(header, status), fine], false);
      assert.deepEqual(tried, {
        outcome: fine,
        times: 2,
        waited: [seconds],
        told: [`the server answers ${status}: ${seconds}`],
      });
    });
  }

  const final: [header: string | undefined, status: number][] = [
    [undefined, 429],
    [undefined, 503],
    ['', 429],
    ['1.5', 429],
    ['soon', 429],
    ['1, 1', 429],
    ['Wed, 21 Oct 2015 07:28:00 GMT', 503],
    ['1', 200],
    ['1', 404],
    ['1', 401],
  ];
  for (const [header, status] of final) {
    it(`is not made again after ${status} with Retry-After: ${header ?? 'none'}`, async () => {
      assert.deepEqual(await trying([busy(header, status), fine]), {
        outcome: busy(header, status),
        times: 1,
        waited: [],
        told: [],
      });
    });
  }

  it('is made ten times more, and then what came is the answer', async () => {
    const { outcome, times, waited } = await trying([busy('2')]);
    assert.deepEqual({ outcome, times }, { outcome: busy('2'), times: 11 });
    assert.deepEqual(
      waited,
      Array.from({ length: 10 }, () => 2),
    );
  });

  const cuts = {
    'was reset': reset,
    'was closed while it was written to': Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }),
    'broke off in the middle of an answer': new BrokenOff('cut'),
  };
  for (const [what, error] of Object.entries(cuts)) {
    it(`is made again a second after its connection ${what}`, async () => {
      assert.deepEqual(await trying([error, error, fine]), {
        outcome: fine,
        times: 3,
        waited: [1, 1],
        told: ['the connection was cut: 1', 'the connection was cut: 1'],
      });
    });

    it(`that changes something is not made again after its connection ${what}`, async () => {
      assert.deepEqual(await trying([error, fine], false), { outcome: error, times: 1, waited: [], told: [] });
    });
  }

  it('is made ten times more over connections that are cut', async () => {
    const { outcome, times } = await trying([reset]);
    assert.deepEqual({ outcome, times }, { outcome: reset, times: 11 });
  });

  it('is made two times more where the answer breaks off each time: it may be long', async () => {
    const broken = new BrokenOff('cut');
    const { outcome, times } = await trying([broken]);
    assert.deepEqual({ outcome, times }, { outcome: broken, times: 3 });
  });

  it('counts cuts and refusals together', async () => {
    const { outcome, times } = await trying([...Array.from({ length: 5 }, () => reset), busy('1')]);
    assert.deepEqual({ outcome, times }, { outcome: busy('1'), times: 11 });
  });

  for (const code of ['ECONNREFUSED', 'ENOTFOUND', 'CERT_HAS_EXPIRED', 'HPE_INVALID_CONSTANT']) {
    it(`is not made again after ${code}`, async () => {
      const error = Object.assign(new Error(code), { code });
      assert.deepEqual(await trying([error, fine]), { outcome: error, times: 1, waited: [], told: [] });
    });
  }

  it('is not made again for what is in kubectl’s words already', async () => {
    const error = new ConnectionError('aborted in the midst');
    assert.equal((await trying([error, fine])).times, 1);
  });

  it('ends while it waits as soon as nobody wants it any more', async () => {
    const clock = quickClock(() => false);
    const stop = new AbortController();
    let times = 0;
    const asked = persistently(
      async () => {
        times++;
        return busy('3');
      },
      { harmless: true, clock, signal: stop.signal, waits: () => setImmediate(() => stop.abort()) },
    );
    await assert.rejects(asked, { name: 'AbortError' });
    assert.equal(times, 1);
  });
});

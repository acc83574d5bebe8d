import assert from 'node:assert/strict';
import { StatusError } from '#src/kube/errors.ts';
import { type Keeper, type KeeperOptions, keeperOf } from '#src/roll/live/keeper.ts';
import type { Hold, Written } from '#src/roll/live/lease.ts';
import { quickClock } from '../../kube/quick-clock.ts';

const forbidden = new StatusError(403, 'Forbidden', 'no such right');

describe('the keeper of a Lease', () => {
  let clock: ReturnType<typeof quickClock>;
  let events: string[];
  /** What the next write does. */
  let write: () => Written | Promise<Written>;

  beforeEach(() => {
    clock = quickClock();
    events = [];
    write = () => ({ kind: 'held' });
  });

  function hold(more: Partial<Hold> = {}): Hold {
    return {
      duration: 30_000,
      async write(record) {
        events.push(`write ${record}`);
        return write();
      },
      giveUp: async (record) => void events.push(`give up ${record}`),
      remove: async () => void events.push('remove'),
      ...more,
    };
  }

  function keeper(held: Hold | undefined = hold(), more: Partial<KeeperOptions> = {}): Keeper {
    return keeperOf(held, {
      clock,
      wall: clock.now,
      outage: {
        begin: (who, { message }) => void events.push(`${who}: ${message}`),
        end() {},
      },
      record: () => `record ${clock.now() - start}`,
      lost: (holder) => void events.push(`lost to ${holder}`),
      failed: (error) => void events.push(`failed: ${error}`),
      ...more,
    });
  }

  const start = quickClock().now();
  const settled = () => new Promise(setImmediate);

  it('proves that it is held by writing it', async () => {
    assert.equal(await keeper().prove(), true);
    assert.deepEqual(events, ['write record 0']);
  });

  it('has proved nothing by a write that took half of its duration, by either clock', async () => {
    write = () => {
      clock.pass(15_000);
      return { kind: 'held' };
    };
    assert.equal(await keeper().prove(), false);
    write = () => ({ kind: 'held' });
    let wall = 0;
    const slept = keeper(hold(), {
      wall: () => {
        wall += 15_000;
        return wall;
      },
    });
    assert.equal(await slept.prove(), false, 'the machine slept, and the steady clock stood still');
  });

  it('says to whom it is lost', async () => {
    write = () => ({ kind: 'lost', holder: 'bob' });
    assert.equal(await keeper().prove(), false);
    assert.deepEqual(events, ['write record 0', 'lost to bob']);
  });

  it('writes one after the other, and goes on after one that failed', async () => {
    const one = keeper();
    write = () => {
      throw forbidden;
    };
    await assert.rejects(one.prove(), forbidden);
    write = () => ({ kind: 'held' });
    const both = [one.prove(), one.prove()];
    clock.pass(1);
    assert.deepEqual(await Promise.all(both), [true, true]);
    assert.deepEqual(events.slice(1), ['write record 1', 'write record 1']);
  });

  it('renews it once a third of its duration has passed since the last write', async () => {
    const one = keeper();
    assert.equal(one.renew(), start + 10_000);
    clock.pass(9_999);
    assert.equal(one.renew(), start + 10_000);
    clock.pass(1);
    assert.equal(one.renew(), start + 20_000);
    await settled();
    assert.deepEqual(events, ['write record 10000']);
    clock.pass(5_000);
    await one.prove();
    assert.equal(one.renew(), start + 25_000, 'a proof is a renewal too');
  });

  it('counts a renewal that may yet succeed as an outage, and any other as a fault', async () => {
    const one = keeper();
    write = () => {
      throw forbidden;
    };
    clock.pass(10_000);
    one.renew();
    await settled();
    write = () => {
      throw new TypeError('a fault');
    };
    clock.pass(10_000);
    one.renew();
    await settled();
    assert.deepEqual(events, [
      'write record 10000',
      `the Lease: ${forbidden.message}`,
      'write record 20000',
      'failed: TypeError: a fault',
    ]);
  });

  it('counts as having slept at most half of its duration', () => {
    assert.deepEqual(
      [keeper().longestNap, keeper(hold({ duration: 2_000 })).longestNap, keeperOf(undefined, {} as never).longestNap],
      [5_000, 1_000, 5_000],
    );
  });

  it('leaves it as the roll ended', async () => {
    const one = keeper();
    assert.equal(await one.letGo({ kind: 'done' }), undefined);
    assert.equal(await one.letGo({ kind: 'interrupted' }), undefined);
    assert.equal(await one.letGo({ kind: 'stopped', pod: undefined, reason: { kind: 'deadline' } }), undefined);
    const lost = { kind: 'lease lost', holder: 'bob' } as const;
    assert.equal(await one.letGo({ kind: 'stopped', pod: undefined, reason: lost }), undefined);
    assert.deepEqual(events, ['remove', 'give up record 0', 'give up record 0']);
  });

  it('says why it could not be given up', async () => {
    const stuck = hold({
      giveUp: async () => {
        throw forbidden;
      },
    });
    assert.equal(await keeper(stuck).letGo({ kind: 'interrupted' }), forbidden.message);
    const faulty = hold({
      giveUp: async () => {
        throw new TypeError('a fault');
      },
    });
    await assert.rejects(keeper(faulty).letGo({ kind: 'interrupted' }), TypeError);
  });
});

describe('a roll without a Lease', () => {
  it('has nothing to prove, to renew or to give up', async () => {
    const one = keeperOf(undefined, {} as never);
    assert.equal(await one.prove(), true);
    assert.equal(one.renew(), Number.POSITIVE_INFINITY);
    assert.equal(await one.letGo({ kind: 'done' }), undefined);
  });
});

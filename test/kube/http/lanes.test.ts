import assert from 'node:assert/strict';
import type { SharedConnection } from '#src/kube/http/http2.ts';
import { openLanes } from '#src/kube/http/lanes.ts';

describe('the connections that requests share', () => {
  function connection() {
    const state = { open: true, lost: false };
    const shared: SharedConnection = {
      isOpen: () => state.open,
      isLost: () => state.lost,
      ask: () => Promise.reject(new Error('nobody asks')),
    };
    return { ...shared, state };
  }

  it('take turns, and a new one is asked first', () => {
    const lanes = openLanes();
    const [one, other] = [connection(), connection()];
    lanes.add(one);
    assert.equal(lanes.isFree(), true);
    assert.equal(lanes.take(), one);
    assert.equal(lanes.isFree(), false);
    lanes.add(other);
    assert.deepEqual([lanes.take(), lanes.take(), lanes.take()], [other, one, other]);
  });

  it('are those that are open', () => {
    const lanes = openLanes();
    const [one, other] = [connection(), connection()];
    lanes.add(one);
    lanes.add(other);
    one.state.open = false;
    assert.deepEqual([lanes.take(), lanes.take(), lanes.isOpen()], [other, other, true]);
    other.state.open = false;
    // It refuses the request.
    assert.deepEqual([lanes.take(), lanes.isOpen()], [other, false]);
  });

  it('are all given up where one has lost its server', () => {
    const lanes = openLanes();
    const [one, other, next] = [connection(), connection(), connection()];
    lanes.add(one);
    lanes.add(other);
    one.state.open = false;
    one.state.lost = true;
    assert.equal(lanes.isOpen(), false);
    lanes.add(next);
    assert.deepEqual([lanes.take(), lanes.take()], [next, next]);
  });
});

import assert from 'node:assert/strict';
import { setImmediate as tick } from 'node:timers/promises';
import type { Client } from '#src/kube/client.ts';
import { findLeader } from '#src/roll/live/leader.ts';
import { statefulSet } from '../../objects/snapshots.ts';

describe('who leads, where nobody says so in time', () => {
  it('is told by what the pods said, and not by the last asking that was broken off', async () => {
    let now = 0;
    const clock = {
      now: () => now,
      async sleep(milliseconds: number, signal?: AbortSignal) {
        // Between two tries.
        if (milliseconds === 1_000) now += milliseconds;
        // A time limit; those that are shorter than an answer takes are over at once.
        else if (milliseconds >= 500) await new Promise((resolve) => signal?.addEventListener('abort', resolve));
      },
    };
    const execute: Client['execute'] = async (_pod, _container, _command, signal) => {
      await tick();
      signal?.throwIfAborted();
      now += 250;
      return { exitCode: 1, stdout: '', stderr: '' };
    };
    const set = statefulSet('web', { replicas: 1 });
    const check = { command: 'am-i-leader', container: 'db', timeout: 2_700 };
    const { signal } = new AbortController();
    const found = await findLeader({ execute } as Client, clock, set, check, { signal, tell() {} });
    assert.deepEqual(found, {
      kind: 'not found',
      unknown: {
        kind: 'unknown',
        why: 'nobody',
        answers: [{ pod: 'web-0', answer: { kind: 'exit code', exitCode: 1, said: '' } }],
      },
      timeout: 2_700,
    });
    assert.equal(now, 2_500, 'the last try had 200 ms left');
  });
});

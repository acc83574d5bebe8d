import assert from 'node:assert/strict';
import type { Client } from '#src/kube/client.ts';
import { askWhoLeads } from '#src/sources/leadership.ts';
import { statefulSet } from '../objects/snapshots.ts';

describe('asking who leads', () => {
  it('takes no longer than its limit, however many pods there are', async () => {
    const set = statefulSet('db', { replicas: 120 });
    let now = 0;
    const execute: Client['execute'] = async (_pod, _container, _command, signal) => {
      // The pods of one turn hang together, until the time of the first of them is up.
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('broken off'))));
      throw new Error('it hangs');
    };
    const clock = {
      now: () => now,
      sleep: async (milliseconds: number) => {
        await new Promise(setImmediate);
        now = Math.max(now, milliseconds);
      },
    };
    const { signal } = new AbortController();
    const check = { command: 'leads', container: undefined };
    const found = await askWhoLeads({ execute } as Client, clock, set, check, { limit: 1_000, signal });
    assert.equal(found.kind, 'unknown');
    assert.deepEqual([now, new Set(found.answers.map(({ answer }) => answer.kind))], [1_000, new Set(['did not end'])]);
  });

  it('asks each pod once, and no more than 50 at the same time', async () => {
    const set = statefulSet('db', { replicas: 120 });
    const asked: string[] = [];
    let [now, most] = [0, 0];
    const execute: Client['execute'] = async ({ name }) => {
      asked.push(name);
      most = Math.max(most, ++now);
      await new Promise(setImmediate);
      now--;
      return { exitCode: name === 'db-77' ? 0 : 1, stdout: '', stderr: '' };
    };
    const clock = { now: () => 0, sleep: () => new Promise<never>(() => {}) };
    const { signal } = new AbortController();
    const check = { command: 'leads', container: undefined };
    const found = await askWhoLeads({ execute } as Client, clock, set, check, { limit: 1_000, signal });
    assert.deepEqual([asked.length, new Set(asked).size, most], [120, 120, 50]);
    assert.equal('leader' in found && found.leader, 'db-77');
  });
});

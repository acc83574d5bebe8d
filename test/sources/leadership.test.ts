import assert from 'node:assert/strict';
import type { Client } from '#src/kube/client.ts';
import { askWhoLeads } from '#src/sources/leadership.ts';
import { statefulSet } from '../objects/snapshots.ts';

describe('asking who leads', () => {
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

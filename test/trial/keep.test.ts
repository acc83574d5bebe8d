/** What is kept of a history that failed, by stand-ins for kubectl and the plugin. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keep } from '../real/trial/keep.ts';
import type { Played } from '../real/trial/play.ts';
import type { History } from './history.ts';

const played: Played = {
  history: { name: 'kill', seed: 7 } as History,
  rolls: ['roll 1', 'roll 2'],
  log: 'write fresh 1',
  trouble: 'mkfifo: File exists',
};

/** A kubectl that answers with its words; of the pod that was never restarted it has no earlier log. */
async function kubectl(words: readonly string[]): Promise<string> {
  const said = `kubectl ${words.join(' ')}`;
  if (said.includes('products-db-1') && said.includes('--previous')) throw new Error('previous container not found');
  return said;
}

describe('of a history that failed', () => {
  let into: string;
  beforeEach(() => {
    into = mkdtempSync(join(tmpdir(), 'kubectl-sts-keep-'));
  });
  afterEach(() => rmSync(into, { recursive: true }));

  async function keptOf(known: Played | Error): Promise<(file: string) => string> {
    const sts = async (words: readonly string[]) => ({ stdout: `sts ${words.join(' ')}\n`, stderr: 'warning: old' });
    const lines = await keep('kill-7', 'shop', known, { into, kubectl, sts });
    assert.deepEqual(lines, [`kept in ${join(into, 'kill-7')}`, 'again: npm run trial -- --history kill-7']);
    assert.deepEqual(readdirSync(into), ['kill-7']);
    return (file) => readFileSync(join(into, 'kill-7', file), 'utf8');
  }

  it('the logs of each pod are kept, also of the container before its last restart', async () => {
    const kept = await keptOf(played);
    assert.equal(kept('products-db-0.log'), 'kubectl logs products-db-0 -n shop');
    assert.equal(kept('products-db-0.previous.log'), 'kubectl logs products-db-0 -n shop --previous');
    assert.equal(kept('products-db-1.log'), 'kubectl logs products-db-1 -n shop');
    assert.equal(kept('products-db-1.previous.log'), 'previous container not found');
  });

  it('it is kept, with what rolls and clients said, events, pods and the status', async () => {
    const kept = await keptOf(played);
    assert.deepEqual(JSON.parse(kept('history.json')), played.history);
    assert.equal(kept('rolls.txt'), 'roll 1\nroll 2');
    assert.equal(kept('clients.log'), 'write fresh 1');
    assert.equal(kept('clients.err'), 'mkfifo: File exists');
    assert.equal(kept('events.txt'), 'kubectl get events -n shop --sort-by=.lastTimestamp');
    assert.equal(kept('pods.yaml'), 'kubectl get pods -n shop -o yaml');
    assert.equal(kept('status.txt'), 'sts status products-db -n shop\nwarning: old');
  });

  it('and was not played to its end, the error is kept, and the pod of the clients is asked what they said', async () => {
    const kept = await keptOf(new Error('pod/products-db-0 is not ready'));
    assert.match(kept('error.txt'), /^Error: pod\/products-db-0 is not ready\n/);
    assert.equal(kept('clients.log'), 'kubectl exec -n shop clients-kill-7 -- sh -c cat /tmp/log.*');
    assert.equal(kept('clients.err'), 'kubectl exec -n shop clients-kill-7 -- sh -c cat /tmp/trouble.*');
    assert.equal(kept('products-db-0.previous.log'), 'kubectl logs products-db-0 -n shop --previous');
  });
});

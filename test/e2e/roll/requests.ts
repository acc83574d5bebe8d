/** What one run of the plugin asked the API server, told apart from all others by whom it came as. */
import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { sharedStand } from '../../runner/stand-variables.ts';
import type { LoggedRequest } from '../audit-log.ts';
import { eventually } from '../eventually.ts';
import { tryKubectl } from '../kubectl.ts';
import { uniqueName } from '../namespace.ts';

interface AsSomebody extends LoggedRequest {
  impersonatedUser?: { username: string };
}

/** @param work is given the flags by which an administrator comes as somebody whom nobody else is */
export async function requestsAs(work: (as: string[]) => Promise<unknown>): Promise<LoggedRequest[]> {
  const file = sharedStand().auditLog;
  assert.ok(file !== undefined, 'the stand keeps an audit log');
  const { size } = statSync(file);
  const name = uniqueName('somebody');
  await work(['--as', name, '--as-group', 'system:masters']);
  // A request is logged just after its answer was sent: one that comes later tells that all before it are there.
  const marker = uniqueName('marker');
  await tryKubectl(['get', 'configmap', marker]);
  return eventually('the audit log up to now', async () => {
    const text = readFileSync(file).subarray(size).toString();
    // The last line may be half written.
    const lines = text.slice(0, text.lastIndexOf('\n')).split('\n');
    assert.ok(lines.some((line) => line.includes(marker)));
    return lines
      .filter((line) => line.includes(name))
      .map((line) => JSON.parse(line) as AsSomebody)
      .filter(({ impersonatedUser }) => impersonatedUser?.username === name);
  });
}

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { sharedStand } from '../runner/stand-variables.ts';
import { eventually } from './eventually.ts';
import { tryKubectl } from './kubectl.ts';
import { uniqueName } from './namespace.ts';

/** One request, as the API server logged it (audit.k8s.io/v1 Event). */
export interface LoggedRequest {
  verb: string;
  requestURI: string;
  userAgent?: string;
}

/** All since the stand was made; one that goes on is not among them. */
export function loggedRequests(): LoggedRequest[] {
  const file = sharedStand().auditLog;
  assert.ok(file !== undefined, 'the stand keeps an audit log');
  const lines = readFileSync(file, 'utf8').split('\n');
  // The last line may be half written.
  return lines.slice(0, -1).map((line) => JSON.parse(line) as LoggedRequest);
}

/** What the plugin asked the API server while `work` ran. */
export async function requestsOfPlugin(work: () => Promise<unknown>): Promise<LoggedRequest[]> {
  const before = loggedRequests().length;
  await work();
  // A request is logged just after its answer was sent: one that comes later tells that all before it are there.
  const marker = uniqueName('marker');
  await tryKubectl(['get', 'configmap', marker]);
  return eventually('the audit log up to now', async () => {
    const since = loggedRequests().slice(before);
    assert.ok(since.some(({ requestURI }) => requestURI.includes(marker)));
    return since.filter(({ userAgent }) => userAgent?.startsWith('kubectl-sts/'));
  });
}

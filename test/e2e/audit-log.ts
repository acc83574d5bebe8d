/** The requests in the audit log of the API server. Several test files make requests at the same time. */
import assert from 'node:assert/strict';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { AuditedRequest } from '../runner/documented.ts';
import { sharedStand } from '../runner/stand-variables.ts';
import { eventually } from './eventually.ts';
import { tryKubectl } from './kubectl.ts';
import { uniqueName } from './namespace.ts';

/** One request, as the API server logged it (audit.k8s.io/v1 Event). */
export interface LoggedRequest extends AuditedRequest {
  user?: { username?: string };
  impersonatedUser?: { username?: string };
}

/** The log from now on. It has a request once that is complete. */
export interface AuditLog {
  /** The requests so far whose lines contain this text. */
  requests(text: string): LoggedRequest[];
  /** Waits for the lines of all requests that have been answered. */
  caughtUp(): Promise<void>;
}

export function auditLogFromNow(): AuditLog {
  const path = sharedStand().auditLog;
  assert.ok(path !== undefined, 'the stand keeps an audit log');
  const start = sizeOf(path);
  const requests = (text: string): LoggedRequest[] =>
    linesFrom(path, start)
      .filter((line) => line.includes(text))
      .map((line) => JSON.parse(line) as LoggedRequest);
  return {
    requests,
    async caughtUp() {
      // A request is logged just after its response. Once a later request is in the log, so are all earlier ones.
      const marker = uniqueName('marker');
      await tryKubectl(['get', 'configmap', marker]);
      await eventually('the audit log up to now', async () => assert.notEqual(requests(marker).length, 0));
    },
  };
}

/**
 * The requests that the plugin made while `work` ran.
 *
 * @param text is in the lines of these requests, and in no line of another test: the name of a namespace
 */
export async function requestsOfPlugin(text: string, work: () => Promise<unknown>): Promise<LoggedRequest[]> {
  const log = auditLogFromNow();
  await work();
  await log.caughtUp();
  return log.requests(text).filter(({ userAgent }) => userAgent?.startsWith('kubectl-sts/'));
}

/**
 * The requests that the plugin made while `work` ran, by a user that no other test has.
 *
 * @param work gets the flags by which the administrator impersonates that user
 */
export async function requestsAs(work: (as: string[]) => Promise<unknown>): Promise<LoggedRequest[]> {
  const name = uniqueName('somebody');
  const requests = await requestsOfPlugin(name, () => work(['--as', name, '--as-group', 'system:masters']));
  return requests.filter(({ impersonatedUser }) => impersonatedUser?.username === name);
}

function sizeOf(path: string): number {
  return using(path, (file) => fstatSync(file).size);
}

function linesFrom(path: string, start: number): string[] {
  return using(path, (file) => {
    const bytes = Buffer.alloc(Math.max(fstatSync(file).size - start, 0));
    const length = readSync(file, bytes, 0, bytes.length, start);
    // The last line may be half written.
    return bytes.toString('utf8', 0, length).split('\n').slice(0, -1);
  });
}

function using<T>(path: string, work: (file: number) => T): T {
  const file = openSync(path, 'r');
  try {
    return work(file);
  } finally {
    closeSync(file);
  }
}

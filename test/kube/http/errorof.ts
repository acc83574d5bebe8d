/** The failure of a request, as a person reads it. */
import assert from 'node:assert/strict';
import { ConnectionError } from '#src/kube/errors.ts';
import { secretToken } from '../kubeconfig-file.ts';

/** It tells the token nowhere. */
export async function errorOf(asked: Promise<unknown>): Promise<string> {
  const error: unknown = await asked.then(
    () => assert.fail('it was answered'),
    (error: unknown) => error,
  );
  assert.ok(error instanceof ConnectionError, String(error));
  for (const text of [error.message, error.stack, String(error.cause)]) assert.ok(!text?.includes(secretToken));
  return error.message;
}

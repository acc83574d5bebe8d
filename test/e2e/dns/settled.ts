/** Waits for DNS servers to know what the cluster says. */
import assert from 'node:assert/strict';
import { eventually } from '../eventually.ts';
import { allResolved } from './resolver.ts';

/** @param port of loopback */
export async function resolvedOnce(port: number, names: readonly string[]): Promise<void> {
  for (const name of names) {
    await eventually(`${name} in DNS`, async () => assert.notEqual((await allResolved(port, name)).length, 0));
  }
}

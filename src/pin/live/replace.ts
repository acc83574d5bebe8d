/** Pins a Service: one write replaces its selector, and then its endpoints are awaited. */
import type { Client } from '#src/kube/client.ts';
import type { Clock } from '#src/objects/clock.ts';
import type { Service } from '#src/objects/types.ts';
import { reached } from '../model/endpoints.ts';
import { type PinOutcome, plannedPin } from '../model/outcome.ts';
import { planPin } from '../model/plan.ts';
import type { LeaderRecord } from '../model/record.ts';
import type { PinTarget } from '../model/target.ts';
import { waitForEndpoints } from './endpointwait.ts';
import type { PinReading } from './reading.ts';
import { type WriteOptions, writeService } from './servicewrite.ts';

export interface PinGoal {
  target: PinTarget;
  /** Where the target is the pod that leads: how the pods said so. */
  led?: LeaderRecord | undefined;
  allowNotReady: boolean;
  /** When the Service is pinned, RFC 3339. */
  now: string;
  /** Milliseconds to wait for the endpoints; undefined not to wait. */
  timeout: number | undefined;
}

/**
 * @param clock measures the wait
 * @param signal ends the wait, and leaves the pin
 */
export async function pinService(
  client: Client,
  service: Service,
  { snapshot, slices, user }: PinReading,
  { target, led, allowNotReady, now, timeout }: PinGoal,
  options: WriteOptions,
  { clock, signal }: { clock: Clock; signal: AbortSignal },
): Promise<PinOutcome> {
  const planFor = (version: Service) => planPin({ service: version, target, led, snapshot, now, user, allowNotReady });
  const plan = planFor(service);
  if (plan.kind !== 'pin' || options.dryRun === 'client') return plannedPin(plan);
  const begun = clock.now();
  const written = await writeService(client, service, options, (version) => {
    const next = planFor(version);
    return next.kind === 'pin' ? next.patch : undefined;
  });
  if (written.kind !== 'written') return written;
  const pinned = { kind: 'pinned', plan, service: written.service } as const;
  // The warning that the slices cannot be read came before the write.
  if (options.dryRun === 'server' || timeout === undefined || slices.others === 'forbidden') {
    return { ...pinned, wait: undefined };
  }
  const { name } = plan.target;
  const before = reached(slices.items, service, name).names.length;
  const wait = await waitForEndpoints(client, written.service, name, { clock, signal, begun, timeout, before });
  return { ...pinned, wait };
}

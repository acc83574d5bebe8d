/** Waits until the EndpointSlices of a pinned Service name its pod alone. */
import type { Client } from '#src/kube/client.ts';
import { StatusError } from '#src/kube/errors.ts';
import { resources } from '#src/kube/resources.ts';
import type { Clock } from '#src/objects/clock.ts';
import { serviceNameLabel } from '#src/objects/service.ts';
import type { EndpointSlice, Service } from '#src/objects/types.ts';
import { reached } from '../model/endpoints.ts';
import type { EndpointWait } from '../model/outcome.ts';

/** Milliseconds between two readings. The controller takes some hundred to follow a Service. */
const interval = 100;

interface Waiting {
  clock: Clock;
  signal: AbortSignal;
  /** When the Service was written, by the clock. */
  begun: number;
  /** Milliseconds from then. */
  timeout: number;
  /** How many endpoints the Service had before. */
  before: number;
}

export async function waitForEndpoints(
  client: Client,
  service: Service,
  pod: string,
  { clock, signal, begun, timeout, before }: Waiting,
): Promise<EndpointWait> {
  const { namespace, name } = service.metadata;
  const labels = `${serviceNameLabel}=${name}`;
  for (;;) {
    const slices = await client.list<EndpointSlice>(resources.slices, namespace, { labels });
    if (slices instanceof StatusError) return { kind: 'unseen', message: slices.message };
    const { only, names } = reached(slices, service, pod);
    const passed = clock.now() - begun;
    const seconds = passed / 1_000;
    if (only) return { kind: 'followed', before, seconds };
    if (signal.aborted) return { kind: 'interrupted', names, seconds };
    if (passed >= timeout) return { kind: 'timed out', names, seconds };
    await clock.sleep(interval, signal);
  }
}

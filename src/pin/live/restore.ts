/**
 * Restores the selector of a pinned Service. The selector goes first, the annotation last: when unpin is stopped between
 * the two writes, the annotation still tells the next unpin what is left to do.
 */
import type { Client } from '#src/kube/client.ts';
import { StatusError } from '#src/kube/errors.ts';
import { resources } from '#src/kube/resources.ts';
import type { Service } from '#src/objects/types.ts';
import { isSame } from '../model/drift.ts';
import { plannedUnpin, type UnpinOutcome } from '../model/outcome.ts';
import { restoredManagedFields } from '../model/ownership.ts';
import { ofSelectorAlone } from '../model/patch.ts';
import { selectorOf } from '../model/pinning.ts';
import { pinAnnotation, recordText } from '../model/record.ts';
import { planUnpin, type RestorePlan, type UnpinRequest } from '../model/restoreplan.ts';
import { mostConflicts, type WriteOptions, writeService } from './servicewrite.ts';

export async function restoreService(
  client: Client,
  request: UnpinRequest,
  options: WriteOptions,
): Promise<UnpinOutcome> {
  const plan = planUnpin(request);
  if (plan.kind !== 'restore' || options.dryRun === 'client') return plannedUnpin(plan);
  const isDryRun = options.dryRun === 'server';
  const written = await writeService(client, request.service, options, (version) => {
    const next = planUnpin({ ...request, service: version });
    if (next.kind !== 'restore') return undefined;
    return next.fromRecord && !isDryRun ? ofSelectorAlone(next.patch) : next.patch;
  });
  if (written.kind !== 'written') return written;
  if (isDryRun) return { kind: 'unpinned', plan, service: written.service, leftover: undefined };
  const cleared = await clear(client, written.service, plan, options.fieldManager);
  if (!(cleared instanceof StatusError)) return { kind: 'unpinned', plan, service: cleared, leftover: undefined };
  const { fieldManager } = options;
  const leftover = { annotation: plan.fromRecord, fieldManager, message: cleared.message };
  return { kind: 'unpinned', plan, service: written.service, leftover };
}

/**
 * Removes the annotation, and gives the ownership of the selector back, in one write. When somebody pins the Service
 * again before that, both belong to their pin, and nothing is written.
 *
 * @param service as the first write left it
 * @returns the Service, or why the write failed
 */
async function clear(
  client: Client,
  service: Service,
  { after, owners, service: pinned, fromRecord }: RestorePlan,
  fieldManager: string,
): Promise<Service | StatusError> {
  const { namespace, name } = service.metadata;
  const left = fromRecord ? recordText(pinned) : undefined;
  let current = service;
  for (let conflicts = 1; ; conflicts++) {
    if (recordText(current) !== left || !isSame(selectorOf(current), after)) return current;
    const managedFields = restoredManagedFields(current, fieldManager, owners);
    if (managedFields === undefined && left === undefined) return current;
    const metadata = {
      resourceVersion: current.metadata.resourceVersion,
      annotations: { [pinAnnotation]: null },
      ...(managedFields && { managedFields }),
    };
    const patch = { metadata };
    const answer = await client.patch<Service>(resources.managedServices, namespace, name, patch, { fieldManager });
    const isConflict = answer instanceof StatusError && answer.reason === 'Conflict';
    if (!isConflict || conflicts === mostConflicts) return answer;
    const again = await client.get<Service>(resources.managedServices, namespace, name);
    if (again instanceof StatusError) return again;
    current = again;
  }
}

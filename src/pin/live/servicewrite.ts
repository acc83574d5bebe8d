/** Writes a Service on the version that was read, and never over somebody else's change to the selector. */
import type { Client } from '#src/kube/client.ts';
import { StatusError } from '#src/kube/errors.ts';
import { resources } from '#src/kube/resources.ts';
import type { Service } from '#src/objects/types.ts';
import { isSame } from '../model/drift.ts';
import type { DryRun, NotWritten } from '../model/outcome.ts';
import type { ServicePatch } from '../model/patch.ts';
import { selectorOf } from '../model/pinning.ts';
import { recordText } from '../model/record.ts';

export interface WriteOptions {
  fieldManager: string;
  dryRun: DryRun;
}

/** How many conflicts in a row end the tries to write a Service that others write all the time. */
export const mostConflicts = 10;

/**
 * Patches the Service. When somebody else changed another part of it meanwhile, the patch is made again on their
 * version. When they changed the selector or the annotation, nothing is written.
 *
 * @param read the Service as it was read
 * @param patchFor the patch of a version of the Service; undefined when there is nothing to write any more
 */
export async function writeService(
  client: Client,
  read: Service,
  { fieldManager, dryRun }: WriteOptions,
  patchFor: (service: Service) => ServicePatch | undefined,
): Promise<{ kind: 'written'; service: Service } | NotWritten> {
  const { namespace, name } = read.metadata;
  let current = read;
  for (let conflicts = 0; ; conflicts++) {
    const patch = hasSamePin(read, current) ? patchFor(current) : undefined;
    if (patch === undefined) return { kind: 'overtaken', service: current };
    const options = { fieldManager, dryRun: dryRun === 'server' };
    const answer = await client.patch<Service>(resources.managedServices, namespace, name, patch, options);
    if (!(answer instanceof StatusError)) return { kind: 'written', service: answer };
    if (answer.reason !== 'Conflict' || conflicts === mostConflicts) return failed(read, answer);
    const again = await client.get<Service>(resources.managedServices, namespace, name);
    if (again instanceof StatusError) return failed(read, again);
    current = again;
  }
}

function failed(service: Service, { message, reason }: StatusError): NotWritten {
  return { kind: 'failed', service, message, isForbidden: reason === 'Forbidden' };
}

function hasSamePin(read: Service, current: Service): boolean {
  return (
    read.metadata.uid === current.metadata.uid &&
    isSame(selectorOf(read), selectorOf(current)) &&
    recordText(read) === recordText(current)
  );
}

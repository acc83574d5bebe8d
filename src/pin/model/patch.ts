/** The write that pins or unpins a Service: a JSON merge patch of its selector and its annotation. */
import { isEmpty, type Selector } from '#src/objects/service.ts';
import type { Service } from '#src/objects/types.ts';
import { lacking } from './drift.ts';
import { selectorOf } from './pinning.ts';
import { pinAnnotation } from './record.ts';

/** A JSON merge patch (RFC 7386), which removes every entry that is null. */
export interface ServicePatch {
  metadata: {
    /** Makes the server refuse the write once the Service has changed; absent in a manifest. */
    resourceVersion?: string;
    annotations: Record<string, string | null>;
  };
  spec: { selector: Record<string, string | null> };
}

/** @param record the annotation's new text; null removes the annotation */
export function patchOf(service: Service, after: Selector, record: string | null): ServicePatch {
  const { resourceVersion } = service.metadata;
  const removed = Object.keys(lacking(after, selectorOf(service))).map((key) => [key, null] as const);
  return {
    metadata: {
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      annotations: { [pinAnnotation]: record },
    },
    spec: { selector: { ...Object.fromEntries(removed), ...after } },
  };
}

/** The patch of the selector alone, which leaves the annotation as it is. */
export function ofSelectorAlone({ metadata, spec }: ServicePatch): ServicePatch {
  return { metadata: { ...metadata, annotations: {} }, spec };
}

/** The Service as the API server would make it from a patch (RFC 7386). A map of annotations never stays empty. */
export function patched(service: Service, { metadata, spec }: ServicePatch): Service {
  const annotations = merged(service.metadata.annotations, metadata.annotations);
  const { annotations: _, ...rest } = service.metadata;
  return {
    ...service,
    metadata: { ...rest, ...(isEmpty(annotations) ? {} : { annotations }) },
    spec: { ...service.spec, selector: merged(service.spec?.selector, spec.selector) },
  };
}

function merged(before: Selector | undefined, patch: Readonly<Record<string, string | null>>): Record<string, string> {
  const all = Object.entries({ ...before, ...patch });
  return Object.fromEntries(all.flatMap(([key, value]) => (value === null ? [] : [[key, value]])));
}

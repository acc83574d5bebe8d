/** Puts into words what an update changes in the pods. */
import type { TemplateChange } from '#src/statefulset/templatechange.ts';
import { listed } from './sentences.ts';

/** `the update changes: container db: image registry/db:1 to registry/db:2`; empty for no change */
export function templateWords(changes: readonly TemplateChange[]): string {
  return changes.length === 0 ? '' : `the update changes: ${listed(...changes.map(changeWords))}`;
}

function changeWords(change: TemplateChange): string {
  switch (change.kind) {
    case 'image':
      return `container ${change.container}: image ${change.from || 'none'} to ${change.to || 'none'}`;
    case 'container added':
      return `container ${change.container} added`;
    case 'container removed':
      return `container ${change.container} removed`;
    case 'container fields':
      return `container ${change.container}: ${change.fields.join(' and ')}`;
    case 'pod fields':
    case 'metadata fields':
      return `the pod's ${change.fields.join(' and ')}`;
  }
}

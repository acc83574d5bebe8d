import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import type { Api, ApplicableObject } from './api.ts';
import { definitionFolder } from './folders.ts';

export type Manifest = ApplicableObject & {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
};

/** Makes what definitions/cluster.yaml holds, and `more`; may be called again after a failure. */
export async function applyClusterObjects(api: Api, more: readonly Manifest[]): Promise<void> {
  const text = await readFile(join(definitionFolder, 'definitions', 'cluster.yaml'), 'utf8');
  const manifests = loadAll(text) as Manifest[];
  await Promise.all([...more, ...manifests].map((object) => api.apply(collection(object), object)));
}

/** The path of an object's collection. All kinds used here have the plural that English gives them. */
function collection({ apiVersion, kind, metadata }: Manifest): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const plural = kind.endsWith('s') ? `${kind.toLowerCase()}es` : `${kind.toLowerCase()}s`;
  return metadata.namespace ? `${root}/namespaces/${metadata.namespace}/${plural}` : `${root}/${plural}`;
}

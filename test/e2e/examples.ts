import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { checkout } from '../runner/files.ts';
import { apply } from './kubectl.ts';

interface Manifest {
  spec?: { ports?: { nodePort?: number }[] };
}

/**
 * Applies the manifests of examples/ that `pattern` names. Services get a node port of the cluster's choice instead of
 * the manifest's own: those are one for the whole cluster, and several tests share it.
 */
export async function applyExamples(namespace: string, pattern: string): Promise<void> {
  const files = globSync(join('examples', pattern), { cwd: checkout }).sort();
  if (files.length === 0) throw new Error(`no example is called ${pattern}`);
  const manifests = files.flatMap((file) => loadAll(readFileSync(join(checkout, file), 'utf8')) as Manifest[]);
  for (const port of manifests.flatMap(({ spec }) => spec?.ports ?? [])) delete port.nodePort;
  await apply(namespace, manifests);
}

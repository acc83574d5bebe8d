/** The house as CONTRIBUTING draws it: which floors and wings there are, and who may know of whom. */
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../runner/files.ts';

/** Shared by all wings, with the floors that each may import besides itself. */
export const floors: Readonly<Record<string, readonly string[]>> = {
  cli: ['drawing', 'kube', 'objects', 'statefulset', 'terminal'],
  drawing: ['objects', 'statefulset', 'terminal'],
  kube: ['objects'],
  objects: [],
  resolver: ['objects'],
  sources: ['kube', 'objects', 'statefulset'],
  statefulset: ['objects'],
  terminal: [],
};

/** The rooms of a wing, with the floors and the other rooms that each may import. */
export const rooms: Readonly<Record<string, { floors: readonly string[]; rooms: readonly string[] }>> = {
  command: { floors: Object.keys(floors), rooms: ['live', 'model', 'view'] },
  live: { floors: ['kube', 'objects', 'resolver', 'sources', 'statefulset'], rooms: ['model'] },
  model: { floors: ['objects', 'statefulset'], rooms: [] },
  view: { floors: ['drawing', 'objects', 'statefulset', 'terminal'], rooms: ['model'] },
};

/** The wings that really use another one. A wing of the left side may import `model/`, `live/` and `view/` of the right. */
export const wingUses: Readonly<Record<string, readonly string[]>> = {
  roll: ['dns', 'status'],
  status: ['pin', 'tree'],
  tree: ['pin'],
};

/** A capability each: every folder of src/ that is no floor. */
export function wings(root = checkout): string[] {
  const folders = globSync('src/*/', { cwd: root }).map((folder) => folder.replace(/^src\//, '').replace(/\/$/, ''));
  return folders.filter((folder) => !Object.hasOwn(floors, folder)).sort();
}

/** Where a file of src/ stands: in which wing or floor, and in which room of it. */
export interface Place {
  /** Empty for the files of src/ itself. */
  unit: string;
  /** Undefined on a floor. */
  room: string | undefined;
}

/** @param file from the checkout: `src/tree/view/words.ts`, or `src/prune/view.ts` of a wing without rooms */
export function placeOf(file: string): Place {
  const [, unit = '', next = '', ...rest] = file.split('/');
  if (next === '') return { unit: '', room: undefined };
  if (Object.hasOwn(floors, unit)) return { unit, room: next === 'command' ? next : undefined };
  return { unit, room: rest.length > 0 ? next : next.replace(/\.ts$/, '') };
}

export function sourceFiles(root = checkout): string[] {
  return globSync('src/**/*.ts', { cwd: root }).sort();
}

/** The imports in a file of src/, as they are written and as the file that each leads to. */
export function importsIn(file: string, text: string): { written: string; target: string }[] {
  const written = [...text.matchAll(/\b(?:from|import)\s*\(?\s*'((?:#src\/|\.)[^']+)'/g)].map(([, each]) => each ?? '');
  return written.map((each) => ({
    written: each,
    target: each.startsWith('#') ? each.slice(1) : join(file, '..', each),
  }));
}

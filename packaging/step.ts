/** One step of packaging, and its report to the person. */
import { stat } from 'node:fs/promises';
import { relative } from 'node:path';
import { root } from './places.ts';
import { duration, type Report } from './progress.ts';

/** Runs a step that makes a file, and reports the file, its size and the time. */
export async function step(what: string, file: string, report: Report, work: () => Promise<unknown>): Promise<void> {
  const path = relative(root, file);
  const start = performance.now();
  report({ kind: 'begin', text: `${what}: ${path} …` });
  await work();
  const { size } = await stat(file);
  report({ kind: 'done', text: `${what}: ${path} (${inWords(size)}, ${duration(performance.now() - start)})` });
}

function inWords(bytes: number): string {
  return bytes < 1e5 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

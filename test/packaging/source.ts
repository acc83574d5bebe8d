import { join } from 'node:path';
import { type Ran, run } from '../e2e/ran.ts';
import { checkout } from '../runner/files.ts';

/** The plugin as it runs from its sources: what everything that is built from them must equal. */
export function fromSource(args: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
  return run(process.execPath, [join(checkout, 'src', 'start.ts'), ...args], { env, cwd: checkout });
}

const known = new Map<string, Promise<Ran>>();

/** The same, run once for all that compare with it: for command lines whose result never changes. */
export function onceFromSource(args: readonly string[]): Promise<Ran> {
  const line = args.join(' ');
  const ran = known.get(line) ?? fromSource(args);
  known.set(line, ran);
  return ran;
}

/** Command lines that need no cluster and between them load all that can be loaded without one. */
export const withoutCluster: string[][] = [
  ['--help'],
  ['tree', '--help'],
  ['help', 'tree'],
  ['tree', '-f', 'examples/products-db'],
  ['tree', '-f', 'examples/simple-statefulset', '-o', 'json'],
  ['tree', '-f', 'no such file'],
  ['tree', '--no-such-flag'],
  ['nonsense'],
];

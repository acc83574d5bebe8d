import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../runner/files.ts';

/** A Node that packaging/package.json brings to be tested on; undefined where npm has none for the machine. */
export function nodeOf(name: 'oldest-supported-node' | 'other-supported-node' | 'older-node'): string | undefined {
  const file = join(checkout, 'node_modules', name, 'bin', 'node');
  return existsSync(file) ? file : undefined;
}

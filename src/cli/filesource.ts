/** The files that a command line asks for. */
import type { FileSource } from '#src/objects/filereading.ts';
import { UsageError } from './usageerror.ts';

/**
 * @returns undefined where no files are to be read
 * @throws {UsageError} for -R alone
 */
export function fileSource({
  filename,
  recursive,
}: {
  filename: readonly string[] | undefined;
  recursive: boolean;
}): FileSource | undefined {
  if (filename) return { paths: filename, recursive };
  if (recursive) throw new UsageError('-R reads the folders within the folders of -f: name one');
  return undefined;
}

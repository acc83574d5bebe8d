/** Turns the arguments and flags of `tree` into options. */
import { chooseSets } from '#src/cli/choosesets.ts';
import { connectionOf } from '#src/cli/connection.ts';
import { fileSource } from '#src/cli/filesource.ts';
import { UsageError } from '#src/cli/usageerror.ts';
import type { ConnectionOptions } from '#src/kube/config/connectionoptions.ts';
import type { FileSource } from '#src/objects/filereading.ts';
import type { Selection } from '#src/statefulset/selection.ts';
import type { ColourChoice } from '#src/terminal/console.ts';
import { type ChangeFormat, changeFormats, type Format } from '../view/formats.ts';
import type { TreeFlags } from './tree.ts';

export interface TreeOptions {
  connection: ConnectionOptions;
  selection: Selection;
  allNamespaces: boolean;
  /** Where the objects come from, and whether changes are shown too. */
  source:
    | { kind: 'files'; files: FileSource }
    | { kind: 'cluster'; usage: boolean }
    | { kind: 'watch'; format: ChangeFormat };
  format: Format;
  header: boolean;
  color: ColourChoice | undefined;
}

/** @throws {UsageError} when arguments and flags contradict each other */
export function treeOptions(names: readonly string[], flags: TreeFlags): TreeOptions {
  const selection = chooseSets(names, flags);
  const format = flags.output ?? 'tree';
  return {
    connection: connectionOf(flags),
    selection,
    allNamespaces: flags['all-namespaces'],
    source: sourceOf(flags, format),
    format,
    header: !flags['no-headers'],
    color: flags.color,
  };
}

function sourceOf({ filename, recursive, usage, watch }: TreeFlags, format: Format): TreeOptions['source'] {
  if (usage && (watch || filename)) {
    throw new UsageError('--usage cannot be used with -w or -f: it asks the nodes of a cluster once');
  }
  if (watch && filename) {
    throw new UsageError('-w cannot be used with -f: -w watches a cluster, and -f reads files');
  }
  const files = fileSource({ filename, recursive });
  if (files) return { kind: 'files', files };
  if (!watch) return { kind: 'cluster', usage };
  const watched = changeFormats.find((known) => known === format);
  if (watched === undefined) throw new UsageError(`-w cannot be used with -o ${format}: use -o wide, json or yaml`);
  return { kind: 'watch', format: watched };
}

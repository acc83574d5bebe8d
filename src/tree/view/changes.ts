/** Writes a watched tree into a pipe: a line or a document for each set that has changed. */

import { type ChangeLog, type ChangeWriter, changeLine, changeLog } from '#src/drawing/changelog.ts';
import { apiVersion } from '#src/drawing/document.ts';
import { jsonLine } from '#src/drawing/json.ts';
import { rolloutWords } from '#src/drawing/rolloutwords.ts';
import { yamlText } from '#src/drawing/yaml.ts';
import { namespacedKey } from '#src/objects/namespacedkey.ts';
import type { Topology } from '../model/topology.ts';
import { treeDocument } from './document.ts';
import type { ChangeFormat } from './formats.ts';
import { readyWords } from './setwords.ts';

export interface ChangeOptions {
  format: ChangeFormat;
  /** Writes the namespace of each set. */
  allNamespaces: boolean;
}

/** Writes all sets the first time, and later those whose line or document has changed, and those that are gone. */
export function treeChanges({ format, allNamespaces }: ChangeOptions): ChangeLog<Topology> {
  return changeLog(writers[format](allNamespaces));
}

/** A set that was deleted and created again is another set. */
function keyOf({ set }: Topology): string {
  return set.metadata.uid ?? namespacedKey(set.metadata.namespace, set.metadata.name);
}

type Writer = ChangeWriter<Topology>;

function lines(allNamespaces: boolean): Writer {
  return {
    timed: true,
    key: keyOf,
    present(topology) {
      const { status, detail } = rolloutWords(topology.rollout);
      return changeLine(nameOf(topology, allNamespaces), readyWords(topology) ?? '-', status.text, detail);
    },
    gone: (topology) => changeLine(nameOf(topology, allNamespaces), '-', 'Deleted'),
  };
}

function nameOf({ set }: Topology, allNamespaces: boolean): string {
  const { namespace = '', name } = set.metadata;
  return allNamespaces ? `${namespace}/${name}` : name;
}

function documents(text: (document: object) => string): Writer {
  return {
    timed: false,
    key: keyOf,
    present: (topology) => text(treeDocument([topology], true)),
    gone({ set }) {
      const { name, namespace, uid } = set.metadata;
      return text({ apiVersion, kind: 'StatefulSetTree', metadata: { name, namespace, uid }, deleted: true });
    },
  };
}

const writers: Record<ChangeOptions['format'], (allNamespaces: boolean) => Writer> = {
  tree: lines,
  wide: lines,
  json: () => documents(jsonLine),
  yaml: () => documents((document) => `---\n${yamlText(document)}`),
};

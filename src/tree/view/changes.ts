/** Writes a watched tree into a pipe: a line or a document for each set that has changed. */

import { apiVersion } from '#src/drawing/document.ts';
import { jsonLine } from '#src/drawing/json.ts';
import { rolloutWords } from '#src/drawing/rolloutwords.ts';
import { yamlText } from '#src/drawing/yaml.ts';
import { namespacedKey } from '#src/objects/namespacedkey.ts';
import { printable } from '#src/terminal/escape.ts';
import type { Topology } from '../model/topology.ts';
import { treeDocument } from './document.ts';
import { readyWords } from './setwords.ts';

export const changeFormats = ['tree', 'wide', 'json', 'yaml'] as const;

export interface ChangeOptions {
  format: (typeof changeFormats)[number];
  /** Writes the namespace of each set. */
  allNamespaces: boolean;
}

/**
 * The text to write for the sets as they are now; empty where no line or document of theirs has changed.
 *
 * @param time RFC 3339
 */
export type ChangeLog = (topologies: readonly Topology[], time: string) => string;

/** Writes all sets the first time, and later those whose line or document has changed, and those that are gone. */
export function changeLog({ format, allNamespaces }: ChangeOptions): ChangeLog {
  let before = new Map<string, { topology: Topology; text: string }>();
  const write = writers[format];

  return (topologies, time) => {
    const now = new Map(
      topologies.map((topology) => {
        return [keyOf(topology), { topology, text: write.present(topology, allNamespaces) }] as const;
      }),
    );
    const gone = [...before].filter(([key]) => !now.has(key));
    const changed = [...now].filter(([key, { text }]) => before.get(key)?.text !== text);
    before = now;
    const texts = [
      ...gone.map(([, { topology }]) => write.gone(topology, allNamespaces)),
      ...changed.map(([, { text }]) => text),
    ];
    return texts.map((text) => (write.timed ? `${time}  ${text}` : text)).join('');
  };
}

/** A set that was deleted and created again is another set. */
function keyOf({ set }: Topology): string {
  return set.metadata.uid ?? namespacedKey(set.metadata.namespace, set.metadata.name);
}

interface Writer {
  /** Whether the time is written before the text. */
  timed: boolean;
  present(topology: Topology, allNamespaces: boolean): string;
  gone(topology: Topology, allNamespaces: boolean): string;
}

const lines: Writer = {
  timed: true,
  present(topology, allNamespaces) {
    const { status, detail } = rolloutWords(topology.rollout);
    return line(nameOf(topology, allNamespaces), readyWords(topology) ?? '-', status.text, detail);
  },
  gone: (topology, allNamespaces) => line(nameOf(topology, allNamespaces), '-', 'Deleted', ''),
};

function line(...words: string[]): string {
  return `${words.filter(Boolean).map(printable).join('  ')}\n`;
}

function nameOf({ set }: Topology, allNamespaces: boolean): string {
  const { namespace = '', name } = set.metadata;
  return allNamespaces ? `${namespace}/${name}` : name;
}

function documents(text: (document: object) => string): Writer {
  return {
    timed: false,
    present: (topology) => text(treeDocument([topology], true)),
    gone({ set }) {
      const { name, namespace, uid } = set.metadata;
      return text({ apiVersion, kind: 'StatefulSetTree', metadata: { name, namespace, uid }, deleted: true });
    },
  };
}

const writers: Record<ChangeOptions['format'], Writer> = {
  tree: lines,
  wide: lines,
  json: documents(jsonLine),
  yaml: documents((document) => `---\n${yamlText(document)}`),
};

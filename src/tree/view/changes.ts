/** What a watch writes where nothing can be drawn anew: a line or a document for each set that has changed. */

import { apiVersion } from '#src/drawing/document.ts';
import { jsonLine } from '#src/drawing/json.ts';
import { rolloutWords } from '#src/drawing/rolloutwords.ts';
import { yamlText } from '#src/drawing/yaml.ts';
import { namespacedKey } from '#src/objects/namespacedkey.ts';
import { printable } from '#src/terminal/escape.ts';
import type { Topology } from '../model/topology.ts';
import { treeDocument } from './document.ts';

export const changeFormats = ['tree', 'wide', 'json', 'yaml'] as const;

export interface ChangeOptions {
  format: (typeof changeFormats)[number];
  /** Whether sets of several namespaces may be among them. */
  allNamespaces: boolean;
}

/** What is to be written of the sets as they are now. @param time RFC 3339 */
export type ChangeLog = (topologies: readonly Topology[], time: string) => string;

/**
 * All sets the first time, then those of which something else is to be said than the last time, and those that are gone.
 */
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

/** One that was made anew under its name is another one. */
function keyOf({ set }: Topology): string {
  return set.metadata.uid ?? namespacedKey(set.metadata.namespace, set.metadata.name);
}

interface Writer {
  /** Whether the time stands before it. */
  timed: boolean;
  present(topology: Topology, allNamespaces: boolean): string;
  gone(topology: Topology, allNamespaces: boolean): string;
}

const lines: Writer = {
  timed: true,
  present(topology, allNamespaces) {
    const { set, wanted, rollout } = topology;
    const ready = set.status && `${set.status.readyReplicas ?? 0}/${wanted.end - wanted.start}`;
    const { status, detail } = rolloutWords(rollout);
    return line(nameOf(topology, allNamespaces), ready ?? '-', status.text, detail);
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
  // Within a JSON string no line ends: what ends a line here stands between two fields.
  json: documents(jsonLine),
  yaml: documents((document) => `---\n${yamlText(document)}`),
};

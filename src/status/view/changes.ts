/** Writes a watched status into a pipe: a line or a document for each set that has changed. */
import { type ChangeLog, type ChangeWriter, changeLine, changeLog } from '#src/drawing/changelog.ts';
import { apiVersion } from '#src/drawing/document.ts';
import { jsonLine } from '#src/drawing/json.ts';
import { yamlText } from '#src/drawing/yaml.ts';
import { namespacedKey } from '#src/objects/namespacedkey.ts';
import type { Topology } from '#src/tree/model/topology.ts';
import { readyWords } from '#src/tree/view/setwords.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import type { Goal } from '../model/gate.ts';
import { diagnosisDocument } from './diagnosisdocument.ts';
import { type GateState, setDocument } from './document.ts';
import { statusWords } from './words.ts';

export const changeFormats = ['table', 'wide', 'json', 'yaml'] as const;

export type ChangeFormat = (typeof changeFormats)[number];

/** A set at one moment. */
export interface Moment {
  topology: Topology;
  /** Milliseconds since the epoch. */
  now: number;
  /** How it stands to the goal that a gate waits for. */
  gate?: { goal: Goal; standing: GateState };
  /** Why it keeps a gate from opening, at the end. */
  diagnosis?: Diagnosis | undefined;
}

export interface ChangeOptions {
  format: ChangeFormat;
  /** Writes the namespace of each set. */
  allNamespaces: boolean;
}

/** Writes all sets the first time, and later those whose line or document has changed, and those that are gone. */
export function statusChanges({ format, allNamespaces }: ChangeOptions): ChangeLog<Moment> {
  switch (format) {
    case 'json':
      return changeLog(documents(jsonLine));
    case 'yaml':
      return changeLog(documents((document) => `---\n${yamlText(document)}`));
    case 'table':
    case 'wide':
      return changeLog(lines(allNamespaces));
  }
}

/** A set that was deleted and created again is another set. */
function keyOf({ topology: { set } }: Moment): string {
  return set.metadata.uid ?? namespacedKey(set.metadata.namespace, set.metadata.name);
}

function lines(allNamespaces: boolean): ChangeWriter<Moment> {
  const nameOf = ({ topology: { set } }: Moment) => nameIn(set.metadata, allNamespaces);
  return {
    timed: true,
    key: keyOf,
    present(moment) {
      const { status, reason } = statusWords(moment.topology, moment.now);
      return changeLine(nameOf(moment), readyWords(moment.topology) ?? '-', status.text, reason.text);
    },
    gone: (moment) => changeLine(nameOf(moment), '-', 'Deleted'),
  };
}

function nameIn({ namespace = '', name }: { namespace?: string; name: string }, allNamespaces: boolean): string {
  return allNamespaces ? `${namespace}/${name}` : name;
}

function documents(text: (document: object) => string): ChangeWriter<Moment> {
  return {
    timed: false,
    key: keyOf,
    present: ({ topology, now, gate, diagnosis }) =>
      text({ ...setDocument(topology, now, gate), ...(diagnosis && diagnosisDocument(diagnosis)) }),
    gone({ topology: { set }, gate }) {
      const { name, namespace, uid } = set.metadata;
      const told = gate && { gate: { for: gate.goal, state: 'gone' } };
      return text({
        apiVersion,
        kind: 'StatefulSetStatus',
        metadata: { name, namespace, uid },
        deleted: true,
        ...told,
      });
    },
  };
}

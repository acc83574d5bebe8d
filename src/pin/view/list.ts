/** The list of pinned Services, for people. */
import { type Column, drawSentenced, type Sentence, type SentencedStyle, withBrief } from '#src/drawing/sentenced.ts';
import { parseTime } from '#src/objects/time.ts';
import { type PerPodService, type Pin, podOfPin } from '../model/leading.ts';
import { perPodState, pinState } from './words.ts';

export interface PinListStyle extends SentencedStyle {
  allNamespaces: boolean;
}

const shared: Column[] = [
  { title: 'SERVICE', long: 'own line' },
  { title: 'POD', long: 'own line' },
  { title: 'SINCE', long: 'end' },
  { title: 'BY', long: 'middle' },
];

/**
 * The columns NAMESPACE, SERVICE, POD, SINCE, BY and STATE; empty when there is nothing to show.
 *
 * @param perPod stand below the pins
 */
export async function pinList(
  pins: readonly Pin[],
  perPod: readonly PerPodService[],
  style: PinListStyle,
): Promise<string> {
  const { allNamespaces } = style;
  const rows = [...pins.map(pinRow), ...perPod.map(perPodRow)];
  if (rows.length === 0) return '';
  return await drawSentenced(
    {
      columns: [...(allNamespaces ? [{ title: 'NAMESPACE', long: 'own line' as const }] : []), ...shared],
      sentences: ['STATE'],
      rows: rows.map(({ namespace, texts, state }) => ({
        cells: [...(allNamespaces ? [namespace] : []), ...texts].map((text) => ({ text })),
        sentences: [state],
      })),
      gives: [
        ['BY', 16],
        ['SINCE', 0],
        ['BY', 0],
        ['NAMESPACE', 16],
        // The pod and the state of a long Service then stand on one line below it.
        ['SERVICE', 12],
        ['POD', 24],
      ],
    },
    style,
  );
}

interface Row {
  namespace: string;
  /** For the columns SERVICE, POD, SINCE and BY. */
  texts: string[];
  state: Sentence;
}

function pinRow(pin: Pin): Row {
  const { namespace = '', name } = pin.service.metadata;
  const record = pin.kind === 'unreadable' ? undefined : pin.record;
  const since = record?.since && Number.isFinite(parseTime(record.since)) ? record.since : '-';
  return {
    namespace,
    texts: [name, podOfPin(pin) ?? '-', since, record?.user ?? '-'],
    state: withBrief(pinState(pin)),
  };
}

function perPodRow(found: PerPodService): Row {
  const { service, pod } = found;
  const { namespace = '', name } = service.metadata;
  const state = perPodState(found);
  return {
    namespace,
    texts: [name, pod, '-', '-'],
    state: withBrief({ text: `per-pod Service${state && `, ${state}`}` }),
  };
}

/** Puts into words what a Service of a set is: the governing one, or one that is pinned to a pod. */
import { absence, type Cell } from '#src/drawing/cells.ts';
import { otherHeadlessWords } from '#src/drawing/namewords.ts';
import { listed } from '#src/drawing/sentences.ts';
import { isHeadless } from '#src/objects/service.ts';
import type { Service } from '#src/objects/types.ts';
import { leadsToPod, type PerPodService, type Pin, podOfPin } from '#src/pin/model/leading.ts';
import { perPodState, pinState } from '#src/pin/view/words.ts';
import type { Topology } from '../model/topology.ts';

export interface ServiceWords {
  status: Cell;
  /** Its type and its ports. */
  detail: string;
  /** What is wrong with it, or in doubt. */
  notes: readonly Cell[];
}

/** @param other a headless Service that the set should have named */
export function governingWords(governing: Topology['governingService'], other: string | undefined): ServiceWords {
  const hint: Cell[] = other === undefined ? [] : [{ text: otherHeadlessWords(other), tone: 'warning' }];
  if (governing === undefined) {
    const text = 'no serviceName: the pods have no DNS names';
    return { status: { text: 'none', tone: 'warning' }, detail: '', notes: [...hint, { text, tone: 'warning' }] };
  }
  const { service } = governing;
  if (service.state !== 'found') return { status: absence(service.state), detail: 'governing', notes: hint };
  return { status: kindCell(service.object), detail: listed('governing', ...ports(service.object)), notes: hint };
}

/** The DNS specification promises names of pods below headless Services alone, though CoreDNS gives them below others. */
function kindCell(service: Service): Cell {
  return isHeadless(service) ? { text: 'headless' } : { text: service.spec?.type ?? 'ClusterIP', tone: 'warning' };
}

/** A Service that is pinned to one pod, or was. */
export function pinWords(pin: Pin): ServiceWords {
  const { service } = pin;
  const { text, tone } = pinState(pin);
  const graded = tone === undefined ? {} : { tone };
  const record = pin.kind === 'unreadable' ? undefined : pin.record;
  const pod = podOfPin(pin);
  const words = listed(
    pod !== undefined && tone === 'bad' && `${pin.kind === 'undone' ? 'pinned ' : ''}to ${pod}`,
    ...kindAndPorts(service),
    record?.since !== undefined && `since ${record.since}`,
    record?.user !== undefined && `by ${record.user}`,
  );
  const status = pin.kind === 'undone' ? 'undone' : 'pinned';
  return { status: { text: status, ...graded }, detail: words, notes: text === 'ok' ? [] : [{ text, ...graded }] };
}

/** A Service that leads to one pod, and that nobody pinned. */
export function perPodWords(found: PerPodService): ServiceWords {
  const { service, pod, endangered } = found;
  const state = perPodState(found);
  return {
    status: { text: 'per-pod' },
    detail: listed(!leadsToPod(endangered) && `to ${pod}`, ...kindAndPorts(service)),
    notes: state === '' ? [] : [{ text: state, tone: 'warning' }],
  };
}

function kindAndPorts(service: Service): string[] {
  return [service.spec?.type ?? 'ClusterIP', ...ports(service)];
}

function ports(service: Service): string[] {
  return (service.spec?.ports ?? []).map(({ port, protocol }) => `${port}/${protocol ?? 'TCP'}`);
}

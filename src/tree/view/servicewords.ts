/** Puts into words what a Service of a set is: the governing one, or one that is pinned to a pod. */
import { absence, type Cell } from '#src/drawing/cells.ts';
import { otherHeadlessWords } from '#src/drawing/namewords.ts';
import { listed } from '#src/drawing/sentences.ts';
import { isHeadless } from '#src/objects/service.ts';
import type { Service } from '#src/objects/types.ts';
import { leadsToPod, type PerPodService, type Pin, podOfPin } from '#src/pin/model/leading.ts';
import { perPodState, pinState, reachWords, undoneWords } from '#src/pin/view/words.ts';
import type { Topology } from '../model/topology.ts';

/** The two cells of a Service in the columns STATUS and DETAIL. */
export interface ServiceWords {
  status: Cell;
  detail: Cell;
}

/** @param other a headless Service that the set should have named */
export function governingWords(governing: Topology['governingService'], other: string | undefined): ServiceWords {
  const hint = other === undefined ? '' : otherHeadlessWords(other);
  if (governing === undefined) {
    return {
      status: { text: 'none', tone: 'warning' },
      detail: { text: joined(hint, 'no serviceName: the pods have no DNS names') },
    };
  }
  const { service } = governing;
  if (service.state !== 'found') return { status: absence(service.state), detail: { text: joined(hint, 'governing') } };
  return {
    status: kindCell(service.object),
    detail: { text: joined(hint, listed('governing', ...ports(service.object))) },
  };
}

function joined(hint: string, words: string): string {
  return hint === '' ? words : `${hint}; ${words}`;
}

/** The DNS specification promises names of pods below headless Services alone, though CoreDNS gives them below others. */
function kindCell(service: Service): Cell {
  return isHeadless(service) ? { text: 'headless' } : { text: service.spec?.type ?? 'ClusterIP', tone: 'warning' };
}

/** A Service that is pinned to one pod, or was. */
export function pinWords(pin: Pin): ServiceWords {
  const { service } = pin;
  const { text, tone } = stateOf(pin);
  const graded = tone === undefined ? {} : { tone };
  const record = pin.kind === 'unreadable' ? undefined : pin.record;
  const pod = podOfPin(pin);
  const words = listed(
    text !== 'ok' && text,
    pod !== undefined && tone === 'bad' && `${pin.kind === 'undone' ? 'pinned ' : ''}to ${pod}`,
    service.spec?.type ?? 'ClusterIP',
    ...ports(service),
    record?.since !== undefined && `since ${record.since}`,
    record?.user !== undefined && `by ${record.user}`,
  );
  const status = pin.kind === 'undone' ? 'undone' : 'pinned';
  return { status: { text: status, ...graded }, detail: { text: words, ...graded } };
}

/** A narrow terminal cuts the end of the words off, so those of an undone pin begin with where the traffic goes. */
function stateOf(pin: Pin): Cell {
  return pin.kind === 'undone' ? { text: `${reachWords(pin.reach)}; ${undoneWords(pin)}`, tone: 'bad' } : pinState(pin);
}

/** A Service that leads to one pod, and that nobody pinned. */
export function perPodWords(found: PerPodService): ServiceWords {
  const { service, pod, endangered } = found;
  const state = perPodState(found);
  const words = listed(
    state,
    !leadsToPod(endangered) && `to ${pod}`,
    service.spec?.type ?? 'ClusterIP',
    ...ports(service),
  );
  return { status: { text: 'per-pod' }, detail: { text: words, ...(state !== '' && { tone: 'warning' }) } };
}

function ports(service: Service): string[] {
  return (service.spec?.ports ?? []).map(({ port, protocol }) => `${port}/${protocol ?? 'TCP'}`);
}

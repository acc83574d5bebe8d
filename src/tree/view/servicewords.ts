/** Puts into words what a Service of a set is: the governing one, or one that is pinned to a pod. */
import { absence, type Cell } from '#src/drawing/cells.ts';
import { listed } from '#src/drawing/sentences.ts';
import { isHeadless } from '#src/objects/service.ts';
import type { Service } from '#src/objects/types.ts';
import type { Pin } from '#src/pin/model/pinning.ts';
import { pinState } from '#src/pin/view/words.ts';
import type { Topology } from '../model/topology.ts';

/** The two cells of a Service in the columns STATUS and DETAIL. */
export interface ServiceWords {
  status: Cell;
  detail: Cell;
}

export function governingWords(governing: Topology['governingService']): ServiceWords {
  if (governing === undefined) {
    return {
      status: { text: 'none', tone: 'warning' },
      detail: { text: 'no serviceName: the pods have no DNS names' },
    };
  }
  const { service } = governing;
  if (service.state !== 'found') return { status: absence(service.state), detail: { text: 'governing' } };
  return { status: kindCell(service.object), detail: { text: listed('governing', ...ports(service.object)) } };
}

/** The DNS specification promises names of pods below headless Services alone, though CoreDNS gives them below others. */
function kindCell(service: Service): Cell {
  return isHeadless(service) ? { text: 'headless' } : { text: service.spec?.type ?? 'ClusterIP', tone: 'warning' };
}

/** A Service that leads to one pod alone. */
export function pinWords(pin: Pin): ServiceWords {
  const { service, pinning } = pin;
  const { text, bad } = pinState(pin);
  const record = pinning.kind === 'ours' ? pinning.record : undefined;
  const words = listed(
    text !== 'ok' && text,
    pinning.pod !== undefined && bad && `to ${pinning.pod}`,
    service.spec?.type ?? 'ClusterIP',
    ...ports(service),
    record?.since !== undefined && `since ${record.since}`,
    record?.user !== undefined && `by ${record.user}`,
  );
  return bad
    ? { status: { text: 'pinned', tone: 'bad' }, detail: { text: words, tone: 'bad' } }
    : { status: { text: 'pinned' }, detail: { text: words } };
}

function ports(service: Service): string[] {
  return (service.spec?.ports ?? []).map(({ port, protocol }) => `${port}/${protocol ?? 'TCP'}`);
}

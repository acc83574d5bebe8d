/** The Services that lead to one pod, in the document of a tree. docs/output.md describes their shape. */
import { type Fields, present, stateWord } from '#src/drawing/document.ts';
import type { Endangered, PerPodService, Pin } from '#src/pin/model/leading.ts';
import type { Reach } from '#src/pin/model/reach.ts';
import type { SelectorOwner } from '#src/pin/model/record.ts';

const pinners: Record<Pin['kind'], string> = {
  pinned: 'kubectl-sts',
  undone: 'kubectl-sts',
  unreadable: 'unreadable',
};

/** A Service that is pinned to a pod, or was. */
export function pinDocument(pin: Pin): Fields {
  const record = pin.kind === 'unreadable' ? undefined : pin.record;
  return present({
    service: pin.service.metadata.name,
    pod: pin.pod,
    by: pinners[pin.kind],
    since: record?.since,
    user: record?.user,
    selector: record?.selector,
    drift: pin.kind === 'unreadable' ? undefined : pin.drift,
    undone:
      pin.kind === 'undone'
        ? present({
            pod: pin.record.pod,
            lastWriter: pin.writer && writerDocument(pin.writer),
            ...reachDocument(pin.reach),
          })
        : undefined,
    endangered: pin.kind !== 'undone' && pin.endangered ? endangeredNames[pin.endangered.kind] : undefined,
  });
}

/** A Service that leads to a pod, and that nobody pinned. */
export function perPodDocument({ service, pod, label, endangered }: PerPodService): Fields {
  return present({
    service: service.metadata.name,
    pod,
    label,
    endangered: endangered && endangeredNames[endangered.kind],
  });
}

function writerDocument({ manager, operation, time }: SelectorOwner): Fields {
  return present({ manager, operation, time });
}

/** `otherPods` tells why there may be more, where not all pods were read. */
function reachDocument(reach: Reach): Fields {
  switch (reach.kind) {
    case 'all pods':
      return { reaches: reach.pods };
    case 'some pods':
      return { reaches: reach.pods, ...(reach.others !== 'missing' && { otherPods: stateWord(reach.others) }) };
    case 'no pod':
      return { reaches: [] };
    case 'no selector':
      return { reaches: [], noSelector: true };
    case 'unknown':
      return { reaches: [], otherPods: stateWord(reach.why) };
  }
}

const endangeredNames: Record<Endangered['kind'], string> = {
  'pod missing': 'podMissing',
  'beyond the set': 'beyondTheSet',
  condemned: 'condemned',
  'not selected': 'notSelected',
  unknown: 'unknown',
};

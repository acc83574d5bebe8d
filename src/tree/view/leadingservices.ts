/** Draws the Services that lead to one pod of a set: those that are pinned, or were, and the per-pod Services. */
import type { Service } from '#src/objects/types.ts';
import { leadsToPod, podOfPin } from '#src/pin/model/leading.ts';
import type { Topology } from '../model/topology.ts';
import { type Drawing, draw, join } from './canvas.ts';
import { perPodWords, pinWords, type ServiceWords } from './servicewords.ts';

/** @param setNode the node of the set, for Services that reach none of its pods */
export function drawLeadingServices(drawing: Drawing, { members, pins, perPod }: Topology, setNode: string): void {
  const pods = new Map(
    members.flatMap((member) => {
      if (member.state !== 'found') return [];
      const { namespace, name } = member.pod.metadata;
      // The picture has the pod already.
      return [[name, draw(drawing, 'Pod', undefined, namespace, name, { lines: [] })]];
    }),
  );
  const lead = (service: Service, { status, detail, notes }: ServiceWords, reached: readonly string[]) => {
    const { namespace, name } = service.metadata;
    const node = draw(drawing, 'Service', undefined, namespace, name, { lines: [status, ...notes, { text: detail }] });
    const ends = reached.flatMap((pod) => pods.get(pod) ?? []);
    for (const pod of ends) join(drawing, node, pod, 'leads to');
    if (ends.length === 0) join(drawing, node, setNode, 'meant for');
  };
  for (const pin of pins) {
    if (pin.kind === 'undone') lead(pin.service, pinWords(pin), 'pods' in pin.reach ? pin.reach.pods : []);
    else lead(pin.service, pinWords(pin), leadsToPod(pin.endangered) ? [podOfPin(pin) ?? ''] : []);
  }
  for (const found of perPod) lead(found.service, perPodWords(found), leadsToPod(found.endangered) ? [found.pod] : []);
}

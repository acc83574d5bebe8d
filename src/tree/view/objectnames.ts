/** Writes the objects of StatefulSets as `kubectl get -o name` does. kubectl accepts these names as arguments. */
import { namespacedKey } from '#src/objects/namespacedkey.ts';
import type { Named } from '#src/objects/types.ts';
import type { Storage } from '#src/statefulset/storage.ts';
import { printable } from '#src/terminal/escape.ts';
import type { Topology } from '../model/topology.ts';

/** One line for each object that is at hand, in the order of the tree. An object that several pods share has one line. */
export function nameLines(topologies: readonly Topology[]): string {
  const lines = new Map<string, string>();
  for (const { type, object } of topologies.flatMap(objectsOf)) {
    const { namespace, name } = object.metadata;
    // Namesakes of several namespaces have a line each, as in `kubectl get -A -o name`.
    lines.set(`${type}/${namespacedKey(namespace, name)}`, `${type}/${printable(name)}\n`);
  }
  return [...lines.values()].join('');
}

interface TypedObject {
  /** The resource in the singular with its group. */
  type: string;
  object: Named;
}

function objectsOf({ set, governingService, members, pins, perPod, unmounted, leftOver }: Topology): TypedObject[] {
  const service = governingService?.service;
  const leading = [...pins, ...perPod].map((found) => ({ type: 'service', object: found.service }));
  return [
    { type: 'statefulset.apps', object: set },
    ...(service?.state === 'found' ? [{ type: 'service', object: service.object }] : []),
    ...members.flatMap((member) => [
      ...(member.state === 'found' ? [{ type: 'pod', object: member.pod }] : []),
      ...member.storage.flatMap(storageObjects),
    ]),
    ...leading,
    ...unmounted.flatMap(storageObjects),
    ...leftOver.flatMap(({ storage }) => storageObjects(storage)),
  ];
}

function storageObjects({ claim, volume, class: storageClass }: Storage): TypedObject[] {
  return [
    ...(claim.state === 'found' ? [{ type: 'persistentvolumeclaim', object: claim.object }] : []),
    ...(volume?.volume.state === 'found' ? [{ type: 'persistentvolume', object: volume.volume.object }] : []),
    ...(storageClass?.class.state === 'found'
      ? [{ type: 'storageclass.storage.k8s.io', object: storageClass.class.object }]
      : []),
  ];
}

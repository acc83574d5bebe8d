/** Reads a Snapshot from files of YAML or JSON: manifests that are not applied yet, or output of kubectl from a ticket. */

import type { FileSource, PassedOver } from '#src/objects/filereading.ts';
import { namespacedKey } from '#src/objects/namespacedkey.ts';
import { type GroupKind, groupOf } from '#src/objects/owners.ts';
import { type AnyShape, misfit } from '#src/objects/shape.ts';
import { shapes } from '#src/objects/shapes.ts';
import type { Part, Snapshot } from '#src/objects/snapshot.ts';
import type {
  Attachment,
  Budget,
  Claim,
  Class,
  ControllerRevision,
  EndpointSlice,
  Event,
  Named,
  Node,
  NodeDrivers,
  Pod,
  Service,
  StatefulSet,
  Volume,
} from '#src/objects/types.ts';
import { FileError } from './fileerror.ts';
import { addFault, type FileObject, type FileObjects, readObjects } from './fileobjects.ts';
import { filesAt } from './filepaths.ts';

export interface Files {
  /** Objects that the files do not hold are `not given`: a file without pods does not mean that there are none. */
  snapshot: Snapshot & { slices: Part<EndpointSlice>; attachments: Part<Attachment>; drivers: Part<NodeDrivers> };
  passedOver: PassedOver;
  /** The faults of what was found in folders: something is missing that they hold. */
  faults: readonly FileError[];
}

/**
 * @param now by this machine's clock, in milliseconds since the epoch
 * @throws {FileError}
 */
export function readFiles({ paths, recursive }: FileSource, now: number): Files {
  const files = paths.flatMap((path) => path.split(',')).flatMap((path) => filesAt(path, recursive));
  const found = readObjects(files, [...Object.values(kinds), newerEvent]);
  const read = { ...found, objects: found.objects.map(withCoreEvent) };
  const { passedOver, faults, newest } = read;
  const snapshot = {
    statefulSets: part<StatefulSet>(read, kinds.StatefulSet),
    services: part<Service>(read, kinds.Service),
    pods: part<Pod>(read, kinds.Pod),
    slices: part<EndpointSlice>(read, kinds.EndpointSlice),
    claims: part<Claim>(read, kinds.PersistentVolumeClaim),
    volumes: part<Volume>(read, kinds.PersistentVolume),
    classes: part<Class>(read, kinds.StorageClass),
    nodes: part<Node>(read, kinds.Node),
    events: part<Event>(read, kinds.Event),
    budgets: part<Budget>(read, kinds.PodDisruptionBudget),
    revisions: part<ControllerRevision>(read, kinds.ControllerRevision),
    attachments: part<Attachment>(read, kinds.VolumeAttachment),
    drivers: part<NodeDrivers>(read, kinds.CSINode),
    time: newest,
    latest: now,
  };
  return { snapshot, passedOver, faults };
}

/** A kind that the models read. Group and kind tell its objects from others. */
interface Kind extends GroupKind {
  shape: AnyShape;
}

const kinds = {
  StatefulSet: { group: 'apps', kind: 'StatefulSet', shape: shapes.statefulSet },
  Service: { group: '', kind: 'Service', shape: shapes.service },
  Pod: { group: '', kind: 'Pod', shape: shapes.pod },
  EndpointSlice: { group: 'discovery.k8s.io', kind: 'EndpointSlice', shape: shapes.endpointSlice },
  PersistentVolumeClaim: { group: '', kind: 'PersistentVolumeClaim', shape: shapes.claim },
  PersistentVolume: { group: '', kind: 'PersistentVolume', shape: shapes.volume },
  StorageClass: { group: 'storage.k8s.io', kind: 'StorageClass', shape: shapes.storageClass },
  Node: { group: '', kind: 'Node', shape: shapes.node },
  Event: { group: '', kind: 'Event', shape: shapes.event },
  PodDisruptionBudget: { group: 'policy', kind: 'PodDisruptionBudget', shape: shapes.budget },
  VolumeAttachment: { group: 'storage.k8s.io', kind: 'VolumeAttachment', shape: shapes.attachment },
  CSINode: { group: 'storage.k8s.io', kind: 'CSINode', shape: shapes.nodeDrivers },
  ControllerRevision: { group: 'apps', kind: 'ControllerRevision', shape: shapes.controllerRevision },
};

/** `kubectl get events.events.k8s.io` shows the same events in another form. */
const newerEvent: GroupKind = { group: 'events.k8s.io', kind: 'Event' };

/** Gives an event the fields that it has in the core group (`Convert_v1_Event_To_core_Event`, pkg/apis/events/v1). */
function withCoreEvent(file: FileObject): FileObject {
  if (!isOf(file, newerEvent)) return file;
  const event = file.object as Named & Record<string, unknown>;
  const fields = {
    apiVersion: 'v1',
    involvedObject: event['regarding'],
    message: event['note'],
    firstTimestamp: event['deprecatedFirstTimestamp'],
    lastTimestamp: event['deprecatedLastTimestamp'],
  };
  return { ...file, object: { ...event, ...fields } };
}

function part<T extends Named>(read: FileObjects, kind: Kind): Part<T> {
  // Of several objects of the same name the last one counts, as in `kubectl apply`.
  const items = new Map<string, T>();
  for (const file of read.objects) {
    if (!isOf(file, kind)) continue;
    const { place, object, within } = file;
    const { namespace, name } = object.metadata;
    const fault = misfit(object, kind.shape);
    if (fault === undefined) items.set(namespacedKey(namespace, name), object as T);
    else addFault(read, new FileError(`${place}: ${kind.kind}/${name}: ${fault}`), within);
  }
  return { items: [...items.values()], others: 'not given' };
}

function isOf({ object }: FileObject, { group, kind }: GroupKind): boolean {
  return object.kind === kind && groupOf(object.apiVersion ?? '') === group;
}

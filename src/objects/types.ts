/**
 * The objects of Kubernetes as JSON, on the wire and in files.
 *
 * The generated classes of @kubernetes/client-node describe objects behind its own parser: times are `Date`s, and
 * `continue` is called `_continue`. The plugin does not use that parser, so `Json` turns the types back.
 */
import type {
  CoreV1Event,
  V1ConfigMap,
  V1Container,
  V1ContainerStatus,
  V1CSINode,
  V1EndpointSlice,
  V1LabelSelector,
  V1Lease,
  V1NetworkPolicy,
  V1Node,
  V1NodeSelector,
  V1NodeSelectorTerm,
  V1ObjectMeta,
  V1PersistentVolume,
  V1PersistentVolumeClaim,
  V1Pod,
  V1PodDisruptionBudget,
  V1PodTemplateSpec,
  V1Service,
  V1StatefulSet,
  V1StorageClass,
  V1Volume,
  V1VolumeAttachment,
} from '@kubernetes/client-node';

/** The type of a generated class as raw JSON: a `Date` is an RFC 3339 string, a property `_name` is `name`. */
type Json<T> = T extends Date
  ? string
  : T extends readonly (infer Element)[]
    ? Json<Element>[]
    : T extends object
      ? { [Key in keyof T as Key extends `_${infer Name}` ? Name : Key]: Json<T[Key]> }
      : T;

export type ObjectMeta = Json<V1ObjectMeta>;

/** Any object of Kubernetes. All have a name. */
export interface Named {
  apiVersion?: string;
  kind?: string;
  metadata: ObjectMeta & { name: string };
}

export type Container = Json<V1Container>;
export type ContainerStatus = Json<V1ContainerStatus>;
export type PodVolume = Json<V1Volume>;
export type PodTemplate = Json<V1PodTemplateSpec>;

export type StatefulSet = Json<V1StatefulSet> & Named;
/** Of a StatefulSet. `data`: the patch that gives the set the pod template of the revision. `revision`: its number. */
export type ControllerRevision = Named & { revision?: number; data?: { spec?: { template?: PodTemplate } } };
/** The pods of a DaemonSet, one on each node. */
export type DaemonSet = Named & { spec?: { template?: PodTemplate } };
export type Pod = Json<V1Pod> & Named;
export type Service = Json<V1Service> & Named;
export type EndpointSlice = Json<V1EndpointSlice> & Named;
export type NetworkPolicy = Json<V1NetworkPolicy> & Named;
export type ConfigMap = Json<V1ConfigMap> & Named;
export type Claim = Json<V1PersistentVolumeClaim> & Named;
export type Volume = Json<V1PersistentVolume> & Named;
export type Class = Json<V1StorageClass> & Named;
export type Node = Json<V1Node> & Named;
export type Event = Json<CoreV1Event> & Named;
export type Budget = Json<V1PodDisruptionBudget> & Named;
export type Lease = Json<V1Lease> & Named;
/** A VolumeAttachment: a volume at a node. */
export type Attachment = Json<V1VolumeAttachment> & Named;
/** A CSINode: the CSI drivers that the kubelet of the node of its name knows. */
export type NodeDrivers = Json<V1CSINode> & Named;
export type LabelSelector = Json<V1LabelSelector>;
export type NodeSelector = Json<V1NodeSelector>;
export type NodeSelectorTerm = Json<V1NodeSelectorTerm>;

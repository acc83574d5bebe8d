/** What one sync of the StatefulSet controller does, waits for, or fails at. */

/** The controller that reasons: its version, and the feature gates that change its reasoning. */
export interface Controller {
  /** The minor version: 37 for Kubernetes 1.37. */
  minor: number;
  gates: {
    /** `MaxUnavailableStatefulSet`: another way to choose the pods of a rolling update. */
    maxUnavailable: boolean;
    /** `StatefulSetRecreateStrategy`, since 1.37. */
    recreate: boolean;
  };
}

export type Act =
  | { act: 'adopt' | 'release'; pod: string }
  /** `revision`: undefined where the set's status names none. */
  | { act: 'create pod'; pod: string; ordinal: number; revision: string | undefined }
  | { act: 'delete pod'; pod: string; why: DeletionReason }
  /** Of its labels, or of nothing: the controller also writes a pod back whose claims it has updated. */
  | { act: 'update pod'; pod: string }
  | { act: 'create claim'; claim: string; pod: string }
  /** `owners`: the ownerReferences that the claim has afterwards. */
  | { act: 'update claim'; claim: string; pod: string; owners: readonly Owner[] };

type DeletionReason =
  | 'update'
  | 'scale-down'
  /** The pod's phase is Failed or Succeeded. */
  | 'ended'
  /** Strategy Recreate. */
  | 'recreate';

export interface Owner {
  kind: string;
  name: string;
  uid: string;
  controller: boolean;
}

/** A pod that the controller waits for. */
export interface Wait {
  pod: string;
  why: WaitReason;
}

export type WaitReason =
  | { kind: 'terminating' }
  | { kind: 'not ready' }
  /** Ready, but not for `minReadySeconds`. `at`: when it will have been, in milliseconds since the epoch. */
  | { kind: 'not available'; at: number | undefined }
  /** The retention policy lets the claim go with the pod that had it, and it has not gone yet. */
  | { kind: 'claim is stale'; claim: string };

/** An error that ends the sync. The controller tries again, with the same result until something else changes. */
export type SyncError =
  /** The pod cannot be created: another object has its name, which the set does not control. */
  | { kind: 'name taken'; pod: string }
  /** The pod cannot be created or updated, because a claim of it is being deleted. */
  | { kind: 'claim is being deleted'; pod: string; claim: string }
  /** The pod is not one that the set makes now, and the API server lets nobody change its name or its volumes. */
  | { kind: 'identity does not fit' | 'claims do not fit'; pod: string }
  /** The API server refuses a label of the pod: its value would be longer than 63 characters. */
  | { kind: 'label too long'; pod: string; label: string; value: string }
  /**
   * A Parallel set's controller has just created the pod, or a claim of it, and does not see that yet. It changes or
   * creates it once more, and is refused. The next sync sees it.
   */
  | { kind: 'created a moment ago'; pod: string; claim?: string }
  /** The feature gate of the strategy is off. */
  | { kind: 'strategy not enabled' };

export interface Sync {
  /** In the controller's order. A Parallel set's controller works on several pods side by side, in no order. */
  acts: readonly Act[];
  waits: readonly Wait[];
  errors: readonly SyncError[];
}

/** What one part of a sync adds to it. */
export interface Outcome {
  acts?: readonly Act[];
  waits?: readonly Wait[];
  errors?: readonly SyncError[];
  /** An ordered sync goes no further. */
  exits?: boolean;
}

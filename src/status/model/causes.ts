/** What can keep a StatefulSet from being well. Each cause names the object, and carries the words of who saw it. */
import type { Selector } from '#src/objects/service.ts';
import type { Budget } from '#src/objects/types.ts';
import type { LostNode } from '#src/statefulset/lostnode.ts';
import type { Unschedulable } from '#src/statefulset/scheduling.ts';
import type { Storage } from '#src/statefulset/storage.ts';
import type { DriverPod } from './driverpod.ts';

/**
 * `certain`: only a person can change it. `likely`: the same failure has been seen for minutes. `undetermined`: it has
 * been seen, and may pass; or what would tell could not be read.
 */
export type Ground = 'certain' | 'likely' | 'undetermined';

export interface Cause {
  ground: Ground;
  /** The pod concerned; undefined where it is the set. */
  pod: string | undefined;
  /** Milliseconds since the epoch; undefined where nothing tells. */
  since: number | undefined;
  what: Trouble;
}

/** Which container of a pod. */
export interface ContainerName {
  container: string;
  role: 'main' | 'init' | 'sidecar';
}

export type Trouble = ContainerTrouble | PodTrouble | SetTrouble | BudgetTrouble;

export type ContainerTrouble =
  /** `full`: the pod's claims, where it says that no space is left. */
  | ({ kind: 'crash'; full?: readonly FullClaim[] } & ContainerName & LastRun)
  /** `word`: kubectl's, such as ImagePullBackOff. `message`: of the kubelet, with the registry's words. */
  | ({ kind: 'image'; image: string; word: string; message: string | undefined } & ContainerName)
  /** The container cannot be made: a Secret or ConfigMap is missing, or a key in it, or the command is none. */
  | ({
      kind: 'container not created';
      word: string;
      message: string;
      missing: MissingObject | undefined;
    } & ContainerName)
  /** `answer`: the probe's, by the newest event; undefined where no event tells. `restarts`: by a failing liveness or startup probe. `isBack`: as of `LastRun`. */
  | ({
      kind: 'probe';
      probe: ProbeKind;
      answer: string | undefined;
      restarts: number;
      isBack: boolean;
    } & ContainerName);

/** A claim, one of which is full. */
export interface FullClaim {
  claim: string;
  size: string | undefined;
  /** Whether its class lets it grow; undefined where nothing tells. */
  grows: boolean | undefined;
}

export type ProbeKind = 'readiness' | 'liveness' | 'startup';

export interface LastRun {
  /** 137 and 143 stand for signals 9 and 15. Undefined where the kubelet does not tell. */
  exitCode: number | undefined;
  /** kubectl's word: Error, OOMKilled, Completed … */
  reason: string;
  /** The container's memory limit, where the kernel killed it for want of memory. */
  memoryLimit: string | undefined;
  restarts: number;
  /** It runs and is ready again at the moment. */
  isBack: boolean;
  /**
   * The kubelet has taken its container for the previous one. Before that, the log is that of the present container, and
   * the one before it may be removed already.
   */
  isPrevious: boolean;
  /** How long it ran, in milliseconds. */
  lasted: number | undefined;
  /** What the container left in /dev/termination-log. */
  message: string | undefined;
  /** The probes for which the kubelet may have ended it. */
  suspects: readonly Suspect[];
}

/**
 * `answer`: of the probe, shortly before the container ended. Undefined where no event tells of any, and the container
 * ended as the kubelet ends it.
 */
export interface Suspect {
  probe: ProbeKind;
  answer: string | undefined;
}

export interface MissingObject {
  kind: 'Secret' | 'ConfigMap';
  name: string;
  /** Undefined where the object itself is missing. */
  key: string | undefined;
}

export type PodTrouble =
  | { kind: 'unschedulable'; unschedulable: Unschedulable }
  /** A controller of somebody else has to open these gates. */
  | { kind: 'scheduling gates'; gates: readonly string[] }
  | { kind: 'readiness gates'; gates: readonly string[] }
  /** A volume that cannot be attached to the node. `holder`: the node or the pods that still have it, as far as known. */
  | { kind: 'attach'; volume: string | undefined; message: string; holder: VolumeHolder | undefined }
  | { kind: 'mount'; message: string; missing: MissingObject | undefined; driver: MissingDriver | undefined }
  | { kind: 'sandbox'; message: string }
  /** `says`: the kubelet's words for why its node is not ready; undefined where the kubelet says nothing any more. */
  | { kind: 'node'; node: string; state: LostNode; says: string | undefined }
  | {
      kind: 'does not end';
      finalizers: readonly string[];
      node: string | undefined;
      lostNode: LostNode | undefined;
      says: string | undefined;
      /** It depends on a node of which nobody told how it is. */
      isNodeUnread: boolean;
      /** Its grace period is over. */
      isLate: boolean;
    }
  | { kind: 'claim'; storage: Storage }
  /** Nothing tells why it is not ready. `word`: kubectl's. */
  | { kind: 'not ready'; word: string; node: string | undefined }
  /** Any other warning about the pod. */
  | { kind: 'warning'; reason: string; message: string };

export interface VolumeHolder {
  nodes: readonly string[];
  pods: readonly string[];
}

/**
 * A CSI driver that the kubelet of a node does not know. `registered`: what CSINode says; `pod`: what registers the driver
 * there. Both are undefined where they were not read.
 */
export interface MissingDriver {
  driver: string;
  node: string;
  registered: readonly string[] | undefined;
  pod: DriverPod | 'none' | undefined;
}

export type SetTrouble =
  /** The API server refuses the pod. */
  | { kind: 'pod refused'; by: Refuser; message: string }
  | { kind: 'name taken'; owner: string | undefined; earlier: boolean }
  | { kind: 'label too long' }
  | { kind: 'claims do not fit'; templates: readonly string[]; others: readonly string[] }
  | { kind: 'identity does not fit' }
  | { kind: 'strategy not enabled' }
  | { kind: 'not observed' }
  /** OnDelete: these pods wait for a person to delete them. */
  | { kind: 'outdated'; pods: readonly string[] }
  | { kind: 'service missing'; service: string }
  /** Pods that were made for another Service: by their subdomains, they have no names below this one. */
  | { kind: 'other subdomain'; service: string; pods: readonly string[]; subdomains: readonly string[] }
  /** `wants`: of its selector, what the pods do not have. `has`: the pods' labels of the same keys. */
  | {
      kind: 'service selects no pod';
      service: string;
      wants: Selector;
      has: Readonly<Record<string, string | undefined>>;
    };

/**
 * Nobody can evict these pods before somebody changes a budget: the only one wants all its pods healthy, or several select
 * the same pods, of which the strictest comes first.
 */
export interface BudgetTrouble {
  kind: 'budget';
  budgets: readonly Budget[];
  pods: readonly string[];
}

export type Refuser = 'quota' | 'service account' | 'pod security' | 'admission' | 'limit range' | 'other';

/** Whether pods came and went as the model has it: the rules by which `World` lives, as a judge of any trace. */
import { ordinalOf } from '#src/statefulset/identity.ts';

/** A pod as it was from a time on. */
export interface Seen {
  /** Milliseconds. */
  at: number;
  pod: string;
  uid: string;
  deleting: boolean;
  /** Its condition Ready. */
  ready: boolean;
  /** False from when it is gone; the rest is then as it was last. */
  exists: boolean;
}

export interface TraceRules {
  parallel: boolean;
  /** The most that the set had meanwhile. */
  replicas: number;
  /** Milliseconds by which the controller's view of other pods may be behind; none unless given. */
  lag?: number;
}

export interface Unexplained {
  seen: Seen;
  why: string;
}

/** @param trace in order; everything of its first moment existed before */
export function unexplained(trace: readonly Seen[], rules: TraceRules): Unexplained[] {
  const now = new Map<string, Seen>();
  const uids = new Set<string>();
  const wereReady = new Set<string>();
  return trace.flatMap((seen) => {
    const before = now.get(seen.pod);
    const there = before?.exists ? before : undefined;
    const why = there?.uid === seen.uid ? ofChange(there, seen) : ofMaking(there, seen);
    now.set(seen.pod, seen);
    uids.add(seen.uid);
    if (seen.ready) wereReady.add(seen.uid);
    return why === undefined ? [] : [{ seen, why }];
  });

  function ofChange(before: Seen, { uid, deleting, exists }: Seen): string | undefined {
    if (before.deleting && !deleting) return 'it was being deleted, and is not any more';
    // One that no node has taken has nothing to end (`CheckGracefulDelete`, pkg/registry/core/pod/strategy.go). As for
    // Ready, it comes and goes in a pod that ends too: the kubelet goes on with its readiness probe.
    if (!exists && !deleting && wereReady.has(uid)) return 'it is gone, and was not being deleted';
    return undefined;
  }

  function ofMaking(there: Seen | undefined, { at, pod, uid, deleting, exists }: Seen): string | undefined {
    if (there) return `it is there while ${there.uid} is`;
    if (!exists) return 'it is gone, and was not there';
    if (uids.has(uid)) return 'it is there again, and was gone';
    const ordinal = ordinalOf(pod);
    if (ordinal < 0 || ordinal >= rules.replicas) return 'it is none of the set';
    if (at === trace[0]?.at) return undefined;
    if (deleting) return 'it was being deleted from its first moment on';
    return rules.parallel ? undefined : ofOrder(pod, ordinal, at);
  }

  /** https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#deployment-and-scaling-guarantees */
  function ofOrder(pod: string, ordinal: number, at: number): string | undefined {
    for (let lower = 0; lower < ordinal; lower++) {
      const name = pod.replace(/\d+$/, `${lower}`);
      const other = now.get(name);
      if (other !== undefined && at - other.at < (rules.lag ?? 0)) continue;
      if (!other?.exists) return `it is made while ${name} is not there`;
      if (other.deleting) return `it is made while ${name} is being deleted`;
      if (!other.ready) return `it is made while ${name} is not ready`;
    }
    return undefined;
  }
}

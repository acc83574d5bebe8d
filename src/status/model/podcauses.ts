/** What keeps a pod from being ready, or from going: its node, its volumes, its containers, whoever holds it. */
import { endOf } from '#src/objects/deletion.ts';
import { statusesOf } from '#src/objects/podstatus.ts';
import { timeOf } from '#src/objects/time.ts';
import type { Event, Pod } from '#src/objects/types.ts';
import { isEnded, isReady, isTerminating } from '#src/statefulset/controller/pods.ts';
import { lastSeen } from '#src/statefulset/events.ts';
import { isLost } from '#src/statefulset/lostnode.ts';
import type { Storage } from '#src/statefulset/storage.ts';
import type { PresentPod } from '#src/tree/model/members.ts';
import type { ContainerTrouble, FullClaim, MissingDriver, PodTrouble, Trouble, VolumeHolder } from './causes.ts';
import { containerTroubles, findsNoSpace, restartTroubles } from './containercauses.ts';
import { driverPod } from './driverpod.ts';
import { missingObject } from './missingobject.ts';

/** What is known around a pod, besides the pod. */
export interface PodContext {
  /** The warnings about the pod of the last ten minutes, the newest first. */
  warnings: readonly Event[];
  /** Whether a pod without a warning has none. */
  warningsRead: boolean;
  /** Milliseconds since the epoch. */
  now: number;
  /** By the name of a volume, the nodes to which it is attached; undefined where nobody may look. */
  attachedTo: ((volume: string) => readonly string[]) | undefined;
  /** By the name of a node, the CSI drivers that its kubelet knows; undefined where nobody may look. */
  driversOn: ((node: string) => readonly string[] | undefined) | undefined;
  /** By the name of a node, all its pods; undefined where nobody may look, or nobody has. */
  podsOn: ((node: string) => readonly Pod[] | undefined) | undefined;
  /** What the kubelet of a node says of it while it is not ready; undefined where it says nothing any more. */
  kubeletOf: (node: string) => string | undefined;
}

/** The troubles of a pod, the cause before what follows from it. Empty for a pod that is and stays well, or only starts. */
export function podTroubles(member: PresentPod, context: PodContext): Trouble[] {
  const { pod } = member;
  if (isTerminating(pod)) return ending(member, context);
  if (isReady(pod)) return restartTroubles(pod, context.warnings, context.now);
  if (isEnded(pod) && member.wanted) return [];
  const { unschedulable, lostNode, storage } = member;
  const gates = schedulingGates(pod);
  if (gates.length > 0) return [{ kind: 'scheduling gates', gates }];
  const node = pod.spec?.nodeName ?? '';
  if (isLost(lostNode)) return [{ kind: 'node', node, state: lostNode, says: context.kubeletOf(node) }];
  const claims = storage.filter(({ findings }) => findings.some(({ kind }) => kind === 'pending' || kind === 'lost'));
  const troubles: Trouble[] = [
    ...claims.map((each) => ({ kind: 'claim', storage: each }) as const),
    ...(unschedulable ? [{ kind: 'unschedulable', unschedulable } as const] : []),
  ];
  if (troubles.length > 0) return troubles;
  const volumes = volumeTroubles(pod, context);
  if (volumes.length > 0) return volumes;
  const containers = containerTroubles(pod, context.warnings).map((trouble) => withFullClaims(trouble, storage));
  if (containers.length > 0) return containers;
  const readiness = readinessGates(pod);
  if (readiness.length > 0) return [{ kind: 'readiness gates', gates: readiness }];
  const [warning] = context.warnings.filter((event) => !isOvercome(pod, event));
  return warning ? [{ kind: 'warning', reason: warning.reason ?? '', message: warning.message ?? '' }] : [];
}

/** A program that finds no space may mean any of its pod's volumes, or that of its container. */
function withFullClaims(trouble: ContainerTrouble, storage: readonly Storage[]): ContainerTrouble {
  if (trouble.kind !== 'crash' || !findsNoSpace(trouble.message)) return trouble;
  const full = storage.map((each): FullClaim => {
    const size = each.claim.state === 'found' ? each.claim.object.status?.capacity?.['storage'] : undefined;
    const found = each.class?.class.state === 'found' ? each.class.class.object : undefined;
    return {
      claim: each.name,
      size: size === undefined ? undefined : String(size),
      grows: found && found.allowVolumeExpansion === true,
    };
  });
  return { ...trouble, full };
}

/** A pod that is being deleted, and outlasts its grace period or is held. */
function ending({ pod, lostNode }: PresentPod, { now, kubeletOf }: PodContext): PodTrouble[] {
  const { finalizers = [] } = pod.metadata;
  const lost = isLost(lostNode) ? lostNode : undefined;
  const isLate = now > (endOf(pod) ?? now);
  const isNodeUnread = lostNode === 'forbidden' || lostNode === 'not given';
  if (finalizers.length === 0 && lost === undefined && !isLate && !isNodeUnread) return [];
  const node = pod.spec?.nodeName || undefined;
  return [
    { kind: 'does not end', finalizers, node, lostNode: lost, says: node && kubeletOf(node), isNodeUnread, isLate },
  ];
}

function schedulingGates({ spec, status }: Pod): string[] {
  const isGated = status?.conditions?.some(
    ({ type, reason }) => type === 'PodScheduled' && reason === 'SchedulingGated',
  );
  return isGated ? (spec?.schedulingGates ?? []).map(({ name }) => name) : [];
}

function readinessGates({ spec, status }: Pod): string[] {
  const wanted = (spec?.readinessGates ?? []).map(({ conditionType }) => conditionType);
  return wanted.filter((gate) => !status?.conditions?.some((each) => each.type === gate && each.status === 'True'));
}

/** Whether a container has started since: what was in the way of that is over. */
function isOvercome({ status }: Pod, event: Event): boolean {
  const started = (status?.containerStatuses ?? []).flatMap(({ state }) => state?.running?.startedAt ?? []);
  return started.some((text) => (timeOf(text) ?? 0) > lastSeen(event));
}

/** Why the kubelet cannot give the pod its volumes, or its network: while no container has started. */
function volumeTroubles(pod: Pod, context: PodContext): PodTrouble[] {
  const hasBegun = statusesOf(pod).some(
    ({ state, lastState }) => state?.running || state?.terminated || lastState?.terminated,
  );
  if (hasBegun || !pod.spec?.nodeName) return [];
  for (const { reason, message = '' } of context.warnings) {
    switch (reason) {
      case 'FailedAttachVolume':
        return [attachTrouble(message, context)];
      case 'FailedMount':
      case 'FailedMapVolume':
        return [mountTrouble(pod, message, context)];
      case 'FailedCreatePodSandBox':
        return [{ kind: 'sandbox', message }];
      default:
        break;
    }
  }
  return [];
}

/**
 * `Multi-Attach error for volume "pvc-1" Volume is already used by pod(s) web-0`, or `… is already exclusively attached to
 * one node and can't be attached to another`. Source: `reportMultiAttachError`, pkg/controller/volume/attachdetach/reconciler.
 */
function attachTrouble(message: string, { attachedTo }: PodContext): PodTrouble {
  const [, volume] = /for volume "([^"]+)"/.exec(message) ?? [];
  const [, used = ''] = /used by pod\(s\) (.+?)(?: and \d+ pod\(s\) in different namespaces)?$/.exec(message) ?? [];
  const pods = used.split(', ').filter(Boolean);
  const nodes = volume === undefined ? [] : (attachedTo?.(volume) ?? []);
  const holder: VolumeHolder | undefined = pods.length + nodes.length > 0 ? { pods, nodes } : undefined;
  return { kind: 'attach', volume, message, holder };
}

function mountTrouble(pod: Pod, message: string, context: PodContext): PodTrouble {
  return {
    kind: 'mount',
    message,
    missing: missingObject(message, pod.spec?.volumes),
    driver: missingDriver(pod, message, context),
  };
}

/** `driver name ebs.csi.aws.com not found in the list of registered CSI drivers`, pkg/volume/csi/csi_drivers_store.go */
function missingDriver(pod: Pod, message: string, { driversOn, podsOn }: PodContext): MissingDriver | undefined {
  const [, driver] = /driver name (\S+) not found in the list of registered CSI drivers/.exec(message) ?? [];
  const node = pod.spec?.nodeName;
  if (driver === undefined || !node) return undefined;
  const neighbours = podsOn?.(node);
  return { driver, node, registered: driversOn?.(node), pod: neighbours && driverPod(driver, neighbours) };
}

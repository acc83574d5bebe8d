/**
 * Taints of nodes, and pods that tolerate them.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration
 */
import type { Node, Pod } from './types.ts';

export type Taint = Pick<NonNullable<NonNullable<Node['spec']>['taints']>[number], 'key' | 'value' | 'effect'>;
type Toleration = NonNullable<NonNullable<Pod['spec']>['tolerations']>[number];

/** Whether the pod tolerates the taint. Source: `ToleratesTaint`, k8s.io/api/core/v1/toleration.go. */
export function tolerates({ spec }: Pod, taint: Taint): boolean {
  return (spec?.tolerations ?? []).some((toleration) => matches(toleration, taint));
}

function matches({ key, operator, value, effect }: Toleration, taint: Taint): boolean {
  if (effect && effect !== taint.effect) return false;
  if (key && key !== taint.key) return false;
  switch (operator || 'Equal') {
    case 'Equal':
      return (value ?? '') === (taint.value ?? '');
    case 'Exists':
      return true;
    // KEP-5471. Where the feature gate is off, no pod has them.
    case 'Lt':
      return integer(taint.value) < integer(value);
    case 'Gt':
      return integer(taint.value) > integer(value);
    default:
      return false;
  }
}

/** NaN if the text is no integer: every comparison with NaN is false. */
function integer(text: string | undefined): number {
  return text !== undefined && /^(0|-?[1-9]\d*)$/.test(text) ? Number(text) : Number.NaN;
}

export const unschedulableTaint = 'node.kubernetes.io/unschedulable';
export const notReadyTaint = 'node.kubernetes.io/not-ready';
export const unreachableTaint = 'node.kubernetes.io/unreachable';
/** https://kubernetes.io/docs/concepts/cluster-administration/node-shutdown/#non-graceful-node-shutdown */
export const outOfServiceTaint = 'node.kubernetes.io/out-of-service';

/**
 * The taints that keep pods away, with those that a controller is about to add: of a cordon, and of a node that is not
 * ready. Sources: the scheduler's plugins NodeUnschedulable and TaintToleration; `nodeConditionToTaintKeyStatusMap`,
 * pkg/controller/nodelifecycle/node_lifecycle_controller.go.
 */
export function closingTaints({ spec, status }: Node): Taint[] {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready')?.status;
  const effect = 'NoSchedule';
  return [
    ...(spec?.unschedulable ? [{ key: unschedulableTaint, effect }] : []),
    ...(ready === 'False' ? [{ key: notReadyTaint, effect }] : []),
    ...(ready === 'Unknown' ? [{ key: unreachableTaint, effect }] : []),
    ...(spec?.taints ?? []).filter((taint) => taint.effect === effect || taint.effect === 'NoExecute'),
  ];
}

/** `dedicated=db:NoSchedule`, as in `kubectl taint` */
export function taintText({ key, value, effect }: Taint): string {
  return `${key}${value ? `=${value}` : ''}:${effect}`;
}

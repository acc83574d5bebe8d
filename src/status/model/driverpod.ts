/** Which pod of a node registers a CSI driver with the kubelet, and how that pod is. */
import { controllerOf, ownerName } from '#src/objects/owners.ts';
import { podStatus } from '#src/objects/podstatus.ts';
import type { Pod } from '#src/objects/types.ts';
import { isEnded, isReady, isTerminating } from '#src/statefulset/controller/pods.ts';

export interface DriverPod {
  namespace: string;
  name: string;
  /** `DaemonSet/ebs-csi-node` */
  controller: string | undefined;
  /** kubectl's: CrashLoopBackOff … */
  word: string;
  ready: number;
  containers: number;
}

/**
 * Drivers register by a socket in the folder plugins_registry of their node's kubelet: a sidecar, node-driver-registrar,
 * or the driver itself makes it. By convention a driver's own socket is in the folder plugins/DRIVER. Many manifests name
 * it through an environment variable, which nobody reads here: the folder on the host tells it too.
 *
 * https://kubernetes-csi.github.io/docs/node-driver-registrar.html
 *
 * @param pods of the node
 * @returns `none` where no pod says that it registers the driver
 */
export function driverPod(driver: string, pods: readonly Pod[]): DriverPod | 'none' {
  const own = pods.filter((pod) => isRegistrar(pod) && namedBy(pod).has(driver));
  // A former pod may still be there, as while a DaemonSet updates.
  const rank = (pod: Pod) => (isTerminating(pod) || isEnded(pod) ? 2 : isReady(pod) ? 1 : 0);
  const [pod] = own.toSorted((a, b) => rank(a) - rank(b));
  if (pod === undefined) return 'none';
  const { namespace = '', name } = pod.metadata;
  const controller = controllerOf(pod);
  const { word, ready, containers } = podStatus(pod);
  return { namespace, name, controller: controller && ownerName(controller), word, ready, containers };
}

function isRegistrar(pod: Pod): boolean {
  return (
    hostPaths(pod).some((path) => path.includes('plugins_registry')) ||
    wordsOf(pod).some((word) => /^-+kubelet-registration-path\b/.test(word))
  );
}

/** `--drivername=DRIVER`, `--kubelet-registration-path=/var/lib/kubelet/plugins/DRIVER/csi.sock`, a folder of the host. */
function namedBy(pod: Pod): Set<string> {
  return new Set([...wordsOf(pod).flatMap((word) => partsOf(word.replace(/^-[^=]*=/, ''))), ...hostPaths(pod).flat()]);
}

function wordsOf({ spec }: Pod): string[] {
  return [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].flatMap(({ command = [], args = [] }) => [
    ...command,
    ...args,
  ]);
}

function hostPaths({ spec }: Pod): string[][] {
  return (spec?.volumes ?? []).flatMap(({ hostPath }) => (hostPath?.path ? [partsOf(hostPath.path)] : []));
}

/** On Windows, paths have backslashes. */
function partsOf(path: string): string[] {
  return path.split(/[\\/]/);
}

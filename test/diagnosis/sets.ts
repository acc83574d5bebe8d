/** The broken sets that docs/diagnosis.md shows, in its order, and what a person must see of each to know the cause. */
export interface ShownSet {
  /** Its name, and the kind of its first cause: `ends crash`. */
  key: string;
  title: string;
  /** The command that a person should begin with, in the namespace `shop`. POD and NODE stand for names that differ from run to run. */
  look: string;
  /**
   * What a dump may tell as its first cause instead, where what shows this one was left out: a kind, or `none` for no
   * cause. Such a cause is undetermined.
   */
  otherwise?: readonly string[];
  /** All of these must have been seen in what kubectl printed, in one command or in several. */
  evidence: readonly RegExp[];
}

const missing = (kind: string, name: string) => new RegExp(`${kind} "${name}" not found`);

export const shownSets: readonly ShownSet[] = [
  // Containers.
  {
    key: 'ends crash',
    title: 'A program that ends with an error',
    look: 'kubectl logs ends-0 -c main --previous -n shop',
    evidence: [/Exit Code: +3$/m, /no such table: users/],
  },
  {
    key: 'crash crash',
    title: 'A program that crashes in the update revision, which an undo alone does not mend',
    look: 'kubectl logs crash-1 -c main --previous -n shop',
    evidence: [/Exit Code: +1$/m],
  },
  {
    key: 'greedy crash',
    title: 'A program that runs out of memory',
    look: 'kubectl logs greedy-0 -c main --previous -n shop',
    evidence: [/Reason: +OOMKilled/, /memory: +24Mi/],
  },
  {
    key: 'full crash',
    title: 'A full volume',
    look: 'kubectl logs full-0 -c main --previous -n shop',
    evidence: [/No space left on device/],
  },
  {
    key: 'unmigrated crash',
    title: 'An init container that fails',
    look: 'kubectl logs unmigrated-0 -c migrate --previous -n shop',
    evidence: [/Exit Code: +4$/m],
  },
  {
    key: 'unproxied crash',
    title: 'A sidecar that fails',
    look: 'kubectl logs unproxied-0 -c proxy --previous -n shop',
    evidence: [/Exit Code: +5$/m],
  },
  {
    key: 'commandless containerNotCreated',
    title: 'A command that the image lacks',
    look: 'kubectl describe pod commandless-0 -n shop',
    evidence: [/"pg_nonesuch": executable file not found/],
  },
  // Images.
  {
    key: 'image image',
    title: 'An image that cannot be pulled',
    look: 'kubectl describe pod image-0 -n shop',
    evidence: [/ImagePullBackOff|ErrImagePull/, /registry\.example\/main/],
  },
  {
    key: 'unpulled image',
    title: 'A registry that does not answer',
    look: 'kubectl describe pod unpulled-0 -n shop',
    evidence: [/failed to .*127\.0\.0\.1:1.*connection refused/],
  },
  {
    key: 'misnamed image',
    title: 'An invalid image name',
    look: 'kubectl describe pod misnamed-0 -n shop',
    evidence: [/InvalidImageName/, /Not\/A:Name:At:All/],
  },
  {
    key: 'imageless image',
    title: 'An image that its node lacks, with the pull policy Never',
    look: 'kubectl describe pod imageless-0 -n shop',
    evidence: [/ErrImageNeverPull/, /stand\.kubectl-sts\/none:1/],
  },
  // Probes.
  {
    key: 'unready probe',
    title: 'A readiness probe that fails',
    look: 'kubectl describe pod unready-0 -n shop',
    evidence: [/Readiness probe failed: still loading/],
  },
  {
    key: 'liveness probe',
    title: 'A liveness probe that fails',
    look: 'kubectl describe pod liveness-0 -n shop',
    otherwise: ['crash'],
    evidence: [/Liveness probe failed: no answer/],
  },
  {
    key: 'startup probe',
    title: 'A startup probe that fails',
    look: 'kubectl describe pod startup-0 -n shop',
    otherwise: ['crash'],
    evidence: [/Startup probe failed: no answer/],
  },
  {
    key: 'probe probe',
    title: 'A readiness probe whose answer is in no event',
    look: 'kubectl describe pod probe-0 -n shop',
    evidence: [/Readiness: +tcp-socket/, /Ready: +False/],
  },
  // Secrets and ConfigMaps.
  {
    key: 'secret-mounted mount',
    title: 'A Secret that is missing, as a volume',
    look: 'kubectl get secrets -n shop',
    otherwise: ['notReady'],
    evidence: [missing('secret', 'mounted')],
  },
  {
    key: 'config-mounted mount',
    title: 'A ConfigMap that is missing, as a volume',
    look: 'kubectl get configmaps -n shop',
    otherwise: ['notReady'],
    evidence: [missing('configmap', 'mounted')],
  },
  {
    key: 'secret-in-env containerNotCreated',
    title: 'A Secret that is missing, in the environment',
    look: 'kubectl get secrets -n shop',
    evidence: [missing('secret', 'environment')],
  },
  {
    key: 'config-in-env containerNotCreated',
    title: 'A ConfigMap that is missing, in the environment',
    look: 'kubectl get configmaps -n shop',
    evidence: [missing('configmap', 'environment')],
  },
  {
    key: 'key-mounted mount',
    title: 'A key that a mounted Secret lacks',
    look: 'kubectl get secrets -n shop',
    otherwise: ['notReady'],
    evidence: [/non-existent secret key: password/, /SecretName: +login/],
  },
  {
    key: 'key-in-env containerNotCreated',
    title: 'A key that a ConfigMap of the environment lacks',
    look: 'kubectl get configmaps -n shop',
    evidence: [/couldn't find key rack in ConfigMap \S*place/],
  },
  // Scheduling and volumes.
  {
    key: 'nowhere unschedulable',
    title: 'A node selector that no node fits',
    look: 'kubectl describe pod nowhere-0 -n shop',
    evidence: [/didn't match Pod's node affinity\/selector/, /Node-Selectors: +disk=fast/],
  },
  {
    key: 'disks unschedulable',
    title: 'A volume on a node that is cordoned',
    look: 'kubectl describe pod disks-1 -n shop',
    evidence: [/PersistentVolume's node affinity/, /SchedulingDisabled/],
  },
  {
    key: 'classless claim',
    title: 'A StorageClass that is missing',
    look: 'kubectl describe pvc data-classless-0 -n shop',
    evidence: [/storageclass\S* "no-such-class" not found/],
  },
  {
    key: 'stranded attach',
    title: 'A volume that another node still has',
    look: 'kubectl get volumeattachments',
    otherwise: ['notReady'],
    evidence: [/Multi-Attach error for volume "pv-far"/, /pv-far +node-2 +true/],
  },
  {
    key: 'stranded mount',
    title: 'A CSI driver that is not registered on the node',
    look: 'kubectl get csinode NODE -o yaml',
    otherwise: ['notReady'],
    evidence: [/driver name ebs\.csi\.example not found in the list of registered CSI drivers/],
  },
  {
    key: 'fitted claimsDoNotFit',
    title: 'A claim template that was added, and a pod without its volume',
    look: 'kubectl describe pod fitted-0 -n shop',
    evidence: [
      /Volume Claims:[\s\S]*Name: +wal$/m,
      /^Volumes:(?![\s\S]*wal-fitted-0)[\s\S]*ClaimName: +data-fitted-0/m,
    ],
  },
  // Pods that are refused, or have no name.
  {
    key: 'quota podRefused',
    title: 'A quota',
    look: 'kubectl describe quota -n shop',
    otherwise: ['none'],
    evidence: [/exceeded quota: small, requested: pods=1/],
  },
  {
    key: 'account podRefused',
    title: 'A ServiceAccount that is missing',
    look: 'kubectl get serviceaccounts -n shop',
    otherwise: ['none'],
    evidence: [/serviceaccount "keeper" not found/],
  },
  {
    key: 'insecure podRefused',
    title: 'A Pod Security standard',
    look: 'kubectl describe statefulset insecure -n shop',
    otherwise: ['none'],
    evidence: [/violates PodSecurity "restricted:latest"/],
  },
  {
    key: 'taken nameTaken',
    title: 'A name that another pod has',
    look: 'kubectl describe pod taken-0 -n shop',
    // kubectl leaves the line out where nobody controls the pod.
    evidence: [/^Name: +taken-0$(?![\s\S]*Controlled By:)/m],
  },
  {
    key: 'held doesNotEnd',
    title: 'A pod that a finalizer holds',
    look: "kubectl get pod held-0 -o 'jsonpath={.metadata.finalizers}' -n shop",
    evidence: [/backup\.example\/keep/],
  },
  // Nodes.
  {
    key: 'disks node',
    title: 'A node that was unplugged',
    look: 'kubectl describe node NODE',
    otherwise: ['warning', 'notReady'],
    evidence: [/Kubelet stopped posting node status/],
  },
  {
    key: 'disks doesNotEnd',
    title: 'A pod that is deleted, and whose node was unplugged',
    look: 'kubectl describe pod POD -n shop',
    evidence: [/Terminating/, /Kubelet stopped posting node status/],
  },
  {
    key: 'runtime doesNotEnd',
    title: 'A pod that is deleted, and whose container runtime was killed',
    look: 'kubectl describe pod runtime-0 -n shop',
    evidence: [/Terminating/, /container runtime is down/],
  },
  {
    key: 'silent node',
    title: 'A kubelet that was stopped',
    look: 'kubectl describe node NODE',
    otherwise: ['warning', 'notReady'],
    evidence: [/Kubelet stopped posting node status/],
  },
  {
    key: 'off node',
    title: 'A machine that was switched off',
    look: 'kubectl describe node NODE',
    otherwise: ['warning', 'notReady'],
    evidence: [/Kubelet stopped posting node status/],
  },
  // Services.
  {
    key: 'lonely serviceMissing',
    title: 'A governing Service that is missing',
    look: 'kubectl get services -n shop',
    otherwise: ['none'],
    evidence: [/Service Name: +lonely/, /services "lonely" not found/],
  },
  {
    key: 'astray serviceSelectsNoPod',
    title: 'A governing Service that selects no pod',
    look: 'kubectl describe service astray -n shop',
    evidence: [/Service Name: +astray/, /Endpoints: +$/m],
  },
];

/** @param name of the set @param kind of its first cause */
export function shownSet(name: string, kind: string): ShownSet | undefined {
  return shownSets.find(({ key }) => key === `${name} ${kind}`);
}

/** The command to begin with in a namespace, whatever its pods and nodes are called. */
export function lookIn(look: string, namespace: string): RegExp {
  const literal = look.replace(' -n shop', ` -n ${namespace}`).replace(/[$()*+.?[\\\]^{|}]/g, '\\$&');
  return new RegExp(`^${literal.replace(/POD|NODE/, '[a-z][a-z0-9-]*')}$`);
}

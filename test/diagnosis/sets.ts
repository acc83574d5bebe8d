/** The broken sets that docs/diagnosis.md shows, in its order, and what a person must see of each to know the cause. */
export interface ShownSet {
  /** Its name, and the kind of its first cause: `ends crash`. */
  key: string;
  title: string;
  /** All of these must have been seen in what kubectl printed, in one command or in several. */
  evidence: readonly RegExp[];
}

const missing = (kind: string, name: string) => new RegExp(`${kind} "${name}" not found`);

export const shownSets: readonly ShownSet[] = [
  // Containers.
  {
    key: 'ends crash',
    title: 'A program that ends with an error',
    evidence: [/Exit Code: +3$/m, /no such table: users/],
  },
  {
    key: 'crash crash',
    title: 'A program that crashes in the update revision, which an undo alone does not mend',
    evidence: [/Exit Code: +1$/m],
  },
  {
    key: 'greedy crash',
    title: 'A program that runs out of memory',
    evidence: [/Reason: +OOMKilled/, /memory: +24Mi/],
  },
  { key: 'full crash', title: 'A full volume', evidence: [/No space left on device/] },
  { key: 'unmigrated crash', title: 'An init container that fails', evidence: [/Exit Code: +4$/m] },
  { key: 'unproxied crash', title: 'A sidecar that fails', evidence: [/Exit Code: +5$/m] },
  {
    key: 'commandless containerNotCreated',
    title: 'A command that the image lacks',
    evidence: [/"pg_nonesuch": executable file not found/],
  },
  // Images.
  {
    key: 'image image',
    title: 'An image that cannot be pulled',
    evidence: [/ImagePullBackOff|ErrImagePull/, /registry\.example\/main/],
  },
  {
    key: 'unpulled image',
    title: 'A registry that does not answer',
    evidence: [/failed to .*127\.0\.0\.1:1.*connection refused/],
  },
  { key: 'misnamed image', title: 'An invalid image name', evidence: [/InvalidImageName/, /Not\/A:Name:At:All/] },
  {
    key: 'imageless image',
    title: 'An image that its node lacks, with the pull policy Never',
    evidence: [/ErrImageNeverPull/, /stand\.kubectl-sts\/none:1/],
  },
  // Probes.
  { key: 'unready probe', title: 'A readiness probe that fails', evidence: [/Readiness probe failed: still loading/] },
  { key: 'liveness probe', title: 'A liveness probe that fails', evidence: [/Liveness probe failed: no answer/] },
  { key: 'startup probe', title: 'A startup probe that fails', evidence: [/Startup probe failed: no answer/] },
  {
    key: 'probe probe',
    title: 'A readiness probe of whose answer no event tells',
    evidence: [/Readiness: +tcp-socket/, /Ready: +False/],
  },
  // Secrets and ConfigMaps.
  {
    key: 'secret-mounted mount',
    title: 'A Secret that is missing, as a volume',
    evidence: [missing('secret', 'mounted')],
  },
  {
    key: 'config-mounted mount',
    title: 'A ConfigMap that is missing, as a volume',
    evidence: [missing('configmap', 'mounted')],
  },
  {
    key: 'secret-in-env containerNotCreated',
    title: 'A Secret that is missing, in the environment',
    evidence: [missing('secret', 'environment')],
  },
  {
    key: 'config-in-env containerNotCreated',
    title: 'A ConfigMap that is missing, in the environment',
    evidence: [missing('configmap', 'environment')],
  },
  {
    key: 'key-mounted mount',
    title: 'A key that a mounted Secret lacks',
    evidence: [/non-existent secret key: password/, /SecretName: +login/],
  },
  {
    key: 'key-in-env containerNotCreated',
    title: 'A key that a ConfigMap of the environment lacks',
    evidence: [/couldn't find key rack in ConfigMap \S*place/],
  },
  // Scheduling and volumes.
  {
    key: 'nowhere unschedulable',
    title: 'A node selector that no node fits',
    evidence: [/didn't match Pod's node affinity\/selector/, /Node-Selectors: +disk=fast/],
  },
  {
    key: 'disks unschedulable',
    title: 'A volume on a node that is cordoned',
    evidence: [/PersistentVolume's node affinity/, /SchedulingDisabled/],
  },
  {
    key: 'classless claim',
    title: 'A StorageClass that is missing',
    evidence: [/storageclass\S* "no-such-class" not found/],
  },
  {
    key: 'stranded attach',
    title: 'A volume that another node still has',
    evidence: [/Multi-Attach error for volume "pv-far"/, /pv-far +node-2 +true/],
  },
  {
    key: 'stranded mount',
    title: 'A CSI driver that is not registered on the node',
    evidence: [/driver name ebs\.csi\.example not found in the list of registered CSI drivers/],
  },
  {
    key: 'fitted claimsDoNotFit',
    title: 'A claim template that was added, and a pod without its volume',
    evidence: [
      /Volume Claims:[\s\S]*Name: +wal$/m,
      /^Volumes:(?![\s\S]*wal-fitted-0)[\s\S]*ClaimName: +data-fitted-0/m,
    ],
  },
  // Pods that are refused, or have no name.
  { key: 'quota podRefused', title: 'A quota', evidence: [/exceeded quota: small, requested: pods=1/] },
  {
    key: 'account podRefused',
    title: 'A ServiceAccount that is missing',
    evidence: [/serviceaccount "keeper" not found/],
  },
  {
    key: 'insecure podRefused',
    title: 'A Pod Security standard',
    evidence: [/violates PodSecurity "restricted:latest"/],
  },
  {
    key: 'taken nameTaken',
    title: 'A name that another pod has',
    // kubectl leaves the line out where nobody controls the pod.
    evidence: [/^Name: +taken-0$(?![\s\S]*Controlled By:)/m],
  },
  { key: 'held doesNotEnd', title: 'A pod that a finalizer holds', evidence: [/backup\.example\/keep/] },
  // Nodes.
  {
    key: 'disks node',
    title: 'A node that was unplugged',
    evidence: [/Kubelet stopped posting node status/],
  },
  {
    key: 'disks doesNotEnd',
    title: 'A pod that is deleted, and whose node was unplugged',
    evidence: [/Terminating/, /Kubelet stopped posting node status/],
  },
  {
    key: 'runtime doesNotEnd',
    title: 'A pod that is deleted, and whose container runtime was killed',
    evidence: [/Terminating/, /container runtime is down/],
  },
  { key: 'silent node', title: 'A kubelet that was stopped', evidence: [/Kubelet stopped posting node status/] },
  { key: 'off node', title: 'A machine that was switched off', evidence: [/Kubelet stopped posting node status/] },
  // Services.
  {
    key: 'lonely serviceMissing',
    title: 'A governing Service that is missing',
    evidence: [/Service Name: +lonely/, /services "lonely" not found/],
  },
  {
    key: 'astray serviceSelectsNoPod',
    title: 'A governing Service that selects no pod',
    evidence: [/Service Name: +astray/, /Endpoints: +$/m],
  },
];

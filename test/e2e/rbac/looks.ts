/** For each right of the roles of docs/rbac/, a command that needs it, in the namespace that `scene.ts` sets up. */

/** Where a role is bound: in the namespace of the sets, in that of the DNS servers, or in the cluster. */
type Place = 'here' | 'kube-system' | 'cluster';

/** The roles of a person, each with its place. */
export type Bound = readonly (readonly [role: string, place: Place])[];

export interface Look {
  words: readonly string[];
  as: Bound;
  /** In a pipe to its end unless given; `watch`: until it has said all that is expected. */
  how?: 'watch' | 'terminal';
  /** For the person with all rights, where the command acts on the set. */
  allWords?: readonly string[];
}

const tree: Bound = [
  ['kubectl-sts-tree', 'here'],
  ['kubectl-sts-tree-cluster', 'cluster'],
];
const usage: Bound = [...tree, ['kubectl-sts-tree-usage', 'cluster']];
const status: Bound = [
  ['kubectl-sts-status', 'here'],
  ['kubectl-sts-status-cluster', 'cluster'],
];
const logs: Bound = [...status, ['kubectl-sts-status-logs', 'here']];
const dns: Bound = [
  ['kubectl-sts-dns', 'here'],
  ['kubectl-sts-dns-servers', 'kube-system'],
];
/** For a DNS server beside the sets. */
const deaf: Bound = [...dns, ['kubectl-sts-dns-servers', 'here']];
const pin: Bound = [['kubectl-sts-pin', 'here']];
const exec: Bound = [...pin, ['kubectl-sts-exec', 'here']];
const roll: Bound = [
  ['kubectl-sts-roll', 'here'],
  ['kubectl-sts-roll-cluster', 'cluster'],
];
const deleting: Bound = [...roll, ['kubectl-sts-roll-delete', 'here']];
const completion: Bound = [['kubectl-sts-completion', 'cluster']];

const watch = (as: Bound, ...words: string[]): Look => ({ as, words, how: 'watch' });
const look = (as: Bound, ...words: string[]): Look => ({ as, words });

/** Looks by which the tree and the status show the same things. */
const common = (as: Bound, command: string) => ({
  'list statefulsets': look(as, command),
  'watch statefulsets': watch(as, command, 'web', '-w'),
  'list pods': look(as, command, 'web'),
  'watch pods': watch(as, command, 'web', '-w'),
  'list persistentvolumeclaims': look(as, command, 'web'),
  'watch persistentvolumeclaims': watch(as, command, 'web', '-w'),
  'list services': look(as, command, 'web'),
  'watch services': watch(as, command, 'web', '-w'),
  'list events': look(as, command, 'driver'),
});
const commonOfCluster = (as: Bound, command: string, bound: string) => ({
  'get persistentvolumes': look(as, command, bound),
  'list persistentvolumes': look(as, command, 'many'),
  'get nodes': look(as, command, 'crash'),
  'list nodes': look(as, command, 'nowhere'),
  'get storageclasses': look(as, command, bound),
  'list storageclasses': look(as, command, 'many'),
});

const plan = (set: string, ...words: string[]) => look(roll, 'roll', set, '--dry-run=client', ...words);
const dryPin = look(pin, 'pin', 'web-lb', '1', '--dry-run=server');
const ledPin = look(exec, 'pin', 'solo-lb', '--leader-check', 'true', '--dry-run=server');
const real = (...sets: string[]): Look => ({
  as: roll,
  words: ['roll', ...sets, '--stable', '0s'],
  allWords: ['roll', 'turn', '--stable', '0s'],
});

/** By the name of a role, and the right. */
export const looks: Readonly<Record<string, Readonly<Record<string, Look>>>> = {
  'kubectl-sts-tree': common(tree, 'tree'),
  'kubectl-sts-tree-cluster': commonOfCluster(tree, 'tree', 'web'),
  'kubectl-sts-tree-usage': { 'get nodes/proxy': look(usage, 'tree', 'web', '--usage') },
  'kubectl-sts-status': {
    ...common(status, 'status'),
    'get statefulsets': look(status, 'status', 'unseen'),
    'list persistentvolumeclaims': look(status, 'status', 'classless'),
    'list services': look(status, 'status', 'crash'),
    'list poddisruptionbudgets': look(status, 'status', 'crash'),
  },
  'kubectl-sts-status-cluster': {
    ...commonOfCluster(status, 'status', 'nowhere'),
    'get storageclasses': look(status, 'status', 'classless'),
    'list volumeattachments': look(status, 'status', 'far'),
    'get csinodes': look(status, 'status', 'driver'),
    'list pods': look(status, 'status', 'driver'),
  },
  'kubectl-sts-status-logs': { 'get pods/log': { as: logs, words: ['status', 'crash', '--logs=1'], how: 'terminal' } },
  'kubectl-sts-dns': {
    'list statefulsets': look(dns, 'dns', 'web'),
    'list pods': look(dns, 'dns', 'web'),
    'list services': look(dns, 'dns', 'web'),
    'list endpointslices': look(dns, 'dns', 'web'),
  },
  'kubectl-sts-dns-servers': {
    'list services': look(dns, 'dns', 'web'),
    'get services': look(dns, 'dns', 'web', '--dns-service', 'kube-system/kube-dns'),
    'list endpointslices': look(dns, 'dns', 'web'),
    'get pods/portforward': look(dns, 'dns', 'web'),
    'create pods/portforward': look(dns, 'dns', 'web'),
    'get configmaps': look(dns, 'dns', 'web', '--via', 'none'),
    'list daemonsets': look(dns, 'dns', 'web'),
    'get pods': look(deaf, 'dns', 'web', '--dns-service', 'NAMESPACE/deaf'),
    'list networkpolicies': look(deaf, 'dns', 'web', '--dns-service', 'NAMESPACE/deaf'),
  },
  'kubectl-sts-pin': {
    'list services': dryPin,
    'patch services': dryPin,
    'get services': look(pin, 'pin', 'busy-lb', '1', '--wait=false', '--dry-run=server'),
    'list pods': dryPin,
    'list statefulsets': dryPin,
    'list endpointslices': dryPin,
  },
  'kubectl-sts-exec': { 'get pods/exec': ledPin, 'create pods/exec': ledPin },
  'kubectl-sts-roll': {
    'get statefulsets': real('first', 'second'),
    'list statefulsets': real('unlisted'),
    'watch statefulsets': real('unwatched'),
    'get controllerrevisions': plan('behind'),
    'get pods': plan('taken'),
    'list pods': plan('web'),
    'watch pods': real('polled'),
    'get persistentvolumeclaims': plan('web'),
    'list persistentvolumeclaims': plan('web'),
    'create pods/eviction': plan('web'),
    'list events': plan('slow'),
    'list poddisruptionbudgets': plan('web'),
    'get leases': plan('web'),
    'list leases': look(roll, 'roll', '--status'),
    'create leases': plan('web'),
    'update leases': plan('web'),
    'delete leases': plan('web'),
  },
  'kubectl-sts-roll-cluster': { 'list nodes': plan('placed'), 'get persistentvolumes': plan('placed') },
  'kubectl-sts-roll-delete': {
    'delete pods': look(deleting, 'roll', 'web', '--disable-eviction', '--dry-run=client'),
  },
  'kubectl-sts-completion': { 'list namespaces': look(completion, '__complete', 'tree', '-n', '') },
};

/** What needs the roles of several files, or needs them elsewhere. */
export const combined: readonly Look[] = [
  look(
    [
      ['kubectl-sts-tree', 'cluster'],
      ['kubectl-sts-tree-cluster', 'cluster'],
    ],
    'tree',
    '-A',
  ),
  look([['kubectl-sts-dns', 'here']], 'dns', 'web', '--via', 'none', '--cluster-domain', 'cluster.local'),
  look(
    [
      ['kubectl-sts-dns', 'here'],
      ['kubectl-sts-exec', 'here'],
    ],
    'dns',
    'web',
    '--via',
    'exec',
  ),
  look([...roll, ...dns], 'roll', 'web', '--wait-dns', '--dry-run=client'),
  look([...roll, ['kubectl-sts-exec', 'here']], 'roll', 'solo', '--leader-check', 'true', '--dry-run=client'),
];

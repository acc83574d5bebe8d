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
  /** For the person with all rights, where the command acts on the set, or logs its requests. */
  allWords?: readonly string[];
  /** The exit code for the person with all rights; 0 unless given. */
  code?: number;
  /** The exit code for the person who lacks the right; 0 unless given. */
  codeWithout?: number;
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

/** What `-w` watches. */
export const watched = ['statefulsets', 'pods', 'persistentvolumeclaims', 'services'];

const watch = (as: Bound, ...words: string[]): Look => ({
  as,
  words,
  how: 'watch',
  allWords: [...words, '-v=6'],
  // Ended by Ctrl-C.
  code: 130,
  codeWithout: 130,
});
const look = (as: Bound, ...words: string[]): Look => ({ as, words });
/** It cannot be done without the right. */
const vital = (look: Look, codeWithout = 2): Look => ({ ...look, codeWithout });
/** It cannot be done with the right either. */
const hopeless = (look: Look): Look => ({ ...look, code: 2, codeWithout: 2 });

/** Looks by which the tree and the status show the same things. */
const common = (as: Bound, command: string) => ({
  'list statefulsets': vital(look(as, command)),
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
    'list statefulsets': vital(look(dns, 'dns', 'web')),
    'list pods': look(dns, 'dns', 'web'),
    'list services': vital(look(dns, 'dns', 'web')),
    'list endpointslices': vital(look(dns, 'dns', 'web')),
  },
  'kubectl-sts-dns-servers': {
    'list services': vital(look(dns, 'dns', 'web')),
    'get services': vital(look(dns, 'dns', 'web', '--dns-service', 'kube-system/kube-dns')),
    'list endpointslices': vital(look(dns, 'dns', 'web')),
    'get pods/portforward': vital(look(dns, 'dns', 'web')),
    'create pods/portforward': vital(look(dns, 'dns', 'web')),
    'get configmaps': look(dns, 'dns', 'web', '--via', 'none'),
    'list daemonsets': look(dns, 'dns', 'web'),
    'get pods': hopeless(look(deaf, 'dns', 'web', '--dns-service', 'NAMESPACE/deaf')),
    'list networkpolicies': hopeless(look(deaf, 'dns', 'web', '--dns-service', 'NAMESPACE/deaf')),
  },
  'kubectl-sts-pin': {
    'list services': vital(dryPin),
    'patch services': vital(dryPin),
    'get services': vital(look(pin, 'pin', 'busy-lb', '1', '--wait=false', '--dry-run=server')),
    'list pods': vital(dryPin, 1),
    'list statefulsets': vital(dryPin, 1),
    'list endpointslices': dryPin,
  },
  'kubectl-sts-exec': { 'get pods/exec': vital(ledPin), 'create pods/exec': vital(ledPin) },
  'kubectl-sts-roll': {
    'get statefulsets': vital(real('first', 'second'), 1),
    'list statefulsets': vital(real('unlisted')),
    'watch statefulsets': real('unwatched'),
    'get controllerrevisions': vital(plan('behind')),
    'get pods': hopeless(plan('taken')),
    'list pods': vital(plan('web')),
    'watch pods': real('polled'),
    'get persistentvolumeclaims': vital(plan('web')),
    'list persistentvolumeclaims': vital(plan('web')),
    'create pods/eviction': vital(plan('web')),
    'list events': hopeless(plan('slow')),
    'list poddisruptionbudgets': plan('web'),
    'get leases': vital(plan('web')),
    'list leases': vital(look(roll, 'roll', '--status')),
    'create leases': vital(plan('web')),
    'update leases': vital(plan('web')),
    'delete leases': vital(plan('web')),
  },
  'kubectl-sts-roll-cluster': { 'list nodes': plan('placed'), 'get persistentvolumes': plan('placed') },
  'kubectl-sts-roll-delete': {
    'delete pods': vital(look(deleting, 'roll', 'web', '--disable-eviction', '--dry-run=client')),
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
  {
    as: [
      ['kubectl-sts-dns', 'here'],
      ['kubectl-sts-exec', 'here'],
    ],
    words: ['dns', 'web', '--via', 'exec'],
    // The command may run in the pod, but on simulated nodes no pod knows the cluster's DNS.
    code: 2,
  },
  look([...roll, ...dns], 'roll', 'web', '--wait-dns', '--dry-run=client'),
  look([...roll, ['kubectl-sts-exec', 'here']], 'roll', 'solo', '--leader-check', 'true', '--dry-run=client'),
];

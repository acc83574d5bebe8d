/** Puts into words what a person can do: commands to copy, and of each change what it costs. */
import { listed, named } from '#src/drawing/sentences.ts';
import { volumeFateWords } from '#src/drawing/volumefatewords.ts';
import type { StatefulSet } from '#src/objects/types.ts';
import { revisionHash } from '#src/statefulset/identity.ts';
import { shellQuoted } from '#src/terminal/shell.ts';
import type { Action, Change, Look } from '../model/actions.ts';
import type { MissingObject } from '../model/causes.ts';
import { rollCommand } from './gatewords.ts';

export interface ActionWords {
  kind: 'look' | 'change';
  /** For a POSIX shell. */
  command: string;
  /** What a change costs, and what else it needs; empty for a look. */
  cost: string;
}

export function actionWords(action: Action, set: StatefulSet): ActionWords {
  const look = lookCommand(action, set);
  if (look !== undefined) return { kind: 'look', command: look, cost: '' };
  return { kind: 'change', ...changeWords(action as Change, set) };
}

function kubectl(...words: string[]): string {
  return ['kubectl', ...words.map(shellQuoted)].join(' ');
}

function inNamespace({ metadata: { namespace } }: StatefulSet): string[] {
  return namespace ? ['-n', namespace] : [];
}

function lookCommand(action: Action, set: StatefulSet): string | undefined {
  const own = inNamespace(set);
  switch (action.do) {
    case 'read the log':
      return kubectl('logs', action.pod, '-c', action.container, ...(action.previous ? ['--previous'] : []), ...own);
    case 'describe pod':
      return kubectl('describe', 'pod', action.pod, ...(action.namespace ? ['-n', action.namespace] : own));
    case 'describe claim':
      return kubectl('describe', 'pvc', action.claim, ...own);
    case 'describe node':
      return kubectl('describe', 'node', action.node);
    case 'show finalizers':
      return kubectl('get', 'pod', action.pod, '-o', 'jsonpath={.metadata.finalizers}', ...own);
    case 'describe the set':
      return kubectl('describe', 'statefulset', set.metadata.name, ...own);
    case 'describe Service':
      return kubectl('describe', 'service', action.service, ...own);
    case 'describe quota':
      return kubectl('describe', 'quota', ...own);
    case 'list budgets':
      return kubectl('get', 'pdb', ...own);
    case 'describe budgets':
      return kubectl('describe', 'pdb', ...action.budgets, ...own);
    case 'list nodes':
      return kubectl('get', 'nodes');
    case 'list classes':
      return kubectl('get', 'storageclasses');
    case 'list pods on the node':
      return kubectl('get', 'pods', '-A', '-o', 'wide', '--field-selector', `spec.nodeName=${action.node}`);
    case 'list drivers of the node':
      return kubectl('get', 'csinode', action.node, '-o', 'yaml');
    case 'list DaemonSets':
      return kubectl('get', 'daemonsets', '-A');
    case 'list attachments':
      return kubectl('get', 'volumeattachments');
    case 'list objects':
      return kubectl('get', plurals[action.object], ...own);
    case 'list pods of the controller':
      return kubectl('get', 'pods', '-n', 'kube-system', '-l', 'component=kube-controller-manager');
    case 'read the Lease of the controller':
      return kubectl(
        'get',
        'lease',
        'kube-controller-manager',
        '-n',
        'kube-system',
        '-o',
        'yaml',
        '--ignore-not-found',
      );
    default:
      return undefined satisfies Look | undefined;
  }
}

const plurals: Readonly<Record<Extract<Look, { do: 'list objects' }>['object'], string>> = {
  // kubectl prints no values of a Secret in a list.
  Secret: 'secrets',
  ConfigMap: 'configmaps',
  ServiceAccount: 'serviceaccounts',
  Service: 'services',
};

function changeWords(change: Change, set: StatefulSet): Omit<ActionWords, 'kind'> {
  const own = inNamespace(set);
  const { name } = set.metadata;
  switch (change.do) {
    case 'undo the rollout':
      return {
        command: kubectl('rollout', 'undo', `statefulset/${name}`, ...own),
        cost: sentences(
          'the pods at the update revision restart, from the highest ordinal down, in the revision before it',
          change.hasClaims && 'the older version must be able to read the volumes that the newer one has opened',
          remainsWords(change.remains, own),
        ),
      };
    case 'set the image':
      return {
        command: `${kubectl('set', 'image', `statefulset/${name}`)} ${shellQuoted(change.container)}=IMAGE${own.length > 0 ? ` -n ${shellQuoted(own[1] ?? '')}` : ''}`,
        cost: sentences(newRevision, remainsWords(change.remains, own)),
      };
    case 'raise the memory limit':
      return {
        command: `${kubectl('set', 'resources', `statefulset/${name}`, '-c', change.container)} --limits=memory=AMOUNT${own.length > 0 ? ` -n ${shellQuoted(own[1] ?? '')}` : ''}`,
        cost: sentences(
          change.limit && `the limit is ${change.limit} now`,
          newRevision,
          remainsWords(change.remains, own),
        ),
      };
    case 'delete the pod':
      return { command: kubectl('delete', 'pod', change.pod, ...own), cost: deletionWords(change, set) };
    case 'force the deletion':
      return {
        command: kubectl('delete', 'pod', change.pod, '--force', '--grace-period=0', ...own),
        cost: `only once you are sure that ${change.pod} runs no longer${change.node ? ` on ${change.node}` : ''}: its successor starts at once, and two pods on one volume destroy its data`,
      };
    case 'take the node out of service':
      return {
        command: kubectl('taint', 'nodes', change.node, `${outOfService}=nodeshutdown:NoExecute`),
        cost: sentences(
          `only once you are sure that the machine ${change.node} is off: Kubernetes deletes all its pods and detaches their volumes, and two pods on one volume destroy its data`,
          `once it is back: ${kubectl('taint', 'nodes', change.node, `${outOfService}-`)}`,
        ),
      };
    case 'roll the outdated pods':
      return {
        command: rollCommand(set),
        cost: 'they restart one by one, each once the one before it is back on its volumes',
      };
    case 'let one pod be evicted':
    case 'delete budgets':
      return budgetWords(change, own);
    case 'uncordon':
      return {
        command: kubectl('uncordon', change.node),
        cost: `any pod may then be scheduled to ${change.node}: see first why somebody cordoned it`,
      };
    case 'create the ServiceAccount':
      return {
        command: kubectl('create', 'serviceaccount', change.name, ...own),
        cost: 'it has no rights yet; nothing restarts, and the controller tries again by itself after up to 17 minutes',
      };
    case 'create the object':
      return { command: supplyCommand(change.missing, own), cost: supplyWords(change.missing) };
    case 'create the Service':
      return { command: serviceCommand(change, own), cost: 'the pods get DNS names; nothing restarts' };
  }
}

/** https://kubernetes.io/docs/concepts/cluster-administration/node-shutdown/#non-graceful-node-shutdown */
const outOfService = 'node.kubernetes.io/out-of-service';

function budgetWords(
  change: Extract<Change, { do: 'let one pod be evicted' | 'delete budgets' }>,
  own: readonly string[],
): Omit<ActionWords, 'kind'> {
  if (change.do === 'delete budgets') {
    const { budgets, stays } = change;
    const their = budgets.length === 1 ? 'it selects' : 'they select';
    return {
      command: kubectl('delete', 'pdb', ...budgets, ...own),
      cost: `${stays} alone guards these pods then; any other pods that ${their} lose their guard`,
    };
  }
  const { budget, pods, owner } = change;
  return {
    command: kubectl('patch', 'pdb', budget, '--type=merge', '-p', oneAtATime, ...own),
    cost: sentences(
      pods > 1
        ? `drains and rolls may then take one of the ${pods} pods at a time: the others have to do meanwhile`
        : 'drains and rolls may then take the only pod: nobody serves until it is back',
      owner && `${owner} keeps this budget, and may put it back`,
    ),
  };
}

/** A budget has one of the two fields. */
const oneAtATime = JSON.stringify({ spec: { maxUnavailable: 1, minAvailable: null } });

const newRevision = 'it makes a new revision, in which the pods restart, from the highest ordinal down';

function sentences(...texts: (string | undefined | false)[]): string {
  return texts.filter(Boolean).join('; ');
}

function remainsWords(pod: string | undefined, own: readonly string[]): string | undefined {
  return (
    pod && `then delete the broken pod, which the controller does not replace: ${kubectl('delete', 'pod', pod, ...own)}`
  );
}

function deletionWords(
  { pod, why, comesBackIn, goes, emptyFor, hasClaims, owner }: Extract<Change, { do: 'delete the pod' }>,
  { metadata }: StatefulSet,
): string {
  const back: Record<typeof why, string> = {
    successor: comesBackIn
      ? `${pod} comes back in revision ${revisionHash(metadata.name, comesBackIn)}`
      : `${pod} comes back`,
    condemned: `${pod} does not come back: the set no longer wants it`,
    'starts anew': `${pod} comes back as it is, which helps only if the cause is gone`,
    'free the name': owner === undefined ? 'nobody makes this pod anew' : `${owner} makes another one`,
  };
  const lost = goes?.map(({ claim, volumeFate }) =>
    listed(`its claim ${claim} goes with it`, volumeFateWords(volumeFate)),
  );
  return sentences(
    back[why],
    emptyFor.length > 0 && `it begins on an empty volume for ${named(emptyFor)}`,
    lost === undefined
      ? 'whether a claim goes with it is not known'
      : lost.join('; ') || (hasClaims ? 'its claims and their data stay' : undefined),
  );
}

/** VALUE, and KEY where the name of no key is known, are for a person to fill in. */
function supplyCommand({ kind, name, key }: MissingObject, own: readonly string[]): string {
  const isSecret = kind === 'Secret';
  if (key === undefined) {
    const words = isSecret ? ['create', 'secret', 'generic', name] : ['create', 'configmap', name];
    return kubectl(...words, '--from-literal=KEY=VALUE', ...own);
  }
  // The API server encodes what a Secret has in stringData.
  const patch = JSON.stringify({ [isSecret ? 'stringData' : 'data']: { [key]: 'VALUE' } });
  return kubectl('patch', isSecret ? 'secret' : 'configmap', name, '--type=merge', '-p', patch, ...own);
}

function supplyWords({ kind, key }: MissingObject): string {
  return sentences(
    key === undefined && `the ${kind} needs the keys that the container reads`,
    'nothing restarts, and the kubelet tries again by itself after up to two minutes',
  );
}

/** `kubectl create service` cannot give a selector of its own. */
function serviceCommand(
  { name, labels }: Extract<Change, { do: 'create the Service' }>,
  own: readonly string[],
): string {
  const selector = Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
  return [
    kubectl('create', 'service', 'clusterip', name, '--clusterip=None', '--dry-run=client', '-o', 'yaml', ...own),
    kubectl('set', 'selector', '--local', '-f', '-', selector, '-o', 'yaml'),
    kubectl('create', '-f', '-', ...own),
  ].join(' | ');
}

/** Puts into words what a person can do: commands to copy, and of each change what it costs. */
import { listed, named } from '#src/drawing/sentences.ts';
import { volumeFateWords } from '#src/drawing/volumefatewords.ts';
import { outOfServiceTaint } from '#src/objects/taints.ts';
import type { StatefulSet } from '#src/objects/types.ts';
import { isOnDelete } from '#src/statefulset/controller/revisions.ts';
import { revisionHash } from '#src/statefulset/identity.ts';
import { shellQuoted } from '#src/terminal/shell.ts';
import type { Action, Afterwards, Change, Deletion } from '../model/actions.ts';
import type { MissingObject } from '../model/causes.ts';
import { rollCommand } from './gatewords.ts';
import { inNamespace, kubectl, lookCommand } from './lookcommands.ts';

export interface ActionWords {
  kind: 'look' | 'change';
  /** For a POSIX shell. */
  command: string;
  /** What a change costs, and what else it needs; of a look, what is known of it already. May be empty. */
  cost: string;
  /** A command that belongs to it, for later: the cost says when. */
  afterwards?: string | undefined;
}

export function actionWords(action: Action, set: StatefulSet): ActionWords {
  const look = lookCommand(action, set);
  if (look !== undefined) return { kind: 'look', command: look, cost: lookWords(action) };
  return { kind: 'change', ...changeWords(action as Change, set) };
}

function lookWords(action: Action): string {
  if (action.do !== 'describe volume' || action.held === undefined) return '';
  const { node, by } = action.held;
  switch (by) {
    case undefined:
      return `only ${node} reaches this volume: the pod can come back nowhere else`;
    case 'hostPath':
      return `this volume is a directory of the machine ${node} (hostPath): on another node the pod starts without its data, unless the nodes share that directory`;
    case 'local':
      return `this volume is a disk of the machine ${node} (local): on another node the pod starts without its data`;
  }
}

function changeWords(change: Change, set: StatefulSet): Omit<ActionWords, 'kind'> {
  const own = inNamespace(set);
  const { name } = set.metadata;
  switch (change.do) {
    case 'undo the rollout':
      return {
        command: kubectl('rollout', 'undo', `statefulset/${name}`, ...toRevision(change.to), ...own),
        cost: sentences(
          change.to === undefined && secondNewest(set),
          templateWords(change, set),
          change.hasClaims && 'the older version must be able to read the volumes that the newer one has opened',
        ),
        afterwards: deletionOf(change, own),
      };
    case 'set the image':
      return {
        command: `${kubectl('set', 'image', `statefulset/${name}`)} ${shellQuoted(change.container)}=IMAGE${own.length > 0 ? ` -n ${shellQuoted(own[1] ?? '')}` : ''}`,
        cost: templateWords(change, set),
        afterwards: deletionOf(change, own),
      };
    case 'raise the memory limit':
      return {
        command: `${kubectl('set', 'resources', `statefulset/${name}`, '-c', change.container)} --limits=memory=AMOUNT${own.length > 0 ? ` -n ${shellQuoted(own[1] ?? '')}` : ''}`,
        cost: sentences(change.limit && `the limit is ${change.limit} now`, templateWords(change, set)),
        afterwards: deletionOf(change, own),
      };
    case 'delete the pod':
      return { command: kubectl('delete', 'pod', change.pod, ...own), cost: deletionWords(change, set) };
    case 'force the deletion':
      return {
        command: kubectl('delete', 'pod', change.pod, '--force', '--grace-period=0', ...own),
        cost: `only once you are sure that ${change.pod} no longer runs: see at its provider that the machine ${change.node} is off or deleted; its successor starts at once, and two pods on one volume destroy its data`,
      };
    case 'take the node out of service':
    case 'put the node back into service':
      return serviceWords(change);
    case 'roll the outdated pods':
      return { command: rollCommand(set, '--outdated'), cost: oneByOne };
    case 'roll these pods':
      return {
        command: rollCommand(set, '--ordinals', change.ordinals.join(',')),
        cost: `${oneByOne}; a name of the pod below ${named(change.subdomains)} stops resolving`,
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
      return {
        command: serviceCommand(change, own),
        cost: 'restore it from its source first, if it has one: this one has no ports; each pod gets a DNS name once it is ready, and nothing restarts; run the next command only if the pods must find each other before they are ready',
        afterwards: kubectl('patch', 'service', change.name, '--type=merge', '-p', beforeReady, ...own),
      };
    case 'select the pods':
      return {
        command: kubectl('set', 'selector', 'service', change.service, selectorText(change.labels), ...own),
        cost: 'this replaces the whole selector: see first which other pods the Service selects, and whether a tool keeps it, which may put its own back; each pod gets a DNS name once it is ready, and nothing restarts',
      };
  }
}

function selectorText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

const oneByOne = 'they restart one by one, each once the one before it is back on its volumes';

const beforeReady = JSON.stringify({ spec: { publishNotReadyAddresses: true } });

function serviceWords(
  change: Extract<Change, { do: 'take the node out of service' | 'put the node back into service' }>,
): Omit<ActionWords, 'kind'> {
  const { node } = change;
  const back = kubectl('taint', 'nodes', node, `${outOfServiceTaint}-`);
  if (change.do === 'put the node back into service') {
    return {
      command: back,
      cost: `only once ${node} is back: it is out of service already, and Kubernetes deletes its pods as long as it is not ready`,
    };
  }
  return {
    command: kubectl('taint', 'nodes', node, `${outOfServiceTaint}=nodeshutdown:NoExecute`),
    cost: sentences(
      `only once you are sure that the machine ${node} is off: Kubernetes deletes all its pods and detaches their volumes, and two pods on one volume destroy its data`,
      change.hasClaims && 'it helps only where another node reaches the volumes',
      change.hostPaths.length > 0 &&
        `${change.pod} leaves behind the data in its hostPath volume${change.hostPaths.length > 1 ? 's' : ''} ${named(change.hostPaths)}`,
      'once it is back, take the taint away again',
    ),
    afterwards: back,
  };
}

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

function toRevision(number: number | undefined): string[] {
  return number === undefined ? [] : [`--to-revision=${number}`];
}

/** Source: `findHistory`, k8s.io/kubectl/pkg/polymorphichelpers/rollback.go. */
function secondNewest({ metadata, status }: StatefulSet): string {
  const current = status?.currentRevision;
  return listed(
    'kubectl goes back to the second newest revision',
    current &&
      `which need not be the set's current one, ${revisionHash(metadata.name, current)}: --to-revision names another`,
  );
}

/** What a change of the pod template costs, and what becomes of the broken pod. */
function templateWords({ held, remains }: Afterwards, set: StatefulSet): string {
  const partition = set.spec?.updateStrategy?.rollingUpdate?.partition ?? 0;
  return sentences(
    isOnDelete(set)
      ? 'this changes the template: no pod restarts before somebody deletes it (OnDelete)'
      : `this changes the template: the pods ${partition > 0 ? 'from the partition on ' : ''}restart, from the highest ordinal down`,
    held &&
      `the partition ${partition} holds ${held} in its revision: this does not help it before the partition is lower`,
    remains && 'the controller does not replace the broken pod: then delete it',
    ...(remains ? lossWords(remains) : []),
  );
}

function sentences(...texts: (string | undefined | false)[]): string {
  return texts.filter(Boolean).join('; ');
}

function deletionOf({ remains }: Afterwards, own: readonly string[]): string | undefined {
  return remains && kubectl('delete', 'pod', remains.pod, ...own);
}

function deletionWords(change: Deletion, { metadata }: StatefulSet): string {
  const { pod, why, comesBackIn, goes, hasClaims } = change;
  const back: Record<typeof why, string> = {
    successor: comesBackIn
      ? `${pod} comes back in revision ${revisionHash(metadata.name, comesBackIn)}`
      : `${pod} comes back`,
    condemned: `${pod} does not come back: the set no longer wants it`,
    'starts anew': `${pod} comes back as it is, which helps only if the cause is gone`,
    'free the name': `this pod is gone for good, with what it keeps in emptyDir and ephemeral volumes; then the controller creates its own ${pod}`,
  };
  const isSafe = hasClaims && goes?.length === 0;
  return sentences(back[why], ...lossWords(change), isSafe && 'its claims and their data stay');
}

/** What the deletion of a pod takes along; empty where that is nothing. */
function lossWords({ emptyFor, goes }: Deletion): string[] {
  const lost = goes?.map(({ claim, volumeFate }) =>
    listed(`its claim ${claim} goes with it`, volumeFateWords(volumeFate)),
  );
  return [
    ...(emptyFor.length > 0 ? [`it begins on an empty volume for ${named(emptyFor)}`] : []),
    ...(lost ?? ['whether a claim goes with it is not known']),
  ];
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
    `restore the ${kind} from its source first, if it has one: the pod starts with what you type here${kind === 'Secret' ? ', a new volume may keep it, and your shell remembers it' : ''}`,
    key === undefined && 'it needs the keys that the container reads',
    'nothing restarts, and the kubelet tries again by itself after up to two minutes',
  );
}

/** `kubectl create service` cannot give a selector of its own. */
function serviceCommand(
  { name, labels }: Extract<Change, { do: 'create the Service' }>,
  own: readonly string[],
): string {
  return [
    kubectl('create', 'service', 'clusterip', name, '--clusterip=None', '--dry-run=client', '-o', 'yaml', ...own),
    kubectl('set', 'selector', '--local', '-f', '-', selectorText(labels), '-o', 'yaml'),
    kubectl('create', '-f', '-', ...own),
  ].join(' | ');
}

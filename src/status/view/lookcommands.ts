/** The commands that change nothing, and what commands are put together from. */
import type { StatefulSet } from '#src/objects/types.ts';
import { shellQuoted } from '#src/terminal/shell.ts';
import type { Action, Look } from '../model/actions.ts';

export function kubectl(...words: string[]): string {
  return ['kubectl', ...words.map(shellQuoted)].join(' ');
}

export function inNamespace({ metadata: { namespace } }: StatefulSet): string[] {
  return namespace ? ['-n', namespace] : [];
}

/** @returns undefined for a change */
export function lookCommand(action: Action, set: StatefulSet): string | undefined {
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
    case 'describe volume':
      return kubectl('describe', 'pv', action.volume);
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
  ControllerRevision: 'controllerrevisions',
};

/**
 * The owners of a Service: tools and controllers that may write its selector again. Tells what their next apply does to
 * a pin, from managedFields and from the marks that tools leave on objects.
 */
import { controllerOf, ownerName } from '#src/objects/owners.ts';
import type { Service } from '#src/objects/types.ts';
import { selectorOwners } from './ownership.ts';
import type { SelectorOwner } from './record.ts';

/**
 * What the owner's next apply does to the added label:
 * `keeps`, the owner compares with what it applied last, and leaves what others added;
 * `conflicts`, the apply fails until the Service is unpinned, or restores the old selector when it is forced;
 * `reverts`, the owner always forces, and so restores the old selector;
 * `may revert`, that depends on the owner.
 */
export type Effect = 'keeps' | 'conflicts' | 'reverts' | 'may revert';

export interface Owner {
  /** Helm, Argo CD, Flux, kubectl apply, a controller such as `Postgresql/db`, or the field manager's own name. */
  name: string;
  /** The evidence: `field manager helm`, `label app.kubernetes.io/managed-by`. */
  mark: string;
  effect: Effect;
}

interface Tool {
  name: string;
  Apply: Effect;
  Update: Effect;
}

/**
 * Tools by field manager. Flux forces (`ForceOwnership`, fluxcd/pkg/ssa), and so does Argo CD
 * (https://argo-cd.readthedocs.io/en/stable/proposals/server-side-apply/); Helm 4 does not unless told
 * (https://helm.sh/community/hips/hip-0023); Helm 3 and `kubectl apply` merge three ways.
 */
const tools: ReadonlyMap<string, Tool> = new Map([
  ['kubectl-client-side-apply', { name: 'kubectl apply', Apply: 'conflicts', Update: 'keeps' }],
  ['helm', { name: 'Helm', Apply: 'conflicts', Update: 'keeps' }],
  ['argocd-controller', { name: 'Argo CD', Apply: 'reverts', Update: 'keeps' }],
  ['kustomize-controller', { name: 'Flux', Apply: 'reverts', Update: 'reverts' }],
  ['helm-controller', { name: 'Flux', Apply: 'may revert', Update: 'may revert' }],
]);

interface Mark {
  in: 'label' | 'annotation';
  key: string;
  /** Undefined when any value will do. */
  value?: string;
  name: string;
  effect: Effect;
}

const managedBy = 'app.kubernetes.io/managed-by';

/** Labels and annotations that tools put on all objects that they apply. Flux and Argo CD come first: they apply charts. */
const marks: readonly Mark[] = [
  { in: 'label', key: 'kustomize.toolkit.fluxcd.io/name', name: 'Flux', effect: 'reverts' },
  { in: 'label', key: 'helm.toolkit.fluxcd.io/name', name: 'Flux', effect: 'may revert' },
  { in: 'annotation', key: 'argocd.argoproj.io/tracking-id', name: 'Argo CD', effect: 'keeps' },
  { in: 'label', key: 'argocd.argoproj.io/instance', name: 'Argo CD', effect: 'keeps' },
  { in: 'annotation', key: 'meta.helm.sh/release-name', name: 'Helm', effect: 'keeps' },
  { in: 'label', key: managedBy, value: 'Helm', name: 'Helm', effect: 'keeps' },
  // Other tools that merge as kubectl does leave it too.
  {
    in: 'annotation',
    key: 'kubectl.kubernetes.io/last-applied-configuration',
    name: 'kubectl apply',
    effect: 'keeps',
  },
];

/**
 * The owners whose next apply meets the pin, each once. managedFields name those that use server-side apply. Where they
 * name none, a mark names the tool; where there is no mark either, the other writers of the selector count.
 *
 * @param remembered the owners of the selector before the first pin; undefined when the Service is not pinned
 */
export function ownersOf(service: Service, remembered: readonly SelectorOwner[] | undefined): Owner[] {
  const current = selectorOwners(service);
  // The last writer of a pinned selector may be this plugin, so only server-side appliers count beside those remembered.
  const managers = remembered ? [...current.filter(isApply), ...remembered] : current;
  const appliers = managers.filter(isApply).map(ownerBy);
  const marked = appliers.length > 0 ? [] : markedOwner(service);
  // kubectl's other commands are typed by people, and write nothing again by themselves.
  const writers = managers.filter(({ manager }) => tools.has(manager) || !manager.startsWith('kubectl')).map(ownerBy);
  const owners = [
    ...appliers,
    ...marked,
    ...(appliers.length + marked.length > 0 ? [] : writers),
    ...operatorOf(service),
  ];
  return owners.filter(({ name }, position) => owners.findIndex((owner) => owner.name === name) === position);
}

function isApply({ operation }: SelectorOwner): boolean {
  return operation === 'Apply';
}

function ownerBy({ manager, operation }: SelectorOwner): Owner {
  const tool = tools.get(manager);
  const effect = tool?.[operation] ?? (operation === 'Apply' ? 'conflicts' : 'may revert');
  return { name: tool?.name ?? manager, mark: `field manager ${manager}`, effect };
}

function markedOwner({ metadata }: Service): Owner[] {
  const mark = marks.find(({ in: where, key, value }) => {
    const found = (where === 'label' ? metadata.labels : metadata.annotations)?.[key];
    return found !== undefined && (value === undefined || found === value);
  });
  return mark ? [{ name: mark.name, mark: `${mark.in} ${mark.key}`, effect: mark.effect }] : [];
}

function operatorOf(service: Service): Owner[] {
  const controller = controllerOf(service);
  if (controller === undefined) return [];
  return [{ name: ownerName(controller), mark: 'ownerReference', effect: 'may revert' }];
}

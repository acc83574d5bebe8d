/**
 * Who else has a say in a Service's selector: what the next apply of its owner does to a pin, told from managedFields
 * and from the marks that tools leave; and how our own share in it is given up.
 */
import { controllerOf } from '#src/objects/owners.ts';
import { isRecord } from '#src/objects/shape.ts';
import type { ObjectMeta, Service } from '#src/objects/types.ts';
import { pinAnnotation, type SelectorOwner } from './pinning.ts';

export type ManagedFields = NonNullable<ObjectMeta['managedFields']>[number];

/**
 * What the owner's next apply does to the added label:
 * `keeps`, it compares with what it applied before, and leaves what others added;
 * `conflicts`, it fails until the Service is unpinned, or puts the old selector back if forced;
 * `reverts`, it puts the old selector back, for it always forces;
 * `may revert`, it is a program of its own ways.
 */
export type Effect = 'keeps' | 'conflicts' | 'reverts' | 'may revert';

export interface Owner {
  /** Helm, Argo CD, Flux, kubectl apply, `Postgresql/db`, or the field manager's own name. */
  name: string;
  /** By what it is told: `field manager helm`, `label app.kubernetes.io/managed-by`. */
  mark: string;
  effect: Effect;
}

interface Tool {
  name: string;
  Apply: Effect;
  Update: Effect;
}

/**
 * By field manager. Flux forces (`ForceOwnership`, fluxcd/pkg/ssa), and so does Argo CD
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
  /** Any, when undefined. */
  value?: string;
  name: string;
  effect: Effect;
}

const managedBy = 'app.kubernetes.io/managed-by';

/** What tools leave on all that they apply. The more particular first: what Flux and Argo CD apply may be a chart. */
const marks: readonly Mark[] = [
  { in: 'label', key: 'kustomize.toolkit.fluxcd.io/name', name: 'Flux', effect: 'reverts' },
  { in: 'label', key: 'helm.toolkit.fluxcd.io/name', name: 'Flux', effect: 'may revert' },
  { in: 'annotation', key: 'argocd.argoproj.io/tracking-id', name: 'Argo CD', effect: 'keeps' },
  { in: 'label', key: 'argocd.argoproj.io/instance', name: 'Argo CD', effect: 'keeps' },
  { in: 'annotation', key: 'meta.helm.sh/release-name', name: 'Helm', effect: 'keeps' },
  { in: 'label', key: managedBy, value: 'Helm', name: 'Helm', effect: 'keeps' },
  // Tools that merge as kubectl does leave it too.
  {
    in: 'annotation',
    key: 'kubectl.kubernetes.io/last-applied-configuration',
    name: 'kubectl apply',
    effect: 'keeps',
  },
];

/**
 * The owners whose next apply meets the pin, each once. Server-side appliers are known by managedFields; where there
 * is none, a tool by its mark; and then whoever else wrote the selector.
 *
 * @param remembered who owned the selector before the first pin, which took it from them; undefined when not pinned
 */
export function ownersOf(service: Service, remembered: readonly SelectorOwner[] | undefined): Owner[] {
  const current = selectorOwners(service);
  // Of a pinned Service, whoever wrote the selector last may well be ourselves.
  const managers = remembered ? [...current.filter(isApply), ...remembered] : current;
  const appliers = managers.filter(isApply).map(ownerBy);
  const marked = appliers.length > 0 ? [] : markedOwner(service);
  // People at kubectl do not write again by themselves.
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
  const found = marks.find(({ in: where, key, value }) => {
    const its = (where === 'label' ? metadata.labels : metadata.annotations)?.[key];
    return its !== undefined && (value === undefined || its === value);
  });
  return found ? [{ name: found.name, mark: `${found.in} ${found.key}`, effect: found.effect }] : [];
}

function operatorOf(service: Service): Owner[] {
  const controller = controllerOf(service);
  if (controller === undefined) return [];
  return [{ name: `${controller.kind}/${controller.name}`, mark: 'ownerReference', effect: 'may revert' }];
}

// A Service's selector is one field to the API server (`mapType=atomic`, k8s.io/api/core/v1).
const selectorPath = ['f:spec', 'f:selector'] as const;
const annotationPath = ['f:metadata', 'f:annotations', `f:${pinAnnotation}`] as const;

/** Who owns the selector by managedFields. */
export function selectorOwners({ metadata }: Service): SelectorOwner[] {
  return (metadata.managedFields ?? []).flatMap((entry) => {
    const { manager, operation, apiVersion, subresource, time } = entry;
    if (subresource || !manager || !apiVersion || !owns(entry.fieldsV1, selectorPath)) return [];
    if (operation !== 'Apply' && operation !== 'Update') return [];
    return [{ manager, operation, apiVersion, ...(time === undefined ? {} : { time }) }];
  });
}

/**
 * What `fieldManager` came to own by pinning, and the managedFields without it: as long as it is there, the next
 * changed server-side apply of the selector's owner fails. To be written after unpinning, in a write of its own, for
 * the write of the selector itself makes its writer an owner again (`FieldManager.Update`, k8s.io/apimachinery).
 *
 * @param owners who is to own the selector again, as they did before the first pin
 * @returns `owned`, the entries of `fieldManager` (nothing to do when empty); `rest`, the list to be written
 */
export function ownManagedFields(
  { metadata }: Service,
  fieldManager: string,
  owners: readonly SelectorOwner[] = [],
): { owned: ManagedFields[]; rest: ManagedFields[] } {
  const entries = metadata.managedFields ?? [];
  const owned = entries.filter(
    (entry) =>
      isUpdateBy(entry, fieldManager) && (owns(entry.fieldsV1, selectorPath) || owns(entry.fieldsV1, annotationPath)),
  );
  const rest = entries.flatMap((entry) => {
    if (!owned.includes(entry)) return [{ ...entry }];
    const fieldsV1 = without(without(entry.fieldsV1, selectorPath), annotationPath);
    return fieldsV1 === undefined ? [] : [{ ...entry, fieldsV1 }];
  });
  for (const owner of owners) if (owner.manager !== fieldManager) giveBack(rest, owner);
  // An empty list would be taken for none given; this one resets it (`isResetManagedFields`).
  return { owned, rest: rest.length === 0 ? [{}] : rest };
}

function isUpdateBy({ manager, operation, subresource }: ManagedFields, fieldManager: string): boolean {
  return manager === fieldManager && operation === 'Update' && !subresource;
}

/** Entries of a kind with one version are told apart by these (`BuildManagerIdentifier`, k8s.io/apimachinery). */
function giveBack(entries: ManagedFields[], { manager, operation, apiVersion, time }: SelectorOwner): void {
  const entry = entries.find(
    (each) =>
      each.manager === manager && each.operation === operation && each.apiVersion === apiVersion && !each.subresource,
  );
  if (entry) entry.fieldsV1 = withField(entry.fieldsV1, selectorPath);
  else {
    entries.push({
      manager,
      operation,
      apiVersion,
      ...(time === undefined ? {} : { time }),
      fieldsType: 'FieldsV1',
      fieldsV1: withField({}, selectorPath),
    });
  }
}

function owns(fields: unknown, path: readonly string[]): boolean {
  let at = fields;
  for (const step of path) {
    if (!isRecord(at) || !Object.hasOwn(at, step)) return false;
    at = at[step];
  }
  return true;
}

/** @returns the field set without the field at `path`; undefined when it holds no other one */
function without(fields: unknown, [step, ...deeper]: readonly string[]): unknown {
  if (step === undefined) return undefined;
  if (!isRecord(fields) || !Object.hasOwn(fields, step)) return fields;
  const { [step]: inner, ...others } = fields;
  const left = without(inner, deeper);
  const result = left === undefined ? others : { ...others, [step]: left };
  // `.` is the map itself, which goes with its last entry.
  return Object.keys(result).every((key) => key === '.') ? undefined : result;
}

function withField(fields: unknown, [step, ...deeper]: readonly string[]): Record<string, unknown> {
  const record = isRecord(fields) ? fields : {};
  return step === undefined ? record : { ...record, [step]: withField(record[step], deeper) };
}

/**
 * The owners of a Service: tools and controllers that may write its selector again. Tells what their next apply does to
 * a pin, from managedFields and from the marks that tools leave on objects. Nobody can ask the API server before the
 * pin: managedFields hold no values, and dry runs do not build on each other.
 */
import { ownerName } from '#src/objects/owners.ts';
import type { Selector } from '#src/objects/service.ts';
import type { Service } from '#src/objects/types.ts';
import { isSame } from './drift.ts';
import { lastAppliedSelector } from './manifest.ts';
import { type Applier, appliersOf, formerUpdaters, kubectlReplace, selectorOwners, wasReplaced } from './ownership.ts';
import { pinnedTo, withoutPod } from './pinning.ts';
import type { SelectorOwner } from './record.ts';
import { isProgram, markedBy, otherManager, type Tool, toolBy, type Way, wayOf } from './tools.ts';

/**
 * What the owner's next apply does to the pin:
 * `keeps`, it leaves what others added, and names no pod itself;
 * `conflicts`, it fails until the Service is unpinned, or undoes the pin when it is forced;
 * `conflicts also unpinned`, it does so too once the Service is unpinned, since somebody else owned the selector before;
 * `reverts`, it undoes the pin;
 * `replaces`, it undoes the pin, and the annotation goes with it;
 * the others where the objects do not tell which.
 */
export type Effect =
  | 'keeps'
  | 'conflicts'
  | 'conflicts also unpinned'
  | 'reverts'
  | 'replaces'
  | 'may revert'
  | 'may conflict'
  | 'may conflict also unpinned'
  | 'keeps or conflicts'
  | 'reverts or conflicts';

export interface Owner {
  /** Helm, Argo CD, Flux, kubectl apply, a controller such as `Postgresql/db`, or the field manager's own name. */
  name: string;
  /** The evidence: `field manager helm`, `label app.kubernetes.io/managed-by`. */
  mark: string;
  effect: Effect;
}

/** What an owner's next apply meets. */
export interface PlannedSelector {
  /** The selector before the first pin. */
  original: Selector;
  /** The owners of the original; undefined when the Service is not pinned, and they own it now. */
  owners: readonly SelectorOwner[] | undefined;
  /** The pod that the Service is to be pinned to. */
  pod: string;
}

/** The owners whose next apply meets the pin, each once. */
export function ownersOf(service: Service, planned: PlannedSelector): Owner[] {
  const current = selectorOwners(service);
  // The last writer of a pinned selector may be this plugin, so only server-side appliers count beside those remembered.
  const owners = planned.owners ? [...current.filter(isApply), ...planned.owners] : current;
  const evidence = { service, planned, owners };
  const remembered = owners.filter(isApply).map(({ manager }) => ({ manager, owns: 'the selector' }) as const);
  const appliers = [...remembered, ...appliersOf(service)].flatMap((one) => applier(one, evidence));
  const marked = markedOwners(
    evidence,
    appliers.some(({ effect }) => effect !== 'may conflict' && effect !== 'may conflict also unpinned'),
  );
  const told = [...appliers, ...marked, ...writers(evidence), ...replacerOf(service), ...operatorsOf(service)];
  return told.filter(({ name }, position) => told.findIndex((owner) => owner.name === name) === position);
}

interface Evidence {
  service: Service;
  planned: PlannedSelector;
  /** The owners of the selector before the first pin, and those who apply it now. */
  owners: readonly SelectorOwner[];
}

function isApply({ operation }: SelectorOwner): boolean {
  return operation === 'Apply';
}

/** Somebody who applies the Service on the server's side. */
function applier({ manager, owns }: Applier, { service, owners }: Evidence): Owner[] {
  const tool = toolBy(manager, 'Apply');
  const owner = { name: tool?.name ?? manager, mark: `field manager ${manager}` };
  const effect = tool && applyEffects[wayOf(tool, 'Apply', service)];
  // Unpin gives the selector back to those who owned it, from whom this one would take it.
  const isRivalled = owners.every((one) => one.manager !== manager) && owners.length > 0;
  // A tool applies whole manifests, whatever it still owns.
  if (effect) return [{ ...owner, effect: effect === 'conflicts' && isRivalled ? 'conflicts also unpinned' : effect }];
  switch (owns) {
    case 'the selector':
      return [{ ...owner, effect: 'conflicts' }];
    case 'the ports':
      return [{ ...owner, effect: isRivalled ? 'may conflict also unpinned' : 'may conflict' }];
    case 'other fields':
      return [];
  }
}

const applyEffects: Readonly<Record<Way, Effect>> = {
  merges: 'may revert',
  conflicts: 'conflicts',
  forces: 'reverts',
  replaces: 'replaces',
  never: 'keeps',
  unknown: 'may revert',
};

/**
 * The first tool that has left a mark. Marks come with manifests too that another tool applies: beside an applier, a
 * mark counts only where its tool is known to write the selector, and one that others leave too also gives way to a tool
 * that is known to.
 */
function markedOwners(evidence: Evidence, areAppliersKnown: boolean): Owner[] {
  const { owners } = evidence;
  const isWriterKnown = owners.some(({ manager, operation }) => toolBy(manager, operation) !== undefined);
  const marked = markedBy(evidence.service).filter(
    ({ tool, isShared }) => ownsBy(tool, owners) || !(areAppliersKnown || (isShared && isWriterKnown)),
  );
  return marked.slice(0, 1).map(({ tool, mark }) => ({ name: tool.name, mark, effect: updateEffect(tool, evidence) }));
}

function ownsBy(tool: Tool, owners: readonly SelectorOwner[]): boolean {
  return owners.some(({ manager, operation }) => operation === 'Update' && toolBy(manager, operation) === tool);
}

/** What the next write of a tool does that is not seen to apply on the server's side. */
function updateEffect(tool: Tool, { service, planned, owners }: Evidence): Effect {
  const way = wayOf(tool, 'Update', service);
  if (way !== 'merges') return applyEffects[way];
  const manifest = tool.leavesManifest ? lastAppliedSelector(service) : undefined;
  const isReverted = namesOtherPod(manifest ?? planned.original, planned.pod);
  // Without managedFields nobody knows on which side it applies.
  if ((service.metadata.managedFields ?? []).length === 0 && owners.length === 0) {
    if (tool.Apply === 'forces') return isReverted ? 'reverts' : 'may revert';
    return isReverted ? 'reverts or conflicts' : 'keeps or conflicts';
  }
  // The selector is not that of the tool's manifest where somebody else wrote it.
  if (manifest === undefined && !ownsBy(tool, owners)) return 'may revert';
  return isReverted ? 'reverts' : 'keeps';
}

/** Whether the selector has a pod's name or ordinal, and not those of the pod. */
function namesOtherPod(selector: Selector, pod: string): boolean {
  const pinned = pinnedTo(selector, pod);
  return Object.entries(selector).some(([key, value]) => pinned[key] !== value);
}

/** Everybody else who wrote the original selector, and may write it again. */
function writers(evidence: Evidence): Owner[] {
  const { service, owners, planned } = evidence;
  // kubectl's other commands are typed by people, and write nothing again by themselves. But programs run them too, as
  // sidecars do that move the name of the primary pod from one Service's selector to the next.
  const namesPod = !isSame(planned.original, withoutPod(planned.original));
  const mayMove = (manager: string) => namesPod && /^kubectl-(?!(create|edit|expose|replace|sts)$)/.test(manager);
  const updaters = owners.filter(({ operation }) => operation === 'Update').map(({ manager }) => manager);
  return [
    ...updaters.filter((manager) => toolBy(manager, 'Update') || isProgram(manager) || mayMove(manager)),
    ...formerUpdaters(service).filter((manager) => toolBy(manager, 'Update') || isProgram(manager)),
  ].map((manager): Owner => {
    const tool = toolBy(manager, 'Update');
    const mark = `field manager ${manager}`;
    if (tool) return { name: tool.name, mark, effect: updateEffect(tool, evidence) };
    return { name: manager, mark, effect: 'may revert' };
  });
}

/** A person, or a script, that replaces the Service by a manifest. */
function replacerOf(service: Service): Owner[] {
  if (!wasReplaced(service)) return [];
  return [{ name: 'kubectl replace', mark: `field manager ${kubectlReplace}`, effect: 'replaces' }];
}

/** Operators: whoever the ownerReferences name, controller or not, and whoever the label names. */
function operatorsOf(service: Service): Owner[] {
  const references = service.metadata.ownerReferences ?? [];
  const manager = otherManager(service);
  return [
    ...references.map((owner): Owner => ({ name: ownerName(owner), mark: 'ownerReference', effect: 'may revert' })),
    ...(manager ? [{ ...manager, effect: 'may revert' } as const] : []),
  ];
}
